"""The contract as a page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from tests.base.objects import World
from tests.pages.browser import PHONE, THEMES, is_cut_off, problems_of


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_shows_every_door(world: World, open_as: Callable[..., Page], theme: str) -> None:
    page = open_as(world.own.user(Role.ADMIN), "/api/docs/", theme=theme, viewport=PHONE)

    expect(page.get_by_role("heading", name="Find a patient by a number")).to_be_visible()
    expect(page.get_by_text("POST /api/v1/lab-results")).to_be_visible()
    assert problems_of(page) == []
    assert not is_cut_off(page)
