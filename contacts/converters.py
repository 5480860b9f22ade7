from django.conf import settings


class LanguageConverter:
    """The languages of the interface, as the first part of an address."""

    regex = "|".join(sorted((tag for tag, _name in settings.LANGUAGES), key=len, reverse=True))

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
