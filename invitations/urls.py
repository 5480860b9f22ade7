from django.urls import path

from . import views

app_name = "invitations"
urlpatterns = [
    path("<language:language>/mitmachen/<str:token>/", views.open_invitation, name="open"),
    path("<language:language>/mitmachen/<str:token>/seite/", views.framed_draft, name="draft"),
]
