"""The frame of every page and all components, in a real browser: both themes, desktop and phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from tests.base.objects import World
from tests.pages.browser import DESKTOP, PHONE, THEMES, is_cut_off, problems_of

FIRST_PAGE_LIMIT = 250_000
FOUR_HUNDRED_PERCENT = {"width": 1366 // 4, "height": 768 // 4}


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.FOURFOLD_DEMO = True


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_components_are_accessible(
    open_as: Callable[..., Page], world: World, theme: str, viewport: dict[str, int]
) -> None:
    page = open_as(world.own.user(Role.ADMIN), "/design", theme=theme, viewport=viewport)
    assert problems_of(page) == []
    assert not is_cut_off(page)


@pytest.mark.parametrize("theme", THEMES)
def test_signing_in_is_accessible(open_as: Callable[..., Page], world: World, theme: str) -> None:
    page = open_as(None, "/sign-in", theme=theme)
    assert problems_of(page) == []
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Not signed in")
    assert problems_of(page) == []


def test_signing_in_leads_back_to_the_page(open_as: Callable[..., Page], world: World) -> None:
    user = world.own.user(Role.ADMIN)
    user.set_password("a long enough sentence")
    user.save()
    page = open_as(None, "/design")
    page.get_by_label("User name").fill(user.username.upper())
    page.get_by_label("Password").fill("a long enough sentence")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Components", exact=True)).to_be_visible()
    page.get_by_text(user.full_name, exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_at_400_percent_nothing_is_cut_off(open_as: Callable[..., Page], world: World) -> None:
    page = open_as(world.own.user(Role.ADMIN), "/design", viewport=FOUR_HUNDRED_PERCENT)
    assert not is_cut_off(page)


def test_a_chosen_theme_stays_without_javascript(open_as: Callable[..., Page], world: World) -> None:
    page = open_as(world.own.user(Role.ADMIN), "/design", java_script_enabled=False)
    page.locator(".menu > summary", has_text="A admin").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_walk_a_list(open_as: Callable[..., Page], world: World) -> None:
    page = open_as(world.own.user(Role.ADMIN), "/design")
    page.get_by_role(
        "heading", name="Components", exact=True
    ).click()  # out of the field at fault, which has the cursor
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-current")).to_contain_text("Okafor")
    page.keyboard.press("k")
    expect(page.locator("[data-row].is-current")).to_contain_text("Whitcombe")
    page.keyboard.press("Enter")
    page.wait_for_url("**/design?row=1")


def test_the_first_page_is_light(open_as: Callable[..., Page], world: World) -> None:
    page = open_as(None, "/sign-in")
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(sum(request.sizes().values())))
    page.goto(page.url)
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < FIRST_PAGE_LIMIT


def test_an_error_page_says_what_to_do(open_as: Callable[..., Page], world: World) -> None:
    page = open_as(world.own.user(Role.NAVIGATOR), "/nothing-here")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert problems_of(page) == []
