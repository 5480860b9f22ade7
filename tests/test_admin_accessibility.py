"""Every screen of the admin: no accessibility fault a program can find, nothing wider than the screen."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, Contact, Funder, Location, Membership, Role
from contacts.replacing import replace
from inquiries.models import DeletionRecord, FormSettings, InterpretingRules, OutgoingMail
from links.models import ExternalLink
from offers.models import Call, Offer
from offers.standards import adopt, standards
from pages.models import FocusArea, Image, Page, PageTranslation
from tests.factories import (
    make_document,
    make_inquiry,
    make_invitation,
    make_page,
    make_proposal,
    make_suggestion,
    make_user,
    make_video,
)

ADDRESSES = {
    "editor": (
        "/admin/",
        "/admin/pages/page/",
        "/admin/pages/page/?q=nichts-davon",
        "/admin/pages/page/add/",
        "/admin/pages/page/uebersetzungen/",
        "/admin/pages/page/uebersetzungen/?q=nichts-davon",
        "/admin/pages/page/{page}/change/",
        "/admin/pages/page/{page}/unpublish/",
        "/admin/pages/focusarea/",
        "/admin/pages/focusarea/{focus_area}/change/",
        "/admin/offers/offer/",
        "/admin/offers/offer/katalog/",
        "/admin/offers/offer/{offer}/change/",
        "/admin/offers/offer/{adopted}/change/",
        "/admin/offers/call/",
        "/admin/offers/call/{call}/change/",
        "/admin/pages/pagetranslation/{german}/history/",
        "/admin/exchange/agencypage/",
        "/admin/exchange/agencypage/?language=ar&which=alle",
        "/admin/exchange/agencypage/?language=ar&page={page}",
        "/admin/exchange/agencypage/einlesen/?language=ar",
        "/admin/pages/image/",
        "/admin/pages/image/?q=nichts-davon",
        "/admin/pages/image/add/",
        "/admin/pages/image/{image}/change/",
        "/admin/pages/image/{image}/delete/",
        "/admin/offers/offer/{with_picture}/change/",
        "/admin/pages/document/add/",
        "/admin/pages/document/{document}/change/",
        "/admin/pages/pagetranslation/{german}/compare/?von={revision}&bis=entwurf",
        "/admin/pages/pagetranslation/{german}/as-it-was/?am={instant}",
        "/admin/contacts/contact/",
        "/admin/contacts/contact/{contact}/change/",
        "/admin/contacts/contact/{contact}/ersetzen/",
        "/admin/contacts/contact/ersetzt/{replacement}/",
        "/admin/contacts/contact/{contact}/delete/",
        "/admin/contacts/contact/{contact}/history/",
        "/admin/reviews/reviewrequest/",
        "/admin/reviews/reviewrequest/?stand=late",
        "/admin/reviews/proposedchange/",
        "/admin/reviews/proposedchange/{proposal}/change/",
        "/admin/contacts/location/{location}/change/",
        "/admin/contacts/funder/{funder}/change/",
        "/admin/contacts/city/{city}/change/",
        "/admin/links/externallink/",
        "/admin/links/externallink/?state=vouched",
        "/admin/links/externallink/?state=gone",
        "/admin/links/externallink/{external_link}/change/",
        "/admin/links/deadlink/",
        "/admin/pages/page/{linked}/change/",
        "/admin/pages/page/{linked}/unpublish/",
        "/admin/pages/pagetranslation/{german}/preview/",
        "/admin/invitations/invitation/",
        "/admin/invitations/invitation/add/?page={page}&language=ar&kind=translate",
        "/admin/invitations/invitation/add/?page={page}&language=de&kind=approve",
        "/admin/invitations/invitation/{approval}/change/",
        "/admin/invitations/invitation/{approval}/delete/",
        "/admin/invitations/suggestion/",
        "/admin/invitations/suggestion/{suggestion}/change/",
        "/admin/password_change/",
        "/admin/konto/",
        "/admin/konto/anmeldungen/",
        "/admin/handbuch/",
        "/admin/handbuch/text-aendern/",
        "/admin/handbuch/oeffentlich-machen/",
    ),
    "translator": (
        "/admin/pages/page/",
        "/admin/pages/page/{page}/change/",
        "/admin/pages/pagetranslation/{arabic}/change/",
        "/admin/pages/pagetranslation/{about_picture}/change/",
        "/admin/pages/image/{image}/change/",
        "/admin/pages/pagetranslation/{arabic}/change/?ganz=1",
        "/admin/pages/page/uebersetzungen/?state=work&language=ar",
        "/admin/contacts/contact/{contact}/change/",
        "/admin/konto/passwort/",
    ),
    "manager": (
        "/admin/",
        "/admin/inquiries/inquiry/",
        "/admin/inquiries/inquiry/?due=late",
        "/admin/inquiries/inquiry/{inquiry}/change/",
        "/admin/inquiries/inquiry/{inquiry}/antwort/",
        "/admin/inquiries/formsettings/",
        "/admin/inquiries/formsettings/{form_settings}/change/",
        "/admin/inquiries/interpretingrules/",
        "/admin/inquiries/interpretingrules/{rules}/change/",
        "/admin/inquiries/deletionrecord/",
        "/admin/inquiries/deletionrecord/{deletion}/change/",
        "/admin/inquiries/outgoingmail/",
        "/admin/inquiries/outgoingmail/{mail}/change/",
        "/admin/legal/imprint/{imprint}/change/",
        "/admin/legal/privacyinformation/{privacy}/change/",
        "/admin/legal/accessibilitystatement/{statement}/change/",
        "/admin/legal/easygermanpage/{easy_german}/change/",
        "/admin/legal/signlanguagevideo/",
        "/admin/legal/signlanguagevideo/add/",
        "/admin/legal/signlanguagevideo/{video}/change/",
        "/admin/contacts/membership/",
        "/admin/contacts/membership/{membership}/change/",
        "/admin/contacts/membership/add/",
        "/admin/contacts/city/{city}/change/",
        "/admin/audit/entry/",
        "/admin/audit/entry/?what=public",
    ),
    "operator": (
        "/admin/",
        "/admin/exchange/agencypage/",
        "/admin/inquiries/inquiry/",
        "/admin/legal/imprint/",
        "/admin/pages/page/add/",
        "/admin/contacts/city/",
        "/admin/contacts/membership/add/",
        "/admin/auth/user/",
        "/admin/auth/user/add/",
        "/admin/auth/user/{user}/change/",
        "/admin/auth/user/{user}/password/",
    ),
    "nobody": ("/admin/login/", "/admin/konto/passwort/vergessen/", "/admin/konto/passwort/vergessen/gesendet/"),
}

each_width = pytest.mark.parametrize("width", [320, 1280])
each_theme = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture
def bielefeld(live_site):
    return City.objects.get(slug="bielefeld")


@pytest.fixture
def people(bielefeld):
    return {
        "editor": make_user(bielefeld, Role.EDITOR, password="ein-langes-geheimnis"),
        "translator": make_user(bielefeld, Role.TRANSLATOR, languages=["ar"]),
        "manager": make_user(bielefeld, Role.MANAGER),
        "operator": make_user(is_superuser=True),
    }


@pytest.fixture
def numbers(bielefeld, people):
    """The primary keys that stand in the addresses."""
    arabic = PageTranslation.objects.filter(page__city=bielefeld, page__kind="standard", language="ar").first()
    return {
        "city": bielefeld.pk,
        "page": arabic.page_id,
        "arabic": arabic.pk,
        **numbers_of_history(arabic.page.translations.get(language="de")),
        "focus_area": FocusArea.objects.for_city(bielefeld).first().pk,
        "offer": Offer.objects.for_city(bielefeld).first().pk,
        "adopted": adopt(standards()["griffbereit"], bielefeld, None)[0].pk,
        "call": Call.objects.for_city(bielefeld).first().pk,
        "image": Image.objects.for_city(bielefeld).get(title="Schule mit Weg").pk,
        "with_picture": Page.objects.for_city(bielefeld).get(slug="schulberatung").pk,
        "about_picture": PageTranslation.objects.get(
            page__city__slug="bielefeld", page__slug="schulberatung", language="ar"
        ).pk,
        "document": make_document(bielefeld).pk,
        "contact": Contact.objects.for_city(bielefeld).first().pk,
        "replacement": replace(*Contact.objects.for_city(bielefeld)[1:3], None).pk,
        "location": Location.objects.for_city(bielefeld).first().pk,
        "funder": Funder.objects.for_city(bielefeld).first().pk,
        "membership": Membership.objects.get(user=people["translator"]).pk,
        "user": people["translator"].pk,
        **numbers_of_inquiries(bielefeld),
        "proposal": proposal_about_a_contact(bielefeld).pk,
        **numbers_of_links(bielefeld),
        "imprint": bielefeld.imprint.pk,
        "privacy": bielefeld.privacy_information.pk,
        "statement": bielefeld.accessibility_statement.pk,
        "easy_german": bielefeld.easy_german_page.pk,
        "video": make_video(bielefeld).pk,
        **numbers_of_invitations(arabic.page),
    }


def proposal_about_a_contact(city):
    """Its review is due, and its owner was asked."""
    Contact.objects.for_city(city).update(review_on=timezone.localdate(), owner_email="kim@example.org")
    return make_proposal(
        Contact.objects.for_city(city).first(),
        old={"phone": "030 23125 001", "hours": "Montag"},
        new={"phone": "030 23125 002", "hours": "Dienstag"},
        remark="Der Eingang ist jetzt im Hof.",
    )


def numbers_of_history(german):
    """A text whose draft differs from what is public."""
    german.title, german.body = f"Neu: {german.title}", f"<p>Neu.</p>{german.body}"
    german.save()
    return {
        "german": german.pk,
        "revision": german.revisions.get().pk,
        "instant": f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def numbers_of_invitations(page):
    """A link that is over, with a remark, and a suggestion that waits."""
    approval = make_invitation(page, "approve", revoked_at=timezone.now())
    approval.say(1, "Bitte kürzer")
    suggestion = make_suggestion(make_invitation(page, "translate", "ar"))
    return {"approval": approval.pk, "suggestion": suggestion.pk}


def numbers_of_inquiries(city):
    """One that is overdue and whose mail was refused, and what stands around it."""
    today = timezone.localdate()
    inquiry = make_inquiry(city, "help", email="kim@example.org", due_on=today - timedelta(days=2))
    mail = OutgoingMail.objects.create(
        city=city,
        inquiry=inquiry,
        purpose="answer",
        recipient="kim@example.org",
        subject="Antwort",
        body="Guten Tag",
        message_id="<1@example.org>",
        refused_at=timezone.now(),
        last_error="abgelehnt: SMTPRecipientsRefused 550",
    )
    rules = InterpretingRules.of(city)
    rules.save()
    settings_of_form = FormSettings.of(city, "barrier")
    settings_of_form.save()
    deletion = DeletionRecord.objects.create(city=city, kind="help", reason="term", count=3, deleted_on=today)
    return {
        "inquiry": inquiry.pk,
        "mail": mail.pk,
        "rules": rules.pk,
        "form_settings": settings_of_form.pk,
        "deletion": deletion.pk,
    }


def numbers_of_links(city):
    """A link of each kind, and a page to which others link."""
    urls = [f"https://www.example.org/{kind}/eine-sehr-lange-adresse-ohne-luecken" for kind in ("neu", "fort", "geht")]
    body = "".join(f'<p><a href="{url}">hier</a></p>' for url in [*urls, "/de/bielefeld/gibt-es-nicht/"])
    make_page(city, translation={"title": "Seite mit Links", "body": body})
    today = timezone.localdate()
    found = {"city": city, "failures": 3, "failing_since": today, "checked_on": today}
    moved, _gone, _works = (
        ExternalLink.objects.create(url=url, **found | fields)
        for url, fields in zip(
            urls,
            [
                {"answer": "moved", "detail": "200", "moved_to": urls[0] + "/und-noch-mehr"},
                {"answer": "gone", "detail": "404"},
                {"answer": "refused", "detail": "403", "vouched_answer": "refused 403", "vouched_by": "Erika Beispiel"},
            ],
            strict=True,
        )
    )
    return {"external_link": moved.pk, "linked": Page.objects.get(city=city, slug="schule-und-eltern").pk}


@pytest.fixture
def open_admin(live_site, people, new_context):
    """open_admin("editor", width=320) is a page of a browser in which this person is signed in."""

    def open_admin(who, width=1280, theme="light"):
        context = new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, base_url=live_site.url, locale="de-DE"
        )
        if who in people:
            client = Client()
            client.force_login(people[who])
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_site.url}])
        return context.new_page()

    return open_admin


def width_of(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.fixture
def check(axe):
    def check(page):
        if page.locator("[data-django-prose-editor-configurable]").count():
            expect(page.get_by_role("toolbar", name="Text gestalten")).to_be_visible()
        axe(page, preload=False, rules={"target-size": {"enabled": True}})
        assert (page.url, width_of(page)) == (page.url, page.viewport_size["width"])

    return check


@pytest.mark.either_database
@each_theme
@each_width
@pytest.mark.parametrize("who", ADDRESSES)
def test_screens_are_accessible_and_fit(who, width, theme, open_admin, numbers, check):
    page = open_admin(who, width, theme)
    for address in ADDRESSES[who]:
        response = page.goto(address.format(**numbers))
        assert (page.url, response.status) == (page.url, 200)
        assert page.url.endswith(address.format(**numbers))
        check(page)


@pytest.mark.either_database
@each_width
def test_forms_with_faults_are_accessible_and_fit(width, open_admin, numbers, check):
    page = open_admin("editor", width)
    page.goto("/admin/pages/page/add/")
    page.get_by_role("button", name="Entwurf speichern").click()
    expect(page.get_by_label("Überschrift")).to_have_attribute("aria-invalid", "true")
    check(page)
    page.goto(f"/admin/contacts/contact/{numbers['contact']}/change/")
    page.get_by_role("button", name="Öffnungszeit hinzufügen").click()
    check(page)
    page.get_by_label("Telefon", exact=True).fill("1")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text("Das ist keine Telefonnummer")).to_be_visible()
    check(page)


FAULTY = """
<h3>Zeiten</h3>
<p>Das Café ist Mo–Do 9–12 Uhr offen. Melden Sie sich bis 31.12.2024 an, und zwar <a href="../termine/">hier</a>.</p>
<p>BITTE BEACHTEN: Rufen Sie 0521 513789 an oder schreiben Sie an info@example.org. Mehr steht auf www.example.org.</p>
<p>Das MSO-Treffen ist für alle da, die in der Stadt wohnen, arbeiten, lernen oder neu angekommen sind und die andere
Menschen aus vielen Ländern kennenlernen wollen.</p>
<p><a>Zum Kurs</a></p>
<h2>Und dann?</h2>
"""


@each_theme
@each_width
def test_findings_of_the_check_are_accessible_and_lead_to_their_fields(width, theme, open_admin, numbers, check):
    german = PageTranslation.objects.get(pk=numbers["german"])
    german.summary, german.body = "", FAULTY
    german.save()
    page = open_admin("editor", width, theme)
    page.goto(f"/admin/pages/page/{german.page_id}/change/")
    findings = page.get_by_role("region", name="Prüfung vor dem Veröffentlichen")
    findings.get_by_text("Das könnte besser sein").click()
    check(page)
    findings.get_by_role("link", name="Kurz gesagt").click()
    expect(page.get_by_label("Kurz gesagt")).to_be_focused()
    findings.get_by_role("link", name="Text, 3. Absatz").first.click()
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_be_focused()


@each_theme
def test_signing_out_is_accessible(theme, open_admin, check):
    page = open_admin("editor", 320, theme)
    page.goto("/admin/")
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")
    check(page)


def test_editor_has_german_names_and_says_what_is_switched_on(open_admin, numbers):
    page = open_admin("editor")
    page.goto(f"/admin/pages/page/{numbers['page']}/change/")
    page.get_by_role("textbox", name="Text", exact=True).press("Control+Home")
    toolbar = page.get_by_role("toolbar", name="Text gestalten")
    names = toolbar.locator(".prose-menubar__button:visible").evaluate_all(
        "buttons => buttons.map(button => button.getAttribute('aria-label'))"
    )
    assert names == [
        "Art des Absatzes: Absatz",
        "Liste mit Punkten",
        "Liste mit Zahlen",
        "Zitat",
        "Trennlinie",
        "Fett",
        "Kursiv",
        "Link einfügen (erst Wörter markieren)",
        "Rückgängig",
        "Wiederherstellen",
    ]
    bold = toolbar.get_by_role("button", name="Fett")
    expect(bold).to_have_attribute("aria-pressed", "false")
    bold.click()
    expect(bold).to_have_attribute("aria-pressed", "true")


@each_theme
def test_dialog_for_links_is_german_and_accessible(theme, open_admin, numbers, check):
    page = open_admin("editor", 320, theme)
    page.goto(f"/admin/pages/page/{numbers['page']}/change/")
    page.get_by_role("textbox", name="Text", exact=True).press("Control+a")
    page.get_by_role("button", name="Link einfügen").click()
    dialog = page.get_by_role("dialog", name="Link")
    expect(dialog.get_by_role("button", name="Übernehmen")).to_be_visible()
    expect(dialog.get_by_role("button", name="Abbrechen")).to_be_visible()
    check(page)


def test_headings_can_be_chosen_with_the_keyboard(open_admin, numbers):
    page = open_admin("editor")
    page.goto(f"/admin/pages/page/{numbers['page']}/change/")
    page.get_by_role("textbox", name="Text", exact=True).press("Control+Home")
    page.get_by_role("button", name="Art des Absatzes").press("Enter")
    page.get_by_role("button", name="Kleiner Zwischentitel").press("Enter")
    expect(page.get_by_role("button", name="Art des Absatzes: Kleiner Zwischentitel")).to_be_visible()


def test_readers_of_a_page_find_no_way_to_write(open_admin, numbers):
    page = open_admin("translator")
    page.goto(f"/admin/pages/page/{numbers['page']}/change/")
    main = page.get_by_role("main")
    assert main.locator("input:visible, textarea:visible, select:visible, button:visible").count() == 0
    # Not begun yet: only who may write it is offered it.
    assert main.get_by_role("link", name="Polnisch").count() == 0
    expect(main.get_by_text("Diesen Text können Sie lesen, aber nicht ändern.")).to_be_visible()
