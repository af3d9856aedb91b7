"""The pages of messages in a browser: axe in both themes, nothing cut off, the way out without signing in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.models import MessageDelivery
from coordination.reminders.derive import derive
from tests.factories import ContactPointFactory, PatientIdentifierFactory, UserFactory
from tests.pages.browser import DESKTOP, PHONE, THEMES, is_cut_off, problems_of
from tests.reminders.house import House, at

NOW: datetime = at("2025-01-06 09:00")
PAGES = (
    "messages",
    "messages-sent",
    "messages-to-decide",
    "message",
    "message-addresses",
    "practice-addresses",
    "my-addresses",
    "reminder-timetable",
    "message-texts",
    "message-text",
    "patient-messages",
    "patient-addresses",
    "since-yesterday",
    "way-out",
)
FOR_MANAGERS = {"reminder-timetable", "message-texts", "message-text"}


@dataclass
class Scene:
    house: House
    people: dict[str, User] = field(default_factory=dict)

    def path(self, name: str) -> str:
        house = self.house
        arguments: dict[str, list[Any]] = {
            "message": [MessageDelivery.objects.filter(state="unknown").get().public_id],
            "practice-addresses": [house.practice.public_id],
            "reminder-timetable": [house.site.public_id],
            "message-texts": [house.site.public_id],
            "message-text": [house.site.public_id, "practice-late", "email", "en"],
            "patient-messages": [house.patient.public_id],
            "patient-addresses": [house.patient.public_id],
            "way-out": [house.desk.token],
        }
        return reverse(name, args=arguments.get(name, []))

    def person(self, name: str) -> User | None:
        return None if name == "way-out" else self.people["admin" if name in FOR_MANAGERS else "navigator"]


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Scene]:
    with time_machine.travel(NOW, tick=True):
        house = House()
        PatientIdentifierFactory.create(patient=house.patient)
        house.staff(Role.PRESCRIBER)
        ContactPointFactory.create(practice=None, patient=house.patient, address="me@home.example")
        house.labs()
        house.labs(item="sstr-pet", opens_on="2025-01-08", target_on="2025-01-10", closes_on="2025-01-14")
        house.labs(item="consent", owner="center", practice=None, closes_on="2025-01-05")
        derive(house.site, now=NOW)
        MessageDelivery.objects.filter(contact=house.desk).update(
            state="unknown", claimed_at=NOW, problem="the line broke meanwhile"
        )
        delivery = MessageDelivery.objects.get(contact=house.desk)
        delivery.subject, delivery.body = "Something is late since Fri 3 January 2025", "Dear colleague,\n\n…"
        delivery.save()
        admin = UserFactory.create(role=Role.ADMIN, sites=[house.site])
        yield Scene(house, {"navigator": house.navigator, "admin": admin})


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_messages_is_open_to_everybody(
    scene: Scene, open_as: Callable[..., Page], name: str, theme: str
) -> None:
    page = open_as(scene.person(name), scene.path(name), theme=theme, viewport=DESKTOP)
    assert problems_of(page) == []
    assert not is_cut_off(page)


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_is_cut_off_and_a_finger_meets_each_link(
    scene: Scene, open_as: Callable[..., Page], name: str
) -> None:
    page = open_as(scene.person(name), scene.path(name), viewport=PHONE)
    assert not is_cut_off(page)
    assert problems_of(page) == []


def test_the_receiver_stops_the_messages_without_signing_in(
    scene: Scene, open_as: Callable[..., Page]
) -> None:
    page = open_as(None, scene.path("way-out"))
    page.get_by_role("button", name="No more messages").click()
    page.get_by_text("No more will be sent").wait_for()
    scene.house.desk.refresh_from_db()
    assert not scene.house.desk.is_usable
