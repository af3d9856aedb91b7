"""Who does what: agreed on the team's page, with a reason; what is due changes hands at once."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from patients.models import Responsibility
from scheduling.models import Course
from tests.base.objects import Place, new_place
from tests.factories import PracticeFactory
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
    return mid_course(place, platelets="212")


@pytest.fixture
def navigator(place: Place, course: Course) -> Client:
    client = Client()
    client.force_login(place.user(Role.NAVIGATOR))
    return client


def agree(client: Client, course: Course, **data: object) -> Any:
    sent = {
        "patient": str(course.patient.public_id),
        "items": ["pre-dose-labs"],
        "owner": "center",
        "because": "Their laboratory is closed in March",
        "read": 0,
        **data,
    }
    return client.post(reverse("share-out", args=[course.patient.public_id]), sent)


def words(client: Client, name: str, course: Course, **query: str) -> str:
    answer = client.get(reverse(name, args=[course.patient.public_id]), query)
    return " ".join(answer.content.decode().split())


def owners(course: Course, item: str) -> set[tuple[str, int | None]]:
    return set(course.due_items.filter(item=item).values_list("owner", "practice"))


def test_what_is_due_changes_hands_at_once(navigator: Client, course: Course) -> None:
    assert {owner for owner, _ in owners(course, "nadir-labs")} == {"referring-practice"}

    answer = agree(navigator, course, items=["nadir-labs", "ct-mri"])

    assert answer.status_code == 302
    assert owners(course, "nadir-labs") == {("center", None)}
    assert owners(course, "ct-mri") == {("center", None)}
    assert Responsibility.objects.count() == 2


def test_a_named_practice_sees_to_it(navigator: Client, course: Course) -> None:
    nearer = PracticeFactory()
    agree(navigator, course, owner="referring-practice", practice=nearer.pk)
    assert owners(course, "pre-dose-labs") == {("referring-practice", nearer.pk)}
    assert nearer.name in words(navigator, "patient-team", course)


def test_the_matrix_and_the_timeline_say_who_agreed_and_why(
    place: Place, navigator: Client, course: Course
) -> None:
    agree(navigator, course)
    for page in ("patient-team", "patient-history"):
        text = words(navigator, page, course)
        assert "Their laboratory is closed in March" in text
        assert place.user(Role.NAVIGATOR).full_name in text


def test_the_matrix_of_an_earlier_day_does_not_know_it_yet(navigator: Client, course: Course) -> None:
    agree(navigator, course)
    assert "Their laboratory" not in words(navigator, "patient-team", course, as_of="2025-03-04")


def test_the_usual_way_comes_back_and_the_history_stays(navigator: Client, course: Course) -> None:
    agree(navigator, course)
    newest = Responsibility.history.latest("history_id").history_id

    agree(navigator, course, owner="usual", because="Open again", read=newest)

    assert {owner for owner, _ in owners(course, "pre-dose-labs")} == {"referring-practice"}
    kinds = Responsibility.history.order_by("history_id").values_list("history_type", "history_change_reason")
    assert list(kinds) == [("+", "Their laboratory is closed in March"), ("-", "Open again")]
    assert "Labs before the dose: seen to as usual" in words(navigator, "patient-history", course)


def test_of_two_people_the_second_is_told_and_loses_nothing(navigator: Client, course: Course) -> None:
    agree(navigator, course, owner="patient")

    answer = agree(navigator, course, because="What I had typed")

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "A navigator changed who does what meanwhile" in text
    assert "What I had typed" in text
    assert owners(course, "pre-dose-labs") == {("patient", None)}
    newest = Responsibility.history.latest("history_id").history_id
    assert f'name="read" value="{newest}"' in text


@pytest.mark.parametrize(
    ("wrong", "objection"),
    [
        ({"items": []}, "Tick at least one."),
        ({"owner": ""}, "This field is required."),
        ({"because": " "}, "This field is required."),
        ({"items": ["coffee"]}, "Select a valid choice."),
        ({"practice": "practice"}, "Only what a practice sees to names a practice."),
        ({"owner": "usual", "practice": "practice"}, "The usual way names no practice."),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_the_field(
    navigator: Client, course: Course, wrong: dict[str, Any], objection: str
) -> None:
    if "practice" in wrong:
        wrong = {**wrong, "practice": PracticeFactory().pk}
    answer = agree(navigator, course, **wrong)
    assert answer.status_code == 422
    assert objection in answer.content.decode()
    assert not Responsibility.objects.exists()


def test_who_only_reads_is_not_offered_it(place: Place, course: Course) -> None:
    client = Client()
    client.force_login(place.user(Role.MANAGER))
    assert reverse("share-out", args=[course.patient.public_id]) not in words(client, "patient-team", course)
    assert agree(client, course).status_code == 403
