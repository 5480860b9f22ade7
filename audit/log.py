"""Writing into the audit trail: in the transaction of what is done, or not at all."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import transaction

from .chain import link, seal_of
from .models import Action, Entry

__all__ = ["Action", "origin", "record"]

# Who asks and where from, for as long as a request lasts: two functions, called only when something is written.
_origin = ContextVar("audit_origin", default=(lambda: None, lambda: ""))


@contextmanager
def origin(user, address):
    token = _origin.set((user, address))
    try:
        yield
    finally:
        _origin.reset(token)


def record(action, about=None, *, city_id=None, by=None, kind="", name="", fields=(), detail="", with_address=True):
    """`by` is an account or the words for somebody without one; else the account that is signed in."""
    user, address = _origin.get()
    by = by or user()
    is_account = hasattr(by, "get_username") and by.is_authenticated
    entry = Entry(
        city_id=city_id,
        action=action,
        actor_id=by.pk if is_account else None,
        actor_name=name_of(by, is_account)[:200],
        kind=kind or (about._meta.label_lower if about is not None else ""),
        object_id=str(about.pk or "")[:40] if about is not None else "",
        object_name=(name or (str(about) if about is not None else ""))[:200],
        fields=[str(field) for field in fields],
        detail=detail[:200],
        address=address() if with_address else "",
    )
    entry.seal = seal_of(entry)
    entry.save(force_insert=True)
    # Not in this transaction: whoever waits for the end of a chain would hold up everybody else of the city.
    transaction.on_commit(partial(link, city_id), robust=True)
    return entry


def name_of(by, is_account):
    if is_account:
        return by.get_full_name() or by.get_username()
    return by if isinstance(by, str) else "Das System"
