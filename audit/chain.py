"""Makes visible whether somebody changed the audit trail in the database.

Every entry is sealed when it is written, with a key that is not in the database. After the commit it gets the next
position in the chain of its city, and a digest over its seal and the digest before it. The chain's own row says, sealed
as well, how long it is and how it ends. So each change, gap, insertion and swap is found by whoever has the key
(`manage.py verify_audit`). Who takes away the newest entries and puts the row of the chain back to what it was then is
found by an anchor that was kept elsewhere.
"""

import hmac
import json
import logging
from datetime import UTC, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from .models import Chain, Entry

logger = logging.getLogger(__name__)

# Between the commit and the chaining lie moments; later than that somebody may have put it there.
LATEST_CHAINING = timedelta(minutes=10)


def digest(purpose, *parts):
    words = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    secret = settings.AUDIT_KEY or None  # else SECRET_KEY
    return salted_hmac(f"audit.{purpose}", words, secret=secret, algorithm="sha256").hexdigest()


def is_same(one, other):
    return hmac.compare_digest(one.encode(), other.encode())


def seal_of(entry):
    return digest(
        "entry",
        str(entry.token),
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        *(entry.city_id, entry.action, entry.actor_id, entry.actor_name),
        *(entry.kind, entry.object_id, entry.object_name, entry.fields, entry.detail, entry.address),
    )


def digest_of(previous, position, entry):
    return digest("link", previous, position, entry.seal)


def seal_of_chain(chain):
    return digest("chain", chain.number, chain.length, chain.head, chain.expired, chain.expired_digest)


def number_of(city_id):
    return city_id or 0


def entries_of(number):
    return Entry.objects.filter(city_id=number or None)


def unchained(number):
    return entries_of(number).filter(position=None)


def locked(number):
    """The row of a chain, made if there is none: until the end of the transaction nobody else links or expires."""
    Chain.objects.get_or_create(number=number, defaults={"seal": seal_of_chain(Chain(number=number))})
    return Chain.objects.select_for_update().get(number=number)


def link(city_id):
    """Chains what is not chained yet; says how many entries. Writers of one city queue here for a moment."""
    number = number_of(city_id)
    if not unchained(number).exists():
        return 0
    with transaction.atomic():
        chain = locked(number)
        if not is_same(chain.seal, seal_of_chain(chain)):
            logger.error("The audit trail of %s was changed: nothing is added to it. See verify_audit.", number)
            return 0
        entries = [entry for entry in unchained(number).order_by("pk") if is_same(entry.seal, seal_of(entry))]
        for entry in entries:
            entry.position = chain.length = chain.length + 1
            entry.digest = chain.head = digest_of(chain.head, entry.position, entry)
        Entry.objects.bulk_update(entries, ["position", "digest"], batch_size=200)
        chain.seal = seal_of_chain(chain)
        chain.save()
    return len(entries)


def link_all():
    """What was left over when a process died between the commit and the chaining."""
    cities = Entry.objects.filter(position=None).order_by().values_list("city_id", flat=True).distinct()
    return sum(link(city_id) for city_id in list(cities))


def numbers():
    """Of all chains, also of those whose row somebody took away."""
    cities = Entry.objects.order_by().values_list("city_id", flat=True).distinct()
    return sorted({*map(number_of, cities), *Chain.objects.values_list("number", flat=True)})


def problem_of(number, instant):
    """In German what is wrong with a chain, by the first entry at which it shows; empty if nothing is.

    Nobody waits for the look at a chain. Only when something seems wrong, it is looked at again while nobody links:
    an entry that came in between the first time is no tampering.
    """
    if not look_for_problem(number, instant):
        return ""
    with transaction.atomic():
        locked(number)
        return look_for_problem(number, instant)


def look_for_problem(number, instant):
    chain = Chain.objects.filter(number=number).first() or Chain(number=number)
    if chain.seal and not is_same(chain.seal, seal_of_chain(chain)):
        return "Die Angaben über Länge und Ende der Kette wurden verändert."
    position, previous = chain.expired, chain.expired_digest
    for entry in entries_of(number).exclude(position=None).order_by("position").iterator(chunk_size=500):
        position += 1
        if entry.position < position:
            return f"Eintrag {entry.position} ist nach seiner Löschung wieder da."
        if entry.position > position:
            return f"Eintrag {position} fehlt."
        if not is_same(entry.seal, seal_of(entry)):
            return f"Eintrag {position} wurde verändert."
        if not is_same(entry.digest, digest_of(previous, position, entry)):
            return f"Eintrag {position} passt nicht zu dem davor: Er wurde eingefügt oder vertauscht."
        previous = entry.digest
    if position < chain.length:
        return f"Eintrag {position + 1} fehlt, und alle danach bis {chain.length}."
    if position > chain.length or not is_same(previous, chain.head):
        return f"Eintrag {min(position, chain.length) + 1} wurde angehängt."
    return problem_of_unchained(number, instant)


def problem_of_unchained(number, instant):
    for entry in unchained(number).order_by("pk"):
        if not is_same(entry.seal, seal_of(entry)):
            return f"Ein Eintrag ohne Platz in der Kette (Nummer {entry.pk}) wurde verändert oder eingefügt."
        if entry.at < instant - LATEST_CHAINING:
            return f"Ein alter Eintrag (Nummer {entry.pk}) hat keinen Platz in der Kette."
    return ""


def expire(instant):
    """Deletes what is older than its term; the rest of a chain stays provable. Returns how many went.

    A chain that somebody changed stays as it is: its beginning may be needed.
    """
    return sum(expire_chain(number, instant) for number in numbers())


@transaction.atomic
def expire_chain(number, instant):
    limit = instant - settings.AUDIT_TERM
    chain = Chain.objects.select_for_update().filter(number=number).first()
    old = entries_of(number).filter(position__isnull=False, at__lt=limit)
    if chain is None or not old.exists():
        return 0
    if problem := problem_of(number, instant):
        logger.error("The audit trail of %s is not shortened: %s", number, problem)
        return 0
    # By position: a clock that was set back may have put an older instant behind a younger one.
    young = entries_of(number).filter(position__isnull=False, at__gte=limit).order_by("position").first()
    last = entries_of(number).filter(position=young.position - 1 if young else chain.length).first()
    if last is None:
        return 0
    chain.expired, chain.expired_digest = last.position, last.digest
    chain.seal = seal_of_chain(chain)
    chain.save()
    return entries_of(number).filter(position__lte=last.position).delete()[0]
