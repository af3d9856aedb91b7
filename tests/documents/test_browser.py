"""The pages of the documents in a real browser: axe in both themes, nothing cut off, no script needed."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from coordination.documents import batches, versions
from coordination.documents.kinds import KINDS
from coordination.models import Document
from tests.documents.phases import PHASES, Phase
from tests.pages.conftest import (  # noqa: F401 - fixtures
    DESKTOP,
    PHONE,
    THEMES,
    browser_type_launch_args,
    is_cut_off,
    open_as,
    problems_of,
)


@pytest.fixture
def here(transactional_db: None) -> Iterator[Phase]:
    found = PHASES["completed"]()
    with time_machine.travel(found.now):
        yield found


def _begun(here: Phase, kind: str) -> Document:
    return versions.draft(here.patient, KINDS[kind], by=here.navigator, now=here.now)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_are_accessible(
    open_as: Callable[..., Page],  # noqa: F811
    here: Phase,
    theme: str,
    viewport: dict[str, int],
) -> None:
    letter, sheet = _begun(here, "hand-back"), _begun(here, "radiation-sheet")
    listed = versions.draft_downtime_list(here.patient.site, by=here.navigator, now=here.now)
    batch = batches.start(
        KINDS["plan"], [here.patient], site=here.patient.site, by=here.navigator, now=here.now
    )
    addresses = [
        reverse("documents"),
        reverse("patient-documents", args=[here.patient.public_id]),
        *(reverse("document", args=[document.public_id]) for document in (letter, sheet, listed)),
        reverse("document-batches"),
        reverse("document-batch", args=[batch.public_id]),
    ]
    page = open_as(here.prescriber, addresses[0], theme=theme, viewport=viewport)
    server = page.url.removesuffix(addresses[0])
    problems = {}
    for address in addresses:
        page.goto(server + address)
        problems[address] = problems_of(page) + (["cut off sideways"] if is_cut_off(page) else [])
    assert {address: found for address, found in problems.items() if found} == {}


def test_a_letter_is_signed_and_noted_as_sent_without_a_script(
    open_as: Callable[..., Page],  # noqa: F811
    here: Phase,
) -> None:
    page = open_as(
        here.prescriber,
        reverse("patient-documents", args=[here.patient.public_id]),
        java_script_enabled=False,
    )
    page.get_by_role("button", name="Begin Hand-back letter").click()
    expect(page.get_by_role("article")).to_contain_text("What you need to do, by when")

    page.get_by_label("Your own words").fill("Thank you for sending her to us.")
    page.get_by_label("Trend of the blood tests").uncheck()
    page.get_by_role("button", name="Keep and show").click()
    expect(page.get_by_role("article")).to_contain_text("Thank you for sending her to us.")
    expect(page.get_by_role("article")).not_to_contain_text("Trend of the blood tests")

    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("link", name="Version 1 (PDF)")).to_be_visible()
    page.get_by_role("button", name="Note version 1 as sent").click()
    expect(page.get_by_text("Printed and handed over, mailed or faxed to Maple Street")).to_be_visible()
