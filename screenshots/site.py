"""The demo on a database of its own, at an instant that is always the same: started by screenshots/main.py.

Every page that is asked for moves the clock on, and nothing else does: so each picture shows the same times again.
"""

import random
import secrets
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

# An ordinary Tuesday on which the offices are open.
START = datetime(2027, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
STEP = timedelta(seconds=7)
PASSWORD = "vier-blaue-Boote-im-Regen"  # noqa: S105 - of accounts that live while the pictures are taken


def moving_on(application, clock, drawn):
    def answer(environ, start_response):
        # What a page fetches comes side by side and in any order.
        if environ.get("HTTP_SEC_FETCH_DEST") == "document":
            clock.shift(STEP)
            drawn.seed(str(datetime.now(tz=UTC)))
        return application(environ, start_response)

    return answer


def main(port, part):
    # Numbers and links that are drawn are the same in every picture.
    drawn = random.Random("KI")  # noqa: S311 - nobody but us ever asks this site
    secrets.choice = drawn.choice
    clock = time_machine.travel(START, tick=False).start()
    import django

    django.setup()
    from django.core.servers.basehttp import run
    from django.core.wsgi import get_wsgi_application

    from .people import fill

    fill(part)
    clock.move_to(START)
    run("127.0.0.1", port, moving_on(get_wsgi_application(), clock, drawn), threading=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
