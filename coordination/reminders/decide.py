"""What a person says of a message: it arrived, I called, send it again, leave it; or remind now."""

from datetime import datetime

from django.db import transaction

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from coordination.models import MessageDelivery, Reminder
from coordination.reminders.derive import row_of
from coordination.reminders.planned import Wanted, askable, with_patients
from coordination.reminders.site_timetable import Receivers, SiteDay
from scheduling.models import DueItem
from scheduling.rules.reminders import DatedStep, Receiver, StepMoment, TimetableStep


@transaction.atomic
def decide(
    delivery: MessageDelivery, *, decision: str, by: User, now: datetime, note: str = ""
) -> MessageDelivery | None:
    """Settle a message nobody knows the fate of. `again` makes a new delivery, looked at like every other."""
    row = MessageDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if row.decided_at:
        raise OutOfDate(f"{row.decided_by} has decided this meanwhile: {row.get_decision_display().lower()}.")
    if not MessageDelivery.objects.to_decide(now).filter(pk=row.pk).exists():
        raise CareError("There is nothing to decide: look again in an hour.")
    row.decided_at, row.decided_by, row.decision, row.decision_note = now, by, decision, note
    if row.state == "queued":  # tried for hours: from now on it is this person's, not the machine's
        row.state, row.cancelled_because = "not-sent", "a person took it over"
    row.save(
        update_fields=[
            *("decided_at", "decided_by", "decision", "decision_note"),
            *("state", "cancelled_because"),
        ]
    )
    return _again(row, now=now) if decision == MessageDelivery.Decision.AGAIN else None


def _again(row: MessageDelivery, *, now: datetime) -> MessageDelivery:
    if not row.contact.is_usable:
        raise CareError("This address may not be written to: verify it first.")
    again = MessageDelivery.objects.create(
        site=row.site,
        contact=row.contact,
        patient=row.patient,
        purpose=row.purpose,
        sending=row.sending,
        made_at=now,
        send_after=now,
        again_of=row,
    )
    Reminder.objects.filter(delivery=row).update(delivery=again, due_at=now)
    return again


@transaction.atomic
def remind_now(item: DueItem, *, by: User, now: datetime) -> int:
    """Remind whoever sees to an item, once a day. Returns how many addresses. Raises CareError."""
    place = SiteDay(item.course.patient.site, now)
    found = with_patients(askable(place).filter(pk=item.pk)).first()
    if found is None:
        raise CareError("There is nothing to remind of: it is settled, snoozed or not asked for yet.")
    dated_step = DatedStep(
        TimetableStep(StepMoment.DUE, 0, Receiver.OWNER), place.today, place.today, None, sooner=False
    )
    points = Receivers(place, [found]).of(found, Receiver.OWNER)
    if not points:
        raise CareError("Nobody can be reached: there is no verified address that agreed to messages.")
    made = 0
    for point in points:
        if _reminded_today(found, point.pk, place):
            continue
        delivery = MessageDelivery.objects.create(
            site=place.site,
            contact=point,
            patient=None if point.user_id else found.course.patient,
            made_at=now,
            send_after=now,
        )
        row = row_of(Wanted(found, dated_step, point, now), delivery, now=now)
        row.moment = Reminder.Moment.NOW
        row.save()
        made += 1
    if not made:
        raise CareError("They were reminded today already.")
    return made


def _reminded_today(item: DueItem, contact_id: int, place: SiteDay) -> bool:
    return Reminder.objects.filter(
        due_item=item, contact=contact_id, moment=Reminder.Moment.NOW, anchor_on=place.today
    ).exists()
