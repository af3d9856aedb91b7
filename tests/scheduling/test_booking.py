"""Chair and people are booked for an infusion: the gate clears, a clash is answered, a move frees both."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination import readiness
from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import SiteSettings
from coordination.flows.reassess import reassess
from coordination.flows.schedule_change import move_infusion
from scheduling.models import ChairBooking, ConflictOverride, Course, CourseConflict, Cycle
from scheduling.rules.gate_values import GateAnswer, GateState
from tests.base.objects import Place, new_place
from tests.patients.stories import NOW, mid_course


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def course(place: Place) -> Course:
    return mid_course(place)


@pytest.fixture
def neighbor(place: Place, course: Course) -> Course:
    """Somebody else's infusion on the same day at the same site."""
    return mid_course(new_place("beside", site=place.site))


@pytest.fixture
def clinic(place: Place) -> Client:
    client = Client()
    client.force_login(place.user(Role.CLINIC))
    return client


def second(course: Course) -> Cycle:
    return Cycle.objects.get(course=course, number=2)


def book(client: Client, course: Course, **data: object) -> Any:
    cycle = second(course)
    sent = {
        "patient": str(course.patient.public_id),
        "version": cycle.version,
        "starts": "09:00",
        "ends": "14:00",
        "chair": "Chair 1",
        "others": "Nurse Vance",
        **data,
    }
    return client.post(reverse("book-infusion", args=[course.patient.public_id, cycle.public_id]), sent)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def gate(place: Place, course: Course) -> GateAnswer:
    rows = readiness.board(Scope(sites=(place.site,)), [second(course).pk], now=NOW)
    return rows[0].answers["chair"]


def clash_of(answer: Any) -> str:
    """The name of the field that asks why it is booked all the same."""
    return next(name for name in answer.context["form"].fields if name.startswith("answer-"))


def test_the_gate_clears_once_chair_people_and_start_are_booked(
    place: Place, course: Course, clinic: Client
) -> None:
    assert gate(place, course).state == GateState.NOT_YET

    assert book(clinic, course).status_code == 302

    assert gate(place, course) == GateAnswer(GateState.READY, "09:00, Chair 1, Nurse Vance")
    assert "Stop by Mon 17 Mar 09:00" in words(clinic.get(reverse("readiness")))


@pytest.mark.parametrize(
    ("wrong", "objection"),
    [
        ({"others": " , "}, "Say who is there."),
        ({"chair": ""}, "This field is required."),
        ({"ends": "09:00"}, "It ends before it starts."),
        ({"starts": "25:00"}, "Enter a valid time."),
        ({"people": ["Somebody of another site"]}, "Select a valid choice."),
    ],
)
def test_what_is_missing_is_said_beside_the_field(
    course: Course, clinic: Client, wrong: dict[str, object], objection: str
) -> None:
    answer = book(clinic, course, **wrong)
    assert answer.status_code == 422
    assert objection in words(answer)
    assert not ChairBooking.objects.exists()


@pytest.mark.hazard("H22")
def test_a_chair_taken_twice_needs_a_reason_and_both_courses_say_so(
    place: Place, course: Course, neighbor: Course, clinic: Client
) -> None:
    book(clinic, course)
    wish = {"starts": "13:00", "ends": "18:00", "chair": "chair 1", "others": "Nurse Ito"}

    refused = book(clinic, neighbor, **wish)

    assert refused.status_code == 422
    assert "Chair 1 booked twice on Mar 18, 2025. Choose another time." in words(refused)
    assert ChairBooking.objects.count() == 1

    assert book(clinic, neighbor, **wish, **{clash_of(refused): "The first is out by one"}).status_code == 302
    assert ConflictOverride.objects.get().reason == "The first is out by one"
    assert "all the same: A clinic: The first is out by one" in gate(place, neighbor).reason
    course.refresh_from_db()
    assert course.assess_after is not None
    reassess(course.pk, now=NOW)
    assert gate(place, course).state == GateState.PROBLEM


@pytest.mark.hazard("H22")
def test_people_clash_as_chairs_do(course: Course, neighbor: Course, clinic: Client) -> None:
    book(clinic, course)
    assert "Nurse Vance booked twice" in words(book(clinic, neighbor, chair="Chair 2"))


def test_touching_is_not_overlapping(course: Course, neighbor: Course, clinic: Client) -> None:
    book(clinic, course)
    assert book(clinic, neighbor, starts="14:00", ends="19:00").status_code == 302


def test_what_was_given_back_clashes_with_nothing(
    place: Place, course: Course, neighbor: Course, clinic: Client
) -> None:
    book(clinic, course)
    cycle = second(course)
    address = reverse("cancel-booking", args=[course.patient.public_id, cycle.public_id])
    sent = {"patient": str(course.patient.public_id), "version": cycle.version}
    assert clinic.post(address, sent).status_code == 422

    assert clinic.post(address, {**sent, "because": "Chair is broken"}).status_code == 302

    assert book(clinic, neighbor).status_code == 302
    assert gate(place, course).state == GateState.NOT_YET
    assert second(course).planned_start_at is None


def test_too_much_licensed_activity_is_said_too(course: Course, neighbor: Course, clinic: Client) -> None:
    SiteSettings.objects.update(licensed_gbq_per_day=10)
    said = words(book(clinic, course))
    assert "14.8 GBq planned on Mar 18, 2025; the license allows 10 GBq per day" in said


def test_another_day_frees_chair_and_people(place: Place, course: Course, clinic: Client) -> None:
    book(clinic, course)
    cycle = second(course)
    move_infusion(
        cycle,
        to=date(2025, 3, 20),
        by=place.user(Role.NAVIGATOR),
        because="Travels",
        version=cycle.version,
        now=NOW,
    )
    assert ChairBooking.objects.get().cancelled_because == "infusion moved: Travels"
    assert gate(place, course).state == GateState.NOT_YET


def test_booked_anew_the_first_booking_is_kept_as_given_back(course: Course, clinic: Client) -> None:
    book(clinic, course)
    book(clinic, course, starts="10:00", ends="15:00")
    first, now = ChairBooking.objects.order_by("pk")
    assert (first.cancelled_because, now.cancelled_at) == ("booked anew", None)
    assert not CourseConflict.objects.filter(code="capacity").exists()
    assert second(course).planned_start_at == datetime.fromisoformat("2025-03-18T10:00-04:00")


def test_of_two_who_book_the_second_loses_nothing(course: Course, clinic: Client) -> None:
    version = second(course).version
    book(clinic, course)
    late = book(clinic, course, version=version, chair="Chair 7")
    assert late.status_code == 409
    assert "Chair 7" in words(late)
    assert f'name="version" value="{second(course).version}"' in words(late)


def test_the_page_shows_the_day_without_naming_other_patients(
    course: Course, neighbor: Course, clinic: Client
) -> None:
    book(clinic, neighbor)
    cycle = second(course)
    page = words(clinic.get(reverse("book-infusion", args=[course.patient.public_id, cycle.public_id])))
    assert "09:00-14:00" in page
    assert neighbor.patient.family_name not in page


def test_a_day_that_has_passed_is_not_booked(course: Course, clinic: Client) -> None:
    Cycle.objects.filter(course=course, number=2).update(planned_on=date(2025, 3, 4))
    assert "This day has passed" in words(book(clinic, course))
    assert not ChairBooking.objects.exists()


def test_an_infusion_that_was_given_or_has_no_day_is_not_booked(course: Course, clinic: Client) -> None:
    for number, said in ((1, "was given on"), (3, "has no day yet")):
        cycle = Cycle.objects.get(course=course, number=number)
        address = reverse("book-infusion", args=[course.patient.public_id, cycle.public_id])
        assert said in words(clinic.get(address))
        clinic.post(address, {"patient": str(course.patient.public_id), "starts": "09:00", "ends": "10:00"})
    assert not ChairBooking.objects.exists()
