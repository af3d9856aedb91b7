"""What booking a chair and people for an infusion sets in motion.

would it clash, or exceed the day's licensed activity? -> said, and answered by a named person -> stored ->
assess; those whose infusion is on the same day wait to be assessed, for a clash has two sides. Two people
who book at the same site come one after the other: the second sees what the first has taken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import Site, User
from coordination.flows.record import record_fact
from coordination.flows.schedule_change import answer_course_conflict, neighbors_wait
from scheduling import actions
from scheduling.conflicts import capacity_conflicts, conflict_digest
from scheduling.models import Cycle


@transaction.atomic
def book_infusion(
    cycle: Cycle,
    *,
    starts_at: datetime,
    ends_at: datetime,
    chair: str,
    people: Sequence[str],
    version: int,
    answers: Mapping[str, str],
    by: User,
    now: datetime,
) -> None:
    """`answers` holds a reason for each clash, by its digest. Raises CareError where one is missing."""
    patient = cycle.course.patient
    Site.objects.select_for_update(no_key=True).get(pk=patient.site_id)

    def act() -> None:
        clashes = capacity_conflicts(cycle, starts_at=starts_at, ends_at=ends_at, uses={chair, *people})
        for clash in clashes:
            if not answers.get(conflict_digest(clash), "").strip():
                raise CareError(f"{clash.text} Say why it is booked all the same.")
        actions.book_chair(
            cycle,
            starts_at=starts_at,
            ends_at=ends_at,
            chair=chair,
            people=people,
            version=version,
            by=by,
            now=now,
        )
        for clash in clashes:
            answer_course_conflict(
                cycle.course, clash, by=by, reason=answers[conflict_digest(clash)], now=now
            )

    record_fact(patient, act, now=now)
    neighbors_wait(cycle, on=[cycle.planned_on], now=now)


@transaction.atomic
def cancel_booking(cycle: Cycle, *, because: str, version: int, by: User, now: datetime) -> None:
    record_fact(
        cycle.course.patient,
        lambda: actions.cancel_booking(cycle, because=because, version=version, by=by, now=now),
        now=now,
    )
    neighbors_wait(cycle, on=[cycle.planned_on], now=now)
