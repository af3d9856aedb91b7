"""Moving an infusion: what it would change is shown first, and a block needs a named person's reason."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import SiteSettings
from coordination.flows.reassess import reassess
from coordination.flows.schedule_change import consequences_of_moving, move_infusion
from patients.models import Patient
from scheduling.conflicts import digest_of
from scheduling.models import ChairBooking, ConflictOverride, Course, CourseConflict, DueItem
from tests.factories import (
    AuthorizationFactory,
    ChairBookingFactory,
    CourseFactory,
    CycleFactory,
    InjectionFactory,
    PatientFactory,
    SiteClosureFactory,
)
from tests.flows.courses import NOW, Care, cleared

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


@pytest.mark.hazard("H23")
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


@pytest.mark.hazard("H21")
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


# --- what is shown is what is saved ---------------------------------------------------------------------


def _stands(here: Care) -> set[str]:
    return set(CourseConflict.objects.standing().filter(course=here.course).values_list("digest", flat=True))


def _dates(here: Care) -> set[tuple[object, ...]]:
    """The dates of what is still asked for, by item."""
    rows = DueItem.objects.filter(course=here.course).exclude(cancelled_because="no longer asked for")
    return {(row.item, row.cycle_number, row.opens, row.target, row.closes) for row in rows}


def _beside(here: Care, on: date, dice: Random) -> None:
    """Somebody else's infusion on a day at the same site, with a chair or without."""
    course = CourseFactory(patient=PatientFactory(site=here.patient.site))
    cycle = CycleFactory(course=course, number=1, planned_on=on)
    if dice.random() < 0.5:
        starts_at = datetime.combine(on, time(14), UTC)
        cycle.planned_start_at = starts_at
        cycle.save()
        ChairBookingFactory(
            cycle=cycle, starts_at=starts_at, ends_at=starts_at + timedelta(hours=5), chair="1"
        )


def _a_situation(dice: Random) -> tuple[Care, date]:
    """A course under way with whatever may stand in the way of a move, and the day it is moved to."""
    here = cleared()
    site, cycle = here.patient.site, here.cycle(2)
    to = date(2025, 3, 11) + timedelta(dice.choice((*range(-14, 30), 100, 240)))
    SiteSettings.objects.update_or_create(
        site=site, defaults={"licensed_gbq_per_day": dice.choice((None, 7, 10, 20))}
    )
    for on in (cycle.planned_on, to):
        if on and dice.random() < 0.6:
            _beside(here, on, dice)
    if dice.random() < 0.4:
        starts_at = datetime(2025, 3, 11, 13, tzinfo=UTC)
        cycle.planned_start_at = starts_at
        cycle.save()
        ChairBookingFactory(
            cycle=cycle, starts_at=starts_at, ends_at=starts_at + timedelta(hours=5), chair="1"
        )
    if dice.random() < 0.4:
        SiteClosureFactory(site=site, on=to)
    if dice.random() < 0.3:
        InjectionFactory(patient=here.patient, given_at=None, planned_on=to - timedelta(dice.randrange(40)))
    if dice.random() < 0.3:
        Patient.objects.filter(pk=here.patient.pk).update(referred_by=None)
    if dice.random() < 0.3:
        AuthorizationFactory(patient=here.patient, starts_on=date(2025, 1, 1), ends_on=date(2025, 3, 14))
    return here, to


@pytest.mark.parametrize("seed", range(25))
def test_the_preview_says_what_is_stored_once_it_is_saved(seed: int) -> None:
    here, to = _a_situation(Random(seed))
    reassess(here.course.pk, now=NOW)
    cycle = here.cycle(2)
    standing, dates = _stands(here), _dates(here)

    found = consequences_of_moving(cycle, to=to, now=NOW)
    assert _stands(here) == standing
    move_infusion(
        cycle,
        to=to,
        by=here.navigator,
        because="asked for",
        version=cycle.version,
        now=NOW,
        answers={digest_of(conflict): "agreed" for conflict in found.blocking},
    )

    assert _stands(here) == {digest_of(conflict) for conflict in found.standing}
    assert _stands(here) - standing == {digest_of(conflict) for conflict in found.appearing}
    assert standing - _stands(here) == {digest_of(conflict) for conflict in found.going}
    shown = {(item.item, item.cycle, item.opens, item.target, item.closes) for item in found.after.due}
    assert _dates(here) == shown
    moved = {(line.item, line.cycle) for line in found.moved}
    assert moved == {row[:2] for row in dates ^ _dates(here)}
    assert here.proposal.text == found.after.next_dose.text


def test_a_day_whose_licensed_activity_is_used_up_needs_a_reason() -> None:
    here = cleared()
    SiteSettings.objects.create(site=here.patient.site, licensed_gbq_per_day=10)
    CycleFactory(course=CourseFactory(patient=PatientFactory(site=here.patient.site)), planned_on=LATEST)
    cycle = here.cycle(2)

    found = consequences_of_moving(cycle, to=LATEST, now=NOW)

    assert [conflict.code for conflict in found.blocking] == ["capacity"]
    with pytest.raises(CareError, match=r"14.8 GBq planned on Mar 18, 2025"):
        move_infusion(cycle, to=LATEST, by=here.navigator, because="chair", version=cycle.version, now=NOW)


def test_those_who_share_the_old_day_and_the_new_one_are_assessed_again() -> None:
    here = cleared()
    old, new, other = (
        CourseFactory(patient=PatientFactory(site=here.patient.site), assess_after=None) for _ in range(3)
    )
    for course, on in ((old, date(2025, 3, 11)), (new, LATEST), (other, date(2025, 3, 12))):
        CycleFactory(course=course, planned_on=on)
    cycle = here.cycle(2)

    move_infusion(cycle, to=LATEST, by=here.navigator, because="chair", version=cycle.version, now=NOW)

    waiting = set(Course.objects.exclude(assess_after=None).values_list("pk", flat=True))
    assert waiting == {old.pk, new.pk}


def test_saved_for_the_same_day_the_start_and_the_chair_stay() -> None:
    here = cleared()
    cycle = here.cycle(2)
    cycle.planned_start_at = datetime(2025, 3, 11, 13, tzinfo=UTC)
    cycle.save()
    booking = ChairBookingFactory(
        cycle=cycle, starts_at=cycle.planned_start_at, ends_at=cycle.planned_start_at + timedelta(hours=5)
    )

    move_infusion(
        cycle, to=date(2025, 3, 11), by=here.navigator, because="confirmed", version=cycle.version, now=NOW
    )

    assert here.cycle(2).planned_start_at == booking.starts_at
    assert ChairBooking.objects.standing().get() == booking
