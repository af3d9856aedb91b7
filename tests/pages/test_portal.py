"""The portal in a browser: axe in both themes, what is asked above the fold, without JavaScript, print."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from coordination.base.models import User
from scheduling.models import Course
from tests.base.objects import World
from tests.pages.browser import DESKTOP, PHONE, THEMES, is_cut_off, problems_of
from tests.patients.stories import NOW, mid_course

FOUR_HUNDRED_PERCENT = {"width": 1366 // 4, "height": 768 // 4}


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def course(world: World) -> Course:
    course = mid_course(world.own)
    assert world.own.portal_document
    return course


@pytest.fixture
def referrer(world: World) -> User:
    return world.own.user(Role.REFERRER)


def _addresses(course: Course) -> list[str]:
    patient = f"/portal/patients/{course.patient.public_id}"
    pages = ("how-to-refer", "about-prrt", "who-does-what", "calendar")
    return [
        "/portal/",
        f"{patient}/",
        f"{patient}/results",
        *(f"/portal/{page}" for page in pages),
        "/practice-calendar",
    ]


def _problems(page: Page, addresses: list[str], server: str) -> dict[str, list[str]]:
    found = {}
    for address in addresses:
        page.goto(server + address)
        if wrong := problems_of(page) + (["cut off sideways"] if is_cut_off(page) else []):
            found[address] = wrong
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_the_portal_is_accessible(
    open_as: Callable[..., Page], course: Course, referrer: User, theme: str, viewport: dict[str, int]
) -> None:
    page = open_as(referrer, "/portal/", theme=theme, viewport=viewport)
    assert _problems(page, _addresses(course), page.url.removesuffix("/portal/")) == {}


@pytest.mark.parametrize("theme", THEMES)
def test_the_staff_s_side_is_accessible(
    open_as: Callable[..., Page], world: World, course: Course, referrer: User, theme: str
) -> None:
    assert world.own.invitation
    page = open_as(world.own.user(Role.NAVIGATOR), "/practice-access", theme=theme)
    server = page.url.removesuffix("/practice-access")
    addresses = [
        "/practice-access",
        f"/practice-access/{referrer.public_id}",
        f"/patients/{course.patient.public_id}/portal",
    ]
    assert _problems(page, addresses, server) == {}


def test_what_is_asked_and_by_when_is_above_the_fold(
    open_as: Callable[..., Page], course: Course, referrer: User
) -> None:
    """Seen in five seconds: no scrolling, on the list and on the patient's page."""
    for address in ("/portal/", f"/portal/patients/{course.patient.public_id}/"):
        page = open_as(referrer, address)
        first = page.locator(".ask-what").first
        expect(first).to_be_in_viewport(ratio=1)
        expect(page.locator(".ask-when").first).to_be_in_viewport(ratio=1)


def test_nothing_is_cut_off_at_400_percent(
    open_as: Callable[..., Page], course: Course, referrer: User
) -> None:
    page = open_as(referrer, "/portal/", viewport=FOUR_HUNDRED_PERCENT)
    assert not is_cut_off(page)


def test_a_practice_finds_its_way_without_javascript(
    open_as: Callable[..., Page], course: Course, referrer: User
) -> None:
    page = open_as(referrer, "/", java_script_enabled=False)
    page.get_by_role("link", name=str(course.patient)).first.click()
    expect(page.get_by_text("remains your patient and returns to you")).to_be_visible()
    page.get_by_role("link", name="All released results").click()
    expect(page.get_by_role("heading", name="Released results")).to_be_visible()


def test_on_paper_both_identifiers_and_what_is_asked_are_there(
    open_as: Callable[..., Page], course: Course, referrer: User
) -> None:
    page = open_as(referrer, f"/portal/patients/{course.patient.public_id}/")
    page.emulate_media(media="print")
    expect(page.locator(".patient-banner")).to_contain_text("4 May 1960")
    expect(page.get_by_role("heading", name="What we need from you now")).to_be_visible()
    expect(page.locator(".rail")).to_be_hidden()
