from django.conf import settings
from django.urls import path, register_converter

from . import views


class LanguageConverter:
    regex = "|".join(sorted((tag for tag, _name in settings.LANGUAGES), key=len, reverse=True))

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(LanguageConverter, "language")

app_name = "pages"
urlpatterns = [
    path("", views.choose_language, name="choose_language"),
    path("<language:language>/", views.portal, name="portal"),
    path("<language:language>/<slug:city_slug>/", views.home, name="home"),
    path("<language:language>/<slug:city_slug>/kontakt/", views.contact_list, name="contact_list"),
    path("<language:language>/<slug:city_slug>/<slug:slug>/", views.page, name="page"),
]
