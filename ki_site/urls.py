from django.contrib import admin
from django.urls import include, path, register_converter

from contacts.converters import CityConverter, LanguageConverter
from contacts.views import accent_stylesheet

from . import catalogue, crawlers, open_data, sitemaps, views
from .media import media
from .style_page import style_page

register_converter(LanguageConverter, "language")
register_converter(CityConverter, "city")

urlpatterns = [
    # The sign-in before the admin's own, under its addresses.
    path("admin/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("akzent/<slug:color>.css", accent_stylesheet, name="accent_stylesheet"),
    path("stil/", style_page, name="style_page"),
    path("media/<path:path>", media, name="media"),
    path("robots.txt", crawlers.robots, name="robots"),
    path(".well-known/security.txt", crawlers.security, name="security"),
    path("favicon.ico", crawlers.favicon, name="favicon"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap_index"),
    path("sitemap-portal.xml", sitemaps.sitemap_of_portal, name="sitemap_of_portal"),
    path("sitemap-<slug:slug>.xml", sitemaps.sitemap_of_city, name="sitemap_of_city"),
    path("<language:language>/<city:city_slug>daten/", open_data.documentation, name="open_data"),
    path("<language:language>/<city:city_slug>daten/<slug:name>.json", open_data.as_json, name="open_data_json"),
    path("<language:language>/<city:city_slug>daten/<slug:name>.csv", open_data.as_csv, name="open_data_csv"),
    path("<language:language>/<city:city_slug>daten/katalog.jsonld", catalogue.catalogue, name="open_data_catalogue"),
    path("", include("offers.urls")),
    path("", include("events.urls")),
    path("", include("inquiries.urls")),
    path("", include("legal.urls")),
    path("", include("invitations.urls")),
    path("", include("reviews.urls")),
    # Last: any address below a city may be that of a page.
    path("", include("pages.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
