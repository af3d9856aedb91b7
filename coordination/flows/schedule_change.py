"""What moving an infusion sets in motion, shown before it is saved.

the facts with the new day -> assess both -> what moves, which conflicts appear or go, the order dates
-> save with a reason; a conflict that blocks is answered by a named person -> assess.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted
from coordination.base.models import Site, User
from coordination.flows.reassess import reassess
from scheduling import actions
from scheduling.conflicts import Move, conflict_digest, conflicts_with
from scheduling.facts import facts_of
from scheduling.models import ConflictOverride, Course, Cycle
from scheduling.models.conflict import PRESCRIBER_ANSWERS
from scheduling.rules.answer import Assessment, Conflict, DueItemAnswer, OrderClock, Severity
from scheduling.rules.assess import assess
from scheduling.stored_rows import stored_of


@dataclass(frozen=True, slots=True)
class MovedItem:
    """One due item before and after; None where it exists on one side only."""

    item: str
    cycle: int | None
    before: DueItemAnswer | None
    after: DueItemAnswer | None


@dataclass(frozen=True, slots=True)
class Consequences:
    before: Assessment
    after: Assessment
    moved: tuple[MovedItem, ...]
    appearing: tuple[Conflict, ...]
    going: tuple[Conflict, ...]
    standing: tuple[Conflict, ...]  # all that stand once it is saved
    order_before: OrderClock | None
    order_after: OrderClock | None

    @property
    def blocking(self) -> tuple[Conflict, ...]:
        """Those that a named person must answer before the plan is saved."""
        return tuple(conflict for conflict in self.appearing if conflict.severity is Severity.BLOCK)


def consequences_of_moving(cycle: Cycle, *, to: date, now: datetime) -> Consequences:
    """What would follow if the infusion were planned for another day; stores nothing.

    Asked as `reassess` asks: the same facts, at the same moment, and the conflicts that only the product can
    see, so that what is shown is what is stored once it is saved.
    """
    course = cycle.course
    as_of, protocol, stored = (
        course.moment_of_assessment(now),
        course.protocol,
        stored_of(course),
    )
    before = assess(facts_of(course, as_of), protocol)
    after = assess(facts_of(course, as_of, moved={cycle.number: to}), protocol)
    move = Move(cycle.number, to) if to != cycle.planned_on else None
    old = {conflict_digest(each): each for each in conflicts_with(course, before, stored)}
    new = {conflict_digest(each): each for each in conflicts_with(course, after, stored, move=move)}
    return Consequences(
        before=before,
        after=after,
        moved=_moved(before.due, after.due),
        appearing=tuple(conflict for digest, conflict in new.items() if digest not in old),
        going=tuple(conflict for digest, conflict in old.items() if digest not in new),
        standing=tuple(new.values()),
        order_before=_order(before, cycle.number),
        order_after=_order(after, cycle.number),
    )


@transaction.atomic
def move_infusion(
    cycle: Cycle,
    *,
    to: date,
    by: User,
    because: str,
    version: int,
    now: datetime,
    answers: Mapping[str, str] | None = None,
    start_at: datetime | None = None,
) -> Consequences:
    """Plan the infusion for another day.

    `answers` holds a reason for each blocking conflict, by its digest. Raises CareError where one is
    missing, OutOfDate where somebody changed the cycle meanwhile.
    """
    # As for a booking: of two who fill the same day at a site, the second sees what the first has taken.
    Site.objects.select_for_update(no_key=True).get(pk=cycle.course.patient.site_id)
    course = Course.objects.lock().get(pk=cycle.course_id)
    found = consequences_of_moving(cycle, to=to, now=now)
    given = {digest: reason.strip() for digest, reason in (answers or {}).items()}
    for conflict in found.blocking:
        if not given.get(conflict_digest(conflict)):
            raise CareError(f"{conflict.text} Say why it is to be done all the same.", "answers")
    days = {cycle.planned_on, to}
    actions.plan_infusion(cycle, on=to, by=by, because=because, version=version, start_at=start_at)
    for conflict in found.blocking:
        answer_course_conflict(course, conflict, by=by, reason=given[conflict_digest(conflict)], now=now)
    reassess(course.pk, now=now)
    neighbors_wait(cycle, on=days, now=now)
    return found


def neighbors_wait(cycle: Cycle, *, on: Iterable[date | None], now: datetime) -> None:
    """Those who share chairs, people and the licensed activity of these days wait to be assessed."""
    same_days = Cycle.objects.to_come().filter(
        planned_on__in=[day for day in on if day], course__patient__site=cycle.course.patient.site_id
    )
    neighbors = same_days.exclude(course=cycle.course_id).values("course")
    Course.objects.filter(pk__in=neighbors, ended_at=None).mark_dirty(now)


def answer_course_conflict(
    course: Course, conflict: Conflict, *, by: User, reason: str, now: datetime, told: str = ""
) -> None:
    """A named person goes on in spite of a conflict; the same conflict is answered once.

    One that is put before a prescriber is answered by a prescriber, who says who was `told`, and when.
    """
    digest = conflict_digest(conflict)
    if conflict.code in PRESCRIBER_ANSWERS:
        _answered_by_a_prescriber(by, told)
    if ConflictOverride.objects.known().filter(course=course, digest=digest).exists():
        return
    override = ConflictOverride(
        course=course,
        code=conflict.code,
        cycle_number=conflict.cycle,
        digest=digest,
        reason=reason,
        told=told.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    override.save_by(by, because=reason)


def _answered_by_a_prescriber(by: User, told: str) -> None:
    if by.role != Role.PRESCRIBER:
        raise NotPermitted("Only a prescriber answers this.")
    if not told.strip():
        raise CareError("Say who was told, and when.", "told")


def _moved(before: Sequence[DueItemAnswer], after: Sequence[DueItemAnswer]) -> tuple[MovedItem, ...]:
    old, new = _by_place(before), _by_place(after)
    return tuple(
        MovedItem(item, cycle, old.get(place), new.get(place))
        for place in dict.fromkeys((*old, *new))
        for item, cycle, _ in (place,)
        if _dates(old.get(place)) != _dates(new.get(place))
    )


def _by_place(items: Sequence[DueItemAnswer]) -> dict[tuple[str, int | None, int], DueItemAnswer]:
    seen: Counter[tuple[str, int | None]] = Counter()
    places = {}
    for item in items:
        seen[item.item, item.cycle] += 1
        places[item.item, item.cycle, seen[item.item, item.cycle]] = item
    return places


def _dates(item: DueItemAnswer | None) -> Any:
    return item and (item.opens, item.target, item.closes)


def _order(assessment: Assessment, number: int) -> OrderClock | None:
    return next((clock for clock in assessment.order if clock.cycle == number), None)
