"""A page as visitors saw it at an instant."""

from django.shortcuts import render
from django.utils.translation import override

from contacts.languages import LANGUAGES
from contacts.models import CityLanguage
from history.rewind import as_it_was

from ..models import Page
from ..site import Site
from .pages import public_context, template_for


def page_as_it_was(request, translation, instant, **context):
    """The whole public page of that instant with all that stood around its text; None if it was not public then."""
    tag, page = translation.language, translation.page
    with override(tag), as_it_was(page.city_id, instant):
        city_languages = list(CityLanguage.objects.for_city(page.city_id).select_related("city"))
        slug = Page.objects.filter(pk=page.pk).values_list("slug", flat=True).first()
        if not city_languages or not city_languages[0].city.is_public:
            return None
        site = Site(city_languages[0].city, LANGUAGES[tag], city_languages, instant)
        entry = site.page_at(slug)
        if entry is None:
            return None
        return render(request, template_for(entry.page), context | public_context(site, entry))
