"""The list of what is to be reviewed, for staff: pages and contacts together, the oldest first."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Value
from django.urls import reverse
from django.utils import timezone

from contacts.models.city import PUBLISHERS
from pages.admin.texts import page_url
from pages.models import Page

from .due import public_items, thing
from .models import ProposedChange, ReviewRequest

PER_PAGE = 50

# What the list can be narrowed to, by the parameter in its address.
CHOICES = {"": "fällig", "late": "überfällig", "all": "alle mit einem Tag der Prüfung"}


class DueList:
    """One page of it. The number of queries is the same for every city and length."""

    def __init__(self, user, instant, choice="", city="", number=1):
        self.day = timezone.localdate(instant)
        self.choice = choice if choice in CHOICES else ""
        items = [
            self.chosen(items.editable_by(user, PUBLISHERS), city).exclude(review_on=None)
            for items in public_items(instant)
        ]
        self.paginated = Paginator(self.in_one(items), PER_PAGE).get_page(number)
        self.rows = self.rows_of(items)

    def chosen(self, items, city):
        if city:
            items = items.for_city(city)
        if self.choice == "late":
            late = ReviewRequest.objects.open().filter(overdue_on__lte=self.day)
            return items.filter(Exists(late.filter(**{thing(items): OuterRef("pk")})), review_on__lte=self.day)
        return items if self.choice == "all" else items.filter(review_on__lte=self.day)

    @staticmethod
    def in_one(items):
        keys = [each.order_by().values_list("review_on", Value(thing(each)), "pk") for each in items]
        return keys[0].union(keys[1], all=True).order_by("review_on", "pk")

    def rows_of(self, items):
        keys = [(name, pk) for _day, name, pk in self.paginated]
        wanted = {name: [pk for other, pk in keys if other == name] for name in ("page", "contact")}
        found = {
            (thing(each), pk): item
            for each in items
            for pk, item in each.select_related("city").in_bulk(wanted[thing(each)]).items()
        }
        requests = of_things(ReviewRequest.objects.open(), wanted)
        proposals = of_things(ProposedChange.objects.filter(state=ProposedChange.State.OPEN), wanted)
        return [Row(found[key], requests.get(key), proposals.get(key), self.day) for key in keys if key in found]


def of_things(rows, wanted):
    """Those about one of the wanted things, by the thing."""
    about = rows.filter(page__in=wanted["page"]) | rows.filter(contact__in=wanted["contact"])
    return {("page", row.page_id) if row.page_id else ("contact", row.contact_id): row for row in about}


class Row:
    def __init__(self, item, request, proposal, day):
        self.item = item
        self.request = request
        self.proposal = proposal
        self.is_due = item.review_on <= day
        self.is_late = self.is_due and request is not None and request.overdue_on <= day

    @property
    def kind(self):
        return self.item.get_kind_display() if isinstance(self.item, Page) else "Kontakt"

    @property
    def url(self):
        return item_url(self.item)

    @property
    def verify_url(self):
        name = "page" if isinstance(self.item, Page) else "contact"
        return reverse(f"admin:reviews_verify_{name}", args=[self.item.pk])

    @property
    def state(self):
        """A word for the colour, and words to read."""
        if self.proposal:
            return "near", "Ein Vorschlag wartet auf Sie."
        if self.is_late:
            return "late", f"Überfällig. {self.asked}"
        if not self.is_due:
            return "", "Noch nicht fällig."
        return "near", f"Fällig. {self.asked}"

    @property
    def asked(self):
        if self.request is None:
            return "Noch niemand gefragt." if self.item.owner_email else "Niemand ist zuständig."
        asked = f"Gefragt am {moment(self.request.sent_at)}."
        if self.request.deputy_sent_at:
            asked += f" Vertretung gefragt am {moment(self.request.deputy_sent_at)}."
        return asked


def moment(instant):
    return f"{timezone.localtime(instant):%d.%m.%Y}"


def item_url(item):
    """Where staff work on it."""
    return page_url(item) if isinstance(item, Page) else reverse("admin:contacts_contact_change", args=[item.pk])
