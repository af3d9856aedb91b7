"""What comes out of the printer: two identifiers on every sheet, the rule of the list, no furniture."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page

from coordination.base.choices import Role
from scheduling.models import Course
from tests.base.objects import World
from tests.pages.paper import sheets, widths
from tests.patients.stories import NOW, mid_course

FURNITURE = ("Readiness", "Savethisview", "Columns", "XLSX", "Nextact", "Enterresults", "Showwhatwas")
GATES = ("Labsinandgraded", "SSTRscancurrent", "Consent", "Chairandpeoplebooked", "Post-doseLARbooked")
LETTER_UPRIGHT = 612


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def course(world: World) -> Course:
    return mid_course(world.own)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", ["", "schedule", "results", "history"])
def test_every_sheet_of_a_patient_has_two_identifiers(
    open_as: Callable[..., Page], world: World, course: Course, tab: str, theme: str
) -> None:
    address = f"/patients/{course.patient.public_id}/{tab}"
    printed = sheets(open_as(world.own.user(Role.NAVIGATOR), address, theme=theme))
    patient = course.patient
    assert len(printed) > 1
    for sheet in printed:
        assert f"{patient.family_name},{patient.given_name}".replace(" ", "") in sheet
        assert f"Born{patient.birth_date:%-d%b%Y}" in sheet
        assert "MRN-own" in sheet
        assert not [word for word in FURNITURE if word in sheet]
    assert "PrintedWed5Mar2025,10:00byA" in printed[-1]


def test_today_says_its_rule_and_its_filter_on_paper(
    open_as: Callable[..., Page], world: World, course: Course
) -> None:
    printed = sheets(open_as(world.own.user(Role.NAVIGATOR), "/?owner=center&text=labs"))
    everything = "".join(printed)
    assert "Owner:PRRTcenter;Itemorpractice:labs" in everything
    assert "Opennow,oritsbestorlastday" in everything
    assert "MRN-own" in everything
    assert not [word for word in FURNITURE if word in everything]


def test_the_board_has_every_gate_on_a_wide_sheet(
    open_as: Callable[..., Page], world: World, course: Course
) -> None:
    page = open_as(world.own.user(Role.NAVIGATOR), "/readiness")
    everything = "".join(sheets(page))
    assert not [gate for gate in GATES if gate not in everything]
    assert min(widths(page)) > LETTER_UPRIGHT
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 980, "height": 700})  # the printable width of a letter lying down
    assert page.locator(".board table").evaluate("table => table.scrollWidth <= document.body.clientWidth")
