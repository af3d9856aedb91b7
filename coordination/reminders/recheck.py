"""Does the reason of a message still stand? Asked inside the claim, whatever happened meanwhile."""

from collections.abc import Sequence
from datetime import timedelta

from coordination.models import MessageDelivery, Reminder
from coordination.reminders.planned import askable, wanted, with_patients
from coordination.reminders.site_timetable import Receivers, SiteDay
from scheduling.models import DueItem
from scheduling.rules.reminders import Receiver


def vanished(place: SiteDay, lines: Sequence[Reminder]) -> dict[int, str]:
    """By reminder: why it is not to be sent. Those whose reason stands are not named."""
    if not place.timetable.is_on:
        return {line.pk: "reminders are switched off at this site" for line in lines}
    items = list(with_patients(askable(place).filter(pk__in={line.due_item_id for line in lines})))
    open_items = {item.pk: item for item in items}
    keys = {step.key for step in wanted(place, items)}
    receivers = Receivers(place, items)
    stale = place.now - timedelta(hours=place.timetable.stale_after_hours)
    found = {}
    for line in lines:
        item = open_items.get(line.due_item_id)
        if item is None:
            found[line.pk] = _settled(line.due_item, place)
        elif line.moment == Reminder.Moment.NOW:
            if line.contact_id not in {point.pk for point in receivers.of(item, Receiver.OWNER)}:
                found[line.pk] = "somebody else sees to it now"
        elif _key(line) not in keys:
            found[line.pk] = "it moved, or somebody else sees to it now"
        elif line.due_at < stale:
            found[line.pk] = f"more than {place.timetable.stale_after_hours} hours late"
    return found


def document_vanished(delivery: MessageDelivery) -> str:
    """Why the practice is not told of a document any more; empty: it is."""
    sending = delivery.sending
    if sending is None:
        return "there is no document"
    version = sending.version
    document, patient = version.document, version.document.patient
    if document.newest != version:
        return "a newer version has replaced it"
    if patient is None or patient.referred_by_id != delivery.contact.practice_id:
        return "the patient is no longer with this practice"
    if patient.merged_into_id:
        return "the record was merged into another"
    return "the patient died" if patient.died_on else ""


def _key(line: Reminder) -> tuple[object, ...]:
    return (line.due_item_id, line.moment, line.days, line.receiver, line.contact_id, line.anchor_on)


def _settled(item: DueItem, place: SiteDay) -> str:
    patient = item.course.patient
    if patient.died_on:
        return "the patient died"
    if patient.merged_into_id:
        return "the record was merged into another"
    if item.done or item.marked_done_at:
        return "done meanwhile"
    if item.cancelled_because:
        return f"cancelled: {item.cancelled_because}"[:200]
    if item.not_done_at:
        return "marked not done"
    if item.snoozed_until and item.snoozed_until > place.today:
        return "snoozed"
    return "its infusion has not been given"
