from django.urls import path

from .views import contacts, pages, portal, search, sheets

app_name = "pages"
urlpatterns = [
    path("", portal.choose_language, name="choose_language"),
    path("qr/<path:path>.svg", sheets.qr_code, name="qr_code"),
    # Links in stored texts: see internal_links.py. No city is called „seite“.
    path("seite/", portal.to_portal, name="reference_to_portal"),
    path("seite/<int:pk>/", pages.reference, name="reference"),
    path("seite/<int:pk>/blatt/", pages.reference, {"name": "pages:page_sheet"}, name="reference_to_sheet"),
    path("seite/<path:path>", pages.reference_to_list, name="reference_to_list"),
    # What belongs to a city first: on the city's own domain there is nothing else.
    path("<language:language>/<city:city_slug>suche/", search.search_city, name="search"),
    path("<language:language>/suche/", search.search_all, name="search_all"),
    path("<language:language>/<city:city_slug>", pages.home, name="home"),
    path("<language:language>/", portal.portal, name="portal"),
    path("<language:language>/<city:city_slug>kontakt/", contacts.contact_list, name="contact_list"),
    path("<language:language>/<city:city_slug>kontakt/<int:pk>/", contacts.contact, name="contact"),
    path("<language:language>/<city:city_slug>kontakt/<int:pk>.vcf", contacts.contact_vcard, name="contact_vcard"),
    path("<language:language>/<city:city_slug>kontakt/<int:pk>/blatt/", sheets.contact_sheet, name="contact_sheet"),
    path("<language:language>/<city:city_slug><slug:slug>/", pages.page, name="page"),
    path("<language:language>/<city:city_slug><slug:slug>/blatt/", sheets.page_sheet, name="page_sheet"),
    path("<city:city_slug>", pages.short_address, name="short_home"),
    path("<city:city_slug><slug:slug>/", pages.short_address, name="short_page"),
    path("<city:city_slug>kontakt/<int:pk>/", pages.short_contact, name="short_contact"),
]
