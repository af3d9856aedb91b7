"""The navigator's whole day in a browser: with the mouse, by keyboard only, without JavaScript, at 400 %."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.models import HandoverNote
from scheduling.models import ContactLog, Course, Cycle, DueItem
from tests.base.objects import World
from tests.factories import DueItemFactory
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


@pytest.fixture
def done_by_hand(course: Course) -> DueItem:
    """What only a person's word shows as done."""
    return DueItemFactory(
        course=course,
        item="hand-back",
        cycle_number=None,
        opens_on=TODAY - timedelta(days=9),
        target_on=TODAY,
        closes_on=TODAY,
        owner="center",
    )


def test_the_day_by_keyboard_only(
    open_as: Callable[..., Page], course: Course, navigator: User, done_by_hand: DueItem
) -> None:
    """Nothing is clicked and no field is filled but by pressing keys."""
    page = open_as(None, "/")
    page.get_by_label("User name").focus()
    _type(page, navigator.username, "Tab", PASSWORD, "Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()

    _ask_for_help_and_find_a_patient(page, course)
    _call_by_keyboard(page, course)
    _settle_by_keyboard(page, course, done_by_hand)
    _result_by_keyboard(page)
    _move_by_keyboard(page, course)
    _hand_over_by_keyboard(page)


def _type(page: Page, *words_or_keys: str) -> None:
    """Press keys by their names, and type everything else."""
    for each in words_or_keys:
        if each in ("Tab", "Enter", "Space", "Shift+Tab"):
            page.keyboard.press(each)
        else:
            page.keyboard.type(each)


def _to_today(page: Page) -> None:
    _tab_to(page, "Today", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


def _ask_for_help_and_find_a_patient(page: Page, course: Course) -> None:
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys and words")).to_be_visible()
    for key in ("/", "j", "k", "Enter", "d", "s", "c", "o", "e", "?"):
        expect(page.locator("kbd", has_text=key).first).to_be_attached()
    page.wait_for_load_state()
    _type(page, "/", course.patient.family_name[:5].lower(), "Enter")
    expect(page.get_by_role("heading", name="Found", exact=True)).to_be_visible()
    page.wait_for_load_state()
    _type(page, "j", "Enter")
    expect(page.get_by_role("heading", name="Infusion 2: hold")).to_be_visible()
    _to_today(page)


def _call_by_keyboard(page: Page, course: Course) -> None:
    _walk_to(page, "Nadir labs")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url("**/items/**#call")
    _tab_to(page, "With whom")
    _type(page, "Their laboratory")
    _tab_to(page, "Outcome")
    _type(page, "Left")
    _tab_to(page, "Log the call")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The call is logged.")).to_be_visible()
    assert ContactLog.objects.filter(patient=course.patient, outcome="left-message").exists()


def _settle_by_keyboard(page: Page, course: Course, done_by_hand: DueItem) -> None:
    """Done, not done because, and out of sight until a day."""
    _walk_to(page, "Return to the referring physician")
    page.keyboard.press("d")
    expect(page.get_by_text("1 line done.")).to_be_visible()
    done_by_hand.refresh_from_db()
    assert done_by_hand.marked_done_at is not None

    _walk_to(page, "Confirming labs")  # too late: the next act is to close it
    page.keyboard.press("d")
    page.wait_for_url("**/items/**#not-done")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Not done, because")).to_be_focused()
    _type(page, "Drawn at the county hospital")
    _tab_to(page, "Mark not done")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marked not done.")).to_be_visible()
    closed = DueItem.objects.get(course=course, item="confirm-labs", cycle_number=1)
    assert closed.not_done_reason == "Drawn at the county hospital"

    _walk_to(page, "Nadir labs")
    page.keyboard.press("s")
    page.wait_for_url("**/items/**#snooze")
    _tab_to(page, "Out of sight until")
    _type(page, "03072025", "Enter")
    expect(page.get_by_text("Snoozed: it comes back by itself.")).to_be_visible()
    nadir = DueItem.objects.get(course=course, item="nadir-labs", cycle_number=1)
    assert str(nadir.snoozed_until) == "2025-03-07"


def _result_by_keyboard(page: Page) -> None:
    page.wait_for_load_state()
    _type(page, "j", "Enter")
    page.wait_for_url("**/patients/**", wait_until="load")
    page.keyboard.press("e")
    page.wait_for_url("**/results/enter")
    _tab_to(page, "Drawn at")
    _type(page, "03052025", "Tab", "0800AM")  # Tab: from the day to the hour, in the same field
    expect(page.get_by_label("Drawn at")).to_have_value("2025-03-05T08:00")
    _tab_to(page, "Platelets 777-3")
    _type(page, "81")
    _tab_to(page, "Platelets: range from")
    _type(page, "150", "Enter")
    expect(page.get_by_role("status").first).to_contain_text("Now: infusion 2: Give 3.7 GBq")


def _move_by_keyboard(page: Page, course: Course) -> None:
    _tab_to(page, "Cycle 2", role="link")
    page.keyboard.press("Enter")
    page.wait_for_url("**/move")
    _tab_to(page, "New day")
    _type(page, "03202025", "Enter")
    expect(page.get_by_role("heading", name="What moves")).to_be_visible()
    _tab_to(page, "Why is it moved?")
    _type(page, "The patient travels on the 18th")
    _tab_to(page, "Move infusion 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("planned for Thu 20 Mar 2025")
    assert str(Cycle.objects.get(course=course, number=2).planned_on) == "2025-03-20"


def _hand_over_by_keyboard(page: Page) -> None:
    _to_today(page)
    _tab_to(page, "Handover", role="link")
    page.keyboard.press("Enter")
    page.wait_for_url("**#handover")
    page.keyboard.press("Tab")
    expect(page.get_by_label("For whoever works next")).to_be_focused()
    _type(page, "Platelets are back: the prescriber signs tomorrow")
    _tab_to(page, "Leave the note")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Handover note").first).to_contain_text("Platelets are back")


def test_lines_are_ticked_and_snoozed_together_by_keyboard(
    open_as: Callable[..., Page], course: Course, navigator: User
) -> None:
    """Enter alone never acts on ticked lines: it opens the line, or says to press the button."""
    page = open_as(navigator, "/?kind=due-item")
    _walk_to(page, "Nadir labs")
    _type(page, "Shift+Tab", "Space", "Enter")
    page.wait_for_url("**/patients/**")
    page = open_as(navigator, "/?kind=due-item")
    _walk_to(page, "Nadir labs")
    _type(page, "Shift+Tab", "Space")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.locator(".bulk-acts > summary").evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    _tab_to(page, "Not done, because")
    _type(page, "Drawn elsewhere", "Enter")
    expect(page.get_by_text("Press the button of what is to be done")).to_be_visible()
    expect(page.get_by_label("Not done, because")).to_have_value("Drawn elsewhere")
    expect(page.get_by_label("Tick Nadir labs")).to_be_checked()
    _tab_to(page, "Snooze until")
    _type(page, "03072025")
    _tab_to(page, "Snooze", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 line snoozed.")).to_be_visible()
    assert "kind=due-item" in page.url
    nadir = DueItem.objects.get(course=course, item="nadir-labs", cycle_number=1)
    assert (str(nadir.snoozed_until), nadir.assigned_to, nadir.not_done_at) == ("2025-03-07", None, None)


def _walk_to(page: Page, words: str) -> None:
    page.wait_for_load_state()  # a key pressed before the script listens is lost
    for _ in range(20):
        page.keyboard.press("j")
        if words in page.locator("[data-row].is-current").inner_text():
            return
    raise AssertionError(f"{words} is not on the list")


def _tab_to(page: Page, name: str, *, role: str = "") -> None:
    """Press Tab until what has this name has the focus."""
    page.wait_for_load_state()
    if role:
        wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    else:
        wanted = page.get_by_label(name).or_(page.get_by_role("button", name=name)).first
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{name} is not reached by Tab")
