"""Lets the page cache hand out what the snapshot holds."""

from ..page_cache.answer import Answer
from .answers import ENDED
from .breaker import breaker


def from_snapshot(application):
    """What the page cache asks when it gets no answer from the database: the page under its notice, or nothing."""

    def instead(environ, start_response):
        if not breaker.find_out():
            return None
        answer = Answer()
        answer.result = application(environ, answer.start_response)
        with answer:
            is_missing = answer.is_failure and not environ.get(ENDED)
            return None if is_missing else answer.pass_on(start_response)

    return instead
