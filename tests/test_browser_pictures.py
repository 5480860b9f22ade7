"""The picture of a page on an old telephone, and an editor who uploads, chooses and replaces one."""

import pytest
from playwright.sync_api import expect

from contacts.models import City, Role
from pages.models import Image, PageTranslation
from tests.factories import make_user
from tests.uploads import encoded

# What has moved and is the picture or stands behind it: a picture without a size pushes the words away.
PUSHED = """() => new Promise(resolve => {
    const picture = document.querySelector(".picture"), pushed = [];
    const isBehind = node => node && picture.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
    new PerformanceObserver(list => list.getEntries().forEach(entry => entry.sources.forEach(
        ({node}) => isBehind(node) && pushed.push(node.nodeName)
    ))).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(pushed), 500);
})"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_picture_shows_in_arabic_without_moving_the_page(live_site, new_context, axe, theme):
    context = new_context(viewport={"width": 360, "height": 740}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/schulberatung/")
    picture = page.get_by_role("img", name="رسم: طريق يؤدي إلى مدرسة لها ساعة وسقف أحمر.")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert picture.evaluate("image => image.currentSrc").endswith("-400.avif")
    assert page.evaluate(PUSHED) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    axe(page)


def test_words_that_are_not_translated_are_marked_as_german(live_site, new_context, axe):
    PageTranslation.objects.filter(page__slug="schulberatung", language="ar").delete()
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{live_site.url}/ar/bielefeld/schulberatung/")
    picture = page.locator(".picture img")
    assert (picture.get_attribute("lang"), picture.get_attribute("dir")) == ("de", "ltr")
    axe(page)


def test_editor_uploads_chooses_and_replaces_a_picture_without_javascript(live_site, new_context, tmp_path):
    make_user(City.objects.get(slug="bielefeld"), Role.EDITOR, username="person", password="sehr-geheimes-wort")
    for color in ("red", "blue"):
        (tmp_path / f"{color}.png").write_bytes(encoded(size=(640, 360), color=color))
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{live_site.url}/admin/login/")
    page.get_by_label("Benutzername").fill("person")
    page.get_by_label("Passwort").fill("sehr-geheimes-wort")
    page.get_by_role("button", name="Anmelden", exact=True).click()

    page.goto(f"{live_site.url}/admin/pages/image/add/")
    page.get_by_label("Bezeichnung").fill("Neues Bild")
    page.get_by_label("Bildnachweis").fill("Foto: Beispiel")
    page.get_by_label("Bild", exact=False).and_(page.locator("input[type=file]")).set_input_files(tmp_path / "red.png")
    page.get_by_label("oben links").check()
    page.get_by_role("button", name="Speichern", exact=True).click()

    page.goto(f"{live_site.url}/admin/pages/page/")
    page.get_by_role("link", name="Schule und Eltern").first.click()
    page.get_by_text("Bild wählen").click()
    page.get_by_label("Neues Bild").check()
    page.get_by_label("Was ist auf dem Bild zu sehen?").fill("Eine rote Fläche.")
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text("Deutsch: Dieser Text ist jetzt öffentlich.")).to_be_visible()
    page.goto(f"{live_site.url}/de/bielefeld/schule-und-eltern/")
    picture = page.get_by_role("img", name="Eine rote Fläche.")
    expect(picture).to_be_visible()
    first = picture.get_attribute("src")

    image = Image.objects.get(title="Neues Bild")
    assert image.focal_point == "top-left"
    page.goto(f"{live_site.url}/admin/pages/image/{image.pk}/change/")
    page.get_by_label("Neue Datei").set_input_files(tmp_path / "blue.png")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.get_by_text("Passt die Beschreibung noch?")).to_be_visible()
    page.goto(f"{live_site.url}/de/bielefeld/schule-und-eltern/")
    assert page.get_by_role("img", name="Eine rote Fläche.").get_attribute("src") != first
