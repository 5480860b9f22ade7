"""What visitors and staff get while the database is away."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from contacts.hosts import at_home, city_here, own_domain_of, seen_from_here
from contacts.kept_copies import is_kept_copy
from contacts.languages import INTERFACE_LANGUAGES, LANGUAGES, SOURCE_LANGUAGE
from pages.views.portal import in_readers_language

from ..own_domains import EVERYWHERE
from . import store
from .typed import TYPED_WORDS_STAND_HERE, typed_words

# They ask the database for nothing.
WITHOUT_DATABASE = {
    "accent_stylesheet",
    "favicon",
    "media",
    "pages:choose_language",
    "pages:qr_code",
    "pages:reference_to_list",
    "pages:reference_to_portal",
    "robots",
    "security",
    "style_page",
}
# The same words stand on the page, which can be printed, too. Copies of sheets would double the snapshot.
SHEETS = {"pages:page_sheet": "pages:page", "pages:contact_sheet": "pages:contact"}
SHORT = {"pages:short_home": "pages:home", "pages:short_page": "pages:page", "pages:short_contact": "pages:contact"}
REFERENCES = ("pages:reference", "pages:reference_to_sheet")
# Their copies say by themselves what does not work.
FORMS = {"inquiries:barrier", "inquiries:contact", "inquiries:help", "inquiries:interpreter"}
SEARCHES = {"pages:search", "pages:search_all"}
# Without their parameters they show everything.
LISTS = {"events:event_list", "offers:call_list", "offers:offer_list", "pages:contact_list", "pages:portal"}

# In the environment of WSGI: what was kept of a page anywhere else must not be shown either.
ENDED = "ki_site.publication_has_ended"

# In seconds: when it is worth trying again.
RETRY_AFTER = 30
MAIN = b'<main id="content"'


def answer(request, match):
    """`match` is the view that cannot be asked, None where there is none at the address."""
    if is_kept_copy(request):
        # A copy of a copy would look like a fresh one.
        return unsent(HttpResponse(status=503))
    if match is None:
        return unavailable(request, 404, "404.html")
    if request.path_info.startswith("/admin/"):
        return unavailable(request, 503, "outage/staff.html", typed=typed_words(request, match))
    if request.method not in ("GET", "HEAD"):
        return refused(request, match)
    return elsewhere(request, match) or copied(request, match) or missing(request, match)


# --- Pages -------------------------------------------------------------------------------------------------


def elsewhere(request, match):
    """A redirect where the address is only another name for one of which there is a copy."""
    name, arguments = match.view_name, match.kwargs
    path = request.get_full_path()
    if city_here() and "city_slug" not in arguments and name not in EVERYWHERE:
        return uncached(redirect(settings.SITE_URL + path))
    if (address := at_home(path)) != path:
        return uncached(redirect(address))
    if name in SHEETS:
        return uncached(redirect(reverse(SHEETS[name], kwargs=arguments)))
    if name in SHORT and store.has_part(arguments["city_slug"]):
        return uncached(in_readers_language(request, SHORT[name], *arguments.values()))
    if name in REFERENCES and (address := store.address_of_page(arguments["pk"])):
        return uncached(redirect(seen_from_here(f"/{request.LANGUAGE_CODE}/{address}")))
    return None


def copied(request, match):
    """The copy of a page under a notice that says from when it is."""
    copy = find_copy(request, match)
    if copy is None:
        return None
    body = copy.body
    if MAIN in body and match.view_name not in FORMS | SEARCHES:
        body = body.replace(MAIN, notice(request, match, copy).encode() + MAIN, 1)
    response = HttpResponse(body, status=copy.status, headers=copy.headers)
    if copy.status == 200:
        response["Age"] = str(max(0, int((timezone.now() - copy.confirmed_at).total_seconds())))
    return uncached(response)


def find_copy(request, match):
    """In the language of the address, or in German where the city has not switched it on or that text has ended."""
    key, language = key_of(request), match.kwargs.get("language")
    copy = shown(store.find(key))
    if copy is None and language and language != SOURCE_LANGUAGE:
        copy = shown(store.find(key.replace(f"/{language}/", f"/{SOURCE_LANGUAGE}/", 1)))
    return copy


def key_of(request):
    return store.key_of(request.path_info, own_domain_of(city_here()))


def shown(copy):
    """The copy, unless its publication has ended or it is too old to be shown at all."""
    now = timezone.now()
    if copy is None or (copy.ends_at is not None and copy.ends_at <= now.timestamp()):
        return None
    return copy if now - copy.confirmed_at <= settings.SNAPSHOT_TERM else None


def notice(request, match, copy):
    language = language_of(request)
    city_slug = match.kwargs.get("city_slug")
    context = {
        "language": language,
        "is_in_other_language": language.tag != copy.language,
        "confirmed_at": copy.confirmed_at,
        "is_unfiltered": bool(request.GET) and match.view_name in LISTS,
        "contact_url": city_slug and reverse("pages:contact_list", args=[language.tag, city_slug]),
    }
    return render_to_string("outage/_notice.html", context)


# --- What cannot be done -----------------------------------------------------------------------------------


def refused(request, match):
    """Nothing was stored. What was typed comes back, to be sent again."""
    typed = typed_words(request, match)
    copy = find_copy(request, match) if match.view_name in FORMS else None
    if copy is None:
        return unavailable(request, 503, "outage/refused.html", typed=typed, **ways_on(request, match))
    fragment = render_to_string("outage/_typed.html", {"typed": typed}, request)
    body = copy.body.replace(TYPED_WORDS_STAND_HERE, fragment.encode(), 1)
    return unsent(HttpResponse(body, status=503, headers=copy.headers))


def missing(request, match):
    """No copy, or none that may be shown: nobody can say now whether there is such a page."""
    request.META[ENDED] = store.find(key_of(request)) is not None
    return unavailable(request, 503, "outage/missing.html", **ways_on(request, match))


def ways_on(request, match):
    city_slug = match.kwargs.get("city_slug", "")
    if not city_slug or not store.has_part(city_slug):
        return {}
    language = language_of(request).tag
    return {
        "home_url": reverse("pages:home", args=[language, city_slug]),
        "contact_url": reverse("pages:contact_list", args=[language, city_slug]),
    }


def unavailable(request, status, template, **context):
    context |= {"language": language_of(request), "languages": INTERFACE_LANGUAGES}
    response = render(request, template, context, status=status)
    return unsent(response) if status == 503 else uncached(response)


def unsent(response):
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def uncached(response):
    """As soon as the database is back, everybody shall see the page itself."""
    response["Cache-Control"] = "no-cache"
    return response


def language_of(request):
    return LANGUAGES.get(request.LANGUAGE_CODE) or LANGUAGES[SOURCE_LANGUAGE]
