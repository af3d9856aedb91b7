"""The page on which a patient's own facts are put right."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.models import User
from patients import actions as patients
from patients.models import Patient
from scheduling.models import Course, Proposal
from tests.base.objects import Place, new_place
from tests.factories import PracticeFactory
from tests.patients.stories import FIRST, NOW, mid_course


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def navigator(place: Place) -> User:
    return place.user(Role.NAVIGATOR)


@pytest.fixture
def client(navigator: User) -> Client:
    client = Client()
    client.force_login(navigator)
    return client


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def address(place: Place) -> str:
    return reverse("edit-patient", args=[place.patient.public_id])


def typed(place: Place, **changed: Any) -> dict[str, Any]:
    """The page as it is sent back, with changes; an unticked box is not sent."""
    patient = Patient.objects.get(pk=place.patient.pk)
    sent = {
        "patient": patient.public_id,
        "version": patient.version,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_date": patient.birth_date,
        "sex": patient.sex,
        "allergies": patient.allergies,
        "phone": patient.phone,
        "language": patient.language,
        "referred_by": patient.referred_by_id,
        "because": "told on the phone",
        **changed,
    }
    return {name: str(value) for name, value in sent.items() if value is not None}


def stored(place: Place) -> Patient:
    return Patient.objects.get(pk=place.patient.pk)


def test_every_fact_that_steers_a_rule_can_be_put_right(
    client: Client, place: Place, navigator: User
) -> None:
    other = PracticeFactory()
    changed = {
        "family_name": "Whitcombe",
        "given_name": "Ada",
        "birth_date": "1961-02-03",
        "sex": "male",
        "pregnancy_possible": "on",
        "anticoagulated": "on",
        "allergies": "Iodinated contrast",
        "height_cm": "171.5",
        "phone": "+1 212-555-0199",
        "email": "ada@home.example",
        "address": "1 Harbor Way",
        "language": "es",
        "referred_by": other.pk,
    }

    answer = client.post(address(place), typed(place, **changed))

    assert answer.status_code == 302
    patient = stored(place)
    assert (patient.family_name, patient.given_name, patient.phone) == ("Whitcombe", "Ada", "+1 212-555-0199")
    assert (patient.sex, patient.pregnancy_possible, patient.anticoagulated) == ("male", True, True)
    assert (patient.height_cm, patient.language, patient.referred_by) == (Decimal("171.5"), "es", other)
    newest = patient.history.first()
    assert newest
    assert (newest.history_user, newest.history_change_reason) == (navigator, "told on the phone")
    page = words(client.get(address(place)))
    assert "told on the phone" in page
    assert "<del>Female</del>" in page
    assert "<ins>171.5</ins>" in page
    history = words(client.get(reverse("patient-history", args=[patient.public_id])))
    assert "Height: not recorded → 171.5" in history


def test_a_change_assesses_the_courses(client: Client, place: Place) -> None:
    mid_course(place, platelets="210")
    before = Proposal.objects.current().get().document["next_dose"]["crcl_ml_min"]

    client.post(address(place), typed(place, birth_date="1940-05-04"))

    course = Course.objects.get()
    assert course.assess_after is None
    after = Proposal.objects.current().get()
    assert before is not None
    assert after.facts["patient"]["birth_date"] in ("1940-05-04", "1960-05-04")
    page: Any = client.get(reverse("patient", args=[place.patient.public_id]))
    assert page.context["sheet"].facts.patient.birth_date.year == 1940
    assert page.context["sheet"].dose.crcl_ml_min < Decimal(before)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"birth_date": "2025-03-06"}, "birth_date"),
        ({"birth_date": str(FIRST - timedelta(days=11))}, "birth_date"),
        ({"birth_date": str(FIRST)}, "birth_date"),
        ({"height_cm": "1.75"}, "height_cm"),
        ({"height_cm": "tall"}, "height_cm"),
        ({"family_name": " "}, "family_name"),
        ({"sex": "f"}, "sex"),
        ({"language": "la"}, "language"),
        ({"because": " "}, "because"),
    ],
)
def test_what_cannot_be_names_its_field_and_stays_typed(
    client: Client, place: Place, changed: dict[str, str], field: str
) -> None:
    mid_course(place)
    answer: Any = client.post(address(place), typed(place, **changed, phone="+1 212-555-0999"))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert "+1 212-555-0999" in words(answer)
    assert stored(place).phone != "+1 212-555-0999"


def test_the_day_before_the_first_result_may_be_a_birth(client: Client, place: Place) -> None:
    mid_course(place)
    on = str(FIRST - timedelta(days=12))
    assert client.post(address(place), typed(place, birth_date=on)).status_code == 302


def test_a_birth_is_not_after_the_death(client: Client, place: Place) -> None:
    patient = stored(place)
    patient.died_on, patient.died_recorded_at = NOW.date() - timedelta(days=2), NOW
    patient.save()
    answer: Any = client.post(address(place), typed(place, birth_date=NOW.date() - timedelta(days=1)))
    assert set(answer.context["form"].errors) == {"birth_date"}


def test_saving_nothing_new_is_told(client: Client, place: Place) -> None:
    answer = client.post(address(place), typed(place))
    assert answer.status_code == 422
    assert "Nothing was changed." in words(answer)


def _meanwhile(place: Place, by: User, **changes: Any) -> None:
    patient = stored(place)
    patients.correct_patient(patient, by=by, because="letter", version=patient.version, now=NOW, **changes)


@pytest.mark.hazard("H21")
def test_the_second_of_two_is_told_and_loses_nothing(client: Client, place: Place) -> None:
    """What both changed is compared; what only the other changed is taken over."""
    sent = typed(place, phone="+1 212-555-0111", allergies="Latex")
    other = place.user(Role.PRESCRIBER)
    _meanwhile(place, other, phone="+1 212-555-0222", anticoagulated=True, family_name="Married")

    answer: Any = client.post(address(place), sent)

    assert answer.status_code == 409
    shown = words(answer)
    assert f"{other.full_name} changed this patient meanwhile (letter)." in shown
    assert "Phone (saved: +1 212-555-0222)" in shown
    assert "Allergies (saved" not in shown
    form = answer.context["form"]
    assert form["phone"].value() == "+1 212-555-0111"
    assert form["allergies"].value() == "Latex"
    assert form["family_name"].value() == "Married"
    assert form["anticoagulated"].value()
    assert stored(place).phone == "+1 212-555-0222"

    again = {name: form[name].value() for name in sent} | {"anticoagulated": "on"}
    assert client.post(address(place), again).status_code == 302
    patient = stored(place)
    assert (patient.phone, patient.allergies, patient.family_name) == ("+1 212-555-0111", "Latex", "Married")
    assert patient.anticoagulated


def test_an_unticked_box_of_another_is_taken_over_too(client: Client, place: Place) -> None:
    _meanwhile(place, place.user(Role.PRESCRIBER), pregnancy_possible=True)
    sent = typed(place, phone="+1 212-555-0111", pregnancy_possible="on")
    _meanwhile(place, place.user(Role.PRESCRIBER), pregnancy_possible=False)

    answer: Any = client.post(address(place), sent)

    assert answer.status_code == 409
    assert not answer.context["form"]["pregnancy_possible"].value()
