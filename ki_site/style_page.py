"""The page that shows what the site is made of: values, and every component, for whoever develops it."""

import re
from datetime import time, timedelta
from pathlib import Path

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override

from contacts.colors import contrast, for_dark_surfaces
from contacts.languages import LANGUAGES
from contacts.models import City, CityLanguage, Contact, Location, OpeningHours
from contacts.models.city import FACES
from events.models import Event
from offers.listing import ListedOffer
from offers.models import Call, Offer
from pages.models import Page, PageRevision, PageTranslation
from pages.site import Entry, Site

STATIC = Path(settings.BASE_DIR) / "static"
# As many languages as a city may offer.
MANY = [tag for tag in LANGUAGES if tag != "gsg"][:25]

# The shortest name of a centre, the longest, and one between.
THEMES = [
    City(
        name="Hamm",
        slug="hamm",
        accent_color="#2044AA",
        centre_name="KI Hamm",
        authority="Stadt Hamm",
        organisation_unit="Amt für Integration, Ausländerwesen und Flüchtlinge",
    ),
    City(
        name="Kreis Siegen-Wittgenstein",
        slug="kreis-siegen-wittgenstein",
        accent_color="#8A2B57",
        centre_name="Kommunales Integrationszentrum Kreis Siegen-Wittgenstein",
        authority="Kreis Siegen-Wittgenstein",
        organisation_unit="Dezernat IV – Soziales, Jugend und Gesundheit, Amt 56",
    ),
    City(
        name="Bielefeld",
        slug="bielefeld",
        accent_color="#1B6B3A",
        centre_name="Kommunales Integrationszentrum Bielefeld",
        authority="Stadt Bielefeld",
        organisation_unit="– 170 –",
    ),
]


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Ihr Name", help_text="Vorname reicht.", required=False)
    email = forms.EmailField(label="Ihre E-Mail-Adresse")
    topic = forms.ChoiceField(label="Worum geht es?", choices=[("", "Bitte wählen"), ("schule", "Schule")])
    answer = forms.ChoiceField(
        label="Wie sollen wir antworten?", choices=[("mail", "E-Mail"), ("phone", "Anruf")], widget=forms.RadioSelect
    )
    message = forms.CharField(label="Ihre Nachricht", widget=forms.Textarea({"rows": 3}))
    agreed = forms.BooleanField(label="Ich habe die Hinweise gelesen.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.form_show_errors = False
        self.helper.disable_csrf = True


def style_page(request):
    if not settings.STYLE_PAGE:
        raise Http404
    wanted = request.GET.get("stadt")
    city = next((city for city in THEMES if city.slug == wanted), THEMES[0])
    now = timezone.now()
    context = {
        "site": sample_site(city, "de", now),
        "themes": THEMES,
        "faces": range(1, FACES + 1),
        "symbols": re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()),
        "palettes": palettes(city.accent_color),
        "sides": [side(city, tag, now) for tag in ("de", "ar")],
        "sheets": [
            f"css/{name}.css" for name in ("start", "forms", "offers", "events", "finder", "search", "style-page")
        ],
        "spaces": ["space-xs", "space-s", "space", "space-l", "space-xl", "space-2xl", "control"],
        "notices": ["info", "success", "warning", "danger"],
    }
    with override("de"):
        return render(request, "style_page.html", context)


def palettes(accent):
    """(name, its colours) by day and by night, as tokens.css has them."""
    css = (STATIC / "css" / "tokens.css").read_text()
    by_day, by_night = (dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", part)) for part in css.split("@media"))
    night = by_night | {"accent": for_dark_surfaces(accent), "deep": accent}
    return [("Hell", measured(by_day | {"accent": accent, "deep": accent})), ("Dunkel", measured(night))]


def measured(colors):
    """(name, colour, contrast on the page, contrast on grey); of surfaces the contrast of the words on them."""
    for name, color in colors.items():
        if name in ("page", "surface") or name.endswith("-tint"):
            yield name, color, contrast(colors["text"], color), contrast(colors["muted"], color)
        elif name == "deep":
            yield name, color, contrast("#FFFFFF", color), contrast("#FFE7B6", color)
        elif name != "on-accent":
            yield name, color, contrast(color, colors["page"]), contrast(color, colors["surface"])


def sample_site(city, tag, now):
    site = Site(city, LANGUAGES[tag], [CityLanguage(city=city, language=each) for each in MANY], now)
    site.entries = [sample(site, Page(pk=1, slug="schule", icon="school"), "Mein Kind soll in die Schule")]
    site.entries.append(sample(site, Page(pk=2, slug="verein"), "Wir sind ein Verein"))
    return site


def side(city, tag, now):
    """What the components show, in one writing direction."""
    site, contact = sample_site(city, tag, now), sample_contact(city)
    tomorrow = now + timedelta(days=1)
    offer = Page(pk=3, slug="beratung", kind=Page.Kind.OFFER)
    offer.offer = Offer(
        cost="free",
        individual_advice=True,
        appointment_needed=True,
        audiences=["parents"],
        languages=["de", "ar", "tr"],
    )
    event = Page(
        pk=4, slug="elterncafe", kind=Page.Kind.EVENT, starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=2)
    )
    event.event = Event(languages=["de", "uk"], cost="free")
    cancelled = Page(pk=5, slug="sprachtreff", kind=Page.Kind.EVENT, starts_at=tomorrow, ends_at=tomorrow)
    cancelled.event = Event(status=Event.Status.CANCELLED)
    calls = [
        Page(pk=6, slug="offen", kind=Page.Kind.CALL, ends_at=tomorrow),
        Page(pk=7, slug="bald", kind=Page.Kind.CALL, starts_at=tomorrow),
        Page(pk=8, slug="vorbei", kind=Page.Kind.CALL, ends_at=now),
    ]
    for call in calls:
        call.call = Call(amount_max=1500, own_share=20, audiences=["organisations"])
    return {
        "site": site,
        "language": site.language,
        "contact": contact,
        "listed": ListedOffer(sample(site, offer, "Beratung für Eltern"), [contact]),
        "events": [sample(site, event, "Elterncafé"), sample(site, cancelled, "Sprachtreff")],
        "calls": [sample(site, call, "Geld für Projekte") for call in calls],
        "empty_form": SampleForm(auto_id=f"{tag}-empty-%s"),
        "wrong_form": SampleForm({"email": "keine Adresse"}, auto_id=f"{tag}-wrong-%s"),
    }


def sample(site, page, title):
    page.city = site.city
    page.is_example = page.pk == 3
    words = {"title": title, "summary": "In wenigen Worten, worum es geht und für wen das gedacht ist."}
    text = PageTranslation(page=page, language="de")
    revision = PageRevision(translation=text, visible_from=site.instant, situation=title, **words)
    return Entry(page, revision, revision, site.language, site.instant)


def sample_contact(city):
    place = Location(city=city, name="Neues Rathaus", street="Musterstraße 1", postcode="33602", town="Musterstadt")
    place.step_free = "yes"
    contact = Contact(
        pk=1,
        city=city,
        function="Beratung für Eltern zur Schule",
        phone="030 23125 001",
        phone_uri="+493023125001",
        email="beratung.fuer.eltern@example.org",
        languages=["de", "ar", "tr", "uk"],
        location=place,
        room="14",
        last_verified=timezone.localdate(),
    )
    contact.hours = [OpeningHours(weekday=day, opens=time(8, 30), closes=time(16)) for day in range(5)]
    return contact
