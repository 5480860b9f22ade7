"""Does every task of docs/handbuch/ as it is written there, by the person it is for, and takes its pictures.

What can no longer be done as it is written stops here, with the name of the button that is missing.
"""

import io
import re
import shutil
import sys
import time
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from .camera import look_alike, shoot
from .site import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "handbuch" / "bilder"
PAGE = "Für Vereine und Migrantenorganisationen"
CONTROLS = "//*[self::input or self::select or self::textarea or self::button or @contenteditable='true']"
LINK = re.compile(r"https?://[^/\s]+(/\S+)")
PUBLIC = "Dieser Text ist jetzt öffentlich."


class Desk:
    """A person at work: finds things by the words that the handbook quotes. `task`: how the files of pictures begin."""

    def __init__(self, page, task):
        self.page, self.task, self.number = page, task, 0

    def picture(self, first, last=None, marked=()):
        self.number += 1
        path = self.task.with_name(f"{self.task.name}-{self.number}.webp")
        shoot(self.page, path, first, last, marked)

    def link(self, words):
        return self.page.get_by_role("link", name=words, exact=True).first

    def button(self, words):
        return self.page.get_by_role("button", name=words, exact=True)

    def field(self, words):
        label = re.compile(rf"^\s*{re.escape(words)}(\s+Pflichtfeld)?\s*$")
        return self.page.get_by_label(label).and_(self.page.locator("input, select, textarea"))

    def heading(self, words):
        return self.page.get_by_role("heading", name=words, exact=True)

    def part(self, words):
        return self.page.get_by_role("region", name=words, exact=True)

    def whole(self, control):
        """A field or a button with all the words that are about it alone."""
        return control.locator(f"xpath=ancestor-or-self::*[count(.{CONTROLS}) < 2][last()]")

    def sees(self, words):
        found = self.page.get_by_text(words).first
        expect(found).to_be_visible()
        return found

    def open(self, *links):
        """From the overview on."""
        self.page.goto("/admin/")
        for words in links:
            self.link(words).click()

    def publish(self):
        self.button("Veröffentlichen").click()
        return self.sees(PUBLIC)


def take(browsers, site, say):
    tasks = {
        "anmelden": sign_in_for_the_first_time,
        "text-aendern": change_a_text,
        "spaeter-veroeffentlichen": publish_later,
        "zurueckholen": take_back,
        "kontakt-aendern": change_a_contact,
        "termin-eintragen": add_an_event,
        "bild-zeigen": show_a_picture,
        "per-link-uebersetzen": translate_by_link,
        "anfrage-beantworten": answer_an_inquiry,
        "oeffentlich-machen": go_public,
    }
    folder = site.folder / "bilder"
    for number, (name, do) in enumerate(tasks.items(), 1):
        say(f"Handbuch {number}/{len(tasks)}: {name}")
        try:
            do(browsers, site, folder / name)
        except (PlaywrightError, AssertionError) as error:
            sys.exit(f"Das geht nicht mehr so, wie es in docs/handbuch/{name}.md steht:\n{error}")
        browsers.close()
    # Only now: what went wrong on the way leaves the pictures as they were.
    replace_pictures(folder)


def replace_pictures(folder):
    """Those that nobody could tell apart stay, so that they are no change in the repository."""
    names = {path.name for path in folder.iterdir()}
    for path in PICTURES.iterdir():
        if path.name not in names:
            path.unlink()
    for name in names:
        if not look_alike(folder / name, PICTURES / name):
            shutil.copy(folder / name, PICTURES / name)


# --- Sign-in -------------------------------------------------------------------------------------


def sign_in_for_the_first_time(browsers, site, task):
    invite_anna(Desk(browsers.person("lea"), task))
    desk = Desk(browsers.visitor(), task)
    show_finger(desk.page)
    desk.page.goto(address_in_mail(site, "anna@example.org"))
    for field in desk.page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    save = desk.button("Passwort speichern")
    desk.picture(desk.heading("Wählen Sie ein Passwort"), save, [save])
    save.click()
    expect(desk.heading("Übersicht")).to_be_visible()
    desk.link("Mein Zugang").click()
    make_passkey = desk.link("Passkey einrichten")
    expect(desk.link("App einrichten")).to_be_visible()
    desk.picture(desk.page.get_by_role("banner"), make_passkey, [desk.link("Mein Zugang"), make_passkey])
    make_passkey.click()
    desk.field("Name").fill("Dienst-Laptop")
    desk.button("Passkey einrichten").click()
    expect(desk.heading("Ihre Notfall-Codes")).to_be_visible()
    desk.link("Aufgeschrieben, weiter").click()
    desk.button("Abmelden").click()
    desk.page.goto("/admin/")
    by_passkey = desk.button("Mit Passkey anmelden")
    desk.picture(desk.heading("Anmelden"), by_passkey, [by_passkey])
    by_passkey.click()
    expect(desk.heading("Übersicht")).to_be_visible()


def invite_anna(desk):
    desk.open("Mitglieder", "Mitglied hinzufügen")
    desk.field("Vorname").fill("Anna")
    desk.field("Nachname").fill("Muster")
    desk.field("E-Mail").fill("anna@example.org")
    desk.field("Aufgabe").select_option("editor")
    desk.button("Speichern").click()
    desk.sees("anna@example.org")


def show_finger(page):
    """The device of this browser has one that is always there."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def address_in_mail(site, recipient):
    """Mails go out in the background."""
    for _attempt in range(100):
        for mail in site.mails():
            if recipient in mail["To"]:
                return LINK.search(mail.get_body(("plain",)).get_content())[1]
        time.sleep(0.1)
    raise LookupError(f"no mail to {recipient}")


# --- Texts ---------------------------------------------------------------------------------------


def change_a_text(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.picture(desk.heading("Seiten und Bilder"), desk.link("Arbeitsschwerpunkte"), [desk.link("Seiten")])
    desk.open("Seiten", PAGE)
    text = desk.page.locator("[contenteditable=true]")
    add_sentence(text, "Neu: Wir beraten auch am Samstag.")
    desk.picture(desk.page.get_by_text("Text", exact=True).first, text)
    preview, publish = desk.button("Vorschau"), desk.button("Veröffentlichen")
    what_they_do = desk.page.get_by_text("Entwurf speichern", exact=True).first
    desk.picture(what_they_do, publish, [preview, publish])
    expect(desk.field("Nur eine kleine Korrektur: Übersetzungen bleiben gültig")).to_be_visible()
    preview.click()
    back = desk.link("Zurück zum Bearbeiten")
    expect(desk.page.frame_locator("iframe").get_by_text("Wir beraten auch am Samstag.")).to_be_visible()
    back.click()
    desk.button("Veröffentlichen").click()
    desk.picture(desk.sees(PUBLIC), desk.heading(PAGE))


def add_sentence(text, words):
    text.click()
    text.page.wait_for_timeout(200)  # until then the editor puts the cursor back where it was
    for key in ("Control+End", "Enter", "Enter"):
        text.press(key)
    text.press_sequentially(words)


def publish_later(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.open("Seiten", "Neu in Bielefeld")
    desk.field("Überschrift").fill("Willkommen in Bielefeld")
    first = desk.field("Veröffentlichen am")
    expect(desk.field("Öffentlich bis")).to_be_visible()
    publish = desk.button("Veröffentlichen")
    first.fill("2027-03-08T08:00")
    desk.picture(desk.whole(first), publish, [first, publish])
    publish.click()
    desk.picture(desk.sees("von selbst öffentlich"))
    cancel = desk.button("Geplante Fassung verwerfen")
    desk.picture(desk.heading("Weitere Schritte"), cancel, [cancel])
    cancel.click()


def take_back(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.open("Seiten", PAGE)
    former = desk.link("Frühere Fassungen")
    desk.picture(desk.heading(PAGE), former.locator(".."), [former])
    former.click()
    fetch = desk.page.get_by_role("button", name="In den Entwurf holen").last
    desk.picture(desk.heading("Fassungen"), fetch, [fetch])
    fetch.click()
    desk.publish()
    withdraw = desk.link("Zurückziehen …")
    desk.picture(desk.heading("Weitere Schritte"), withdraw, [withdraw])
    withdraw.click()
    desk.button("In allen Sprachen zurückziehen").click()
    desk.publish()


# --- Data ----------------------------------------------------------------------------------------


def change_a_contact(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.picture(desk.heading("Zentrum und Kontakte"), desk.link("Standorte"), [desk.link("Kontakte")])
    desk.open("Kontakte", "Beratung für Eltern zur Schule")
    phone = desk.field("Telefon")
    phone.fill("030 23125 044")
    desk.picture(desk.heading("Erreichbar"), desk.whole(desk.field("E-Mail")), [phone])
    desk.button("Speichern").click()
    desk.sees("wurde erfolgreich geändert")
    desk.open("Kontakte", "Kontakt hinzufügen")
    desk.field("Aufgabe").fill("Beratung für Vereine")
    desk.field("Telefon").fill("030 23125 045")
    desk.field("E-Mail").fill("vereine@example.org")
    desk.button("Speichern").click()
    desk.open("Seiten", PAGE)
    desk.page.get_by_role("checkbox", name="Beratung für Vereine").check()
    desk.publish()


def add_an_event(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.open("Veranstaltungen")
    add = desk.link("Veranstaltung hinzufügen")
    desk.picture(add, None, [add])
    add.click()
    desk.field("Überschrift").fill("Frühstück für Eltern")
    desk.field("Kurz gesagt").fill("Wir frühstücken zusammen und beantworten Fragen zur Schule.")
    add_sentence(desk.page.locator("[contenteditable=true]"), "Kommen Sie einfach vorbei.")
    first, last, place = map(desk.field, ("Beginn", "Ende", "Ort"))
    first.fill("2027-03-18T09:30")
    last.fill("2027-03-18T11:30")
    place.select_option(index=1)
    desk.picture(desk.heading("Wann"), desk.whole(place), [first, last, place])
    desk.publish()
    copy = desk.button("Kopie für die nächste Woche")
    desk.picture(desk.heading("Zurücknehmen"), copy, [copy])
    copy.click()
    desk.publish()
    desk.field("Stand").select_option(label="abgesagt")
    desk.publish()


def show_a_picture(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.open("Bilder", "Bild hinzufügen")
    desk.field("Bezeichnung").fill("Schulhaus mit rotem Dach")
    desk.field("Bild").set_input_files({"name": "schulhaus.png", "mimeType": "image/png", "buffer": school()})
    credit = desk.field("Bildnachweis")
    credit.fill("Zeichnung: Stadt Bielefeld")
    desk.picture(desk.heading("Bild hinzufügen"), desk.whole(credit))
    desk.button("Speichern").click()
    desk.open("Seiten", "Schule und Eltern")
    desk.page.get_by_text("Bild wählen", exact=True).click()
    desk.field("Schulhaus mit rotem Dach").check()
    words = desk.field("Was ist auf dem Bild zu sehen?")
    words.fill("Ein Schulhaus mit rotem Dach. Ein breiter Weg führt zur Tür.")
    desk.picture(desk.heading("Bild"), desk.whole(words), [words])
    desk.publish()


def school():
    """Not one of those that are in the demo already."""
    with Image.open(ROOT / "demo" / "bielefeld" / "schule.webp") as picture:
        file = io.BytesIO()
        ImageOps.mirror(picture).save(file, "PNG")
    return file.getvalue()


# --- With others ---------------------------------------------------------------------------------


def translate_by_link(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.open("Seiten")
    row = desk.page.get_by_role("row").filter(has=desk.link(PAGE))
    row.get_by_text("Sprachen fehlen").click()
    arabic = row.get_by_role("link", name="Arabisch")
    desk.picture(row, None, [arabic])
    arabic.click()
    desk.link("Per Link übersetzen lassen").click()
    desk.field("Für wen").fill("Mona Muster")
    make = desk.button("Link erstellen")
    desk.picture(desk.heading("Per Link übersetzen lassen"), make, [make])
    make.click()
    path = LINK.search(desk.field("Link").input_value())[1]
    copies = [desk.button("Link kopieren"), desk.button("Nachricht kopieren")]
    desk.picture(desk.heading("Der Link"), copies[1], copies)
    translate_on_a_phone(browsers.visitor(360), path)
    desk.open()
    suggestion = desk.link("Ein Vorschlag für eine Übersetzung")
    desk.picture(desk.part("Was wartet"), None, [suggestion])
    suggestion.click()
    desk.link(PAGE).click()
    accept = desk.button("In den Entwurf übernehmen")
    desk.picture(accept, desk.button("Nicht übernehmen"), [accept])
    accept.click()
    desk.publish()


def translate_on_a_phone(page, path):
    page.goto(path)
    page.locator("[name=title]").fill("للجمعيات ومنظمات المهاجرين")
    page.locator("[name=summary]").fill("نتعاون مع منظمات المهاجرين وندعمها.")
    for field in page.locator("[name^=block-]").all():
        field.fill("نص عربي.")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_role("status").first).to_be_visible()


def answer_an_inquiry(browsers, site, task):
    desk = Desk(browsers.person("erika"), task)
    desk.open("Eine offene Anfrage")
    number = desk.page.get_by_role("table").get_by_role("link").filter(has_text=re.compile(r"^\w{4}-\w{4}$"))
    desk.picture(desk.page.get_by_role("table"), None, [number])
    number.click()
    desk.button("Ich kümmere mich darum").click()
    desk.sees("Stand: in Arbeit.")
    write = desk.button("Antwort schreiben")
    desk.picture(write, desk.whole(desk.button("Beantwortet")), [write])
    write.click()
    text = desk.field("Ihre E-Mail")
    words = "Kommen Sie am Montag um 9 Uhr zu uns. Wir melden Ihre Tochter mit Ihnen zusammen an."
    text.fill(text.input_value().replace("[Hier schreiben Sie Ihre Antwort]", words))
    send = desk.button("Antwort senden")
    desk.picture(desk.heading("Antwort"), send, [send])
    send.click()
    desk.picture(desk.sees("Stand: beantwortet.").locator(".."))


def go_public(browsers, site, task):
    desk = Desk(browsers.person("kim"), task)
    desk.open("Städte und Kreise", "Bochum")
    missing = desk.link("Telefon")
    desk.picture(desk.part("Bereit für die Öffentlichkeit?"), None, [missing])
    desk.field("Öffentlich").check()
    desk.button("Speichern").click()
    refused = desk.part("Noch nicht öffentlich")
    desk.picture(refused, None, [refused.get_by_role("link", name="Impressum")])
    missing.click()
    desk.field("Telefon").fill("030 23125 020")
    desk.button("Speichern").click()
    desk.open("Städte und Kreise", "Bochum")
    box, save = desk.field("Öffentlich"), desk.button("Speichern")
    box.check()
    desk.picture(desk.heading("Bereit für die Öffentlichkeit?"), box, [box])
    save.click()
    desk.sees("wurde erfolgreich geändert")
    assert browsers.visitor().goto("/de/bochum/").status == 200  # noqa: S101 - the task is done
