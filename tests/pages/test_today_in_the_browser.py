"""Today, board, decisions and queue in a real browser: accessible, by keyboard, without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from coordination.base import clock
from coordination.base.choices import Role
from scheduling.models import DueItem
from tests.base.objects import World
from tests.coordination.conftest import House, make_house
from tests.factories import (
    AdverseEventInquiryFactory,
    ContactLogFactory,
    CourseConflictFactory,
    CycleFactory,
    DueItemFactory,
    LabReportFactory,
    LabResultFactory,
    ProposalFactory,
    ReviewItemFactory,
    UserFactory,
)
from tests.pages.browser import DESKTOP, PHONE, THEMES, is_cut_off, problems_of

PAGES = ("/", "/decisions", "/results-to-review", "/patients/", "/readiness", "/counts")


@pytest.fixture
def ward(world: World) -> House:
    """A patient with a late item, a decision, a conflict, a result to review and an infusion to come."""
    ward = make_house("A-10442")
    today = clock.today(ward.site)

    def on(number: int) -> object:
        return today + timedelta(days=number)

    for sequence, closes in enumerate((-9, 0, 4), start=1):
        DueItemFactory(
            course=ward.course,
            sequence=sequence,
            opens_on=on(closes - 6),
            target_on=on(closes - 2),
            closes_on=on(closes),
            owner="center",
            missing=["albumin"],
        )
    DueItemFactory(course=ward.course, item="hand-back", cycle_number=None, opens_on=on(-1), owner="center")
    cycle = CycleFactory(course=ward.course, planned_on=on(12))
    AdverseEventInquiryFactory(cycle=cycle, asked_on=on(-1))
    ProposalFactory(course=ward.course, text="Give 7.4 GBq (200 mCi): no dose change needed.")
    CourseConflictFactory(course=ward.course, cycle_number=1)
    ContactLogFactory(patient=ward.patient, outcome="no-answer", recorded_by=ward.navigator)
    report = LabReportFactory(patient=ward.patient, body='{"unit": "g/mL"}')
    result = LabResultFactory(report=report, unit="g/mL", unusable=True, rejection="unit-unknown")
    ReviewItemFactory(report=report, result=result, detail="The unit is not known.")
    return ward


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible(
    open_as: Callable[..., Page], ward: House, theme: str, viewport: dict[str, int]
) -> None:
    item = DueItem.objects.filter(item="baseline-labs").first()
    assert item is not None
    paths = [*PAGES, f"/items/{item.public_id}"]
    page = open_as(ward.prescriber, paths[0], theme=theme, viewport=viewport)
    origin = page.url.rstrip("/")
    for path in paths:
        page.goto(origin + path)
        assert problems_of(page) == [], path
        assert not is_cut_off(page), path


def test_the_list_is_walked_and_snoozed_by_keyboard(open_as: Callable[..., Page], ward: House) -> None:
    page = open_as(ward.navigator, "/?kind=due-item")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-current")).to_contain_text("Whitcombe")
    page.keyboard.press("s")
    page.wait_for_url("**/items/**#snooze")
    page.get_by_label("Out of sight until").fill(str(clock.today(ward.site).replace(year=2099)))
    page.get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("At most 60 days")).to_be_visible()
    page.goto(page.url.split("/items")[0])
    page.keyboard.press("/")
    page.keyboard.type("whitc")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Found", exact=True)).to_be_visible()
    assert "whitc" not in page.url.lower()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients/**")


def test_everything_works_without_javascript(open_as: Callable[..., Page], ward: House) -> None:
    page = open_as(ward.navigator, "/", java_script_enabled=False)
    expect(page.locator("#count-today")).to_have_text("6")
    page.get_by_text("Filter", exact=True).first.click()
    page.get_by_label("Item or practice").fill("baseline")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("rowheader", name="Overdue")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text("1 line done.")).to_be_visible()


def test_the_figures_in_the_rail_follow_by_themselves(open_as: Callable[..., Page], ward: House) -> None:
    page = open_as(ward.navigator, "/patients/")
    page.clock.install()
    page.reload()
    expect(page.locator("#count-today")).to_have_text("6")
    expect(page.locator("#count-decisions")).to_have_text("1")
    DueItem.objects.update(done=True)
    page.clock.fast_forward(31_000)
    expect(page.locator("#count-today")).to_have_text("3")


def test_a_manager_reads_and_does_not_act(open_as: Callable[..., Page], ward: House) -> None:
    page = open_as(UserFactory(role=Role.MANAGER, sites=[ward.site]), "/")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.get_by_role("link", name="Enter results")).to_have_count(0)
