"""Book a chair and the people for an infusion, or give both back. Whether it clashes, the rules say."""

from collections.abc import Sequence
from datetime import datetime

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from scheduling.models import ChairBooking, Cycle


def book_chair(
    cycle: Cycle,
    *,
    starts_at: datetime,
    ends_at: datetime,
    chair: str,
    people: Sequence[str],
    version: int,
    by: User,
    now: datetime,
) -> ChairBooking:
    """Book; what was booked before is given back. `version` is that of the cycle as the person read it."""
    if cycle.infusion or cycle.course.ended_at or cycle.planned_on is None:
        raise CareError("Only an infusion that is planned and not given is booked.")
    if ends_at <= starts_at:
        raise CareError("It ends before it starts.", "ends_at")
    _claim(cycle, version)
    give_back(cycle, by=by, because="booked anew", now=now)
    booking = ChairBooking(
        cycle=cycle,
        starts_at=starts_at,
        ends_at=ends_at,
        chair=chair,
        people=list(people),
        booked_at=now,
        booked_by=by,
    )
    booking.save_by(by, because="booked")
    cycle.planned_start_at = starts_at
    cycle.save_by(by, because=f"booked: {booking}")
    return booking


def cancel_booking(cycle: Cycle, *, because: str, version: int, by: User, now: datetime) -> None:
    """Chair and people are free again; the infusion keeps its day."""
    if not because.strip():
        raise CareError("Say why.", "because")
    _claim(cycle, version)
    give_back(cycle, by=by, because=because, now=now)
    cycle.planned_start_at = None
    cycle.save_by(by, because=because)


def _claim(cycle: Cycle, version: int) -> None:
    if not cycle.next_version(version):
        raise OutOfDate(f"{cycle.changed_meanwhile(f'infusion {cycle.number}')} Look again.")


def give_back(cycle: Cycle, *, by: User, because: str, now: datetime) -> None:
    """Whatever is booked for this infusion is free again."""
    for booking in ChairBooking.objects.standing().filter(cycle=cycle):
        booking.cancelled_at, booking.cancelled_by, booking.cancelled_because = now, by, because
        booking.save_by(by, because=because)
