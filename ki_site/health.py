"""For load balancers and monitoring: does the process live, can it work, do mails go out and jobs run.

Nothing about anybody. Answered by middleware.answer_health.
"""

from datetime import timedelta

from django.db import Error
from django.db.models import Min
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from backups.models import backup_state
from inquiries.deletion import Terms
from inquiries.models import Inquiry
from inquiries.outbox import outbox_state
from reviews.due import is_asking_overdue

from .outage import store
from .outage.breaker import breaker, reason_of

# delete_expired runs every night; one night may fail.
GRACE_OF_DELETION = timedelta(days=2)
# write_snapshot runs every minute, but may have every page of every city to write.
LATEST_SNAPSHOT = timedelta(hours=3)


@require_safe
@cache_control(no_store=True)
def live(request):
    """Asks for nothing but an answer: a broken database is no reason to start the process anew."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(no_store=True)
def ready(request):
    """What waits is shown, but the site works all the same: only the database makes it unable to work."""
    instant = timezone.now()
    if breaker.is_away():
        return JsonResponse(without_database(breaker.reason, instant), status=503)
    try:
        state, deletion = outbox_state(), "overdue" if is_deletion_overdue(instant) else "ok"
        # Where no mail goes out nobody can be asked, and `mail` says so.
        reviews = "overdue" if state.is_set_up and is_asking_overdue(instant) else "ok"
        backup = backup_state(instant)
    except Error as error:
        breaker.is_outage(error)
        return JsonResponse(without_database(reason_of(error), instant), status=503)
    report = {"database": "ok", "mail": mail_report(state, instant), "deletion": deletion, "reviews": reviews}
    return JsonResponse(report | {"backup": backup, "snapshot": snapshot_report(instant)})


def without_database(reason, instant):
    return {"database": "failed", "reason": reason, "snapshot": snapshot_report(instant)}


def snapshot_report(instant):
    """How old the copies are that stand in for the pages while the database is away: write_snapshot makes them."""
    checked_at = store.oldest_check()
    if checked_at is None:
        return {"state": "missing"}
    age = instant - checked_at
    state = "overdue" if age > LATEST_SNAPSHOT else "ok"
    return {"state": state, "oldest_minutes": int(age.total_seconds() // 60)}


VIEWS = {"/health/live": live, "/health/ready": ready}


def is_deletion_overdue(instant):
    """Looks at the oldest of every form and city: two queries, however many inquiries there are."""
    settled = Inquiry.objects.filter(settled_at__isnull=False).order_by().values_list("city_id", "kind")
    oldest = [Inquiry(city_id=city, kind=kind, settled_at=at) for city, kind, at in settled.annotate(Min("settled_at"))]
    terms = Terms()
    return any(terms.end(inquiry) + GRACE_OF_DELETION < instant for inquiry in oldest)


def mail_report(state, instant):
    report = {"state": state_name(state)}
    if state.waiting:
        report["waiting"] = state.waiting
        report["oldest_minutes"] = int((instant - state.oldest).total_seconds() // 60)
    return report


def state_name(state):
    if not state.is_set_up:
        return "not set up"
    if state.failing_since:
        return "failing"
    return "waiting" if state.waiting else "ok"
