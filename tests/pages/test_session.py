"""The end of a session that nobody uses, as the browser shows it, and one's own account."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from coordination.base.choices import Role
from coordination.base.models import KeptForm, SiteSettings, UserSession
from tests.base.objects import World
from tests.base.phone import code_of
from tests.pages.browser import PHONE, THEMES, is_cut_off, problems_of

MINUTE = 60_000
PASSWORD = "a long enough sentence"


@pytest.fixture
def on_a_form(world: World, open_as: Callable[..., Page]) -> Page:
    """A weight that has been typed and not saved, half an hour before lunch."""
    user = world.own.user(Role.NAVIGATOR)
    page = open_as(user, "/help")
    page.clock.install()
    page.goto(page.url.replace("/help", f"/patients/{world.own.patient.public_id}/record/weight"))
    page.locator("[name=weight]").fill("71.25")
    return page


def test_a_warning_comes_two_minutes_before_and_one_click_stays(on_a_form: Page) -> None:
    warning = on_a_form.get_by_role("alertdialog")
    on_a_form.clock.run_for(27 * MINUTE)
    expect(warning).to_be_hidden()
    on_a_form.clock.run_for(2 * MINUTE)
    expect(warning).to_be_visible()
    expect(on_a_form.get_by_role("button", name="Stay signed in")).to_be_focused()
    assert problems_of(on_a_form) == []

    with on_a_form.expect_response("**/session/stay"):
        on_a_form.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    on_a_form.clock.run_for(20 * MINUTE)
    expect(on_a_form.locator("[name=weight]")).to_have_value("71.25")


def test_after_it_the_page_is_gone_and_what_was_typed_comes_back(
    on_a_form: Page, open_as: Callable[..., Page]
) -> None:
    session = UserSession.objects.get(user__isnull=False)
    on_a_form.clock.run_for(31 * MINUTE)
    on_a_form.wait_for_url(re.compile("/sign-in"))
    assert not UserSession.objects.filter(session_key=session.session_key).exists()
    kept = KeptForm.objects.get()
    assert kept.user == session.user

    again = open_as(session.user, f"{kept.page}?kept={kept.public_id}")
    expect(again.locator("[name=weight]")).to_have_value("71.25")
    expect(again.get_by_text("Not saved yet")).to_be_visible()
    assert problems_of(again) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["/account", "/account/password", "/second-factor"])
def test_ones_own_account_conforms(world: World, open_as: Callable[..., Page], path: str, theme: str) -> None:
    user = world.own.user(Role.NAVIGATOR)
    for viewport in ({"width": 1366, "height": 768}, PHONE):
        page = open_as(user, path, theme=theme, viewport=viewport)
        assert problems_of(page) == []
        assert not is_cut_off(page)


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_sign_in_of_a_prescriber_conforms_from_password_to_recovery_codes(
    world: World, open_as: Callable[..., Page], theme: str
) -> None:
    SiteSettings.objects.update(second_factor_required=True)
    user = world.own.user(Role.PRESCRIBER)
    user.set_password(PASSWORD)
    user.save()
    page = open_as(None, "/sign-in", theme=theme, viewport=PHONE)
    page.get_by_label("User name").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    assert (problems_of(page), is_cut_off(page)) == ([], False)

    page.get_by_label("Code that the app shows").fill(code_of(user))
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    assert (problems_of(page), is_cut_off(page)) == ([], False)

    again = open_as(None, "/sign-in", theme=theme, viewport=PHONE)
    again.get_by_label("User name").fill(user.username)
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("heading", name="Your code")).to_be_visible()
    assert (problems_of(again), is_cut_off(again)) == ([], False)
