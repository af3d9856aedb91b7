"""One patient's pages in a real browser: axe, keyboard, without JavaScript, at 400 %."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from scheduling.models import Course, Signature
from tests.base.objects import World
from tests.pages.browser import DESKTOP, PHONE, THEMES, is_cut_off, problems_of
from tests.patients.stories import NOW, mid_course

FOUR_HUNDRED_PERCENT = {"width": 1366 // 4, "height": 768 // 4}
TABS = ("", "schedule", "results", "records", "team", "history")


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def course(world: World) -> Course:
    return mid_course(world.own)


def _addresses(course: Course) -> list[str]:
    patient = f"/patients/{course.patient.public_id}"
    of_course = f"{patient}/courses/{course.public_id}"
    cycle = course.cycles.get(number=2)
    return [
        *(f"{patient}/{tab}" for tab in TABS),
        f"{patient}/?as_of=2025-02-20",
        f"{patient}/results/enter",
        f"{patient}/team/who-does-what?item=nadir-labs",
        *(
            f"{patient}/record/{kind}"
            for kind in ("infusion", "injection", "weight", "adverse-event", "inquiry")
        ),
        *(f"{of_course}/{act}" for act in ("sign", "override", "attribute", "confirm-row", "hold", "stop")),
        f"{patient}/cycles/{cycle.public_id}/book",
        f"{patient}/cycles/{cycle.public_id}/move",
        f"{patient}/cycles/{cycle.public_id}/move?to=2025-05-20",
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_a_patient_is_accessible(
    open_as: Callable[..., Page], world: World, course: Course, theme: str, viewport: dict[str, int]
) -> None:
    first, *others = _addresses(course)
    page = open_as(world.own.user(Role.PRESCRIBER), first, theme=theme, viewport=viewport)
    server = page.url.removesuffix(first)
    problems = {first: problems_of(page)}
    for address in others:
        page.goto(server + address)
        problems[address] = problems_of(page) + (["cut off sideways"] if is_cut_off(page) else [])
    assert {address: found for address, found in problems.items() if found} == {}


def test_at_400_percent_the_first_page_is_not_cut_off(
    open_as: Callable[..., Page], world: World, course: Course
) -> None:
    page = open_as(
        world.own.user(Role.NAVIGATOR),
        f"/patients/{course.patient.public_id}/",
        viewport=FOUR_HUNDRED_PERCENT,
    )
    assert not is_cut_off(page)


def test_a_prescriber_signs_in_two_clicks_without_javascript(
    open_as: Callable[..., Page], world: World, course: Course
) -> None:
    page = open_as(
        world.own.user(Role.PRESCRIBER), f"/patients/{course.patient.public_id}/", java_script_enabled=False
    )
    page.get_by_role("link", name="Look and sign: hold").click()
    expect(page.get_by_role("region", name="Newest values")).to_contain_text("62 10*9/L")
    page.get_by_role("button", name="Sign: Infusion 2: hold").click()
    expect(page.get_by_role("status")).to_contain_text("Signed.")
    assert Signature.objects.get().action == "hold"


def test_results_are_typed_and_the_answer_changes(
    open_as: Callable[..., Page], world: World, course: Course
) -> None:
    page = open_as(world.own.user(Role.NAVIGATOR), f"/patients/{course.patient.public_id}/")
    page.keyboard.press("e")
    page.get_by_label("Drawn at").fill("2025-03-05T08:00")
    page.get_by_label("Platelets 777-3").fill("81")
    page.get_by_label("Platelets: range from").fill("150")
    page.get_by_role("button", name="Save results").click()
    expect(page.get_by_role("status")).to_contain_text("Now: infusion 2: Give 3.7 GBq")
    expect(page.get_by_role("heading", name="Infusion 2: give 3.7 GBq")).to_be_visible()


def test_arrow_keys_walk_the_marks_of_the_swimlane(
    open_as: Callable[..., Page], world: World, course: Course
) -> None:
    page = open_as(world.own.user(Role.NAVIGATOR), f"/patients/{course.patient.public_id}/schedule")
    page.locator("svg.swimlane .chart-mark[tabindex='0']").focus()
    seen = []
    for key in ("Home", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert seen[0] == "Infusion 1 given Tue 14 Jan"
    assert "Infusion 2" in seen[1]
    assert "drawn" in seen[2] or "labs" in seen[2].lower()
