"""Conflicts that a course file cannot show: they need the people, the practices and the other patients.

Source: RULES.md section 6 (owner-missing, double-injection, first-scan-after-treatment, capacity).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

from scheduling.rules.answer import Conflict, Severity
from scheduling.rules.formatting import day_words, join_with_and


def owner_missing(items: Sequence[str]) -> list[Conflict]:
    """A conflict that names the `items` which a practice must do while no practice is known."""
    if not items:
        return []
    named = join_with_and(sorted(set(items)))
    text = f"No practice named for {named}. Name the practice, or assign these to the center."
    return [Conflict("owner-missing", Severity.BLOCK, None, text)]


@dataclass(frozen=True, slots=True)
class PlannedInjection:
    on: date
    practice: str  # "" for the center


def double_injections(planned: Iterable[PlannedInjection], *, monthly_days: int) -> list[Conflict]:
    """Two practices that both plan the monthly long-acting injection."""
    ordered = sorted(planned, key=lambda injection: injection.on)
    return [
        Conflict(
            "double-injection",
            Severity.WARN,
            None,
            f"Monthly SSA planned by {_practice(one)} on {day_words(one.on)} and by {_practice(other)} on"
            f" {day_words(other.on)}. Agree on who gives it.",
        )
        for one, other in combinations(ordered, 2)
        if one.practice != other.practice and (other.on - one.on).days < monthly_days
    ]


def _practice(injection: PlannedInjection) -> str:
    return injection.practice or "the center"


def first_scan_after_treatment(calls: Iterable[date]) -> list[Conflict]:
    """Progression called on the first scan after treatment alone: it may be pseudoprogression [H22]."""
    return [
        Conflict(
            "first-scan-after-treatment",
            Severity.WARN,
            None,
            f"Progression on {day_words(on)} is based only on the first scan after treatment, which may show"
            " pseudoprogression. Confirm it on a later scan.",
        )
        for on in calls
    ]


@dataclass(frozen=True, slots=True)
class Booking:
    """An infusion planned at the site; `uses` names the chair, room or people it needs."""

    course: str
    cycle: int
    on: date
    activity_gbq: Decimal
    starts_at: datetime | None = None
    lasts: timedelta = timedelta(hours=5)  # with amino acids and two hours of watching
    uses: frozenset[str] = frozenset()


def over_capacity(
    booking: Booking, others: Iterable[Booking], *, licensed_gbq: Decimal | None
) -> list[Conflict]:
    """Double bookings of this infusion's chair, room or people, and the day's licensed activity."""
    same_day = [other for other in others if other.on == booking.on and other.course != booking.course]
    conflicts = [
        Conflict(
            "capacity",
            Severity.BLOCK,
            booking.cycle,
            f"{join_with_and(sorted(shared))} booked twice on {day_words(booking.on)}. Choose another time.",
        )
        for other in same_day
        if (shared := booking.uses & other.uses) and _overlap(booking, other)
    ]
    total = booking.activity_gbq + sum((other.activity_gbq for other in same_day), Decimal(0))
    if licensed_gbq is not None and total > licensed_gbq:
        text = (
            f"{total.normalize():f} GBq planned on {day_words(booking.on)}; the license allows"
            f" {licensed_gbq.normalize():f} GBq per day. Choose another day."
        )
        conflicts.append(Conflict("capacity", Severity.BLOCK, booking.cycle, text))
    return conflicts


def _overlap(one: Booking, other: Booking) -> bool:
    """Whether two bookings of a day overlap: not if they only touch, but always if one has no time of day."""
    if one.starts_at is None or other.starts_at is None:
        return True
    return one.starts_at < other.starts_at + other.lasts and other.starts_at < one.starts_at + one.lasts
