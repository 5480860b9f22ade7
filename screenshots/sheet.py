"""Sheets of all important pages, to be looked through: build/screenshots/index.html and one PNG for each group.

A page that is new here needs one line in PUBLIC or ADMIN.
"""

import re
import shutil
import time
from html import escape
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from .camera import lay_flat
from .handbook import Desk, invite_anna

FOLDER = Path(__file__).resolve().parent.parent / "build" / "screenshots"
LANGUAGES = ("de", "ar", "uk")
WIDTHS = {360: 740, 1280: 900}
THEMES = ("light", "dark")
NUMBER = re.compile(r"\b\w{4}-\w{4}\b")  # of an inquiry
PAPER = 794  # pixels: A4 at 96 dpi

PUBLIC = {
    "portal": "/{language}/",
    "start": "/{language}/bielefeld/",
    "start-ohne-adresse": "/{language}/bochum/",
    "ueber-uns": "/{language}/bielefeld/wer-wir-sind/",
    "schwerpunkt": "/{language}/bielefeld/bildungschancen/",
    "seite": "/{language}/bielefeld/neu-in-bielefeld/",
    "seite-ohne-uebersetzung": "/{language}/bielefeld/vereine/",
    "angebote": "/{language}/bielefeld/angebote/",
    "angebot": "/{language}/bielefeld/schulberatung/",
    "blatt": "/{language}/bielefeld/schulberatung/blatt/",
    "foerderung": "/{language}/bielefeld/foerderung/",
    "termine": "/{language}/bielefeld/termine/",
    "termin": "/{language}/bielefeld/eltern-cafe/",
    "aktuelles": "/{language}/bielefeld/aktuelles/",
    "nachricht": "/{language}/bielefeld/elterncafe-geht-weiter/",
    "kontakte": "/{language}/bielefeld/kontakt/",
    "kontakt": "/{language}/bielefeld/kontakt/1/",
    "suche": "/{language}/bielefeld/suche/?q=Dolmetcher",
    "suche-ohne-treffer": "/{language}/bielefeld/suche/?q=Xylophon",
    "anfrage": "/{language}/bielefeld/anfrage/",
    "hilfe": "/{language}/bielefeld/hilfe/",
    "sprachmittlung": "/{language}/bielefeld/sprachmittlung-anfragen/",
    "barriere": "/{language}/bielefeld/barriere-melden/",
    "impressum": "/{language}/bielefeld/impressum/",
    "datenschutz": "/{language}/bielefeld/datenschutz/",
    "barrierefreiheit": "/{language}/bielefeld/barrierefreiheit/",
    "leichte-sprache": "/{language}/bielefeld/leichte-sprache/",
    "gebaerdensprache": "/{language}/bielefeld/gebaerdensprache/",
    "daten": "/{language}/bielefeld/daten/",
    "nicht-gefunden": "/{language}/bielefeld/gibt-es-nicht/",
}

# An address that ends with * is that of the first thing in a list.
ADMIN = {
    "uebersicht": "/admin/",
    "anfragen": "/admin/inquiries/inquiry/",
    "anfrage": "/admin/inquiries/inquiry/*",
    "antwort": "/admin/inquiries/inquiry/1/antwort/",
    "formulare": "/admin/inquiries/formsettings/*",
    "seiten": "/admin/pages/page/",
    "seiten-und-sprachen": "/admin/pages/page/uebersetzungen/",
    "seite": "/admin/pages/page/*",
    "seite-neu": "/admin/pages/page/add/",
    "uebersetzung": "/admin/pages/pagetranslation/add/?page=9&language=ar",
    "fassungen": "/admin/pages/pagetranslation/1/history/",
    "vorschau": "/admin/pages/pagetranslation/1/preview/",
    "bilder": "/admin/pages/image/",
    "bild": "/admin/pages/image/*",
    "angebote": "/admin/offers/offer/",
    "angebot": "/admin/offers/offer/*",
    "katalog": "/admin/offers/offer/katalog/",
    "veranstaltungen": "/admin/events/event/",
    "veranstaltung": "/admin/events/event/*",
    "kontakte": "/admin/contacts/contact/",
    "kontakt": "/admin/contacts/contact/*",
    "stadt": "/admin/contacts/city/*",
    "impressum": "/admin/legal/imprint/*",
    "erklaerung": "/admin/legal/accessibilitystatement/*",
    "mitglied-neu": "/admin/contacts/membership/add/",
    "pruefungen": "/admin/reviews/reviewrequest/",
    "einladung-neu": "/admin/invitations/invitation/add/?page=9&language=ar&kind=translate",
    "links": "/admin/links/externallink/",
    "uebersetzungsbuero": "/admin/exchange/agencypage/",
    "protokoll": "/admin/audit/entry/",
    "handbuch": "/admin/handbuch/",
    "handbuch-seite": "/admin/handbuch/text-aendern/",
    "mein-zugang": "/admin/konto/",
}


class Shot(NamedTuple):
    group: str
    name: str
    file: Path


def take(browsers, site, say):
    shutil.rmtree(FOLDER, ignore_errors=True)
    shots = []
    for part in (public_pages, forms, on_paper, admin_screens, mails):
        for group, pages in part(browsers, site):
            found = [shoot(group, name, page) for name, page in pages]
            shots += found
            sheet(group, found)
            say(f"{group}: {len(found)} Bilder")
            browsers.close()
    write_index(shots)
    say(f"{len(shots)} Bilder: {FOLDER / 'index.html'}")


def shoot(group, name, page):
    file = FOLDER / group / f"{name}.jpg"
    file.parent.mkdir(parents=True, exist_ok=True)
    lay_flat(page)
    page.screenshot(path=file, type="jpeg", quality=80, full_page=True, animations="disabled")
    return Shot(group, name, file)


# --- What is shown -------------------------------------------------------------------------------


def looks():
    """(name, options of the browser)"""
    for width, height in WIDTHS.items():
        for theme in THEMES:
            yield f"{width}-{theme}", {"width": width, "height": height, "color_scheme": theme}


def public_pages(browsers, site):
    for language in LANGUAGES:
        for look, options in looks():
            page = browsers.visitor(**options, locale=language)
            yield f"{language}-{look}", visit(page, PUBLIC, language)


def visit(page, addresses, language=""):
    for name, address in addresses.items():
        listed, star, _rest = address.format(language=language).partition("*")
        page.goto(listed)
        # Of what a city has one of, the list leads to it by itself.
        if star and "/change/" not in page.url:
            page.goto(first_of(page, listed))
        yield name, page


def first_of(page, listed):
    """The address of the first thing in a list of the admin."""
    return page.locator(f"a[href^='{listed}'][href*='/change/']").first.get_attribute("href")


def forms(browsers, site):
    for language in LANGUAGES:
        for width, height in WIDTHS.items():
            page = browsers.visitor(width, height, locale=language)
            yield f"{language}-{width}-formulare", send_forms(page, language)


def send_forms(page, language):
    for name, fill_in in (("anfrage", write_message), ("hilfe", ask_for_help)):
        page.goto(f"/{language}/bielefeld/{name}/")
        send(page)
        yield f"{name}-mit-fehlern", page
        fill_in(page)
        send(page)
        yield f"{name}-gesendet", page


def write_message(page):
    page.locator("[name=message]").fill("Guten Tag, meine Tochter soll in die Schule.")
    page.locator("[name=email]").fill("sara@example.org")


def ask_for_help(page):
    for name in ("topics", "languages"):
        page.locator(f"[name={name}]").first.check()
    page.locator("[name=phone]").fill("030 23125 011")


def send(page):
    page.locator("form:has([name=message]) button[type=submit]").click()


def on_paper(browsers, site):
    for language in LANGUAGES:
        page = browsers.visitor(PAPER, 1123, locale=language)
        page.emulate_media(media="print")
        yield f"{language}-druck", visit(page, PUBLIC, language)


def admin_screens(browsers, site):
    for look, options in looks():
        page = browsers.visitor(**options)
        page.goto("/admin/login/")
        yield f"admin-{look}-anmeldung", [("anmelden", page)]
        yield f"admin-{look}", visit(browsers.person("lea", **options), ADMIN)


def mails(browsers, site):
    """As they come out of the site: HTML where there is some, and plain words. One of each kind."""
    provoke(browsers)
    time.sleep(3)  # they go out in the background
    unlike = {NUMBER.sub("", mail["Subject"]): mail for mail in site.mails()}
    for kind, draw in (("html", None), ("plain", as_lines)):
        page = browsers.visitor(640, 600, java_script_enabled=False)
        yield f"mails-{kind}", show_mails(page, unlike.values(), kind, draw)


def provoke(browsers):
    """What sends a mail besides the forms that were sent before."""
    page = browsers.visitor()
    page.goto("/admin/konto/passwort/vergessen/")
    page.get_by_label("E-Mail").fill("erika@example.org")
    page.locator("form[method=post] button").last.click()
    desk = Desk(browsers.person("lea"), None)
    invite_anna(desk)
    for kind, language in (("translate", "ar"), ("approve", "de")):
        desk.page.goto(f"/admin/invitations/invitation/add/?page=9&language={language}&kind={kind}")
        desk.field("Für wen").fill("Mona Muster")
        desk.field("E-Mail").fill("mona@example.org")
        desk.button("Link erstellen").click()
    desk.page.goto("/admin/inquiries/inquiry/1/antwort/")
    desk.field("Ihre E-Mail").fill("Guten Tag, kommen Sie am Montag um 9 Uhr zu uns.")
    desk.button("Antwort senden").click()
    desk.sees("Stand: beantwortet.")


def show_mails(page, written, kind, draw):
    for number, mail in enumerate(written, 1):
        if part := mail.get_body((kind,)):
            words = part.get_content()
            page.set_content(draw(mail["Subject"], words) if draw else words)
            yield f"{number:02}", page


def as_lines(subject, words):
    return f"<meta charset=utf-8><h3>{escape(subject)}</h3><pre dir=auto>{escape(words)}</pre>"


# --- How it is shown together --------------------------------------------------------------------

THUMB, TALLEST, GAP, COLUMNS = 300, 600, 12, 6


def sheet(group, shots):
    """All of a group in one picture; long pages are cut off."""
    if not shots:
        return
    thumbs = [(shot.name, thumb(shot.file)) for shot in shots]
    rows = [thumbs[start : start + COLUMNS] for start in range(0, len(thumbs), COLUMNS)]
    heights = [max(picture.height for _name, picture in row) + 30 for row in rows]
    whole = Image.new("RGB", (COLUMNS * (THUMB + GAP) + GAP, sum(heights) + GAP), "#8a8d99")
    pen, top = ImageDraw.Draw(whole), GAP
    for row, height in zip(rows, heights, strict=True):
        for column, (name, picture) in enumerate(row):
            left = GAP + column * (THUMB + GAP)
            pen.text((left, top), name, fill="white")
            whole.paste(picture, (left, top + 16))
        top += height
    whole.save(FOLDER / f"{group}.png")


def thumb(file):
    with Image.open(file) as picture:
        height = max(1, min(TALLEST, picture.height * THUMB // picture.width))
        cut = picture.crop((0, 0, picture.width, height * picture.width // THUMB))
        return cut.resize((THUMB, height), Image.Resampling.LANCZOS)


def write_index(shots):
    groups = {}
    for shot in shots:
        groups.setdefault(shot.group, []).append(shot)
    links = " · ".join(f'<a href="#{group}">{group}</a>' for group in groups)
    parts = "".join(section(group, shots) for group, shots in groups.items())
    (FOLDER / "index.html").write_text(PAGE.format(links=links, parts=parts), encoding="utf-8")


def section(group, shots):
    figures = "".join(
        f'<figure><a href="{group}/{shot.name}.jpg"><img src="{group}/{shot.name}.jpg" alt="" loading="lazy"></a>'
        f"<figcaption>{shot.name}</figcaption></figure>"
        for shot in shots
    )
    return f'<h2 id="{group}">{group}</h2><p><a href="{group}.png">alle auf einem Blatt</a></p><div>{figures}</div>'


PAGE = """<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<title>Alle Seiten</title>
<style>
body {{ background: #8a8d99; font-family: system-ui, sans-serif; margin: 16px; }}
div {{ align-items: flex-start; display: flex; flex-wrap: wrap; gap: 12px; }}
figure {{ margin: 0; width: 260px; }}
img {{ display: block; max-height: 700px; object-fit: cover; object-position: top; width: 100%; }}
a, figcaption, h1, h2 {{ color: #000; }}
</style>
</head>
<body>
<h1>Alle Seiten</h1>
<p>{links}</p>
{parts}
</body>
</html>
"""
