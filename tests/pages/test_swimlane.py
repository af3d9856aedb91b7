"""An infusion is moved on the swimlane: by dragging and by keyboard; both only open what follows."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from coordination.base.choices import Role
from scheduling.models import Course
from tests.base.objects import World
from tests.pages.browser import problems_of
from tests.patients.stories import NOW, SECOND, mid_course


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def course(world: World) -> Course:
    return mid_course(world.own)


@pytest.fixture
def schedule(open_as: Callable[..., Page], world: World, course: Course) -> Page:
    return open_as(world.own.user(Role.NAVIGATOR), f"/patients/{course.patient.public_id}/schedule")


def mark_of(page: Page, number: int) -> Locator:
    return page.locator(f"svg.swimlane .chart-mark[aria-label^='Infusion {number} ']")


def planned_on(course: Course) -> object:
    return course.cycles.get(number=2).planned_on


def test_dragging_opens_the_move_with_that_day_and_saves_nothing(schedule: Page, course: Course) -> None:
    mark = mark_of(schedule, 2)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    width = schedule.evaluate(
        "(svg => svg.dataset.dayWidth * svg.getScreenCTM().a)(document.querySelector('svg.swimlane'))"
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    schedule.mouse.move(x, y)
    schedule.mouse.down()
    schedule.mouse.move(x + 7 * width, y, steps=5)
    expect(schedule.locator("[data-move-status]")).to_contain_text("Tue 25 Mar 2025, 7 days later")
    assert problems_of(schedule) == []
    schedule.mouse.up()

    schedule.wait_for_url("**/move?to=2025-03-25")
    expect(schedule.get_by_role("heading", level=1)).to_contain_text("Infusion 2: in 20 days, Tue 25 Mar")
    assert planned_on(course) == SECOND


def test_by_keyboard_it_is_moved_and_saved_with_a_reason(schedule: Page, course: Course) -> None:
    mark_of(schedule, 2).focus()
    schedule.keyboard.press("Shift+ArrowDown")
    schedule.keyboard.press("Shift+ArrowRight")
    expect(schedule.get_by_role("status")).to_contain_text("Wed 26 Mar 2025, 8 days later")
    schedule.keyboard.press("Escape")
    expect(schedule.get_by_role("status")).to_be_empty()
    schedule.keyboard.press("Shift+ArrowRight")
    schedule.keyboard.press("Enter")

    schedule.wait_for_url("**/move?to=2025-03-19")
    schedule.get_by_label("Why is it moved?").fill("The patient asked for it")
    schedule.get_by_role("button", name="Move infusion 2").click()
    expect(schedule.get_by_role("status").first).to_contain_text("Infusion 2 is planned for Wed 19 Mar 2025.")
    assert str(planned_on(course)) == "2025-03-19"


def test_it_does_not_go_before_today_and_what_was_given_does_not_move(schedule: Page) -> None:
    mark_of(schedule, 2).focus()
    for _ in range(4):
        schedule.keyboard.press("Shift+ArrowUp")
    expect(schedule.get_by_role("status")).to_contain_text("Wed 5 Mar 2025, 13 days earlier")

    mark_of(schedule, 1).focus()
    schedule.keyboard.press("Shift+ArrowRight")
    expect(mark_of(schedule, 1)).not_to_have_attribute("transform", "translate(0 0)")
    assert mark_of(schedule, 1).get_attribute("data-move") is None


def test_who_only_reads_moves_nothing(open_as: Callable[..., Page], world: World, course: Course) -> None:
    page = open_as(world.own.user(Role.MANAGER), f"/patients/{course.patient.public_id}/schedule")
    assert mark_of(page, 2).get_attribute("data-move") is None
    expect(page.locator("[data-move-hint]")).to_have_count(0)
