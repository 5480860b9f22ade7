"""What visitors and staff get after all web processes were started while the database was away."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.utils.translation import gettext, override

from .conftest import SHOWN

FORM = "/de/bochum/anfrage/"
PHONE = "030 23125"


@pytest.mark.parametrize("language", SHOWN)
def test_page_stands_under_a_notice_in_its_language(without_database, language):
    answer = without_database.get(f"/{language}/bochum/")

    with override(language):
        words = gettext("Wir haben gerade eine technische Störung.")
    assert (answer.status, answer.text.count("<aside"), answer.text.count(words)) == (200, 1, 1)


def test_every_page_that_search_engines_know_is_there(without_database):
    addresses = re.findall("<loc>([^<]+)</loc>", without_database.get("/sitemap-bochum.xml").text)

    answers = Counter(without_database.get(urlsplit(address).path).status for address in addresses)

    assert answers == {200: len(addresses)}
    assert len(addresses) > 60


def test_browsers_do_not_keep_the_page_under_the_notice(without_database):
    headers = without_database.get("/de/bochum/").headers

    assert (headers["Cache-Control"], headers.get("ETag"), headers.get("Last-Modified")) == ("no-cache", None, None)


def test_page_is_sent_with_the_headers_of_every_page(without_database):
    headers = without_database.get("/de/bochum/").headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_page_is_compressed(without_database):
    answer = without_database.get("/de/bochum/", **{"Accept-Encoding": "gzip"})

    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")


def test_language_that_the_city_does_not_have_shows_german_under_a_notice_in_that_language(without_database):
    answer = without_database.get("/tr/bochum/")

    assert (answer.status, answer.text.count('<html lang="de"')) == (200, 1)
    assert re.search('<aside class="outage-notice"[^>]* lang="tr" dir="ltr">', answer.text)


def test_list_with_parameters_shows_everything_and_says_so(without_database):
    whole = without_database.get("/de/bochum/kontakt/").text
    chosen = without_database.get("/de/bochum/kontakt/?sprache=ar").text

    said = " Auswählen geht gerade nicht. Sie sehen alles."
    assert (chosen.count(said), chosen.replace(said, "")) == (1, whole)


def test_nothing_is_said_that_holds_at_one_instant_only(without_database):
    assert 'class="status"' not in without_database.get("/de/bochum/kontakt/").text


@pytest.mark.parametrize("address", ["/de/bochum/suche/?q=Schule", "/de/suche/?q=Schule"])
def test_search_says_that_it_cannot_search(without_database, address):
    answer = without_database.get(address)

    assert (answer.status, answer.text.count("Die Suche geht gerade nicht")) == (200, 1)


@pytest.mark.parametrize("address", ["anfrage", "hilfe", "barriere-melden"])
def test_form_says_that_it_takes_nothing_and_gives_the_phone_number(without_database, address):
    answer = without_database.get(f"/de/bochum/{address}/")

    assert (answer.status, answer.text.count("Wir können gerade keine Nachrichten annehmen")) == (200, 1)
    assert PHONE in answer.text
    assert "<form" not in answer.text


def test_message_is_refused_and_comes_back_to_be_sent_again(without_database):
    sent = {"form_key": "a:b", "message": "Guten Tag <b>\nZweite Zeile", "phone": "030 23125 000"}

    answer = without_database.post(FORM, sent)

    assert (answer.status, answer.headers["Cache-Control"], answer.headers["Retry-After"]) == (503, "no-store", "30")
    assert 'name="form_key" value="a:b"' in answer.text
    assert "Guten Tag &lt;b&gt;\nZweite Zeile</textarea>" in answer.text
    assert 'value="030 23125 000"' in answer.text
    assert PHONE in answer.text


def test_translation_that_somebody_made_by_link_comes_back(without_database):
    answer = without_database.post("/ar/mitmachen/some-key/", {"title": "كلمات " * 20})

    assert (answer.status, answer.text.count("كلمات")) == (503, 20)


def test_admin_says_in_german_that_it_is_away(without_database):
    answer = without_database.get("/admin/pages/page/", **{"Accept-Language": "tr"})

    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "Die Redaktion ist gerade nicht erreichbar" in answer.text


def test_text_of_an_editor_comes_back(without_database):
    words = "<p>Eine Stunde Arbeit an diesem Text, und dann das.</p>"

    answer = without_database.post(
        "/admin/pages/pagetranslation/1/draft/", {"body": words, "postcode": "1", "csrfmiddlewaretoken": "k"}
    )

    assert answer.status == 503
    assert "&lt;p&gt;Eine Stunde Arbeit an diesem Text, und dann das.&lt;/p&gt;</textarea>" in answer.text


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/auth/user/add/"])
def test_password_does_not_come_back(without_database, address):
    answer = without_database.post(address, {"username": "anna " * 10, "password": "secret"})

    assert (answer.status, "secret" in answer.text, "anna" in answer.text) == (503, False, False)


def test_health_says_that_the_process_lives_and_why_it_cannot_work(without_database):
    live, ready = without_database.get("/health/live"), without_database.get("/health/ready")

    assert (live.status, ready.status) == (200, 503)
    assert re.search('"reason": "(connection refused|file is gone)"', ready.text)


def test_files_are_there(without_database):
    media = without_database.folder / "media"
    media.mkdir(exist_ok=True)
    (media / "bild.png").write_bytes(b"png")
    stylesheet = re.search('/static/css/site[^"]*', without_database.get("/de/bochum/").text)[0]

    addresses = ("/media/bild.png", stylesheet, "/akzent/003366.css")

    assert [without_database.get(address).status for address in addresses] == [200, 200, 200]


def test_vcard_and_calendar_are_there_as_they_are(without_database):
    contact = re.search(r"/de/bochum/kontakt/\d+", without_database.get("/de/bochum/kontakt/").text)[0]
    vcard = without_database.get(f"{contact}.vcf")
    calendar = without_database.get("/de/bochum/termine.ics")

    assert (vcard.status, vcard.text[:11]) == (200, "BEGIN:VCARD")
    assert vcard.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert (calendar.status, calendar.text[:15]) == (200, "BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/", "/de/"),
        ("/bochum/", "/de/bochum/"),
        ("/bochum/wer-wir-sind/", "/de/bochum/wer-wir-sind/"),
        ("/de/bochum/wer-wir-sind/blatt/", "/de/bochum/wer-wir-sind/"),
        ("/seite/bochum/kontakt/", "/de/bochum/kontakt/"),
    ],
)
def test_other_names_of_a_page_lead_there(without_database, address, target):
    answer = without_database.get(address)

    assert (answer.status, answer.headers["Location"]) == (302, target)


def test_page_that_is_not_in_the_snapshot_cannot_be_shown_now(without_database):
    answer = without_database.get("/de/bochum/gibt-es-nicht/")

    assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")
    assert 'href="/de/bochum/kontakt/"' in answer.text


def test_city_that_is_not_public_stays_unseen(without_database):
    assert without_database.get("/de/bielefeld/").status == 503


def test_address_that_leads_nowhere_is_not_found(without_database):
    assert without_database.get("/de/bochum/eins/zwei/drei/").status == 404


def test_head_is_answered_like_get(without_database):
    answer = without_database.request("HEAD", "/de/bochum/")

    assert (answer.status, answer.text) == (200, "")
