"""The navigator's whole day in a browser: with the mouse, by keyboard only, without JavaScript, at 400 %."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.models import HandoverNote
from scheduling.models import ContactLog, Course, Cycle, DueItem
from tests.base.objects import World
from tests.pages.browser import DESKTOP, is_cut_off
from tests.patients.stories import NOW, TODAY, mid_course

PASSWORD = "a long enough sentence"
FOUR_HUNDRED_PERCENT = {"width": 1366 // 4, "height": 768 // 4}
WAYS = {
    "mouse": {"viewport": DESKTOP},
    "no-script": {"viewport": DESKTOP, "java_script_enabled": False},
    "400-percent": {"viewport": FOUR_HUNDRED_PERCENT},
}


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def course(world: World) -> Course:
    """Platelets of 62 hold infusion 2; CT and labs are asked for around it."""
    course = mid_course(world.own)
    DueItem.objects.filter(course=course, item="nadir-labs", cycle_number=1).update(
        done=False, missing=["platelets"], waits=False, opens_on=TODAY, target_on=TODAY, closes_on=TODAY
    )
    return course


@pytest.fixture
def navigator(world: World, course: Course) -> User:
    user = world.own.user(Role.NAVIGATOR)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_day(open_as: Callable[..., Page], course: Course, navigator: User, way: str) -> None:
    page = open_as(None, "/", **WAYS[way])
    sign_in(page, navigator)
    _filter(page)
    _log_a_call(page, course)
    _snooze(page, course)
    _enter_a_result(page, course)
    _move_the_infusion(page, course)
    _hand_over(page)


def _here(page: Page) -> None:
    """Nothing is out of reach to the side, whatever the width."""
    assert not is_cut_off(page), page.url


def _filter(page: Page) -> None:
    page.get_by_text("Filter", exact=True).first.click()
    page.get_by_label("Item or practice").fill("nadir")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_text("1 line", exact=True)).to_be_visible()
    expect(page.locator("td.what")).to_contain_text("Nadir labs, cycle 1")
    _here(page)


def _log_a_call(page: Page, course: Course) -> None:
    page.get_by_role("link", name="Log a call about Nadir labs").click()
    page.get_by_label("With whom").fill("Their laboratory")
    page.get_by_label("Outcome").select_option("left-message")
    page.get_by_role("button", name="Log the call").click()
    expect(page.get_by_text("The call is logged.")).to_be_visible()
    assert ContactLog.objects.filter(patient=course.patient, outcome="left-message").exists()


def _snooze(page: Page, course: Course) -> None:
    page.goto(f"{_origin(page)}/?text=nadir")
    page.get_by_role("link", name="Snooze Nadir labs").click()
    page.get_by_label("Out of sight until").fill("2025-03-07")
    page.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("Snoozed: it comes back by itself.")).to_be_visible()
    _here(page)


def _enter_a_result(page: Page, course: Course) -> None:
    page.goto(f"{_origin(page)}/patients/{course.patient.public_id}/")
    expect(page.get_by_role("heading", name="Infusion 2: hold")).to_be_visible()
    page.get_by_role("link", name="Enter results").click()
    page.get_by_label("Drawn at").fill("2025-03-05T08:00")
    page.get_by_label("Platelets 777-3").fill("81")
    page.get_by_label("Platelets: range from").fill("150")
    page.get_by_role("button", name="Save results").click()
    expect(page.get_by_role("status").first).to_contain_text("Now: infusion 2: Give 3.7 GBq")
    _here(page)


def _move_the_infusion(page: Page, course: Course) -> None:
    page.get_by_role("link", name="Cycle 2").click()
    page.get_by_label("New day").fill("2025-03-20")
    page.get_by_role("button", name="Show what follows").click()
    expect(page.get_by_role("heading", name="What moves")).to_be_visible()
    _here(page)
    page.get_by_label("Why is it moved?").fill("The patient travels on the 18th")
    page.get_by_role("button", name="Move infusion 2").click()
    expect(page.get_by_role("status").first).to_contain_text("planned for Thu 20 Mar 2025")
    assert str(Cycle.objects.get(course=course, number=2).planned_on) == "2025-03-20"


def _hand_over(page: Page) -> None:
    page.goto(_origin(page))
    page.get_by_label("For whoever works next").fill("Platelets are back: the prescriber signs tomorrow")
    page.get_by_role("button", name="Leave the note").click()
    expect(page.get_by_label("Handover note").first).to_contain_text("Platelets are back")
    assert HandoverNote.objects.count() == 1
    _here(page)


def _origin(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])


def test_the_day_by_keyboard_only(open_as: Callable[..., Page], course: Course, navigator: User) -> None:
    """Nothing is clicked: the keys of the list, Tab, Enter and typing."""
    page = open_as(None, "/")
    keys = page.keyboard
    page.get_by_label("User name").focus()
    keys.type(navigator.username)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()

    _walk_to(page, "Nadir labs")
    keys.press("c")
    page.wait_for_url("**/items/**#call")
    _tab_to(page, "With whom")
    keys.type("Their laboratory")
    _tab_to(page, "Outcome")
    keys.type("Left")
    _tab_to(page, "Log the call")
    keys.press("Enter")
    expect(page.get_by_text("The call is logged.")).to_be_visible()

    page.goto(_origin(page))
    _walk_to(page, "Nadir labs")
    keys.press("Enter")
    page.wait_for_url("**/patients/**", wait_until="load")
    keys.press("e")
    page.wait_for_url("**/results/enter")
    _tab_to(page, "Drawn at")
    keys.type("03052025")
    keys.press("Tab")  # from the day to the hour, in the same field
    keys.type("0800AM")
    expect(page.get_by_label("Drawn at")).to_have_value("2025-03-05T08:00")
    _tab_to(page, "Platelets 777-3")
    keys.type("81")
    _tab_to(page, "Platelets: range from")
    keys.type("150")
    keys.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Now: infusion 2: Give 3.7 GBq")


def _walk_to(page: Page, words: str) -> None:
    page.wait_for_load_state()  # a key pressed before the script listens is lost
    for _ in range(20):
        page.keyboard.press("j")
        if words in page.locator("[data-row].is-current").inner_text():
            return
    raise AssertionError(f"{words} is not on the list")


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    page.wait_for_load_state()
    wanted = page.get_by_label(name).or_(page.get_by_role("button", name=name)).first
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{name} is not reached by Tab")
