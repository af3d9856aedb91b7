"""Background work. A message carries an id at most; the rows say what is due, and a lost bell costs seconds.

The marks on the courses are the truth: `reassess_course` is only rung so that a decision is there at once,
and `sweep` finds every course whose bell was lost, doubled or never rung.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from celery import shared_task
from django.db.models import F, Q
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from coordination.base import audit_seals, clock, kept_forms
from coordination.base.circuit_breaker import CircuitBreaker
from coordination.base.health import health_check
from coordination.base.models import Heartbeat, IdempotencyKey, Site
from coordination.base.sessions import SessionStore
from coordination.flows.reassess import reassess_if_due
from coordination.models import MessageDelivery
from coordination.reminders import derive_all, send_delivery
from scheduling.models import Course

SWEEP_BUDGET_SECONDS = 1.5  # shorter than its interval, so that bells are answered in between
SWEEP_BATCH = 50
PORTION_OF_A_NIGHT = 500
PAUSE_IN_A_NIGHT_SECONDS = 2
FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(minutes=10)
LONGEST_WAIT = timedelta(seconds=120)
MESSAGES_AT_A_TIME = 200
KEYS_ARE_KEPT = timedelta(days=7)

log = structlog.stdlib.get_logger("fourfold.tasks")
_no_broker = CircuitBreaker(seconds=5)


def queue_assessment(courses: Iterable[int]) -> None:
    """Ask a worker to assess these courses now. Without a broker nothing is lost: the sweep finds them."""
    if _no_broker.is_on():
        return
    try:
        for course_id in courses:
            reassess_course.delay(course_id)
    except (KombuError, RedisError, OSError):
        _no_broker.begin()
        log.warning("no broker: the sweep will assess")


@shared_task
def reassess_course(course_id: int) -> None:
    _try(course_id)


@shared_task
def sweep() -> None:
    """Assess what waits, the longest waiting first, for as long as the budget lasts."""
    Heartbeat.beat("sweep", clock.now())
    if len(_waiting()) == SWEEP_BATCH:
        _send(sweep_from_the_end, expires=SWEEP_BUDGET_SECONDS)
    _sweep(_waiting)


@shared_task
def sweep_from_the_end() -> None:
    """The same by a second process, where much waits: one begins with the oldest, one with the newest."""
    _sweep(_waiting_last)


def _sweep(find: Callable[[], list[int]]) -> None:
    began = time.monotonic()
    while waiting := find():
        for course_id in waiting:
            _try(course_id)
            if time.monotonic() - began > SWEEP_BUDGET_SECONDS:
                return
        if not set(find()) - set(waiting):
            return


def _waiting() -> list[int]:
    return list(Course.objects.needing_assessment(clock.now()).values_list("pk", flat=True)[:SWEEP_BATCH])


def _waiting_last() -> list[int]:
    last_first = Course.objects.needing_assessment(clock.now()).reverse()
    return list(last_first.values_list("pk", flat=True)[:SWEEP_BATCH])


def _send(task: Any, **how: Any) -> None:
    """Ask for what can also be done later, or not at all."""
    if _no_broker.is_on():
        return
    try:
        task.apply_async(**how)
    except (KombuError, RedisError, OSError):
        _no_broker.begin()


def _try(course_id: int) -> None:
    """Assess one course. One that fails is put off, longer each time, and the others go on."""
    now = clock.now()
    try:
        reassess_if_due(course_id, now=now)
    except Exception as error:
        # Whatever fails for one course must not keep the others waiting.
        log.error("assessment failed", course=course_id, exc_info=error)
        course = Course.objects.get(pk=course_id)
        course.put_off_assessment(until=now + _pause(course.assess_failures))


def _pause(failures: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(failures, 10)), LAST_RETRY)


@shared_task
def rederive_all() -> None:
    """Once per local day of each site: what is due depends on the day, also where nothing has happened.

    Courses that ended or were handed back too: follow-up is for life. After a death no day changes anything.
    Which courses still lack today's assessment, the courses say themselves: it may run as often as it likes.
    They are marked in portions, so that nothing waits long, and a fresh result not behind all of them.
    """
    now = clock.now()
    room = PORTION_OF_A_NIGHT - Course.objects.needing_assessment(now).count()
    if room > 0 and not _mark_for_today(room, now):
        return
    _send(rederive_all, countdown=PAUSE_IN_A_NIGHT_SECONDS, expires=60)


def _mark_for_today(most: int, now: datetime) -> int:
    """Mark up to `most` courses that were not assessed on this day of their site; return how many."""
    not_today = Q(pk__in=[])
    for site in Site.objects.all():
        midnight = datetime.combine(clock.day_at(site, now), dt.time.min, ZoneInfo(site.timezone))
        not_today |= Q(patient__site=site) & (Q(assessed_at=None) | Q(assessed_at__lt=midnight))
    found = Course.objects.filter(not_today, patient__died_on=None, assess_after=None).order_by(
        F("assessed_at").asc(nulls_first=True), "pk"
    )
    keys = list(found.values_list("pk", flat=True)[:most])
    return Course.objects.filter(pk__in=keys).mark_dirty(now)


@shared_task
def send_due_reminders() -> None:
    """Write down the reminders whose time has come, and ring for each message that waits for its turn."""
    now = clock.now()
    Heartbeat.beat("reminders", now)
    derive_all(now=now)
    for delivery_id in MessageDelivery.objects.due(now).values_list("pk", flat=True)[:MESSAGES_AT_A_TIME]:
        send_message.delay(delivery_id)


@shared_task
def send_message(delivery_id: int) -> None:
    """Send one message at most once, however often it is rung for."""
    send_delivery(delivery_id, now=clock.now())


@shared_task
def forget_idempotency_keys() -> None:
    IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEYS_ARE_KEPT).delete()


@shared_task
def seal_audit() -> None:
    """Chain the rows of the audit that have come since. Why it cannot be done is told, and tried again."""
    try:
        audit_seals.seal_rows(now=clock.now())
    except audit_seals.CannotSeal as reason:
        log.error("audit not sealed", because=str(reason))


@health_check("assessments")
def assessments() -> str | None:
    """No course waits long for its assessment."""
    late = Course.objects.filter(assess_after__lt=clock.now() - LONGEST_WAIT).count()
    return f"{late} waiting for more than {LONGEST_WAIT.seconds} s" if late else None


@shared_task
def forget_ended_sessions() -> None:
    """And what was typed in them, once it is offered no more."""
    SessionStore.clear_expired()
    kept_forms.forget_old(clock.now())
