"""Store a fact with who recorded it, take it back, call off a plan."""

from datetime import datetime, timedelta
from typing import TypeVar

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import Fact, User
from coordination.base.models.recorded import CancellableFact
from scheduling.models import Injection

LONGEST_SKEW = timedelta(minutes=10)

F = TypeVar("F", bound=Fact)


def save_fact(fact: F, *, by: User | None, now: datetime, because: str = "") -> F:
    fact.recorded_by = by
    fact.recorded_at = now
    fact.save_by(by, because=because or "recorded")
    return fact


def check_is_past(at: datetime | None, field: str, *, now: datetime) -> None:
    if at is not None and at > now + LONGEST_SKEW:
        raise CareError("This lies in the future: record it when it has happened.", field)


def check_end(first: datetime | None, second: datetime | None, field: str) -> None:
    if first and second and second < first:
        raise CareError("The end lies before the start.", field)


def record_in_error(fact: Fact, *, by: User, because: str, now: datetime) -> None:
    """Nothing is deleted: the fact stays, and says who took it back and why."""
    if not because.strip():
        raise CareError("Say why it was recorded in error.", "because")
    if fact.recorded_in_error_at:
        raise CareError("This was already taken back.")
    fact.recorded_in_error_at = now
    fact.recorded_in_error_by = by
    fact.recorded_in_error_because = because
    fact.save_by(by, because=because)


def cancel_plan(plan: CancellableFact, *, by: User, because: str, now: datetime) -> None:
    """Call off what has not happened. Raises OutOfDate where somebody did so meanwhile."""
    if not because.strip():
        raise CareError("Say why it is called off.", "because")
    if plan.cancelled_at or plan.recorded_in_error_at:
        raise OutOfDate("This was called off or taken back meanwhile.")
    if isinstance(plan, Injection) and plan.given_at:
        raise CareError("It was given. What is wrong is recorded in error, not called off.")
    plan.cancelled_at = now
    plan.cancelled_by = by
    plan.cancelled_because = because
    plan.save_by(by, because=because)
