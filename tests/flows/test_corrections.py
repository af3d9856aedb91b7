"""A result that changes after the infusion that relied on it is put before a person, once."""

from datetime import timedelta
from typing import Any

import pytest

from labs.models import ReviewItem
from scheduling.models import Course, InfusionGiven
from scheduling.models.proposal import Action
from tests import factories as make
from tests.factories import NOW
from tests.flows.reports import PLATELETS, Receive, changed

pytestmark = pytest.mark.django_db

GIVEN_AT = NOW + timedelta(days=7)
AFTER = GIVEN_AT + timedelta(days=2)


@pytest.fixture
def infusion(course: Course) -> InfusionGiven:
    proposal = make.ProposalFactory(course=course, cycle_number=1, action=Action.GIVE, activity_gbq="7.4")
    signature = make.SignatureFactory(proposal=proposal, signed_by__full_name="Dr. Vera Stone")
    given: InfusionGiven = make.InfusionGivenFactory(
        cycle=course.cycles.get(), signature=signature, started_at=GIVEN_AT, ended_at=None, activity_gbq=None
    )
    return given


def asked() -> list[str]:
    items = ReviewItem.objects.open().filter(kind=ReviewItem.Kind.CORRECTED)
    return list(items.values_list("detail", flat=True))


def corrected(value: str = "62") -> Any:
    return changed(PLATELETS, value=value, status="corrected")


@pytest.mark.hazard("H01")
def test_it_says_what_was_read_what_is_said_now_and_who_signed(
    receive: Receive,
    infusion: InfusionGiven,
) -> None:
    receive(now=NOW)
    receive(corrected(), now=AFTER)
    assert asked() == [
        "Platelets of Jan 7, 2025: 210 10*9/L when infusion 1 was given on Jan 14, 2025, now 62 10*9/L."
        " Dr. Vera Stone signed that dose."
    ]


def test_a_result_taken_back_says_so(receive: Receive, infusion: InfusionGiven) -> None:
    receive(now=NOW)
    receive(changed(PLATELETS, status="entered-in-error"), now=AFTER)
    (said,) = asked()
    assert "now taken back" in said


def test_the_same_correction_twice_asks_once_and_the_next_one_asks_anew(
    receive: Receive,
    infusion: InfusionGiven,
) -> None:
    receive(now=NOW)
    receive(corrected(), now=AFTER)
    receive(corrected(), now=AFTER)
    receive(corrected("58"), now=AFTER)
    (said,) = asked()
    assert ": 210 10*9/L when" in said
    assert "now 58 10*9/L" in said


def test_a_result_of_another_number_that_replaces_it_asks_too(
    receive: Receive,
    infusion: InfusionGiven,
) -> None:
    receive(now=NOW)
    receive(changed(PLATELETS, id="r2", value="62", replaces="r1"), now=AFTER)
    assert len(asked()) == 1


@pytest.mark.parametrize(
    ("first_at", "value", "status"),
    [
        (NOW, "210.0", "corrected"),  # the same number
        (NOW, "62", "preliminary"),  # it does not stand
        (AFTER, "62", "corrected"),  # the first version came after the infusion
    ],
)
def test_nothing_is_asked_where_no_dose_relied_on_it(
    first_at: Any,
    value: str,
    status: str,
    receive: Receive,
    infusion: InfusionGiven,
) -> None:
    receive(now=first_at)
    receive(changed(PLATELETS, value=value, status=status), now=AFTER)
    assert asked() == []


def test_before_the_infusion_the_signature_is_withdrawn_instead(receive: Receive, course: Course) -> None:
    receive(now=NOW)
    receive(corrected(), now=NOW + timedelta(hours=1))
    assert asked() == []


def test_an_infusion_recorded_in_error_was_not_given(receive: Receive, infusion: InfusionGiven) -> None:
    receive(now=NOW)
    InfusionGiven.objects.filter(pk=infusion.pk).update(
        recorded_in_error_at=NOW,
        recorded_in_error_by=make.UserFactory(),
        recorded_in_error_because="another patient",
    )
    receive(corrected(), now=AFTER)
    assert asked() == []
