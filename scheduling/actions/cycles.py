"""Plan and move infusions. What was given is a fact and does not move."""

from datetime import date, datetime

from coordination.base import clock
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from scheduling.actions.bookings import give_back
from scheduling.models import Cycle


def plan_infusion(
    cycle: Cycle, *, on: date, by: User, because: str, version: int, start_at: datetime | None = None
) -> None:
    """Give an infusion a day, or another one, where it has neither a start nor a chair until they are booked.

    `version` is what the person had read.
    """
    if cycle.infusion:
        raise CareError(f"Infusion {cycle.number} was given on {cycle.infusion.started_at:%Y-%m-%d}.")
    if cycle.course.ended_at:
        raise CareError("The course has ended: no infusion is planned.")
    if not because.strip():
        raise CareError("Say why.", "because")
    if not cycle.next_version(version):
        raise OutOfDate(f"{cycle.changed_meanwhile(f'infusion {cycle.number}')} Look again.")
    if on != cycle.planned_on:
        give_back(cycle, by=by, because=f"infusion moved: {because}", now=clock.now())
        cycle.planned_start_at = None
    cycle.planned_on = on
    cycle.planned_start_at = start_at or cycle.planned_start_at
    cycle.save_by(by, because=because)
