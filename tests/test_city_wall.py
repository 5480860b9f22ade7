"""No way through the admin leads from one city to another: every address × every role × another city's object.

A new admin address is walked by itself; the test fails when it asks for something that OBJECTS does not know.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core import serializers
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from adoption.models import AdoptedText, Adoption
from audit.log import record
from audit.models import Entry
from contacts.models import City, CityLanguage, Contact, ContactReplacement, Funder, Location, Membership, Role
from events.models import Event, News
from exchange.models import AgencyPage
from history.models import FormerRow
from inquiries.models import DeletionRecord, FormSettings, Inquiry, InterpretingRules, OutgoingMail
from invitations.models import Invitation, Suggestion, Verdict
from legal.models import AccessibilityStatement, Barrier, EasyGermanPage, Imprint, PrivacyInformation, SignLanguageVideo
from links.models import DeadLink, ExternalLink
from offers.models import Call, Offer
from pages.models import (
    Document,
    FocusArea,
    Image,
    ImageFile,
    LanguageWish,
    Page,
    PageAlias,
    PageLink,
    PageRevision,
    PageTranslation,
    SearchMiss,
    SearchSynonym,
)
from reviews.models import ProposedChange, ReviewRequest
from tests.factories import (
    make_call,
    make_city,
    make_contact,
    make_document,
    make_event,
    make_focus_area,
    make_image,
    make_inquiry,
    make_invitation,
    make_location,
    make_news,
    make_offer,
    make_page,
    make_proposal,
    make_search_miss,
    make_suggestion,
    make_translation,
    make_user,
    make_video,
    picture_file,
)
from tests.forms import form_data

pytestmark = pytest.mark.django_db

SECRET = "GEHEIM"
MODELS = [
    City,
    CityLanguage,
    Contact,
    ContactReplacement,
    Document,
    Image,
    ImageFile,
    Funder,
    Location,
    Membership,
    FocusArea,
    Page,
    PageAlias,
    PageRevision,
    PageTranslation,
    LanguageWish,
    SearchMiss,
    SearchSynonym,
    Event,
    News,
    Offer,
    Call,
    AccessibilityStatement,
    Barrier,
    Imprint,
    PrivacyInformation,
    EasyGermanPage,
    SignLanguageVideo,
    DeletionRecord,
    FormSettings,
    Inquiry,
    InterpretingRules,
    OutgoingMail,
    ExternalLink,
    PageLink,
    Adoption,
    AdoptedText,
    ReviewRequest,
    ProposedChange,
    Invitation,
    Suggestion,
    Verdict,
    Entry,
    User,
]


def make_replaced_image(city, **fields):
    image = make_image(city, **fields)
    image.file = picture_file()
    image.save()
    return image


def make_statement(city, word):
    statement = AccessibilityStatement.objects.create(city=city, evaluator=f"{word} Prüfstelle")
    statement.barriers.create(what=f"{word} Barriere", reason="Alt", alternative="Anruf")
    return statement


def adopt(page):
    """The page as one that was made from a state-wide text."""
    state = City.objects.filter(kind=City.Kind.STATE).first()
    state = state or make_city("landesweit", kind=City.Kind.STATE, ags="05", is_public=False)
    source = make_page(state)
    adoption = Adoption.objects.create(page=page, source=source)
    adoption.texts.create(language="de", revision=source.translations.get().revisions.get())
    return adoption


def fill(city, word):
    """One object of every kind, with a word that must not be read elsewhere."""
    location = make_location(city, name=f"{word} Haus")
    contact = make_contact(
        city,
        function=f"{word} Kontakt",
        location=location,
        owner_email=f"{word}-zustaendig@example.org",
        review_on=timezone.localdate(),
    )
    funder = Funder.objects.create(city=city, name=f"{word} Geber")
    page = make_page(city, translation={"title": f"{word} Seite"}, slug=f"{word.lower()}-seite")
    text = make_translation(page, "ar", title=f"{word} Text")
    text.short_title = f"{word} kurz"
    text.save()
    draft = make_page(city, published=False, translation={"title": f"{word} Entwurf"}, slug=f"{word.lower()}-entwurf")
    focus_area = make_focus_area(city, translation={"title": f"{word} Schwerpunkt"}, slug=f"{word.lower()}-punkt")
    member = make_user(city, Role.EDITOR, username=f"{word.lower()}-person", first_name=word)
    inquiry = make_inquiry(
        city, "barrier", number=f"{word[:6].upper()}-2", message=f"{word} Anliegen", email=f"{word}@example.org"
    )
    mail = OutgoingMail.objects.create(
        city=city, inquiry=inquiry, purpose="answer", recipient=f"{word}@example.org", subject="Antwort", body=word
    )
    proposal = make_proposal(contact, proposed_by=f"{word} Person", old={"room": ""}, new={"room": f"{word} 1"})
    invitation = make_invitation(page, "translate", "ar", name=f"{word} Mittler")
    linking = make_page(
        city,
        slug=f"{word.lower()}-links",
        translation={"title": f"{word} Links", "body": f'<p><a href="/de/{word.lower()}/nichts/">x</a></p>'},
    )
    return {
        City: city,
        Invitation: invitation,
        Suggestion: make_suggestion(invitation),
        Verdict: Verdict.objects.create(invitation=invitation, version=1, remark=f"{word} Anmerkung"),
        DeadLink: PageLink.objects.get(translation__page=linking, revision=None),
        ExternalLink: ExternalLink.objects.create(
            city=city,
            url=f"https://{word}.example/",
            answer="moved",
            moved_to="https://neu.example/",
            checked_on=timezone.localdate(),
            failing_since=timezone.localdate(),
            failures=3,
        ),
        Location: location,
        Contact: contact,
        ContactReplacement: ContactReplacement.objects.create(city=city, old=contact, old_name=word, new_name=word),
        Funder: funder,
        Document: make_document(city, title=f"{word} Dokument"),
        Image: make_replaced_image(city, title=f"{word} Bild"),
        Page: page,
        AgencyPage: AgencyPage.objects.get(pk=page.pk),
        "draft": draft,
        FocusArea: focus_area,
        Event: make_event(
            city,
            timezone.now(),
            location=location,
            translation={"title": f"{word} Termin"},
            slug=f"{word.lower()}-termin",
        ),
        Offer: make_offer(
            city,
            advice_contact=contact,
            location=location,
            translation={"title": f"{word} Angebot"},
            slug=f"{word.lower()}-angebot",
        ),
        Call: make_call(city, translation={"title": f"{word} Aufruf"}, slug=f"{word.lower()}-aufruf"),
        News: make_news(city, translation={"title": f"{word} Nachricht"}, slug=f"{word.lower()}-nachricht"),
        PageTranslation: text,
        LanguageWish: LanguageWish.objects.create(city=city, language="ti", month=timezone.localdate(), count=1),
        SearchMiss: make_search_miss(city, word=f"{word}wort"),
        SearchSynonym: SearchSynonym.objects.create(city=city, word=f"{word} Wort", meaning="Schule"),
        AccessibilityStatement: make_statement(city, word),
        Imprint: Imprint.objects.create(city=city, body=f"{word} Behörde"),
        PrivacyInformation: PrivacyInformation.objects.create(city=city, controller=f"{word} Behörde"),
        EasyGermanPage: EasyGermanPage.objects.create(city=city, what_we_do=f"{word} Arbeit"),
        SignLanguageVideo: make_video(city, transcript=f"{word} Gebärden"),
        DeletionRecord: DeletionRecord.objects.create(
            city=city, kind="help", reason="term", count=1, deleted_on=timezone.localdate()
        ),
        FormSettings: FormSettings.objects.create(
            city=city, kind="help", answer_days=3, keep_days=90, recipients=f"{word} Verein"
        ),
        Inquiry: inquiry,
        InterpretingRules: InterpretingRules.objects.create(
            city=city, institutions=["school"], cost_note=f"{word} Kosten"
        ),
        OutgoingMail: mail,
        ReviewRequest: proposal.request,
        ProposedChange: proposal,
        Membership: member.memberships.get(),
        Adoption: adopt(page),
        Entry: record("changed", page, city_id=city.pk, by=f"{word} Person", detail=word),
        User: member,
    }


@pytest.fixture
def other():
    return fill(make_city("anderswo", name=f"{SECRET}stadt"), SECRET)


@pytest.fixture
def own():
    return fill(make_city("hier"), "Eigen")


@pytest.fixture(params=[Role.AUTHOR, Role.EDITOR, Role.TRANSLATOR, Role.MANAGER, "no city"])
def member(request, own):
    if request.param == "no city":
        return make_user(username="member")
    return make_user(own[City], request.param, languages=["ar"], username="member")


def addresses(objects):
    """(name, address) of everything that the admin offers for the given objects."""
    found = []
    for model, model_admin in admin.site._registry.items():
        for pattern in model_admin.get_urls():
            if not pattern.name:
                continue  # Django's old addresses, which only redirect to the new ones
            values = {}
            for parameter in pattern.pattern.regex.groupindex:
                values[parameter] = {
                    "revision_id": lambda: objects[PageTranslation].revisions.get().pk,
                    "reviewed_page_id": lambda: objects[Page].pk,
                    "contact_id": lambda: objects[Contact].pk,
                    "replacement_id": lambda: objects[ContactReplacement].pk,
                    "record_id": lambda: FormerRow.objects.of(objects[PageTranslation]).get().pk,
                    "page_id": lambda model=model: objects[model].pk,
                    "text_id": lambda: objects[PageTranslation].pk,
                    "object_id": lambda model=model: objects[model].pk,
                    "id": lambda: objects[User].pk,
                }[parameter]()
            try:
                found.append((pattern.name, reverse(f"admin:{pattern.name}", kwargs=values)))
            except NoReverseMatch:
                raise AssertionError(f"{pattern.name}: no address for {values}") from None
    return found


def rows():
    """Everything stored, to see that nothing changed."""
    return [serializers.serialize("json", model.objects.order_by("pk")) for model in MODELS]


# Whose public pages one may copy: these addresses name the cities that are public, and nothing else of them.
NAMES_PUBLIC_CITIES = {"adoption_adoption_add"}


def own_part_is_all(response, name=""):
    """What a stranger may get: nothing, or a page of the own city."""
    if name in NAMES_PUBLIC_CITIES:
        return SECRET not in response.text.replace(f"{SECRET}stadt", "")
    if response.status_code in (302, 403, 404, 405):
        return True
    return response.status_code == 200 and SECRET not in response.text


def test_walk_knows_every_kind_of_object(other):
    assert set(admin.site._registry) <= set(other)


def test_walk_would_see_a_leak(client, other):
    """The superuser reads the secret at these addresses; so the next tests mean something."""
    client.force_login(make_user(is_superuser=True))
    readable = {name for name, address in addresses(other) if SECRET in client.get(address, follow=True).text}
    assert readable >= {
        "pages_page_changelist",
        "pages_page_change",
        "pages_page_matrix",
        "pages_page_unpublish",
        "pages_page_history",
        "pages_focusarea_change",
        "offers_offer_change",
        "offers_offer_unpublish",
        "offers_call_change",
        "events_event_changelist",
        "events_event_change",
        "events_event_unpublish",
        "events_news_change",
        "pages_document_change",
        "pages_document_delete",
        "pages_image_changelist",
        "pages_image_change",
        "pages_image_delete",
        "pages_image_history",
        "pages_searchmiss_changelist",
        "pages_searchmiss_delete",
        "pages_searchsynonym_change",
        "exchange_agencypage_changelist",
        "pages_pagetranslation_change",
        "pages_pagetranslation_history",
        "pages_pagetranslation_draft",
        "pages_pagetranslation_preview",
        "pages_pagetranslation_revision",
        "pages_pagetranslation_compare",
        "pages_pagetranslation_as_it_was",
        "inquiries_deletionrecord_change",
        "inquiries_formsettings_change",
        "inquiries_inquiry_answer",
        "inquiries_inquiry_change",
        "inquiries_inquiry_changelist",
        "inquiries_inquiry_delete",
        "inquiries_inquiry_export",
        "inquiries_inquiry_history",
        "inquiries_inquiry_interim",
        "inquiries_interpretingrules_change",
        "inquiries_outgoingmail_change",
        "inquiries_outgoingmail_changelist",
        "reviews_reviewrequest_changelist",
        "reviews_reviewrequest_change",
        "reviews_proposedchange_change",
        "reviews_proposedchange_changelist",
        "contacts_contact_change",
        "contacts_contact_delete",
        "contacts_contact_replace",
        "contacts_contact_replaced",
        "contacts_location_change",
        "contacts_funder_history",
        "contacts_membership_change",
        "contacts_city_change",
        "invitations_invitation_change",
        "invitations_invitation_changelist",
        "invitations_suggestion_change",
        "invitations_suggestion_changelist",
        "links_deadlink_changelist",
        "links_externallink_change",
        "links_externallink_changelist",
        "legal_easygermanpage_change",
        "legal_signlanguagevideo_change",
        "legal_accessibilitystatement_change",
        "legal_imprint_change",
        "legal_privacyinformation_change",
        "adoption_adoption_change",
        "adoption_adoption_changelist",
        "audit_entry_change",
        "audit_entry_changelist",
        "auth_user_change",
    }


def test_member_of_one_city_reads_nothing_of_another(client, member, other):
    client.force_login(member)
    leaks = [name for name, address in addresses(other) if not own_part_is_all(client.get(address, follow=True), name)]
    assert leaks == []


def test_member_of_one_city_changes_nothing_of_another(client, member, other):
    client.force_login(member)
    before = rows()
    data = {"_save": "1", "_publish": "1", "post": "yes", "title": "Fremd", "name": "Fremd", "function": "Fremd"}
    data |= dict.fromkeys(["_unfollow", "_done", "_decline"], "1")
    data |= {"mark": other[Suggestion].mark, "version": other[PageTranslation].version, "remark": "Fremd"}
    answers = {name: client.post(address, data).status_code for name, address in addresses(other)}
    # Their own form of a new object may be shown again with its errors.
    may_answer = {name for name, status in answers.items() if status == 200}
    own_forms = ("_add", "_changelist", "_import", "password_change")
    assert {name for name in may_answer if not name.endswith(own_forms)} == set()
    assert rows() == before


def test_visitor_is_sent_to_the_sign_in(client, other):
    before = rows()
    for method in (client.get, client.post):
        for name, address in addresses(other):
            response = method(address)
            assert (name, response.status_code) == (name, 302)
            assert response["Location"].startswith("/admin/login/")
    assert rows() == before


@pytest.mark.parametrize("query", ["?city={city}", "?q=geheim", "?kind=standard&q=geheim-seite", "?state=all&q=geheim"])
def test_lists_do_not_show_another_city_by_filter_or_search(client, member, other, query):
    client.force_login(member)
    for model in (
        Page,
        FocusArea,
        Event,
        News,
        Offer,
        Call,
        Document,
        Image,
        Contact,
        Location,
        Funder,
        Membership,
        SearchMiss,
        SearchSynonym,
        AccessibilityStatement,
        Imprint,
        PrivacyInformation,
        EasyGermanPage,
        SignLanguageVideo,
        DeletionRecord,
        FormSettings,
        Inquiry,
        InterpretingRules,
        OutgoingMail,
        ExternalLink,
        DeadLink,
        Adoption,
        ReviewRequest,
        ProposedChange,
        Invitation,
        Suggestion,
        City,
    ):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        response = client.get(address + query.format(city=other[City].pk), follow=True)
        assert own_part_is_all(response), (model, address)
        assert f"{SECRET} " not in response.text


def test_nothing_can_be_added_to_another_city(client, own, other):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    pages = (Page, FocusArea, Event, News, Offer, Call)
    for model in (*pages, Document, Image, Contact, Location, Funder, SearchSynonym, SignLanguageVideo):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        assert client.get(f"{address}?city={own[City].pk}").status_code == 200
        assert client.get(f"{address}?city={other[City].pk}").status_code == 403
        assert client.post(f"{address}?city={other[City].pk}", {"name": "x"}).status_code == 403


@pytest.mark.parametrize(("model", "query"), [(FormSettings, "&kind=contact"), (InterpretingRules, "")])
def test_no_settings_of_forms_can_be_added_to_another_city(client, own, other, model, query):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    own[InterpretingRules].delete()
    address = reverse(f"admin:inquiries_{model._meta.model_name}_add")
    assert client.get(f"{address}?city={own[City].pk}{query}").status_code == 200
    assert client.get(f"{address}?city={other[City].pk}{query}").status_code == 403
    assert client.post(f"{address}?city={other[City].pk}{query}", {"keep_days": "1"}).status_code == 403


def test_a_translation_cannot_be_added_to_another_citys_page(client, own, other):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    address = reverse("admin:pages_pagetranslation_add")
    assert client.get(f"{address}?page={own['draft'].pk}&language=ar").status_code == 200
    assert client.get(f"{address}?page={other['draft'].pk}&language=ar").status_code == 404
    assert client.post(f"{address}?page={other['draft'].pk}&language=ar", {"title": "x"}).status_code == 404


@pytest.mark.parametrize(("kind", "language"), [("translate", "ar"), ("preview", "de"), ("approve", "de")])
def test_no_link_can_be_made_to_another_citys_page(client, own, other, kind, language):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    address = reverse("admin:invitations_invitation_add") + f"?language={language}&kind={kind}"
    assert client.get(f"{address}&page={own['draft'].pk}").status_code == 200
    assert client.get(f"{address}&page={other['draft'].pk}").status_code == 404
    before = Invitation.objects.count()
    assert client.post(f"{address}&page={other['draft'].pk}", {"name": "x", "ends_on": "2099-01-01"}).status_code == 404
    assert Invitation.objects.count() == before


def test_choices_in_forms_are_those_of_the_own_city(client, own, other):
    client.force_login(make_user(own[City], Role.EDITOR, username="member"))
    for address in (
        reverse("admin:pages_page_change", args=[own["draft"].pk]),
        reverse("admin:pages_focusarea_change", args=[own[FocusArea].pk]),
        reverse("admin:events_event_change", args=[own[Event].pk]),
        reverse("admin:offers_offer_change", args=[own[Offer].pk]),
        reverse("admin:offers_call_change", args=[own[Call].pk]),
        reverse("admin:contacts_contact_change", args=[own[Contact].pk]),
    ):
        text = client.get(address).text
        assert "Eigen" in text
        assert SECRET not in text


def test_another_citys_objects_are_refused_as_choices(client, own, other):
    client.force_login(make_user(own[City], Role.EDITOR, username="member"))
    page = own["draft"]
    address = reverse("admin:pages_page_change", args=[page.pk])
    data = form_data(client.get(address))
    for field, stranger in [
        ("parent", other[Page]),
        ("successor", other[Page]),
        ("contacts", other[Contact]),
        ("funders", other[Funder]),
        ("documents", other[Document]),
    ]:
        response = client.post(address, data | {field: [stranger.pk]})
        assert response.status_code == 200, field
        assert list(response.context["adminform"].form.errors) == [field]
    assert client.post(address, data).status_code == 302


def test_autocomplete_finds_nothing_of_another_city(client, own, other):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    query = "?app_label=pages&model_name=page&field_name=parent&term="
    found = {
        word: client.get(reverse("admin:autocomplete") + query + word).json()["results"] for word in ("eigen", "geheim")
    }
    assert (len(found["eigen"]), len(found["geheim"])) == (3, 0)


def test_there_is_no_redirect_that_tells_addresses_of_unpublished_pages(client, own, other):
    from django.contrib.contenttypes.models import ContentType

    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    content_type = ContentType.objects.get_for_model(Page)
    assert client.get(f"/admin/r/{content_type.pk}/{other['draft'].pk}/").status_code == 404


# --- What each role may do in its own city -----------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "page_form", "may_save", "may_publish"),
    [
        (Role.AUTHOR, 200, True, False),
        (Role.EDITOR, 200, True, True),
        (Role.MANAGER, 200, True, True),
        (Role.TRANSLATOR, 200, False, False),
    ],
)
def test_role_decides_about_the_german_text(client, own, role, page_form, may_save, may_publish):
    client.force_login(make_user(own[City], role, languages=["ar"], username="member"))
    draft = own["draft"]
    text = draft.translations.get()
    address = reverse("admin:pages_page_change", args=[draft.pk])
    response = client.get(address)
    assert response.status_code == page_form
    assert ('name="_save"' in response.text, 'name="_publish"' in response.text) == (may_save, may_publish)

    publish = reverse("admin:pages_pagetranslation_publish", args=[text.pk])
    assert client.post(publish, {"version": text.version}).status_code == (302 if may_publish else 403)
    assert text.revisions.exists() is may_publish
    unpublish = reverse("admin:pages_page_unpublish", args=[draft.pk])
    assert client.post(unpublish).status_code == (302 if may_publish else 403)


@pytest.mark.parametrize(
    ("role", "language", "status"),
    [
        (Role.TRANSLATOR, "ar", 302),
        (Role.TRANSLATOR, "en", 403),
        (Role.AUTHOR, "en", 302),
        (Role.EDITOR, "en", 302),
    ],
)
def test_translators_write_in_their_languages_only(client, role, language, status):
    city = make_city(languages=["de", "en", "ar"])
    page = make_page(city)
    text = make_translation(page, language, published=False, title="Vorher")
    client.force_login(make_user(city, role, languages=["ar"]))
    address = reverse("admin:pages_pagetranslation_change", args=[text.pk])
    data = {"title": "Nachher", "seen_version": text.version, "source_shown": "{}", "_save": "1"}
    assert client.post(address, data).status_code == status
    text.refresh_from_db()
    assert text.title == ("Nachher" if status == 302 else "Vorher")


@pytest.mark.parametrize(("role", "status"), [(Role.AUTHOR, 403), (Role.EDITOR, 200), (Role.TRANSLATOR, 403)])
def test_contacts_are_changed_by_editors(client, own, role, status):
    client.force_login(make_user(own[City], role, languages=["ar"], username="member"))
    address = reverse("admin:contacts_contact_change", args=[own[Contact].pk])
    assert client.get(address).status_code == 200  # reading is free within the city
    assert client.post(address, {}).status_code == status


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR, Role.TRANSLATOR])
def test_settings_and_roles_are_for_managers(client, own, role):
    client.force_login(make_user(own[City], role, languages=["ar"], username="member"))
    assert client.post(reverse("admin:contacts_city_change", args=[own[City].pk]), {}).status_code == 403
    assert client.get(reverse("admin:contacts_membership_changelist")).status_code == 403


def test_manager_cannot_give_a_membership_to_somebody_else_or_elsewhere(client, own, other):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    membership = own[Membership]
    address = reverse("admin:contacts_membership_change", args=[membership.pk])
    data = {"role": Role.AUTHOR, "user": other[User].pk, "city": other[City].pk}
    assert client.post(address, data).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, membership.city, membership.user) == (Role.AUTHOR, own[City], own[User])


def test_what_was_public_is_not_deleted(client, own):
    client.force_login(make_user(own[City], Role.MANAGER, username="member"))
    for page, status in [(own[Page], 403), (own["draft"], 302)]:
        address = reverse("admin:pages_page_delete", args=[page.pk])
        assert client.post(address, {"post": "yes"}).status_code == status
    assert [Page.objects.filter(pk=own[key].pk).exists() for key in (Page, "draft")] == [True, False]


@pytest.mark.parametrize(
    ("role", "reads", "exports"),
    [
        (Role.AUTHOR, False, False),
        (Role.TRANSLATOR, False, False),
        (Role.EDITOR, True, False),
        (Role.MANAGER, True, True),
    ],
)
def test_inquiries_are_for_those_who_answer_in_the_name_of_the_city(client, own, role, reads, exports):
    client.force_login(make_user(own[City], role, languages=["ar"], username="member"))
    inquiry = own[Inquiry]
    for action in ("change", "answer", "interim", "history"):
        address = reverse(f"admin:inquiries_inquiry_{action}", args=[inquiry.pk])
        assert (client.get(address, follow=True).text.count("EIGEN-2") > 0) is reads, action
    export = client.get(reverse("admin:inquiries_inquiry_export"))
    assert (export.status_code, "EIGEN-2" in export.text) == ((200, True) if exports else (403, False))


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.TRANSLATOR, "other editor", "other manager"])
@pytest.mark.parametrize("button", ["_save", "_take", "_answered", "_close", "_reopen"])
def test_buttons_of_an_inquiry_do_nothing_for_others(client, own, other, role, button):
    address = reverse("admin:inquiries_inquiry_change", args=[own[Inquiry].pk])
    client.force_login(make_user(own[City], Role.EDITOR, username="helper"))
    data = form_data(client.get(address)) | {button: "1", "note": "Fremd"}
    if role in Role:
        client.force_login(make_user(own[City], role, languages=["ar"], username="member"))
    else:
        client.force_login(make_user(other[City], role.removeprefix("other "), username="member"))
    before = rows()
    assert client.post(address, data).status_code in (302, 403)
    assert rows() == before
