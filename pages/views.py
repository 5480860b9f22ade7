from itertools import groupby

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City, CityLanguage, Contact

from .models import Page, PageAlias, PageRevision
from .richtext import split_at_rule
from .site import Entry, build_site, load_site


def choose_language(request):
    response = redirect("pages:portal", request.LANGUAGE_CODE)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def portal(request, language):
    cities = list(City.objects.order_by("government_region", "name"))
    regions = [
        (City.GovernmentRegion(region).label, list(members))
        for region, members in groupby(cities, key=lambda city: city.government_region)
    ]
    context = {
        "language": LANGUAGES[language],
        "languages": INTERFACE_LANGUAGES,
        "public_cities": sorted((city for city in cities if city.is_public), key=lambda city: city.name),
        "regions": regions,
    }
    return render(request, "pages/portal.html", context)


def home(request, language, city_slug):
    site = load_site(language, city_slug)
    entry = site.find(kind=Page.Kind.HOME)
    if entry:
        [entry] = site.with_bodies([entry])
    context = {"site": site, "entry": entry, "contacts": site.contacts(), "funders": site.funders()}
    return render(request, "pages/home.html", context)


def page(request, language, city_slug, slug):
    site = load_site(language, city_slug)
    entry = site.find(slug=slug)
    if entry is None:
        return moved_or_gone(request, site, slug)
    if entry.page.kind == Page.Kind.HOME:
        return moved(site.url)
    entry, *focus_areas = site.with_bodies([entry, *focus_areas_below(site, entry)])
    return render(request, template_for(entry.page), page_context(site, entry, focus_areas))


def focus_areas_below(site, entry):
    """The mission page shows the focus areas where its text has a rule."""
    return site.focus_areas if entry.page.kind == Page.Kind.MISSION else []


def template_for(page):
    own = {Page.Kind.HOME: "home", Page.Kind.MISSION: "mission", Page.Kind.FOCUS_AREA: "focus_area"}
    return f"pages/{own.get(page.kind, 'page')}.html"


def page_context(site, entry, focus_areas):
    above, below = split_at_rule(entry.revision.body)
    shown_in_text = {area.page.pk for area in focus_areas}
    return {
        "site": site,
        "entry": entry,
        "body_above": above,
        "body_below": below,
        "focus_areas": focus_areas,
        "children": [child for child in site.children(entry) if child.page.pk not in shown_in_text],
        "ancestors": site.ancestors(entry),
        "contacts": site.contacts(entry),
        "funders": site.funders(entry),
    }


def preview_response(request, translation, text, **context):
    """The page as it would look with the words of `text`, a draft or a revision, whether or not its city is public."""
    page, tag = translation.page, translation.language
    with override(tag):
        site = build_site(list(CityLanguage.objects.for_city(page.city).select_related("city")), tag)
        public = site.find(pk=page.pk)
        revision = PageRevision(
            translation=translation,
            visible_from=timezone.now(),
            digests=text.digests,
            source_digests=text.source_digests,
            **text.texts(),
        )
        entry = Entry(page, revision, public.source if public else None, site.language)
        areas = focus_areas_below(site, entry)
        areas = site.with_bodies(areas) if areas else []
        return render(request, template_for(page), page_context(site, entry, areas) | context)


def moved(address):
    """For ever, but asked again each time: a browser that kept it would run in circles once a page is renamed back."""
    response = redirect(address, permanent=True)
    response["Cache-Control"] = "no-cache"
    return response


def moved_or_gone(request, site, slug):
    alias = PageAlias.objects.filter(city=site.city, slug=slug).select_related("page__city").first()
    if alias:
        return moved(alias.page.get_absolute_url(site.language.tag))
    withdrawn = Page.objects.for_city(site.city).filter(
        slug=slug, translations__language=SOURCE_LANGUAGE, translations__revisions__visible_from__lte=timezone.now()
    )
    if page := withdrawn.first():
        context = {"site": site, "contacts": site.contacts(), "successor": site.find(pk=page.successor_id)}
        return render(request, "410.html", context, status=410)
    return render(request, "404.html", {"site": site, "contacts": site.contacts()}, status=404)


def contact_list(request, language, city_slug):
    site = load_site(language, city_slug)
    contacts = Contact.objects.for_city(site.city).cards()
    return render(request, "pages/contact_list.html", {"site": site, "contacts": contacts, "funders": site.funders()})
