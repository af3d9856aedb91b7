"""Moving an infusion: what it would change is shown first, and a block needs a named person's reason."""

from datetime import UTC, date, datetime

import pytest

from coordination.base.errors import CareError, OutOfDate
from coordination.flows.schedule_change import consequences_of_moving, move_infusion
from scheduling.conflicts import digest_of
from scheduling.models import ConflictOverride, CourseConflict, DueItem
from tests.flows.courses import NOW, cleared

pytestmark = pytest.mark.django_db

LATEST = date(2025, 3, 18)  # day 63
TOO_EARLY = date(2025, 3, 3)  # day 48


def test_the_consequences_store_nothing() -> None:
    here = cleared()

    found = consequences_of_moving(here.cycle(2), to=LATEST, now=NOW)

    assert here.cycle(2).planned_on == date(2025, 3, 11)
    assert found.order_after is not None
    assert found.order_after.calibration == LATEST
    assert ("pre-dose-labs", 2) in {(moved.item, moved.cycle) for moved in found.moved}
    assert {conflict.code for conflict in found.appearing} >= {"labs-expired"} or not found.blocking


def test_a_moved_infusion_moves_what_hangs_on_it() -> None:
    here = cleared()
    cycle = here.cycle(2)

    move_infusion(cycle, to=LATEST, by=here.navigator, because="chair", version=cycle.version, now=NOW)

    assert here.cycle(2).planned_on == LATEST
    assert DueItem.objects.get(course=here.course, item="confirm-labs", cycle_number=2).closes_on == LATEST
    assert here.cycle(2).history.first().history_change_reason == "chair"


def test_a_block_is_not_saved_without_a_reason() -> None:
    here = cleared()
    cycle = here.cycle(2)
    with pytest.raises(CareError, match="48 days") as refused:
        move_infusion(cycle, to=TOO_EARLY, by=here.navigator, because="x", version=cycle.version, now=NOW)
    assert refused.value.field == "answers"
    assert here.cycle(2).planned_on == date(2025, 3, 11)


def test_a_named_person_may_answer_a_block() -> None:
    here = cleared()
    cycle = here.cycle(2)
    found = consequences_of_moving(cycle, to=TOO_EARLY, now=NOW)

    move_infusion(
        cycle,
        to=TOO_EARLY,
        by=here.navigator,
        because="travel",
        version=cycle.version,
        now=NOW,
        answers={digest_of(conflict): "agreed with the prescriber" for conflict in found.blocking},
    )

    override = ConflictOverride.objects.get(code="interval-short")
    assert (override.recorded_by, override.reason) == (here.navigator, "agreed with the prescriber")
    standing = CourseConflict.objects.standing().get(code="interval-short")
    assert standing.digest == override.digest


def test_two_people_who_move_the_same_infusion_do_not_overwrite_each_other() -> None:
    here = cleared()
    mine, theirs = here.cycle(2), here.cycle(2)
    move_infusion(mine, to=LATEST, by=here.navigator, because="chair", version=mine.version, now=NOW)
    with pytest.raises(OutOfDate, match=str(here.navigator)):
        move_infusion(
            theirs,
            to=date(2025, 3, 13),
            by=here.prescriber,
            because="x",
            version=theirs.version - 1,
            now=NOW,
        )
    assert here.cycle(2).planned_on == LATEST


def test_what_was_given_does_not_move() -> None:
    here = cleared()
    cycle = here.cycle(1)
    with pytest.raises(CareError, match="was given"):
        move_infusion(cycle, to=LATEST, by=here.navigator, because="x", version=cycle.version, now=NOW)


def test_a_conflict_that_is_gone_says_since_when() -> None:
    here = cleared()
    cycle = here.cycle(2)
    late = date(2025, 3, 19)  # day 64
    move_infusion(cycle, to=late, by=here.navigator, because="x", version=cycle.version, now=NOW)
    assert CourseConflict.objects.standing().filter(code="interval-long").exists()

    cycle = here.cycle(2)
    then = datetime(2025, 3, 1, 12, tzinfo=UTC)
    move_infusion(cycle, to=LATEST, by=here.navigator, because="x", version=cycle.version, now=then)

    assert CourseConflict.objects.get(code="interval-long").gone_at == then
