"""What waits for somebody who opens the admin: inquiries, mails that do not go out, and what a city's site lacks."""

from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from contacts.models import City
from contacts.rights import MANAGERS, PUBLISHERS, has_role, memberships
from inquiries.admin.filters import WAITS, is_late
from inquiries.models import Inquiry, OutgoingMail
from invitations.models import Suggestion, Verdict
from legal import gate

MOST_CITIES = 10


class Place(NamedTuple):
    pk: int
    name: str


class Line(NamedTuple):
    """A sentence with where to go, and how much it presses: "late", "near" or ""."""

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
    if not has_role(user, PUBLISHERS):
        return None
    instant = timezone.now()
    lines = defaultdict(list)
    for place, line in chain(of_inquiries(request, instant), of_mails(user), of_links(user), of_gates(user, instant)):
        lines[place].append(line)
    places = list(lines.items())
    has_names = user.is_superuser or len(memberships(user)) > 1
    return Waiting(places[:MOST_CITIES], len(places[MOST_CITIES:]), has_names)


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
        yield place, Line(counted(number, "Eine offene Anfrage", "offene Anfragen"), inbox_url(place))
        if number_late:
            words = counted(number_late, "Eine Anfrage ist überfällig", "Anfragen sind überfällig")
            yield place, Line(words, inbox_url(place, due="late"), "late")


def of_mails(user):
    """What outbox_state() tells of one city, for all of the user's: one query. The inbox says why."""
    stuck = ~Q(refused_at=None) | ~Q(last_error="") if settings.MAIL_IS_SET_UP else Q()
    mails = OutgoingMail.objects.editable_by(user, PUBLISHERS).filter(stuck, sent_at=None)
    counts = mails.order_by().values_list("city", "city__name").annotate(Count("pk"))
    for pk, name, number in counts.order_by("-pk__count", "city__name"):
        place = Place(pk, name)
        words = counted(number, "Eine E-Mail geht nicht hinaus", "E-Mails gehen nicht hinaus")
        yield place, Line(words, inbox_url(place), "late")


def of_links(user):
    """What people without an account have written: two queries."""
    suggestions = Suggestion.objects.waiting().editable_by(user, PUBLISHERS)
    remarks = Verdict.objects.waiting().editable_by(user, PUBLISHERS)
    for waiting, model, query, one, many in (
        (suggestions, "suggestion", {}, "Ein Vorschlag für eine Übersetzung", "Vorschläge für Übersetzungen"),
        (remarks, "invitation", {"state": "remark"}, "Eine Anmerkung zu einem Entwurf", "Anmerkungen zu Entwürfen"),
    ):
        counts = waiting.order_by().values_list("invitation__city", "invitation__city__name").annotate(Count("pk"))
        for pk, name, number in counts.order_by("-pk__count", "invitation__city__name"):
            url = reverse(f"admin:invitations_{model}_changelist", query={"city": pk} | query)
            yield Place(pk, name), Line(counted(number, one, many), url)


def of_gates(user, instant):
    """For those who lead a city. An operator has too many, of which most are not even begun."""
    cities = City.objects.none() if user.is_superuser else City.objects.editable_by(user, MANAGERS)
    for city in cities[:MOST_CITIES]:
        states = [item.state for item in gate.items(city, instant)]
        red, yellow = sum(state in gate.REFUSING for state in states), states.count(gate.State.WARNING)
        if red or yellow or not city.is_public:
            url = f"{reverse('admin:contacts_city_change', args=[city.pk])}#gate-heading"
            level = "late" if red and city.is_public else "near"
            yield Place(city.pk, city.name), Line(gate_words(city, red, yellow), url, level)


def gate_words(city, red, yellow):
    question = "Pflichtangaben Ihrer Website" if city.is_public else "Bereit für die Öffentlichkeit?"
    counts = [
        counted(red, "Ein Punkt ist rot", "Punkte sind rot") if red else "",
        counted(yellow, "ein Punkt ist gelb", "Punkte sind gelb") if yellow else "",
    ]
    told = ", ".join(filter(None, counts)) or "Alles ist da."
    return f"{question}{':' if city.is_public else ''} {told[0].upper()}{told[1:]}"
