"""Mails as mail programs show them: text first, and the same words in HTML that fetches nothing."""

import re

import pytest

from accounts.letters import write
from inquiries.letters import answer_mail, message_of
from inquiries.models import OutgoingMail
from invitations.letters import link_mail
from tests.factories import make_city, make_contact, make_invitation, make_page
from tests.inquiries.mail_server import make_inquiry, make_mail

pytestmark = pytest.mark.django_db

LINK = "https://ki.example.org/mitmachen/geheim/"


def html_part(mail):
    (html,) = message_of(mail).alternatives
    return html.content


def languages(html):
    """Of the letter as a whole and of its parts."""
    return re.findall(r'<(?:html|div) lang="(.*?)" dir="(.*?)"', html)


def test_mail_is_text_first_and_html_for_those_who_want_it():
    message = message_of(make_mail()).message()

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.get_payload()] == ["text/plain", "text/html"]


def test_html_escapes_what_somebody_wrote():
    html = html_part(make_mail(body='<script>alert(1)</script> & "<img src=x>"', subject="</title><b>"))

    assert re.findall("<script|<img|<b>", html) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;&lt;img src=x&gt;&quot;" in html
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in html


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("Hier: https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&amp;c=2"),
        ("(https://example.org/a)", "https://example.org/a"),
        ('https://example.org/"onclick=x', "https://example.org/"),
    ],
)
def test_addresses_are_links(words, address):
    assert re.findall('<a href="(.*?)"', html_part(make_mail(body=words))) == [address]


@pytest.mark.parametrize("words", ["javascript:alert(1)", "example.org", "kim@example.org", "data:text/html,x"])
def test_nothing_else_is_a_link(words):
    assert "<a " not in html_part(make_mail(body=words))


def test_html_fetches_nothing():
    html = html_part(make_mail(body="https://example.org/"))

    assert re.findall(r"<(?:img|link|style|script|iframe)|url\(|\ssrc=|background", html) == []


def test_lines_and_paragraphs_stay():
    html = html_part(make_mail(body="Eins\nZwei\n\nDrei\n"))

    assert re.findall(r'<p dir="auto".*?>(.*?)</p>', html) == ["Eins<br>Zwei", "Drei"]


def test_answer_marks_the_footer_in_the_language_of_the_form():
    mail = answer_mail(make_inquiry(make_city(), language="ar"), "Ja.\n\n-----\n\nNein.", "answer", by=None)

    expected = [("de", "ltr"), ("de", "ltr"), ("de", "ltr"), ("de", "ltr"), ("ar", "rtl")]
    assert (mail.languages, languages(html_part(mail))) == (["de", "ar"], expected)


def test_phone_number_keeps_its_order_among_arabic_words():
    city = make_city()
    make_contact(city, is_main=True, phone="030 23125 001")

    mail = answer_mail(make_inquiry(city, language="ar"), "Ja.", "answer", by=None)

    assert re.findall("\u2066?030 23125 001\u2069?", mail.body) == ["030 23125 001", "\u2066030 23125 001\u2069"]


def test_answer_in_german_has_one_footer():
    mail = answer_mail(make_inquiry(make_city(), language="de"), "Ja.", "answer", by=None)

    assert languages(html_part(mail)) == [("de", "ltr"), ("de", "ltr"), ("de", "ltr")]


def test_invitation_begins_in_the_language_of_who_reads_it():
    city = make_city()
    make_contact(city, is_main=True)
    invitation = make_invitation(make_page(city), "translate", "ar", email="mona@example.org")

    html = html_part(link_mail(invitation, LINK, by=None))

    assert languages(html) == [("ar", "rtl"), ("ar", "rtl"), ("de", "ltr")]
    assert re.findall('<a href="(.*?)"', html) == [LINK, LINK]


def test_mail_about_an_account_has_the_secret_link_in_both_forms():
    context = {"password_reset_url": "{link}", "username": "mona", "days": 3}
    message = message_of(write("password_reset_key", "mona@example.org", context, secret_link=LINK))

    (html,) = message.alternatives
    assert [LINK in message.body, f'href="{LINK}"' in html.content] == [True, True]


def test_mail_stored_by_an_older_version_is_german():
    assert languages(html_part(OutgoingMail(city=make_city(), subject="Hinweis", body="Hallo\n"))) == [
        ("de", "ltr"),
        ("de", "ltr"),
    ]
