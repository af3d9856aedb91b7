"""Claim, look again, commit; then send; then say what became of it.

A delivery leaves at most once: the claim changes exactly one row and is committed before the call. Whatever
breaks after that leaves `sending` or `unknown`, which a person decides about and no machine repeats.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F

from coordination.base import clock
from coordination.base.models import AuditEvent
from coordination.messages import gateway
from coordination.messages.outgoing import NotTaken, Outgoing, Unclear
from coordination.models import MessageDelivery, Reminder
from coordination.reminders.compose import compose
from coordination.reminders.recheck import document_vanished, vanished
from coordination.reminders.site_timetable import SiteDay
from scheduling.models import Course
from scheduling.rules.reminders import next_allowed

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
A_DAY = timedelta(hours=24)
UNTIL_ASSESSED = timedelta(minutes=1)

log = structlog.stdlib.get_logger("fourfold.messages")


def send_delivery(delivery_id: int, *, now: datetime) -> bool:
    """Send one delivery at most once, however often and wherever this is called. True: it left the house."""
    outgoing = _claim(delivery_id, now=now)
    if outgoing is None:
        return False
    try:
        reference = gateway.send_outgoing(outgoing)
    except NotTaken as refusal:
        _give_back(delivery_id, refusal, now=now)
        return False
    except Unclear as doubt:
        log.warning("message unconfirmed", delivery=delivery_id, error=doubt.because)
        MessageDelivery.objects.filter(pk=delivery_id, state="sending").update(
            state="unknown", problem=doubt.because
        )
        return False
    _confirm(delivery_id, reference, now=clock.now())
    return True


@transaction.atomic
def _claim(delivery_id: int, *, now: datetime) -> Outgoing | None:
    """Take the delivery, unless its reason has vanished or its hour is wrong. Committed before it is sent."""
    waiting = MessageDelivery.objects.due(now).filter(pk=delivery_id)
    if waiting.update(claimed_at=now, state="sending", attempts=F("attempts") + 1) != 1:
        return None
    delivery = (
        MessageDelivery.objects.select_related(
            *("site", "patient", "contact__patient", "contact__practice", "contact__user"),
            "sending__version__document__patient",
        )
        .defer("sending__version__pdf")
        .get(pk=delivery_id)
    )
    if delivery.purpose == "reminder" and _waits_for_an_assessment(delivery):
        _put_off(delivery, now + UNTIL_ASSESSED)
        return None
    return _ready(SiteDay(delivery.site, now), delivery)


def _ready(place: SiteDay, delivery: MessageDelivery) -> Outgoing | None:
    lines = _still_standing(place, delivery) if delivery.purpose == "reminder" else []
    if because := _no_reason(delivery, lines):
        _cancel(delivery, because)
    elif later := _later(place, delivery):
        _put_off(delivery, later)
    elif outgoing := compose(place, delivery, lines):
        return outgoing
    else:
        _cancel(delivery, "nothing changed")
    return None


def _waits_for_an_assessment(delivery: MessageDelivery) -> bool:
    """Facts have arrived that nobody has assessed: what is due may be done already. Locks the courses."""
    about = Reminder.objects.filter(delivery=delivery).values("due_item__course")
    courses = Course.objects.lock().filter(pk__in=about).order_by("pk")
    return any(marked for marked in courses.values_list("assess_after", flat=True))


def _still_standing(place: SiteDay, delivery: MessageDelivery) -> list[Reminder]:
    """The reminders whose reason stands; the others are dropped, and say why."""
    lines = list(
        delivery.reminders.standing().select_related("due_item__course__patient", "due_item__practice")
    )
    gone = vanished(place, lines)
    for line in lines:
        if line.pk in gone:
            line.dropped_at, line.dropped_because = place.now, gone[line.pk]
            line.save(update_fields=["dropped_at", "dropped_because"])
    return [line for line in lines if line.pk not in gone]


def _no_reason(delivery: MessageDelivery, lines: list[Reminder]) -> str:
    """Why it is not sent at all; empty: it is."""
    contact = delivery.contact
    if delivery.purpose == "confirm":
        return "the receiver stopped messages" if contact.stopped_at or contact.removed_at else ""
    if not contact.is_usable:
        return "the address may no longer be written to"
    if delivery.purpose == "document":
        return document_vanished(delivery)
    if delivery.purpose == "digest" or lines:
        return ""
    dropped = delivery.reminders.values_list("dropped_because", flat=True).first()
    return dropped or "nothing to say"


def _later(place: SiteDay, delivery: MessageDelivery) -> datetime | None:
    """The receiver's quiet hours, days off and fill of messages; None: now."""
    if delivery.purpose == "confirm":  # asked for by a person who speaks with the receiver
        return None
    hours = place.hours_of(delivery.contact)
    if hours.is_quiet(place.now):
        return next_allowed(place.now, hours)
    if delivery.purpose == "document":  # sent by a person, who is not told to send less
        return None
    sent = MessageDelivery.objects.left_the_house().filter(
        contact=delivery.contact, purpose="reminder", claimed_at__gt=place.now - A_DAY
    )
    recent = sent.exclude(pk=delivery.pk).order_by("claimed_at")
    about_patient = recent.filter(patient=delivery.patient) if delivery.patient_id else recent
    for rows, most in (
        (about_patient, place.timetable.most_per_patient),
        (recent, place.timetable.most_per_contact),
    ):
        times = [at for at in rows.values_list("claimed_at", flat=True) if at]
        if len(times) >= most:
            return next_allowed(times[-most] + A_DAY, hours)
    return None


def _put_off(delivery: MessageDelivery, until: datetime) -> None:
    delivery.state, delivery.claimed_at, delivery.send_after = "queued", None, until
    delivery.attempts -= 1
    delivery.save(update_fields=["state", "claimed_at", "send_after", "attempts"])


def _cancel(delivery: MessageDelivery, because: str) -> None:
    delivery.state, delivery.cancelled_because = "not-sent", because[:200]
    delivery.save(update_fields=["state", "cancelled_because"])


def _give_back(delivery_id: int, refusal: NotTaken, *, now: datetime) -> None:
    """It was certainly not taken: try again later, each time later; refused for good, a person decides."""
    delivery = MessageDelivery.objects.get(pk=delivery_id)
    log.warning("message not taken", delivery=delivery_id, attempts=delivery.attempts)
    delivery.problem = refusal.because[:200]
    if refusal.for_good:
        delivery.state = "failed"
    else:
        pause = min(FIRST_RETRY * (1 << min(delivery.attempts - 1, 10)), LAST_RETRY)
        delivery.state, delivery.claimed_at, delivery.send_after = "queued", None, now + pause
        delivery.first_tried_at = delivery.first_tried_at or now
    delivery.save(update_fields=["state", "problem", "claimed_at", "send_after", "first_tried_at"])


@transaction.atomic
def _confirm(delivery_id: int, reference: str, *, now: datetime) -> None:
    """Taken by the carrier. What came back faster than this is left as it is."""
    row = MessageDelivery.objects.filter(pk=delivery_id)
    row.filter(sent_at=None).update(sent_at=now, reference=reference[:200], problem="")
    row.filter(state="sending").update(state="sent")
    delivery = row.select_related("patient").get()
    AuditEvent.objects.create(
        at=now,
        kind=AuditEvent.Kind.JOB,
        actor_name="Messages",
        view="send-message",
        patients=_patients(delivery),
        detail={"delivery": str(delivery.public_id), "channel": delivery.contact.channel},
    )


def _patients(delivery: MessageDelivery) -> list[UUID]:
    if delivery.patient:
        return [delivery.patient.public_id]
    told = delivery.reminders.standing().values_list("patient__public_id", flat=True)
    return sorted(set(told))
