from django.urls import path

from . import views

app_name = "offers"
urlpatterns = [
    path("<language:language>/<city:city_slug>angebote/", views.offer_list, name="offer_list"),
    path("<language:language>/<city:city_slug>foerderung/", views.call_list, name="call_list"),
]
