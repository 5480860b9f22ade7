"""A process dies in the middle of something."""

import os
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress

from tests.failures.conftest import say
from tests.failures.nodes import HOST
from tests.failures.patience import wait_until
from tests.failures.visitor import Visitor, form_to, upload

# (the text, its version, its page's public address) of a page that is public in German.
TEXT = """
SELECT text.id, text.version, '/de/bielefeld/' || page.slug || '/'
FROM pages_pagetranslation text JOIN pages_page page ON page.id = text.page_id
JOIN contacts_city city ON city.id = page.city_id
WHERE city.slug = 'bielefeld' AND page.slug = 'schulberatung' AND text.language = 'de'
"""
REVISIONS = (
    "SELECT id, title, visible_from, visible_until FROM pages_pagerevision WHERE translation_id = %s ORDER BY id"
)
SLOW = """
CREATE OR REPLACE FUNCTION wait_a_while() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(8); RETURN NEW; END $$;
CREATE TRIGGER wait_a_while BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION wait_a_while();
"""
ASLEEP = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


@contextmanager
def slow_insert(server, table):
    """Rows of the table take long, so that there is a middle to be killed in."""
    server.execute(SLOW.format(table=table))
    try:
        yield
    finally:
        wait_until(lambda: not server.execute(ASLEEP), 20, lambda: "still asleep")
        server.execute(f"DROP TRIGGER wait_a_while ON {table}")


def kill_workers(node):
    for pid in node.workers():
        os.kill(pid, signal.SIGKILL)


def in_background(job, *arguments):
    def run():
        with suppress(OSError):  # killed, as it should be
            job(*arguments)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_nothing_is_half_published_when_the_process_is_killed(site, figure):
    node, server = site.nodes[0], site.cluster.primary
    text, _version, address = server.execute(TEXT)[0]
    before = server.execute(REVISIONS, [text])
    assert node.ask(address)[0] == 200
    server.execute("UPDATE pages_pagetranslation SET title = 'Ganz neu', version = version + 1 WHERE id = %s", [text])
    staff = Visitor()
    staff.sign_in(node)
    status, path, page = staff.get(node, f"/admin/pages/pagetranslation/{text}/preview/")
    assert status == 200, path
    form = form_to(page, "/publish/")
    with slow_insert(server, "pages_pagerevision"):
        request = in_background(staff.post, node, form.action, dict(form.form_values()))
        wait_until(lambda: server.execute(ASLEEP), 20, lambda: "nobody publishes")
        say("Veröffentlichen läuft; die Web-Prozesse werden getötet.")
        kill_workers(node)
        request.join()
    assert server.execute(REVISIONS, [text]) == before
    killed = time.monotonic()
    wait_until(lambda: is_up(node, address), 30, node.last_words)
    figure("Web-Prozesse getötet: Knoten antwortet wieder nach", time.monotonic() - killed, "s")
    status, _headers, answer = staff.post(node, form.action, dict(form.form_values()))
    assert status == 302, answer[:1000]
    after = server.execute(REVISIONS, [text])
    assert (len(after) - len(before), after[-1][1], after[-1][3]) == (1, "Ganz neu", None)


def is_up(node, address):
    try:
        return node.ask(address)[0] == 200
    except OSError:
        return False


# --- Uploads ---------------------------------------------------------------------------------------


IMAGES = "SELECT id, file FROM pages_image ORDER BY id"


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_upload_cut_off_half_way_leaves_nothing(site):
    node, server = site.nodes[0], site.cluster.primary
    staff = Visitor()
    staff.sign_in(node)
    rows, files = server.execute(IMAGES), files_in(site.uploads)
    address, body, headers = upload(staff, node, "Halb")
    cookies = "; ".join(f"{name}={value}" for name, value in staff.cookies.items())
    head = (
        f"POST {address} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 198.51.100.1\r\n"
        f"Referer: https://{HOST}/\r\nCookie: {cookies}\r\nContent-Type: {headers['Content-Type']}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", node.port)) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])
        time.sleep(1)
    time.sleep(1)
    assert (server.execute(IMAGES), files_in(site.uploads)) == (rows, files)
    assert node.ask("/health/live")[0] == 200


def test_process_killed_between_file_and_row_leaves_no_picture_and_no_orphan_for_ever(site):
    node, server = site.nodes[0], site.cluster.primary
    staff = Visitor()
    staff.sign_in(node)
    rows, files = server.execute(IMAGES), files_in(site.uploads)
    address, body, headers = upload(staff, node, "Getötet")
    with slow_insert(server, "pages_image"):
        post = {"method": "POST", "body": body, "headers": headers}
        request = in_background(lambda: staff.ask(node, address, **post))
        wait_until(lambda: server.execute(ASLEEP), 20, lambda: "nobody uploads")
        kill_workers(node)
        request.join()
    left = files_in(site.uploads) - files
    assert (server.execute(IMAGES), len(left)) == (rows, 1)
    wait_until(lambda: is_up(node, "/de/bielefeld/"), 30, node.last_words)
    assert "Getötet" not in staff.get(node, "/admin/pages/image/")[2]
    assert node.manage("delete_expired").stdout.count("Uploads") == 0  # it could still be under way
    eight_days_ago = time.time() - 8 * 86400
    for name in left:
        os.utime(site.uploads / name, (eight_days_ago, eight_days_ago))
    assert "Gelöscht: 1 Datei von Uploads, die abgebrochen sind." in node.manage("delete_expired").stdout
    assert files_in(site.uploads) == files
    status, _headers, text = staff.ask(node, address, **post)
    assert status == 302, text[:1000]
    assert len(server.execute(IMAGES)) == len(rows) + 1
