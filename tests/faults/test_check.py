"""A check that cannot fail proves nothing: each kind of harm is done by hand, and found."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from coordination.base import clock
from coordination.flows.lab_result import receive_report
from coordination.flows.reassess import reassess
from labs.report_format.reports import ReadReport, read_message
from scheduling.models import Course, Weight
from tests import factories as make
from tests.faults.check import Found, check
from tests.faults.inject import FAULTS, SHORT, series
from tests.faults.messages import Message, make_messages

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)
COUNT = 40


@pytest.fixture
def course() -> Course:
    """The one course that all messages are about."""
    course: Course = make.CourseFactory.create()
    return course


@pytest.fixture
def acknowledged(course: Course) -> Mapping[str, Message]:
    """Messages that arrived and were assessed."""
    client = make.ApiClientFactory.create(sites=[course.patient.site])
    messages = make_messages(COUNT, courses=1, now=BEGAN, seed=1)
    numbers = {message.body["patient"]["value"]: message.body["patient"]["system"] for message in messages}
    for value, system in numbers.items():
        make.PatientIdentifierFactory.create(patient=course.patient, system=system, value=value)
    for message in messages:
        message.course = course.pk
        (read,) = read_message(message.body, text=message.key, source="feed", key=message.key).reports
        assert isinstance(read, ReadReport)
        receive_report(read.report, client=client, sites=[course.patient.site], now=clock.now())
    reassess(course.pk, now=clock.now())
    return {message.key: message for message in messages}


def _check(acknowledged: Mapping[str, Message]) -> Found:
    return check(acknowledged, sent=acknowledged.values())


def test_when_all_is_well_nothing_is_found(acknowledged: Mapping[str, Message]) -> None:
    found = _check(acknowledged)

    assert (found.stored, found.assessed, found.lost) == (len(acknowledged), len(acknowledged), 0)
    assert (found.half, found.doubled) == (0, {})


def test_a_message_that_was_acknowledged_and_is_not_there_is_lost(
    acknowledged: Mapping[str, Message],
) -> None:
    never_came = make_messages(COUNT + 1, courses=1, now=BEGAN + timedelta(days=1), seed=2)[-1]

    found = _check({**acknowledged, "never came": never_came})

    assert found.lost == 1


def test_a_message_that_left_its_report_and_not_its_results_is_half_stored(
    acknowledged: Mapping[str, Message], course: Course
) -> None:
    refused = make_messages(COUNT + 1, courses=1, now=BEGAN + timedelta(days=1), seed=2)[-1]
    make.LabReportFactory.create(message_key=refused.key + " of a refused one")
    refused.key += " of a refused one"

    assert check(acknowledged, sent=[*acknowledged.values(), refused]).half == 1


def test_a_course_that_still_waits_has_no_decision_on_its_messages(
    acknowledged: Mapping[str, Message], course: Course
) -> None:
    course.mark_dirty(clock.now())

    assert _check(acknowledged).assessed == 0


def test_a_proposal_that_is_not_what_the_facts_say_counts_as_no_decision(
    acknowledged: Mapping[str, Message], course: Course
) -> None:
    make.InfusionGivenFactory.create(cycle__course=course)

    assert _check(acknowledged).assessed == 0


def test_a_fact_that_was_taken_from_a_result_twice_is_found(acknowledged: Mapping[str, Message]) -> None:
    weight = Weight.objects.known().exclude(result=None).first()
    assert weight is not None and weight.result is not None
    twin = make.LabResultFactory.create(
        report=weight.result.report,
        source=weight.result.source,
        source_id=weight.result.source_id,
        version=99,
    )
    make.WeightFactory.create(patient=weight.patient, result=twin)

    assert _check(acknowledged).doubled == {"weights": 1}


def test_a_long_series_has_every_kind_of_fault_in_each_round() -> None:
    assert set(SHORT) < set(FAULTS)
    assert set(series(len(FAULTS), seed=1)) == set(FAULTS)
    assert len(series(200, seed=1)) == 200
