"""Weights: the unit is asked for, pounds are converted exactly, a jump is asked about and confirmed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.errors import CareError, OutOfDate
from coordination.flows.reassess import answer_of
from patients.models import Patient
from scheduling import actions
from scheduling.models import Weight
from scheduling.weights import jump_of, jumps_among
from tests.base.objects import Place, new_place
from tests.factories import LabReportFactory, LabResultFactory, PatientFactory, UserFactory, WeightFactory
from tests.flows.courses import care

NOW = datetime(2025, 3, 5, 15, tzinfo=UTC)
TODAY = date(2025, 3, 5)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def weighed(patient: Patient, *weights: tuple[str, int], confirmed: int | None = None) -> list[Weight]:
    """Weights in kg with the days before today on which they were read; `confirmed` is one of them."""
    by = UserFactory.create()
    return [
        WeightFactory.create(
            patient=patient,
            kg=Decimal(kg),
            on=TODAY - timedelta(days=days),
            **({"confirmed_at": NOW, "confirmed_by": by} if place == confirmed else {}),
        )
        for place, (kg, days) in enumerate(weights)
    ]


# --- which weights jump ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "kg", "jumps"),
    [
        ([("90", 68)], "72", False),  # exactly 20 %
        ([("90", 68)], "71.9", True),
        ([("90", 68)], "108", False),
        ([("90", 68)], "108.1", True),
        ([("90", 180)], "60", True),
        ([("90", 181)], "60", False),  # too old to say
        ([("90", 100), ("60", 40)], "61", False),  # it bears out that 60 was right
        ([("90", 100), ("60", 40)], "64", True),  # 60 was a jump itself, and nobody confirmed it
        ([("90", 100), ("60", 40), ("63", 20)], "61", False),  # the next one bore it out
        ([("90", 100), ("60", 40), ("63.1", 20)], "70", True),
        ([("90", 68), ("70", 68)], "75", False),  # of two on one day, near to one
        ([("90", 68), ("70", 68)], "55", True),
        ([], "75", False),
    ],
)
def test_a_weight_far_from_the_newest_usable_one_jumps(
    earlier: list[tuple[str, int]], kg: str, jumps: bool
) -> None:
    patient = PatientFactory.create()
    weighed(patient, *earlier)
    assert (jump_of(patient, kg=Decimal(kg), on=TODAY, now=NOW) is not None) == jumps


def test_a_confirmed_weight_is_what_the_next_is_compared_with() -> None:
    patient = PatientFactory.create()
    weighed(patient, ("90", 100), ("60", 40), confirmed=1)
    assert jump_of(patient, kg=Decimal("64"), on=TODAY, now=NOW) is None


def test_a_weight_recorded_in_error_is_compared_with_nothing() -> None:
    patient = PatientFactory.create()
    [wrong] = weighed(patient, ("90", 40))
    actions.record_in_error(wrong, by=UserFactory.create(), because="another patient", now=NOW)
    assert jump_of(patient, kg=Decimal("60"), on=TODAY, now=NOW) is None


def test_a_jump_says_how_far_and_from_what() -> None:
    patient = PatientFactory.create()
    first, second = weighed(patient, ("90", 60), ("60", 40))
    jump = jumps_among(patient, [first, second], course=None, now=NOW)[second.pk]
    assert (jump.percent, jump.direction, jump.earlier_on) == (Decimal(33), "less", first.on)


# --- the form --------------------------------------------------------------------------------------


@pytest.fixture
def place() -> Place:
    return new_place("own")


def client_of(place: Place) -> Client:
    client = Client()
    client.force_login(place.user(Role.NAVIGATOR))
    return client


def send(place: Place, **data: str) -> Any:
    url = reverse("record-weight", args=[place.patient.public_id])
    sent = {"patient": str(place.patient.public_id), "on": str(TODAY), "unit": "kg", **data}
    return client_of(place).post(url, {name: value for name, value in sent.items() if value})


@pytest.mark.hazard("H14")
def test_a_bare_figure_is_asked_for_its_unit(place: Place) -> None:
    answer = send(place, weight="165", unit="")
    assert answer.status_code == 422
    assert answer.context["form"].errors["unit"] == ["Choose kilograms or pounds."]
    assert not Weight.objects.exists()


def test_pounds_are_converted_exactly_and_kept_as_typed(place: Place) -> None:
    send(place, weight="198.4", unit="lb")
    weight = Weight.objects.get()
    assert weight.kg == Decimal("198.4") * Decimal("0.45359237")
    assert (weight.typed_value, weight.typed_unit, weight.words) == (
        Decimal("198.4"),
        "lb",
        "198.4 lb (90 kg)",
    )


def test_more_decimals_than_a_scale_has_are_refused(place: Place) -> None:
    answer = send(place, weight="198.40001", unit="lb")
    assert answer.context["form"].errors["weight"] == ["At most 4 decimals."]


@pytest.mark.hazard("H14")
def test_a_jump_is_asked_about_before_it_is_stored(place: Place) -> None:
    WeightFactory.create(patient=place.patient, kg=90, on=date(2024, 11, 2))
    answer = send(place, weight="60")
    question = "90 kg → 60 kg, 33 % less than Nov 2, 2024. Is it right?"
    assert answer.status_code == 422
    assert question in answer.content.decode()
    assert Weight.objects.count() == 1

    assert send(place, weight="60", asked=question, confirmed="on").status_code == 302
    weight = Weight.objects.latest("pk")
    assert weight.confirmed_by and weight.confirmed_by.role == Role.NAVIGATOR


def test_another_figure_than_the_one_confirmed_is_asked_about_again(place: Place) -> None:
    WeightFactory.create(patient=place.patient, kg=90, on=date(2024, 11, 2))
    asked = "90 kg → 60 kg, 33 % less than Nov 2, 2024. Is it right?"
    answer = send(place, weight="50", asked=asked, confirmed="on")
    assert answer.status_code == 422
    assert "90 kg → 50 kg" in answer.content.decode()


def test_the_question_is_not_a_way_to_confirm_what_does_not_jump(place: Place) -> None:
    send(place, weight="75", asked="anything", confirmed="on")
    assert not Weight.objects.get().confirmed


# --- confirmed later -------------------------------------------------------------------------------


def test_an_existing_weight_is_confirmed_on_the_records_and_taken_back_with_a_reason(place: Place) -> None:
    WeightFactory.create(patient=place.patient, kg=90, on=date(2024, 12, 2))
    weight = WeightFactory.create(patient=place.patient, kg=60, on=date(2025, 2, 2))
    client, url = (
        client_of(place),
        reverse("confirm-weight", args=[place.patient.public_id, weight.public_id]),
    )
    records = client.get(reverse("patient-records", args=[place.patient.public_id])).content.decode()
    assert url in records and "33 % less than on" in records

    sent = {"patient": str(place.patient.public_id)}
    assert client.get(url).status_code == 200
    assert client.post(url, sent).status_code == 302
    weight.refresh_from_db()
    assert weight.confirmed_by and weight.confirmed_by.role == Role.NAVIGATOR

    assert client.post(url, sent).status_code == 422  # taking it back needs a reason
    assert client.post(url, sent | {"because": "scale was broken"}).status_code == 302
    weight.refresh_from_db()
    assert not weight.confirmed
    assert weight.history.first().history_change_reason == "scale was broken"


def test_two_people_confirm_one_weight() -> None:
    weight = WeightFactory.create()
    actions.confirm_weight(weight, by=UserFactory.create(), now=NOW)
    with pytest.raises(OutOfDate):
        actions.confirm_weight(weight, by=UserFactory.create(), now=NOW)


def test_a_confirmation_is_told_to_the_rules_from_its_moment_on() -> None:
    here = care()
    weight = WeightFactory.create(
        patient=here.patient, kg=Decimal("60"), on=TODAY, recorded_at=NOW - timedelta(hours=2)
    )
    actions.confirm_weight(weight, by=here.navigator, now=NOW)
    for as_of, confirmed in ((NOW - timedelta(hours=1), False), (NOW, True)):
        facts, _ = answer_of(here.course, as_of=as_of)
        told = next(each for each in facts.weights if each.on == TODAY)
        assert (told.kg, told.confirmed) == (Decimal("60"), confirmed)


# --- from a report ---------------------------------------------------------------------------------


def test_a_weight_from_a_report_is_exact_and_not_confirmed() -> None:
    patient = PatientFactory.create()
    result = LabResultFactory.create(
        report=LabReportFactory.create(patient=patient),
        patient=patient,
        loinc="29463-7",
        analyte="weight",
        used_value=Decimal("89.992726208"),
        used_unit="kg",
    )
    actions.take_weight(result, patient, now=NOW)
    weight = Weight.objects.get()
    assert (weight.kg, weight.confirmed, weight.typed_unit) == (Decimal("89.992726208"), False, "")


def test_a_weight_outside_what_people_weigh_names_its_unit() -> None:
    with pytest.raises(CareError, match="Check the unit"):
        actions.record_weight(
            PatientFactory.create(), kg=Decimal(400), on=TODAY, by=UserFactory.create(), now=NOW
        )
