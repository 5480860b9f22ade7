from django.urls import path

from .views.easy_german import easy_german
from .views.imprint import imprint
from .views.privacy import privacy
from .views.sign_language import sign_language
from .views.statement import statement, statement_earl

app_name = "legal"
urlpatterns = [
    path("<language:language>/<city:city_slug>impressum/", imprint, name="imprint"),
    path("<language:language>/<city:city_slug>datenschutz/", privacy, name="privacy"),
    path("<language:language>/<city:city_slug>barrierefreiheit/", statement, name="statement"),
    path("<language:language>/<city:city_slug>barrierefreiheit.jsonld", statement_earl, name="statement_earl"),
    path("<language:language>/<city:city_slug>leichte-sprache/", easy_german, name="easy_german"),
    path("<language:language>/<city:city_slug>gebaerdensprache/", sign_language, name="sign_language"),
]
