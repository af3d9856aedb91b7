"""What a report sets in motion, to its end: every ending of the flow and of the background work."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
import time_machine

from coordination import tasks
from coordination.base import clock
from coordination.base.models import Heartbeat, IdempotencyKey
from coordination.flows.settle_identity import settle_identity
from labs.incoming import IncomingResult
from labs.models import LabReport, LabResult, ReviewItem
from patients.models import Patient
from scheduling.facts import facts_of
from scheduling.models import Course, PregnancyTest, Proposal, Weight
from tests import factories as make
from tests.factories import NOW
from tests.flows.reports import COLLECTED, PLATELETS, Receive, changed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)

# --- one statement for many ------------------------------------------------------------------------


def test_fifteen_results_cost_no_more_statements_than_one(
    receive: Receive, course: Course, django_assert_num_queries: Any
) -> None:
    for count in (1, 15):
        results = [changed(PLATELETS, id=f"{count}-{number}") for number in range(count)]
        with django_assert_num_queries(7):
            receive(*results)


def test_corrections_cost_no_more_statements_than_one(
    receive: Receive, course: Course, django_assert_max_num_queries: Any
) -> None:
    results = [changed(PLATELETS, id=str(number)) for number in range(15)]
    receive(*results)

    with django_assert_max_num_queries(13):
        receive(*(changed(result, value="86", status="corrected") for result in results))


# --- what becomes a fact of its own ---------------------------------------------------------------

WEIGHT = IncomingResult(id="w1", loinc="29463-7", value="69.8", unit="kg", collected_at=COLLECTED)
HCG = IncomingResult(id="h1", loinc="2106-3", value="Negative", collected_at=COLLECTED)


def test_a_weight_becomes_a_weight_once(receive: Receive, patient: Patient) -> None:
    receive(WEIGHT)
    receive(WEIGHT)

    weight = Weight.objects.known().get()
    assert (weight.patient, weight.kg) == (patient, Decimal("69.8"))


@pytest.mark.parametrize(
    ("value", "unit", "kg"),
    [
        ("198.4", "[lb_av]", "89.992726208"),
        ("198.4", "lbs", "89.992726208"),
        ("70250", "g", "70.25"),
    ],
)
def test_a_weight_is_converted_exactly_and_confirmed_by_nobody(
    receive: Receive, value: str, unit: str, kg: str
) -> None:
    receive(changed(WEIGHT, value=value, unit=unit))

    weight = Weight.objects.known().get()
    assert (weight.kg, weight.confirmed) == (Decimal(kg), False)


def test_a_corrected_weight_replaces_the_first(receive: Receive) -> None:
    receive(WEIGHT)
    receive(changed(WEIGHT, value="79.8", status="corrected"), now=NOW + HOUR)

    assert [weight.kg for weight in Weight.objects.known()] == [Decimal("79.8")]
    assert Weight.objects.count() == 2


def test_a_withdrawn_weight_is_taken_back(receive: Receive) -> None:
    receive(WEIGHT)
    receive(IncomingResult(id="w1", status="entered-in-error"), now=NOW + HOUR)

    assert not Weight.objects.known().exists()


def test_a_late_first_version_of_a_weight_changes_nothing(receive: Receive) -> None:
    receive(changed(WEIGHT, value="79.8", status="corrected"))
    receive(WEIGHT, now=NOW + HOUR)

    assert [weight.kg for weight in Weight.objects.known()] == [Decimal("79.8")]


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("negative", "negative"),
        ("NEGATIVA.", "negative"),
        ("No Detectado", "negative"),
        ("3", "negative"),
        ("Positivo", "positive"),
        ("trace", "unclear"),
    ],
)
def test_an_hcg_becomes_the_pregnancy_test_that_the_rules_read(
    receive: Receive, patient: Patient, said: str, result: str
) -> None:
    patient.sex, patient.pregnancy_possible = "female", True
    patient.save()

    receive(changed(HCG, value=said, unit="m[IU]/mL" if said.isdigit() else None))

    assert PregnancyTest.objects.known().get().result == result


def test_an_hcg_is_no_pregnancy_test_in_a_man(receive: Receive, patient: Patient) -> None:
    patient.sex, patient.pregnancy_possible = "male", False
    patient.save()

    receive(HCG)

    assert not PregnancyTest.objects.known().exists()


# --- delivery order ---------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_the_course_file_is_the_same_whatever_the_order_of_delivery(
    receive: Receive, course: Course, order: tuple[int, ...]
) -> None:
    versions = [
        (changed(PLATELETS, status="preliminary", value="70"), NOW),
        (changed(PLATELETS, value="68"), NOW + HOUR),
        (changed(PLATELETS, value="86", status="corrected"), NOW + 2 * HOUR),
    ]
    for hour, index in enumerate(order):
        version, reported_at = versions[index]
        receive(version, reported_at=reported_at, now=NOW + (10 + hour) * HOUR)

    facts = facts_of(course, NOW + 20 * HOUR)

    replaced = {result.replaces for result in facts.results}
    assert [result.value for result in facts.results if result.id not in replaced] == ["86"]


# --- parked reports ---------------------------------------------------------------------------------


def test_a_person_says_whose_a_parked_report_is(receive: Receive, course: Course) -> None:
    receipt = receive(changed(PLATELETS, value="68"), WEIGHT, value="typo")
    assert (receipt.courses, receipt.report.state) == ((), LabReport.State.PARKED)
    nurse = make.UserFactory()

    courses = settle_identity(
        receipt.report, course.patient, by=nurse, because="misspelled number", now=NOW + HOUR
    )

    assert list(courses) == [course.pk]
    assert set(LabResult.objects.values_list("patient", flat=True)) == {course.patient.pk}
    assert Weight.objects.known().get().patient == course.patient
    assert not ReviewItem.objects.open().exists()
    assert ReviewItem.objects.get().resolved_by == nurse


def test_a_parked_version_displaces_none_that_stands(receive: Receive) -> None:
    receive()
    receive(changed(PLATELETS, value="86", status="corrected"), value="typo", now=NOW + HOUR)

    assert LabResult.objects.standing().get().value == "210"


# --- assessed, in the end ---------------------------------------------------------------------------


def test_a_rung_worker_stores_the_proposal(receive: Receive, course: Course) -> None:
    receipt = receive()

    tasks.reassess_course(receipt.courses[0])

    assert Proposal.objects.current().get(course=course).action == "pending"
    course.refresh_from_db()
    assert course.assess_after is None


def test_rung_twice_it_is_done_once(receive: Receive, course: Course) -> None:
    receive()

    for _ in range(3):
        tasks.reassess_course(course.pk)

    assert Proposal.objects.count() == 1


@pytest.mark.hazard("H04")
def test_the_sweep_finds_what_a_lost_message_or_a_killed_worker_left_behind(
    receive: Receive, course: Course
) -> None:
    receive()

    tasks.sweep()

    assert Proposal.objects.filter(course=course).exists()
    assert Heartbeat.objects.filter(name="sweep").exists()


def test_a_worker_killed_in_the_middle_leaves_the_mark(receive: Receive, course: Course) -> None:
    receive()
    with (
        patch("coordination.flows.reassess.due_items.reconcile", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        tasks.reassess_course(course.pk)
    assert not Proposal.objects.exists()

    tasks.sweep()

    assert Proposal.objects.filter(course=course).exists()


def test_one_course_that_fails_waits_and_the_others_go_on(receive: Receive, course: Course) -> None:
    receive()
    other = make.CourseFactory(assess_after=NOW)
    real = tasks.reassess_if_due

    def fails_for_one(course_id: int, *, now: datetime) -> bool:
        if course_id == course.pk:
            raise RuntimeError("a bug")
        return real(course_id, now=now)

    with patch.object(tasks, "reassess_if_due", fails_for_one):
        tasks.sweep()

    course.refresh_from_db()
    assert course.assess_failures == 1
    assert course.assess_after is not None
    assert course.assess_after > clock.now()
    assert Proposal.objects.filter(course=other).exists()


def test_each_failure_waits_longer_and_never_for_ever() -> None:
    pauses = [tasks._pause(failures) for failures in range(12)]

    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert max(pauses) == pauses[-1] == timedelta(minutes=10)


def test_the_sweep_stops_when_its_time_is_spent(course: Course) -> None:
    for _ in range(3):
        make.CourseFactory(assess_after=NOW)

    with patch.object(tasks, "SWEEP_BUDGET_SECONDS", 0):
        tasks.sweep()

    assert Course.objects.needing_assessment(clock.now()).count() == 2


# --- once a day -------------------------------------------------------------------------------------


@pytest.mark.hazard("H12")
def test_each_current_course_is_marked_once_on_each_local_day(course: Course) -> None:
    just_before_midnight = datetime(2025, 1, 8, 4, 59, tzinfo=UTC)  # 23:59 in New York
    Course.objects.update(assessed_at=just_before_midnight - timedelta(hours=5))

    with time_machine.travel(just_before_midnight, tick=False):
        tasks.rederive_all()
    assert not Course.objects.needing_assessment(just_before_midnight).exists()

    after = just_before_midnight + timedelta(minutes=2)
    with time_machine.travel(after, tick=False):
        tasks.rederive_all()
        assert Course.objects.needing_assessment(after).get() == course
        tasks.sweep()
        tasks.rederive_all()
    assert not Course.objects.needing_assessment(after).exists()


def test_an_ended_course_is_derived_every_night_too(course: Course) -> None:
    """Follow-up is for life: see `test_follow_up_goes_on_for_life_after_the_course_has_ended`."""
    course.completed_on, course.ended_at = NOW.date(), NOW
    course.save()

    tasks.rederive_all()

    assert Course.objects.needing_assessment(clock.now()).get() == course


def test_keys_are_forgotten_after_seven_days() -> None:
    make.IdempotencyKeyFactory(created_at=clock.now() - timedelta(days=7, minutes=1))
    kept = make.IdempotencyKeyFactory(created_at=clock.now() - timedelta(days=6))

    tasks.forget_idempotency_keys()

    assert IdempotencyKey.objects.get() == kept


def test_readiness_tells_of_courses_that_wait_too_long(course: Course) -> None:
    assert tasks.assessments() is None

    course.mark_dirty(clock.now() - timedelta(minutes=3))

    assert tasks.assessments() == "1 waiting for more than 120 s"
