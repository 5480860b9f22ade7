from django.urls import path

from . import feeds, views

app_name = "events"
urlpatterns = [
    path("<language:language>/<city:city_slug>termine/", views.event_list, name="event_list"),
    path("<language:language>/<city:city_slug>termine/<slug:slug>.ics", views.event_ics, name="event_ics"),
    path("<language:language>/<city:city_slug>termine.ics", views.event_feed, name="event_feed"),
    path("<language:language>/<city:city_slug>termine.atom", feeds.event_atom, name="event_atom"),
    path("<language:language>/<city:city_slug>aktuelles/", views.news_list, name="news_list"),
    path("<language:language>/<city:city_slug>aktuelles.atom", feeds.news_atom, name="news_atom"),
    path("<language:language>/<city:city_slug>foerderung.atom", feeds.call_atom, name="call_atom"),
]
