"""What people say about due items: whose, later, not done because, done. It survives re-derivation."""

from datetime import date, datetime

from coordination.base.errors import CareError
from coordination.base.models import Practice, User
from patients.models import Patient
from scheduling.models import ContactLog, DueItem


def assign_item(item: DueItem, *, to: User | None, by: User) -> None:
    item.assigned_to = to
    item.save_by(by, because=f"assigned to {to}" if to else "assigned to nobody")


def snooze_item(item: DueItem, *, until: date, by: User, because: str, today: date) -> None:
    """Out of sight until a day, which there always is."""
    if until <= today:
        raise CareError("Choose a day to come.", "until")
    item.snoozed_until = until
    item.save_by(by, because=because or f"until {until}")


def mark_not_done(item: DueItem, *, by: User, because: str, now: datetime) -> None:
    if not because.strip():
        raise CareError("Say why it was not done.", "because")
    item.not_done_at, item.not_done_by, item.not_done_reason = now, by, because
    item.marked_done_at, item.marked_done_by = None, None
    item.save_by(by, because=because)


def mark_done(item: DueItem, *, by: User, now: datetime, because: str = "") -> None:
    """For what no other fact shows."""
    item.marked_done_at, item.marked_done_by = now, by
    item.not_done_at, item.not_done_by, item.not_done_reason = None, None, ""
    item.save_by(by, because=because or "done")


def take_back_mark(item: DueItem, *, by: User, because: str) -> None:
    item.marked_done_at, item.marked_done_by = None, None
    item.not_done_at, item.not_done_by, item.not_done_reason = None, None, ""
    item.snoozed_until = None
    item.save_by(by, because=because or "taken back")


def log_contact(
    patient: Patient,
    *,
    channel: str,
    with_whom: str,
    outcome: str,
    by: User,
    at: datetime,
    now: datetime,
    note: str = "",
    item: DueItem | None = None,
    practice: Practice | None = None,
) -> ContactLog:
    if not with_whom.strip():
        raise CareError("Say with whom.", "with_whom")
    contact = ContactLog(
        patient=patient,
        due_item=item,
        practice=practice,
        at=at,
        channel=channel,
        with_whom=with_whom,
        outcome=outcome,
        note=note,
        recorded_by=by,
        recorded_at=now,
    )
    contact.save_by(by, because="contact logged")
    return contact
