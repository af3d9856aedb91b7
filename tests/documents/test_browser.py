"""The pages of the documents in a real browser: axe in both themes, nothing cut off, no script needed."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from coordination.documents import batches, versions
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.flows.send_document import send_document
from coordination.models import Document
from tests.documents.phases import PHASES, Phase
from tests.factories import ContactPointFactory
from tests.pages.browser import DESKTOP, PHONE, THEMES, is_cut_off, problems_of
from tests.pages.conftest import browser_type_launch_args, open_as  # noqa: F401 - fixtures


@pytest.fixture
def here(transactional_db: None) -> Iterator[Phase]:
    found = PHASES["completed"]()
    with time_machine.travel(found.now):
        yield found


def _begun(here: Phase, kind: str) -> Document:
    return versions.draft(here.patient, DOCUMENT_KINDS[kind], by=here.navigator, now=here.now)


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
    waiting, written = (
        batches.start_batch(
            DOCUMENT_KINDS["after-cycle"],
            [here.patient],
            site=here.patient.site,
            by=here.navigator,
            now=here.now,
        )
        for _ in range(2)
    )
    batches.write_letter_of_batch(written.letters.get().pk, now=here.now)
    sent = _sent(here)
    addresses = [
        reverse("documents"),
        reverse("patient-documents", args=[here.patient.public_id]),
        *(reverse("document", args=[document.public_id]) for document in (letter, sheet, listed, sent)),
        reverse("document-batches"),
        *(reverse("document-batch", args=[batch.public_id]) for batch in (waiting, written)),
    ]
    page = open_as(here.prescriber, addresses[0], theme=theme, viewport=viewport)
    server = page.url.removesuffix(addresses[0])
    problems = {}
    for address in addresses:
        page.goto(server + address)
        problems[address] = problems_of(page) + (["cut off sideways"] if is_cut_off(page) else [])
    assert {address: found for address, found in problems.items() if found} == {}


def _sent(here: Phase) -> Document:
    """A letter whose link was mailed."""
    desk = ContactPointFactory.create(practice=here.practice)
    letter = versions.draft(here.patient, DOCUMENT_KINDS["after-cycle"], by=here.navigator, now=here.now)
    version = versions.sign_unread(letter, by=here.navigator, now=here.now)
    send_document(version, way="mail-link", by=here.navigator, now=here.now, addresses=[desk])
    return letter


def test_a_letter_is_signed_and_sent_into_the_portal_without_a_script(
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
    page.get_by_role("button", name="Send version 1").click()
    expect(page.get_by_text("Portal to Maple Street Cancer Care")).to_be_visible()
    expect(page.get_by_role("heading", name="Send again")).to_be_visible()
