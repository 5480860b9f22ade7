"""Collects what a city links to, asks each address once a day, and writes down the answers."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from time import sleep
from urllib.parse import urlsplit

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from pages.models import Page, PageLink

from .asking import TOO_MANY
from .models import ExternalLink

AT_ONCE = 8  # hosts
PAUSE = 1  # seconds between two questions to the same host
# With so many hosts of which not one answers, it is our own network that is broken.
NEVER_ALL_AT_ONCE = 3


def fields_with_addresses():
    """(model, names of its fields) of everything that belongs to a city and has an address of another website."""
    for model in apps.get_models():
        names = [
            field.name for field in model._meta.local_fields if isinstance(field, models.URLField) and field.editable
        ]
        if names and hasattr(model._default_manager, "for_city"):
            yield model, names


def used():
    """{(city id, address)} of all links in texts that are public or may become so, and in data."""
    instant = timezone.now()
    external = PageLink.objects.current(instant).filter(kind=PageLink.Kind.EXTERNAL)
    links = external.filter(not_over(instant, "translation__page__"))
    found = set(links.order_by().values_list("translation__page__city", "address").distinct())
    for model, names in fields_with_addresses():
        rows = model._default_manager.filter(not_over(instant) if issubclass(model, Page) else Q()).order_by()
        for name in names:
            found |= set(rows.values_list(rows.city_path, name))
    return {(city, url) for city, url in found if url.startswith(("http://", "https://"))}


def not_over(instant, page=""):
    """Nobody looks after the links of an event that has been."""
    return Q(**{f"{page}ends_at": None}) | Q(**{f"{page}ends_at__gt": instant})


def collect():
    """Makes the rows be what is used: new ones appear, what nobody links to any more goes away with its memory."""
    wanted = used()
    known = {(city, url): pk for pk, city, url in ExternalLink.objects.values_list("pk", "city", "url")}
    ExternalLink.objects.filter(pk__in=[pk for key, pk in known.items() if key not in wanted]).delete()
    new = [ExternalLink(city_id=city, url=url) for city, url in sorted(wanted - known.keys())]
    # Another machine may collect at the same time.
    ExternalLink.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)


def check(asker, day, pause=PAUSE):
    """Asks for everything that was not asked for on this day. Returns how many answers were written down."""
    by_host = defaultdict(list)
    unasked = ExternalLink.objects.exclude(checked_on__gte=day).order_by("url")
    for url in unasked.values_list("url", flat=True).distinct():
        by_host[host_of(url)].append(url)
    waiting, noted, has_network = [], 0, len(by_host) < NEVER_ALL_AT_ONCE
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(ask_host, asker, urls, pause) for urls in by_host.values()]):
            waiting += done.result()
            has_network = has_network or any(found.status for _url, found in waiting)
            while has_network and waiting:
                noted += note(*waiting.pop(), day)
    return noted


def host_of(url):
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def ask_host(asker, urls, pause):
    """The answers of one host, one after the other. It is left alone for the day once it says that it is too much."""
    answers = []
    for number, url in enumerate(urls):
        if number:
            sleep(pause)
        found = asker.ask(url)
        answers.append((url, found))
        if found.status == TOO_MANY:
            break
    return answers


@transaction.atomic
def note(url, found, day):
    links = ExternalLink.objects.select_for_update().filter(url=url).exclude(checked_on__gte=day)
    for link in links:
        link.note(found, day)
    return len(links)
