"""Which host answers what: the main host the portal and the admin, the own domain of a city that city's pages."""

from django.conf import settings
from django.db import Error
from django.shortcuts import redirect

from contacts.hosts import at_home, called_as, city_here, domains, own_domain_called, parts, whole_address_of
from contacts.models import City
from pages.views.pages import moved

from .outage.breaker import breaker

domains.database_is_away = breaker.is_away

# Beside what belongs to a city, this is the same under every name.
EVERYWHERE = {
    "accent_stylesheet",
    "favicon",
    "media",
    "pages:choose_language",
    "pages:qr_code",
    "pages:reference",
    "pages:reference_to_list",
    "pages:reference_to_portal",
    "pages:reference_to_sheet",
    "robots",
    "security",
    "sitemap_index",
}
# Somebody may send a form of the main host in the moment in which its city gets a domain of its own. `form-action`
# lets no browser follow from there to another host, so the receipt can be read here, too.
STAYS = "inquiries:receipt"
READING = ("GET", "HEAD")


class OwnDomains:
    """Before all that looks at the name that was called: names in the database are as good as ALLOWED_HOSTS."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        host = request.headers.get("host", "")
        own_domain = own_domain_called(host)
        if own_domain is None:
            return self.get_response(request)
        request.get_host = lambda: host
        with called_as(own_domain):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name, is_of_city = request.resolver_match.view_name, "city_slug" in kwargs
        if city_here():
            is_elsewhere = not is_of_city and name not in EVERYWHERE
            return redirect(settings.SITE_URL + request.get_full_path()) if is_elsewhere else None
        if not is_of_city or name == STAYS or request.method not in READING:
            return None
        path = request.get_full_path()
        address = at_home(path)
        return moved(address) if address != path else None


def learn_domains(page_cache):
    """A hook for the watcher of the page cache. With another domain, anything kept may show a former address."""

    def learn(_slugs):
        domains.load()
        if domains.are_news:
            domains.are_news = False
            # Also what is being made just now with the former addresses.
            page_cache.forget(None, page_cache.watcher.number + 1)

    return learn


def find_other_cities(get_response):
    """Where nothing is on the domain of a city, an address of the main host may be meant."""

    def middleware(request):
        response = get_response(request)
        is_lost = response.status_code == 404 and city_here() and request.method in READING
        if is_lost and names_a_city(request.path_info):
            return moved(whole_address_of(request.get_full_path()))
        return response

    return middleware


def names_a_city(path):
    _before, slug, behind = parts(path)
    try:
        return bool(behind) and City.objects.public().filter(slug=slug).exists()
    except Error:  # without a database the 404 is answer enough
        return False
