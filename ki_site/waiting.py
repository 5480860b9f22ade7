"""What waits for somebody who opens the admin, by their cities and tasks: the first screen answers „what needs me?“."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from adoption.models import Adoption
from contacts.languages import LANGUAGES, SOURCE_LANGUAGE
from contacts.models import City
from contacts.models.city import EVERYBODY, WRITERS
from contacts.rights import MANAGERS, PUBLISHERS, has_role, memberships, translates_into
from inquiries.admin.filters import WAITS, is_late
from inquiries.models import Inquiry, OutgoingMail
from invitations.models import Suggestion, Verdict
from legal import gate
from links.models import DeadLink, ExternalLink
from pages.admin.texts import language_states, pages_with_states
from pages.models import LanguageWish, Page, SearchMiss, State
from reviews.due import due_items
from reviews.models import ProposedChange

MOST_CITIES = 10
MOST_LANGUAGES = 3


class Place(NamedTuple):
    pk: int
    name: str


class Topic(models.TextChoices):
    """In the order in which they are shown."""

    INQUIRIES = "inquiries", "Anfragen"
    TEXTS = "texts", "Texte und Übersetzungen"
    PARTICIPATION = "participation", "Vorschläge und Prüfungen"
    LINKS = "links", "Links"
    READERS = "readers", "Was Besucher*innen suchen"
    SITE = "site", "Ihre Website"


class Line(NamedTuple):
    """A sentence with where to go, and how much it presses: "late", "near" or ""."""

    topic: Topic
    words: str
    url: str
    level: str = ""


class Waiting(NamedTuple):
    places: list  # (Place, its lines), the most pressing first
    more: int  # places that are not in the list
    has_names: bool  # somebody with one city need not be told which


def waiting_for(request):
    """None for those for whom nothing can wait here."""
    user = request.user
    if not has_role(user, EVERYBODY):
        return None
    instant = timezone.now()
    lines = defaultdict(list)
    for place, line in chain(
        of_inquiries(request, instant),
        of_mails(user),
        of_texts(user),
        of_adoptions(user),
        of_suggestions(user),
        of_reviews(user, instant),
        of_links(user, instant),
        of_readers(user, instant),
        of_gates(user, instant),
    ):
        lines[place].append(line)
    places = [(place, most_pressing_first(own)) for place, own in lines.items()]
    has_names = user.is_superuser or len(memberships(user)) > 1
    return Waiting(places[:MOST_CITIES], len(places[MOST_CITIES:]), has_names)


def most_pressing_first(lines):
    """Topics in which something is late come before the others."""
    late = {line.topic for line in lines if line.level == "late"}
    return sorted(lines, key=lambda line: line.topic not in late)


def inbox_url(place, **query):
    return reverse("admin:inquiries_inquiry_changelist", query={"city": place.pk} | query)


def counted(number, one, many):
    return one if number == 1 else f"{number} {many}"


def of_inquiries(request, instant):
    """As many as the inbox shows behind the links: one query."""
    inbox = admin.site.get_model_admin(Inquiry).get_queryset(request)
    late = Count("pk", filter=is_late(timezone.localdate(instant)))
    counts = inbox.filter(WAITS).order_by().values_list("city", "city__name").annotate(Count("pk"), late=late)
    for pk, name, number, number_late in counts.order_by("-late", "-pk__count", "city__name"):
        place = Place(pk, name)
        yield place, Line(Topic.INQUIRIES, counted(number, "Eine offene Anfrage", "offene Anfragen"), inbox_url(place))
        if number_late:
            words = counted(number_late, "Eine Anfrage ist überfällig", "Anfragen sind überfällig")
            yield place, Line(Topic.INQUIRIES, words, inbox_url(place, due="late"), "late")


def of_mails(user):
    """What outbox_state() tells of one city, for all of the user's: one query. The inbox says why."""
    stuck = ~Q(refused_at=None) | ~Q(last_error="") if settings.MAIL_IS_SET_UP else Q()
    mails = OutgoingMail.objects.editable_by(user, PUBLISHERS).filter(stuck, sent_at=None, city__isnull=False)
    counts = mails.order_by().values_list("city", "city__name").annotate(Count("pk"))
    for pk, name, number in counts.order_by("-pk__count", "city__name"):
        place = Place(pk, name)
        words = counted(number, "Eine E-Mail geht nicht hinaus", "E-Mails gehen nicht hinaus")
        yield place, Line(Topic.INQUIRIES, words, inbox_url(place), "late")


# --- Texts -----------------------------------------------------------------------------------------


# (language, state) of the matrix, the words for one and for many, and how much they press.
WORDS_OF_TEXTS = [
    (
        ("de", "work"),
        "Ein deutscher Entwurf ist nicht öffentlich",
        "deutsche Entwürfe sind nicht öffentlich",
        "",
    ),
    (("", "outdated"), "Eine Übersetzung ist veraltet", "Übersetzungen sind veraltet", "near"),
    (("", "draft"), "Eine Übersetzung ist noch Entwurf", "Übersetzungen sind noch Entwurf", ""),
    (("", "missing"), "Eine Übersetzung fehlt", "Übersetzungen fehlen", ""),
]


def of_texts(user):
    """Drafts, outdated and missing translations, as the matrix shows them; an operator has too many cities for it."""
    cities = City.objects.none() if user.is_superuser else City.objects.editable_by(user)[:MOST_CITIES]
    pages = pages_with_states(Page.objects.filter(city__in=[city.pk for city in cities]))
    counts = {city: Counter() for city in cities}
    for page in pages:
        counts[page.city].update(states_that_need(page, user))
    for city, numbers in counts.items():
        place = Place(city.pk, city.name)
        for selection, one, many, level in WORDS_OF_TEXTS:
            if number := numbers[selection]:
                language, state = selection
                query = {"city": city.pk, "language": language, "state": state}
                url = reverse("admin:pages_page_matrix", query={name: value for name, value in query.items() if value})
                yield place, Line(Topic.TEXTS, counted(number, one, many), url, level)


def states_that_need(page, user):
    """(language or "", state) of the matrix for each text of a page that somebody may work on."""
    for each in language_states(page):
        if not translates_into(user, each.language.tag, page.city_id):
            continue
        if each.language.tag == SOURCE_LANGUAGE:
            if each.needs_work:
                yield SOURCE_LANGUAGE, "work"
        elif each.state in (State.OUTDATED, State.MISSING, State.DRAFT):
            yield "", each.state.value


def of_adoptions(user):
    """State-wide texts that say something else than what the city took over."""
    adoptions = Adoption.objects.editable_by(user, WRITERS) if not user.is_superuser else Adoption.objects.none()
    counts = Counter(adoption.page.city for adoption in adoptions.with_versions() if adoption.news)
    for city, number in counts.items():
        words = counted(number, "Ein landesweiter Text ist neu", "landesweite Texte sind neu")
        url = reverse("admin:adoption_adoption_changelist", query={"city": city.pk})
        yield Place(city.pk, city.name), Line(Topic.TEXTS, words, url)


# --- What others say, and what readers meet ----------------------------------------------------------


def lines_of(queryset, city_path, topic, one, many, url, level="", **query):
    """One line for each city, from the number of rows that wait there: one query."""
    counts = queryset.order_by().values_list(city_path, f"{city_path}__name").annotate(Count("pk"))
    for pk, name, number in counts.order_by("-pk__count", f"{city_path}__name"):
        yield Place(pk, name), Line(topic, counted(number, one, many), reverse(url, query={"city": pk} | query), level)


def of_suggestions(user):
    """What people without an account have written: two queries."""
    yield from lines_of(
        Suggestion.objects.waiting().handled_by(user),
        "invitation__city",
        Topic.PARTICIPATION,
        "Ein Vorschlag für eine Übersetzung",
        "Vorschläge für Übersetzungen",
        "admin:invitations_suggestion_changelist",
    )
    yield from lines_of(
        Verdict.objects.waiting().editable_by(user, PUBLISHERS),
        "invitation__city",
        Topic.PARTICIPATION,
        "Eine Anmerkung zu einem Entwurf",
        "Anmerkungen zu Entwürfen",
        "admin:invitations_invitation_changelist",
        state="remark",
    )


def of_reviews(user, instant):
    """Three queries."""
    yield from lines_of(
        ProposedChange.objects.filter(state=ProposedChange.State.OPEN).editable_by(user, PUBLISHERS),
        "city",
        Topic.PARTICIPATION,
        "Jemand schlägt eine Änderung vor",
        "vorgeschlagene Änderungen",
        "admin:reviews_proposedchange_changelist",
        state__exact=ProposedChange.State.OPEN.value,
    )
    for items, one, many in zip(
        due_items(instant),
        ("Eine Seite ist zu prüfen", "Ein Kontakt ist zu prüfen"),
        ("Seiten sind zu prüfen", "Kontakte sind zu prüfen"),
        strict=True,
    ):
        mine = items.editable_by(user, PUBLISHERS)
        url = "admin:reviews_reviewrequest_changelist"
        yield from lines_of(mine, "city", Topic.PARTICIPATION, one, many, url, "near")


def of_links(user, instant):
    """Two queries."""
    yield from lines_of(
        DeadLink.objects.dead(instant).editable_by(user, WRITERS),
        "translation__page__city",
        Topic.LINKS,
        "Ein Link führt ins Leere",
        "Links führen ins Leere",
        "admin:links_deadlink_changelist",
        "near",
    )
    yield from lines_of(
        ExternalLink.objects.broken().editable_by(user, PUBLISHERS),
        "city",
        Topic.LINKS,
        "Ein Link zu einer anderen Website geht nicht mehr",
        "Links zu anderen Websites gehen nicht mehr",
        "admin:links_externallink_changelist",
        "near",
    )


def of_readers(user, instant):
    """Two queries."""
    yield from lines_of(
        SearchMiss.objects.exclude(city=None).editable_by(user, PUBLISHERS),
        "city",
        Topic.READERS,
        "Ein Wort wurde gesucht und nicht gefunden",
        "Wörter wurden gesucht und nicht gefunden",
        "admin:pages_searchmiss_changelist",
    )
    since = (timezone.localdate(instant).replace(day=1) - timedelta(days=1)).replace(day=1)
    wishes = LanguageWish.objects.filter(month__gte=since).editable_by(user, PUBLISHERS)
    by_city = defaultdict(Counter)
    for pk, name, language, count in wishes.values_list("city", "city__name", "language", "count"):
        by_city[Place(pk, name)][LANGUAGES[language].german_name] += count
    for place, counts in by_city.items():
        most = ", ".join(f"{name} ({number}-mal)" for name, number in counts.most_common(MOST_LANGUAGES))
        url = reverse("admin:pages_languagewish_changelist", query={"city": place.pk})
        yield place, Line(Topic.READERS, f"Gewünschte Sprachen, die Sie nicht anbieten: {most}", url)


# --- The site as a whole -------------------------------------------------------------------------------


def of_gates(user, instant):
    """For those who lead a city. An operator has too many, of which most are not even begun."""
    cities = City.objects.none() if user.is_superuser else City.objects.editable_by(user, MANAGERS)
    for city in cities[:MOST_CITIES]:
        states = [item.state for item in gate.items(city, instant)]
        red, yellow = sum(state in gate.REFUSING for state in states), states.count(gate.State.WARNING)
        if red or yellow or not city.is_public:
            url = f"{reverse('admin:contacts_city_change', args=[city.pk])}#gate-heading"
            level = "late" if red and city.is_public else "near"
            yield Place(city.pk, city.name), Line(Topic.SITE, gate_words(city, red, yellow), url, level)


def gate_words(city, red, yellow):
    question = "Pflichtangaben Ihrer Website" if city.is_public else "Bereit für die Öffentlichkeit?"
    counts = [
        counted(red, "Ein Punkt ist rot", "Punkte sind rot") if red else "",
        counted(yellow, "ein Punkt ist gelb", "Punkte sind gelb") if yellow else "",
    ]
    told = ", ".join(filter(None, counts)) or "Alles ist da."
    return f"{question}{':' if city.is_public else ''} {told[0].upper()}{told[1:]}"
