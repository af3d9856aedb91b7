"""What a person says of a due item from the list. Each act carries the version that the page showed."""

from datetime import date, datetime

from django.db import transaction

from coordination.base import clock
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from scheduling import actions
from scheduling.models import ContactLog, DueItem

LONGEST_SNOOZE_DAYS = 60
DONE_BY_HAND = frozenset({"hand-back"})
"""What may be marked done without another record. Labs, scans, doses, their times are facts of their own."""


def _claim(item: DueItem, version: int) -> None:
    """Take the item as the person saw it, or say who changed it meanwhile."""
    if not item.next_version(version):
        raise OutOfDate(f"{item.changed_meanwhile()} Look again; nothing of yours was saved.")


@transaction.atomic
def assign(item: DueItem, *, to: User | None, by: User, version: int) -> None:
    _claim(item, version)
    actions.assign_item(item, to=to, by=by)


@transaction.atomic
def snooze(item: DueItem, *, until: date, because: str, by: User, version: int, now: datetime) -> None:
    today = clock.day_at(item.course.patient.site, now)
    if (until - today).days > LONGEST_SNOOZE_DAYS:
        raise CareError(f"At most {LONGEST_SNOOZE_DAYS} days: nothing sleeps for ever.", "until")
    _claim(item, version)
    actions.snooze_item(item, until=until, by=by, because=because, today=today)


@transaction.atomic
def wake(item: DueItem, *, by: User, version: int) -> None:
    """Back on the list today."""
    _claim(item, version)
    item.snoozed_until = None
    item.save_by(by, because="awake again")


@transaction.atomic
def mark_item_done(item: DueItem, *, by: User, version: int, now: datetime) -> None:
    if item.item not in DONE_BY_HAND:
        raise CareError("This is done when its own record exists: enter that instead.")
    _claim(item, version)
    actions.mark_done(item, by=by, now=now)


@transaction.atomic
def mark_item_not_done(item: DueItem, *, because: str, by: User, version: int, now: datetime) -> None:
    if not because.strip():
        raise CareError("Say why it was not done.", "because")
    _claim(item, version)
    actions.mark_not_done(item, by=by, because=because, now=now)


@transaction.atomic
def take_back_item_mark(item: DueItem, *, because: str, by: User, version: int) -> None:
    _claim(item, version)
    actions.take_back_mark(item, by=by, because=because)


@transaction.atomic
def log_call(
    item: DueItem, *, channel: str, with_whom: str, outcome: str, note: str, by: User, now: datetime
) -> ContactLog:
    """A contact is a fact of its own: it changes nothing of the item."""
    return actions.log_contact(
        item.course.patient,
        channel=channel,
        with_whom=with_whom,
        outcome=outcome,
        by=by,
        at=now,
        now=now,
        note=note,
        item=item,
        practice=item.practice,
    )
