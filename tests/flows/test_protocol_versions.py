"""A course stays with the version of its protocol that it was started on, its file as it was then."""

from dataclasses import replace
from datetime import date

import pytest

from coordination.flows.reassess import answer_of
from coordination.flows.start_course import start_course
from scheduling.facts import facts_of
from scheduling.models import Course
from scheduling.protocols import DEFAULT_PROTOCOL, get_protocol
from scheduling.rules.protocol import Protocol, ProtocolError
from tests.factories import NOW, PrescriberFactory, ReferralFactory
from tests.protocols import also_shipped

pytestmark = pytest.mark.django_db


def started() -> Course:
    patient = ReferralFactory(accepted=True).patient
    return start_course(patient, first_on=date(2025, 1, 14), by=PrescriberFactory(), now=NOW)


def six_infusions() -> Protocol:
    """A later version with six infusions."""
    first = get_protocol(DEFAULT_PROTOCOL, "1")
    return replace(first, version="2", digest="2" * 64, doses=replace(first.doses, infusions=6))


def test_a_course_pins_the_newest_version_and_its_digest() -> None:
    course = started()
    assert (course.protocol_version, course.protocol_digest) == ("1", get_protocol(DEFAULT_PROTOCOL).digest)
    facts = facts_of(course, NOW)
    assert (facts.protocol_version, facts.protocol_digest) == (
        course.protocol_version,
        course.protocol_digest,
    )


def test_a_new_version_is_for_courses_that_begin_after_it() -> None:
    earlier = started()
    with also_shipped(six_infusions()):
        later = started()
        assert (earlier.protocol.doses.infusions, later.protocol.doses.infusions) == (4, 6)
        assert (earlier.cycles.count(), later.cycles.count()) == (4, 6)
        assert max(item.cycle or 0 for item in answer_of(earlier, as_of=NOW)[1].due) == 4
        assert max(item.cycle or 0 for item in answer_of(later, as_of=NOW)[1].due) == 6


def test_a_course_is_not_assessed_by_a_file_that_has_changed() -> None:
    course = started()
    tampered = replace(get_protocol(DEFAULT_PROTOCOL, "1"), digest="0" * 64)
    with (
        also_shipped(tampered),
        pytest.raises(ProtocolError, match="has changed since the course was started"),
    ):
        answer_of(course, as_of=NOW)
