from functools import partial

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render

from contacts.hosts import whole_address
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import Contact
from freshness.public_page import public_page
from pages.site import load_site

from ..declaration import declaration_of
from ..earl import Report


@public_page()
def statement(request, language, city_slug):
    site = load_site(language, city_slug)
    declaration = declaration_of(site.city, site.instant)
    return render(
        request,
        "legal/statement.html",
        {
            "site": site,
            "declaration": declaration,
            "record": declaration and declaration.statement,
            "german": LANGUAGES[SOURCE_LANGUAGE],
            "site_address": whole_address(request, site.url),
            "contacts": contacts_for_reports(site, declaration),
            "ombuds_office_url": settings.OMBUDS_OFFICE_URL,
            "monitoring_body_email": settings.MONITORING_BODY_EMAIL,
        },
    )


def contacts_for_reports(site, declaration):
    """Who answers reports of barriers; the main contact where nobody is named."""
    responsible = declaration and declaration.statement.responsible_id
    if responsible is None:
        return site.contacts()
    return Contact.objects.for_city(site.city).filter(pk=responsible).cards()


@public_page()
def statement_earl(request, language, city_slug):
    """The same for programs."""
    site = load_site(language, city_slug)
    declaration = declaration_of(site.city, site.instant)
    if declaration is None:
        raise Http404("no statement yet")
    content = Report(site, declaration, partial(whole_address, request)).content()
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False}, content_type="application/ld+json")
