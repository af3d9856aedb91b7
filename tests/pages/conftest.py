"""Browser tests: the system's Chromium, a live server, people signed in, axe in both themes."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from coordination.base.models import User
from tests.base.objects import World, new_world
from tests.pages.browser import CHROMIUM_FLAGS, DESKTOP, chromium


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = chromium()
    if path is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("No Chromium on this machine: the browser tests cannot run.")
        pytest.skip("NO CHROMIUM ON THIS MACHINE: browser tests skipped (apt-get install chromium)")
    return {"executable_path": path, "args": CHROMIUM_FLAGS}


@pytest.fixture
def world(transactional_db: None) -> World:
    return new_world()


def sign_in(context: BrowserContext, server: LiveServer, user: User) -> None:
    """Give the browser the session of `user`; the form itself has its own test."""
    client = Client()
    client.force_login(user)
    session = client.cookies["session"]
    context.add_cookies([{"name": "session", "value": session.value, "url": server.url}])


@pytest.fixture
def open_as(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: `open_as(user, "/design", theme="dark", viewport=PHONE)`.

    Fails the test at its end when the page wrote an error to the browser's console: a broken
    Content-Security-Policy, a file that is missing, a script that stopped.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        user: User | None,
        path: str,
        *,
        theme: str = "light",
        viewport: dict[str, int] = DESKTOP,
        **options: Any,
    ) -> Page:
        context = browser.new_context(color_scheme=theme, viewport=viewport, **options)
        contexts.append(context)
        if user:
            sign_in(context, live_server, user)
        page = context.new_page()

        def note(said: ConsoleMessage) -> None:
            is_about_the_page = said.location["url"] == page.url  # a 404 that the test asked for
            if said.type == "error" and not is_about_the_page:
                complaints.append(said.text)

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
