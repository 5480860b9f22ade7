from django.urls import path

from . import views

urlpatterns = [
    path("<slug:language>/", views.page, name="portal"),
    path("<slug:language>/<slug:city>/", views.page, name="home"),
    path("<slug:language>/<slug:city>/kontakt/<int:pk>/", views.page, name="contact"),
    path("<slug:language>/<slug:city>/<slug:slug>/", views.page, name="page"),
    path("<slug:language>/<slug:city>/<slug:slug>/blatt/", views.page, name="sheet"),
]
