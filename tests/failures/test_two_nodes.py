"""Two nodes are one site, with nothing between them but PostgreSQL."""

import re
import subprocess
import sys
import time
from urllib.parse import urlencode

from inquiries.guard import SUBMISSIONS_PER_HOUR
from tests.failures.conftest import say
from tests.failures.load import FORM, TIME_TO_FILL_IN
from tests.failures.nodes import ROOT
from tests.failures.patience import wait_until
from tests.failures.visitor import Visitor, form_to, form_with
from tests.inquiries.mail_server import Does, MailServer, is_marked

MAILS = """
from contacts.models import City
from inquiries.letters import new_message_id
from inquiries.models import OutgoingMail
city = City.objects.get(slug="bielefeld")
OutgoingMail.objects.filter(sent_at=None).delete()
OutgoingMail.objects.bulk_create(
    OutgoingMail(city=city, purpose="notice", recipient="team@example.org", subject=f"Hinweis {number}", body="Text",
                 message_id=new_message_id())
    for number in range(%d)
)
"""


def test_who_signs_in_on_one_node_is_known_on_the_other_until_they_sign_out(site):
    first, second = site.nodes
    staff = Visitor()
    assert not staff.is_signed_in(second)
    staff.sign_in(first)
    assert staff.is_signed_in(second)
    assert staff.is_signed_in(first)
    kept = dict(staff.cookies)
    _status, _path, text = staff.get(second, "/admin/")
    out = form_to(text, "/logout/")
    assert staff.post(second, out.action, dict(out.form_values()))[0] in (200, 302)
    staff.cookies = kept  # somebody copied them before
    assert not staff.is_signed_in(first)
    assert not staff.is_signed_in(second)


def test_the_limit_of_forms_counts_what_came_to_both_nodes(site):
    say("Ein Absender schickt Formulare an beide Knoten im Wechsel.")
    path, visitor = "/de/bielefeld/anfrage/", "198.51.100.99"
    texts = [site.nodes[0].ask(path, visitor=visitor)[2] for _each in range(SUBMISSIONS_PER_HOUR + 2)]
    keys = [re.search(r'name="form_key" value="([^"]+)"', text)[1] for text in texts]
    time.sleep(TIME_TO_FILL_IN)
    statuses = []
    for number, key in enumerate(keys):
        body = urlencode({"form_key": key, "message": f"Grenze {number}", "email": "probe@example.org"})
        node = site.nodes[number % 2]
        statuses.append(node.ask(path, visitor=visitor, method="POST", body=body, headers=FORM)[0])
    assert statuses == [303] * SUBMISSIONS_PER_HOUR + [429, 429]


MAIN_CONTACT = """
SELECT contact.id FROM contacts_contact contact JOIN contacts_city city ON city.id = contact.city_id
WHERE city.slug = 'bielefeld' AND contact.is_main
"""


def seconds_until_seen(staff, edited, read, number, phone):
    public, address = "/ar/bielefeld/kontakt/", f"/admin/contacts/contact/{number}/change/"
    for _read in range(4):  # every worker has it
        read.ask(public)
    form = form_with(staff.get(edited, address)[2], "phone")
    fields = [(name, value) for name, value in form.form_values() if name != "phone"]
    status, _headers, text = staff.post(edited, address, [*fields, ("phone", phone), ("_save", "1")])
    saved = time.monotonic()
    assert status == 302, re.findall(r"errornote.*", text)
    digits = phone.removeprefix("0521 ")
    wait_until(lambda: digits in re.sub(r"\D", "", read.ask(public)[2]), 5, lambda: "not seen", pause=0.01)
    return time.monotonic() - saved


def test_an_edit_on_one_node_is_read_on_the_other_within_a_second(site, figure):
    first, second = site.nodes
    staff = Visitor()
    staff.sign_in(first)
    number = site.cluster.primary.execute(MAIN_CONTACT)[0][0]
    waits = [seconds_until_seen(staff, first, second, number, f"0521 5100{end}") for end in range(10, 15)]
    figure("Änderung auf Knoten 1, zu lesen auf Knoten 2, längstens", max(waits), "s", goal="1")
    assert max(waits) <= 1.0


def outbox(node, mail_server, **environment):
    environment = node.environment | {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}"} | environment
    command = [sys.executable, "manage.py", "send_mail_outbox"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_both_nodes_empty_the_outbox_at_once_and_every_mail_goes_out_once(site, figure):
    site.nodes[0].shell(MAILS % 60)
    with MailServer() as mail_server:
        senders = [outbox(node, mail_server) for node in site.nodes]
        counts = [int(re.match(rb"(\d+) verschickt", sender.communicate(timeout=60)[0])[1]) for sender in senders]
    subjects = sorted(message["Subject"] for message in mail_server.kept)
    figure("E-Mails von zwei Knoten zugleich verschickt", len(subjects))
    figure("davon doppelt", len(subjects) - len(set(subjects)), goal=0)
    assert subjects == sorted(f"Hinweis {number}" for number in range(60))
    assert sum(counts) == 60


def test_mail_whose_sender_is_killed_says_that_it_may_come_twice_and_no_other_does(site, figure):
    site.nodes[0].shell(MAILS % 5)
    with MailServer(lambda number: Does.KEEP_AND_ANSWER_LATE if number == 2 else Does.ACCEPT) as mail_server:
        # For six times this long nobody else touches a mail that somebody tries to send.
        sender = outbox(site.nodes[0], mail_server, EMAIL_TIMEOUT="1")
        wait_until(lambda: len(mail_server.kept) == 3, 30, lambda: "the third mail does not come", pause=0.01)
        sender.kill()
        sender.communicate()
        outbox(site.nodes[1], mail_server).communicate(timeout=30)
        assert len(mail_server.kept) == 5
        # The wait before the second attempt is a minute; the test has no patience.
        site.cluster.primary.execute("UPDATE inquiries_outgoingmail SET next_attempt_at = now() WHERE sent_at IS NULL")
        time.sleep(6.5)
        outbox(site.nodes[1], mail_server).communicate(timeout=30)
    marked = [message["Subject"] for message in mail_server.kept if is_marked(message)]
    others = sorted(message["Subject"] for message in mail_server.kept if not is_marked(message))
    figure("Versand getötet: doppelt ohne Hinweis", len(others) - len(set(others)), goal=0)
    assert others == [f"Hinweis {number}" for number in range(5)]
    assert len(marked) == 1
