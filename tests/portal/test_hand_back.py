"""The patient returns: course, referral, letter and portal say the same."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.flows.hand_back import hand_back
from coordination.models import Document
from patients.models import Patient, Referral
from scheduling import actions
from scheduling.models import Course
from tests.base.objects import World
from tests.patients.stories import NOW

ON = date(2025, 3, 5)


@pytest.fixture
def navigator(world: World) -> User:
    return world.own.user(Role.NAVIGATOR)


@pytest.fixture
def stopped(world: World, course: Course) -> Course:
    referral = Referral.objects.create(
        patient=course.patient,
        practice=world.own.practice,
        received_on=date(2024, 11, 20),
        state="on-treatment",
        decided_at=NOW,
        decided_by=world.own.user(Role.PRESCRIBER),
    )
    course.referral = referral
    actions.stop_course(course, by=world.own.user(Role.PRESCRIBER), because="Progression", on=ON, now=NOW)
    return course


def _page(user: User, patient: Patient) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("portal-patient", args=[patient.public_id])).content.decode()


def test_the_loop_closes(stopped: Course, navigator: User, referrer: User) -> None:
    assert "Stopped on Wed 5 Mar 2025" in _page(referrer, stopped.patient)

    letter = hand_back(stopped, on=ON, by=navigator, now=NOW)

    stopped.refresh_from_db()
    assert stopped.handed_back_on == ON
    assert stopped.referral and stopped.referral.state == Referral.State.RETURNED
    stopped.referral.refresh_from_db()
    assert stopped.referral.returned_on == ON
    assert letter and letter.kind == Document.Kind.HAND_BACK and not letter.versions.exists()
    assert letter.practice == stopped.patient.referred_by
    item = stopped.due_items.get(item="hand-back")
    assert item.state(now=NOW, today=ON) == "done"
    page = _page(referrer, stopped.patient)
    assert "Back with you" in page and "is back with you, and you are in charge of the care" in page
    assert "The plan from now on" in page and "Follow-up blood tests" in page
    assert f"<strong>{stopped.patient.referred_by}</strong>" in page


def test_twice_is_refused_and_changes_nothing(stopped: Course, navigator: User) -> None:
    hand_back(stopped, on=ON, by=navigator, now=NOW)
    with pytest.raises(CareError, match="was handed back on Wed 5 Mar 2025"):
        hand_back(stopped, on=ON, by=navigator, now=NOW)
    assert Document.objects.filter(kind="hand-back").count() == 1


def test_not_while_infusions_are_to_come(course: Course, navigator: User) -> None:
    with pytest.raises(CareError, match="3 infusions are still to come"):
        hand_back(course, on=ON, by=navigator, now=NOW)
    course.refresh_from_db()
    assert course.is_current and course.handed_back_on is None


def test_whom_nobody_referred_goes_without_a_letter(stopped: Course, navigator: User) -> None:
    Patient.objects.filter(pk=stopped.patient.pk).update(referred_by=None)
    stopped.patient.refresh_from_db()
    assert hand_back(stopped, on=ON, by=navigator, now=NOW) is None
    stopped.refresh_from_db()
    assert stopped.handed_back_on == ON


def test_a_navigator_hands_back_on_the_page(stopped: Course, navigator: User) -> None:
    client = Client()
    client.force_login(navigator)
    patient = stopped.patient
    assert b"Hand back" in client.get(reverse("patient", args=[patient.public_id])).content
    address = reverse("complete-course", args=[patient.public_id, stopped.public_id])
    answer = client.post(address, {"on": "2025-03-05", "patient": str(patient.public_id)})
    assert answer.status_code == 302
    stopped.refresh_from_db()
    assert stopped.handed_back_on == ON
