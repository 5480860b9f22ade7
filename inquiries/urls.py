from django.urls import path

from contacts.inquiry_kinds import InquiryKind

from . import views

app_name = "inquiries"
urlpatterns = [
    path(f"<language:language>/<city:city_slug>{address}/", views.inquiry_form, {"kind": kind}, name=kind.value)
    for address, kind in [
        ("anfrage", InquiryKind.CONTACT),
        ("hilfe", InquiryKind.HELP),
        ("sprachmittlung-anfragen", InquiryKind.INTERPRETER),
        ("barriere-melden", InquiryKind.BARRIER),
    ]
] + [path("<language:language>/<city:city_slug>beleg/<str:token>/", views.receipt, name="receipt")]
