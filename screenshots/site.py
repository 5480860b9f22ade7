"""The demo on a database of its own, at an instant that is always the same: started by screenshots/main.py.

Every page that is asked for moves the clock on, and nothing else does: so each picture shows the same times again.
"""

import os
import random
import secrets
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine

# An ordinary Tuesday on which the offices are open.
START = datetime(2027, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
STEP = timedelta(seconds=7)
PASSWORD = "vier-blaue-Boote-im-Regen"  # noqa: S105 - of accounts that live while the pictures are taken
# Not for itself a page: fetched by the browser, side by side and in any order.
NO_PAGES = ("/static/", "/media/", "/akzent/", "/favicon.ico")


def moving_on(application, clock):
    def answer(environ, start_response):
        if not environ["PATH_INFO"].startswith(NO_PAGES):
            clock.shift(STEP)
        return application(environ, start_response)

    return answer


def main(port):
    # Numbers and links are drawn anew for every request; in pictures they are the same each time.
    secrets.choice = random.Random("KI").choice  # noqa: S311 - nobody but the pictures ever asks this site
    clock = time_machine.travel(START, tick=False).start()
    import django

    django.setup()
    from django.core.servers.basehttp import run
    from django.core.wsgi import get_wsgi_application

    from .people import fill

    fill()
    clock.move_to(START)
    Path(os.environ["DATA_DIR"], "ready").touch()
    run("127.0.0.1", port, moving_on(get_wsgi_application(), clock), threading=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
