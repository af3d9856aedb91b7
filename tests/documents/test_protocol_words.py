"""Letters and sheets say what the course's own protocol says: drug, numbers, and nothing that it has not."""

import re
from collections.abc import Iterator

import pytest

from coordination.base.models import SiteSettings
from coordination.documents.kinds import KINDS
from coordination.documents.versions import draft, write
from tests.documents.phases import Phase, held, ordered, planned, referred, treated
from tests.protocols import DRAFT, also_shipped, draft_protocol

pytestmark = pytest.mark.django_db
FOREIGN = re.compile(
    r"lutathera|dotatate|dotatato|somatostatin|octreotid|\bSSA\b|amino acid|[Ff]our infusions|16 weeks", re.I
)
"""What only the protocols of the product have."""


@pytest.fixture(autouse=True)
def _sites_treat_by_the_draft(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(SiteSettings._meta.get_field("default_protocol"), "default", DRAFT)
    with also_shipped(draft_protocol()):
        yield


def said(here: Phase, kind: str, *, language: str = "") -> str:
    document = draft(here.patient, KINDS[kind], by=here.navigator, now=here.now, language=language)
    return repr(write(document, now=here.now).content)


def test_the_acknowledgement_says_how_many_infusions_and_how_far_apart() -> None:
    text = said(referred(), "acknowledgement")
    assert "up to six infusions, about six weeks apart" in text
    assert "About six weeks after the last infusion the patient returns to you" in text


def test_the_plan_has_six_infusions_and_no_word_of_what_the_protocol_has_not() -> None:
    here = planned()
    assert here.course and here.course.protocol_key == DRAFT
    text = said(here, "plan")
    assert "Six infusions (a draft for tests), version 1" in text
    assert "may move, reduce or end the treatment" in text
    assert not FOREIGN.search(text)


def test_a_hold_says_the_limit_of_the_file() -> None:
    text = said(held(), "hold")
    assert "4 weeks after it was due" in text
    assert "days of the blood tests that follow from it" in text


def test_the_order_names_the_product_of_the_file() -> None:
    assert "Lutetium Lu 177 examplide, one single-dose vial" in said(ordered(), "dose-order")


@pytest.mark.parametrize(
    ("kind", "language", "name"),
    [
        ("travel-card", "en", "Lutetium-177 (177Lu) examplide"),
        ("family-page", "en", "[177Lu]Lu-EXAMPLE"),
        ("treatment-calendar", "en", "Infusion 2 of Lutetium-177 examplide"),
        ("treatment-calendar", "es", "Infusión 2 de lutecio-177 examplida"),
    ],
)
def test_a_patients_sheets_name_the_drug_of_the_file(kind: str, language: str, name: str) -> None:
    text = said(treated(), kind, language=language)
    assert name in text
    assert not FOREIGN.search(text)
