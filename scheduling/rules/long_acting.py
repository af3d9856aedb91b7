"""Long-acting injections as the schedule sees them: given or planned, each with its local day.

Octreotide LAR, lanreotide and other long-acting analogs count alike.
Source: docs/clinical/schedule.md and conflicts.md.
"""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from scheduling.rules.timeline import Timeline

LONG_ACTING = frozenset({"octreotide-lar", "lanreotide", "other-long-acting"})
_AFTER_ALL_GIVEN = datetime.max.replace(tzinfo=UTC)


class LongActingInjection(Struct, frozen=True):
    drug: str
    on: date
    given_at: datetime | None  # None: planned


def long_acting_injections(timeline: Timeline) -> list[LongActingInjection]:
    """Every long-acting injection with a day, by day and time; within a day the planned ones last."""
    found = []
    for injection in timeline.injections:
        if injection.drug not in LONG_ACTING:
            continue
        if injection.given_at:
            on = timeline.local_day(injection.given_at)
            found.append(LongActingInjection(injection.drug, on, injection.given_at))
        elif injection.planned_on:
            found.append(LongActingInjection(injection.drug, injection.planned_on, None))
    return sorted(found, key=_by_time)


def _by_time(injection: LongActingInjection) -> tuple[date, datetime]:
    return injection.on, injection.given_at or _AFTER_ALL_GIVEN


def post_dose_injection(
    injections: list[LongActingInjection], *, started_at: datetime, started_on: date, within_days: int
) -> LongActingInjection | None:
    """The first injection given from the start of an infusion to `within_days` days after its day."""
    last_on = started_on + timedelta(within_days)
    for injection in injections:
        if injection.given_at and injection.on >= started_on and injection.given_at >= started_at:
            return injection if injection.on <= last_on else None
    return None
