from django.conf import settings

from .hosts import city_here, own_domain_here


class LanguageConverter:
    """The languages of the interface, as the first part of an address."""

    regex = "|".join(sorted((tag for tag, _name in settings.LANGUAGES), key=len, reverse=True))

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class CityConverter:
    """The slug of a city with the slash behind it; on the city's own domain nothing, for no other city is there."""

    regex = "(?:[-a-zA-Z0-9_]+/)?"

    def to_python(self, value):
        here = city_here()
        if bool(value) == bool(here):
            raise ValueError
        return here or value.removesuffix("/")

    def to_url(self, value):
        # Forty times on a page.
        here = own_domain_here()
        return "" if here is not None and here.slug == value else f"{value}/"
