from django.shortcuts import render

from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from freshness.public_page import public_page
from pages.site import load_site

from ..models import Imprint


@public_page()
def imprint(request, language, city_slug):
    site = load_site(language, city_slug)
    record = Imprint.objects.for_city(site.city).first()
    context = {
        "site": site,
        "record": record,
        "is_empty": record is None or len(record.missing_labels()) == len(Imprint.NEEDED),
        "german": LANGUAGES[SOURCE_LANGUAGE],
        "contacts": site.contacts(),
    }
    return render(request, "legal/imprint.html", context)
