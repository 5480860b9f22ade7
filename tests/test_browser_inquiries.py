"""The forms and the receipt in a real browser: accessible in every state, by keyboard, without JavaScript or cookie."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import City, CityLanguage
from inquiries import guard
from inquiries.models import Inquiry

NARROW, PHONE, WIDE = ({"width": width, "height": 740} for width in (320, 360, 1280))


@pytest.fixture(autouse=True)
def no_minimum_time(monkeypatch):
    monkeypatch.setattr(guard, "MINIMUM_TIME", timedelta(0))


def fill_in_contact(page):
    page.locator("[name=message]").fill("Guten Tag!\nمتى تفتحون؟")
    page.locator("[name=email]").fill("amina@example.org")


def fill_in_help(page):
    page.locator("[name=topics]").nth(2).check()
    page.locator("[name=languages]").nth(1).check()
    page.locator("[name=phone]").fill("0521 1234567")


def fill_in_interpreter(page):
    for name in ("institution_kind", "talk_topic", "duration"):
        page.locator(f"[name={name}]").first.check()
    page.locator("[name=manner][value=by_phone]").check()
    page.locator("[name=institution]").fill("Schule am Park")
    page.locator("[name=name]").fill("Kim Muster")
    page.locator("[name=phone]").fill("0521 1234567")
    page.locator("[name=language]").select_option("ar")
    page.locator("[name=date]").fill(str(timezone.localdate() + timedelta(days=30)))
    page.locator("[name=time]").fill("14:30")
    for name in ("nothing_excluded", "no_client_data"):
        page.locator(f"[name={name}]").check()


def fill_in_barrier(page):
    page.locator("[name=message]").fill("Das Menü geht nicht auf. " + "x" * 100)


FORMS = {
    "anfrage/?seite=schulberatung": fill_in_contact,
    "hilfe/": fill_in_help,
    "sprachmittlung-anfragen/": fill_in_interpreter,
    "barriere-melden/?seite=/de/bielefeld/kontakt/": fill_in_barrier,
}


def send(page):
    page.locator(".inquiry-form button[type=submit]").click()


def check(page, axe):
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.either_database
@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "light"), (WIDE, "dark")], ids=["320-light", "1280-dark"])
@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("path", FORMS)
def test_form_is_accessible_and_fits_empty_wrong_and_sent(live_site, new_context, axe, path, language, size, scheme):
    page = new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce").new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/{path}")
    check(page, axe)
    page.locator("[name=message]").fill("")
    send(page)
    expect(page.locator(".error-summary")).to_be_visible()
    check(page, axe)
    FORMS[path](page)
    send(page)
    expect(page.locator(".receipt-number:visible")).to_have_text(Inquiry.objects.get().number)
    check(page, axe)


def test_page_that_asks_to_call_instead_is_accessible(live_site, new_context, axe, monkeypatch):
    monkeypatch.setattr("inquiries.views.is_limited", lambda digest, instant: True)
    page = new_context(viewport=NARROW).new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/hilfe/")
    fill_in_help(page)
    send(page)
    expect(page.locator(".notice.warning a[href^='tel:']")).to_be_visible()
    expect(page.locator("[name=phone]")).to_have_value("0521 1234567")
    check(page, axe)


@pytest.mark.parametrize("language", ["de", "ar"])
@pytest.mark.parametrize("path", FORMS)
def test_link_of_an_error_shows_question_and_error_above_the_field(live_site, new_context, path, language):
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/{path}")
    page.locator("[name=phone]").fill("x")
    send(page)
    links = page.locator(".error-summary a")
    for number in range(links.count()):
        target = links.nth(number).get_attribute("href")
        links.nth(number).click()
        expect(page.locator(target)).to_be_focused()
        expect(page.locator(target)).to_be_in_viewport(ratio=1)
        field = page.locator(".field.has-error").filter(has=page.locator(target))
        for part in (field, field.locator(".error")):
            assert part.evaluate("part => part.getBoundingClientRect().top") >= 0, target
        page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize("trouble", ["is_limited", "is_from_elsewhere"])
def test_notice_that_nothing_was_sent_has_the_focus(live_site, new_context, monkeypatch, trouble):
    monkeypatch.setattr(f"inquiries.views.{trouble}", lambda *asked: True)
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/anfrage/")
    fill_in_contact(page)
    send(page)
    expect(page.locator(".notice.warning")).to_be_focused()
    expect(page.locator(".notice.warning h2")).to_be_in_viewport()


def colour(page, selector, side="borderTopColor"):
    return page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{side}")


def test_wrong_answers_have_a_red_border(live_site, new_context):
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/hilfe/")
    places = (
        ".field:has([name=topics]) label:has(input)",
        ".field:has([name=languages]) label:has(input)",
        "[name=phone]",
    )
    normal = [colour(page, place) for place in places]
    send(page)
    red = colour(page, ".field.has-error", "borderInlineStartColor")
    assert red not in normal
    assert [colour(page, place) for place in places] == [red] * 3


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize(("language", "words"), [("de", "متى تفتحون؟"), ("ar", "Wann ist offen?")])
def test_words_of_the_sender_stand_where_the_other_answers_stand(live_site, new_context, language, words, media):
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/anfrage/")
    page.locator("[name=message]").fill(words)
    page.locator("[name=phone]").fill("0521 1234567")
    send(page)
    page.emulate_media(media=media)
    sides = page.locator(".receipt-column:not(.receipt-german) dd.words").evaluate(
        """words => {
            const range = document.createRange();
            range.selectNodeContents(words);
            const [text, line] = [range, words].map(part => part.getBoundingClientRect());
            return [text.left - line.left, line.right - text.right];
        }"""
    )
    assert sides.index(min(sides)) == {"de": 0, "ar": 1}[language]
    assert abs(min(sides)) < 2


LONGEST_NAME = "Kommunales Integrationszentrum Kreis Siegen-Wittgenstein"


@pytest.mark.parametrize("size", [NARROW, PHONE], ids=["320", "360"])
@pytest.mark.parametrize("language", ["de", "ar"])
def test_header_is_two_rows_on_a_phone(live_site, new_context, language, size):
    City.objects.filter(slug="bielefeld").update(centre_name=LONGEST_NAME)
    CityLanguage.objects.filter(city__slug="bielefeld").update(centre_name="")
    page = new_context(viewport=size).new_page()
    page.goto(f"{live_site.url}/{language}/bielefeld/")
    brand = page.locator(".brand > span")
    lines = brand.evaluate(
        "brand => brand.getBoundingClientRect().height / parseFloat(getComputedStyle(brand).lineHeight)"
    )
    assert round(lines) <= 2
    assert page.locator(".brand").inner_text() == LONGEST_NAME
    boxes = [page.locator(place).bounding_box() for place in (".search-link", ".language-switch", "nav.menu")]
    assert len({box["y"] for box in boxes}) == 1
    inner = page.locator(".site-header-row summary, .search-link").evaluate_all(
        "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
    )
    assert (inner, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (0, True)
    in_order = sorted(boxes, key=lambda box: box["x"])
    assert all(first["x"] + first["width"] <= second["x"] for first, second in pairwise(in_order))


def press_until(page, name, key="Tab"):
    """Goes on with the key until the field has the focus."""
    for _press in range(80):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} cannot be reached")


def test_help_is_asked_for_by_keyboard_alone(live_site, new_context):
    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/hilfe/")
    press_until(page, "topics")
    page.keyboard.press("Space")
    press_until(page, "languages")
    page.keyboard.press("Space")
    press_until(page, "message")
    page.keyboard.type("Mein Sohn ist sieben.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # nothing yet: this is the field of the phone
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_phone")).to_be_focused()
    page.keyboard.type("0521 1234567")
    press_until(page, "reachable")
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Danke, Ihre Nachricht ist bei uns")
    inquiry = Inquiry.objects.get()
    assert (inquiry.phone, inquiry.message) == ("0521 1234567", "Mein Sohn ist sieben.")
    assert inquiry.answers == {"topics": ["ankommen"], "languages": ["de"], "reachable": ["morning"]}


def test_keyboard_never_lands_in_the_field_for_machines(live_site, new_context):
    page = new_context(viewport=WIDE).new_page()
    page.goto(f"{live_site.url}/de/bielefeld/anfrage/")
    press_until(page, "subject")
    names = []
    while page.evaluate("document.activeElement.type") != "submit":
        names.append(page.evaluate("document.activeElement.name"))
        page.keyboard.press("Tab")
    assert [name for name in names if name] == ["subject", "message", "phone", "email", "name"]


def test_help_is_asked_for_in_arabic_without_javascript_and_cookie(live_site, new_context):
    context = new_context(viewport=NARROW, java_script_enabled=False, locale="ar")
    page = context.new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/hilfe/?seite=schulberatung")
    page.locator(".more-languages summary").click()
    page.locator("[name=languages][value=ckb]").check()
    send(page)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=languages][value=ckb]")).to_be_visible()
    page.locator("[name=topics][value=schule]").check()
    page.locator("[name=phone]").fill("0521 1234567")
    send(page)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".receipt-number:visible")).to_have_text(Inquiry.objects.get().number)
    assert Inquiry.objects.get().answers == {"topics": ["schule"], "languages": ["ar", "ckb"]}
    assert context.cookies() == []


def test_controls_are_big_enough_for_a_thumb(live_site, new_context):
    page = new_context(viewport=PHONE).new_page()
    for path in FORMS:
        page.goto(f"{live_site.url}/de/bielefeld/{path}")
        small = page.evaluate(
            """[...document.querySelectorAll('.inquiry-form :is(input, select, textarea, button, summary, a)')]
            .filter(control => control.type !== 'hidden' && !control.closest('.visually-hidden'))
            .map(control => ['checkbox', 'radio'].includes(control.type) ? control.closest('label, .choice') : control)
            .filter(control => control.checkVisibility() && control.getBoundingClientRect().height < 44)
            .map(control => control.outerHTML)"""
        )
        assert small == []


def test_receipt_is_printed_in_two_languages_on_one_page(live_site, new_context):
    page = new_context(viewport=WIDE, color_scheme="dark").new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/hilfe/")
    fill_in_help(page)
    send(page)
    german, own = page.locator(".receipt-german"), page.locator(".receipt-column:not(.receipt-german)")
    expect(own).to_be_visible()
    expect(german).to_be_hidden()
    page.emulate_media(media="print")
    expect(german).to_be_visible()
    left, right = german.bounding_box(), own.bounding_box()
    assert (left["y"], left["x"] + left["width"] < right["x"]) == (right["y"], True)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
