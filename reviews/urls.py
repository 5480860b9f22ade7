from django.urls import path

from . import views

app_name = "reviews"
urlpatterns = [path("<language:language>/pruefen/<str:token>/", views.review, name="review")]
