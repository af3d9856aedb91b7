"""Each document conforms to PDF/UA-1 as far as a machine can tell, and a screen reader finds its way."""

from io import BytesIO
from itertools import pairwise
from typing import Any

import page as validator
import pikepdf
import pytest

from coordination.documents import versions
from coordination.documents.kinds import DOCUMENT_KINDS, Reader
from coordination.documents.render import pdf_of
from tests.documents.phases import PHASES, Phase
from tests.documents.test_press import FRAME

PDF_UA = validator.ValidationProfile.PDF_UA_1
PHASE_OF = {
    **dict.fromkeys(("acknowledgement", "please-send", "tumor-board"), "referred"),
    **dict.fromkeys(("after-cycle", "radiation-sheet", "treatment-calendar"), "treated"),
    **dict.fromkeys(("travel-card", "family-page"), "treated"),
    "plan": "planned",
    "dose-order": "ordered",
    "hold": "held",
    "stop": "stopped",
    "hand-back": "completed",
}
EVERY_KIND = [(kind, "en") for kind in DOCUMENT_KINDS] + [
    (key, "es") for key, kind in DOCUMENT_KINDS.items() if kind.reader is Reader.PATIENT
]
pytestmark = pytest.mark.django_db


def printed(here: Phase, kind: str, language: str = "en") -> bytes:
    document = versions.draft(
        here.patient, DOCUMENT_KINDS[kind], by=here.prescriber, now=here.now, language=language
    )
    found = versions.write(document, now=here.now)
    return pdf_of(versions.html_of(found, number=1, signed_by=here.prescriber))


def failures(pdf: bytes) -> list[str]:
    report = validator.validate_pdf_bytes(pdf, profile=PDF_UA)
    assert report.rules.total > 100
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def structure(pdf: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """Every element of the tag tree, in reading order, with its type."""
    found = []

    def walk(element: Any) -> None:
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append((str(kid.S), kid))
                walk(kid)

    walk(pdf.Root.StructTreeRoot)
    return found


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND)
def test_every_document_conforms_to_pdf_ua(kind: str, language: str) -> None:
    body = printed(PHASES[PHASE_OF[kind]](), kind, language)

    assert failures(body) == []
    pdf = pikepdf.Pdf.open(BytesIO(body))
    assert pdf.Root.MarkInfo.Marked and pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.Root.Lang).startswith(language)
    assert str(pdf.docinfo["/Title"])
    _is_told_well(structure(pdf))


def _is_told_well(elements: list[tuple[str, Any]]) -> None:
    """One main heading, no level left out, every table with heads, every chart in words."""
    kinds = [kind for kind, _ in elements]
    headings = [int(kind[2]) for kind in kinds if kind in ("/H1", "/H2", "/H3")]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert kinds.count("/Table") == 0 or "/TH" in kinds
    cells = [element for kind, element in elements if kind == "/TD"]
    assert all(len(cell.A.Headers) for cell in cells)
    assert all(str(figure.Alt) for kind, figure in elements if kind == "/Figure")


def test_charts_are_told_in_words() -> None:
    pdf = pikepdf.Pdf.open(BytesIO(printed(PHASES["completed"](), "hand-back")))
    figures = [element for kind, element in structure(pdf) if kind == "/Figure"]
    assert len(figures) == 4
    assert all(len(str(figure.Alt)) > 10 for figure in figures)


def test_the_downtime_list_conforms_too() -> None:
    here = PHASES["ordered"]()
    now = here.now.replace(day=10)
    document = versions.draft_downtime_list(here.patient.site, by=here.navigator, now=now)
    assert failures(pdf_of(versions.html_of(versions.write(document, now=now), number=1))) == []


def test_the_validator_finds_what_is_wrong() -> None:
    """A picture without words, and a document without its mark."""
    picture = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==">'
    assert any("Alt" in failure for failure in failures(pdf_of(FRAME.format(picture))))
    with pikepdf.Pdf.open(BytesIO(pdf_of(FRAME.format("<p>Hello</p>")))) as pdf:
        del pdf.Root.StructTreeRoot
        out = BytesIO()
        pdf.save(out)
    assert failures(out.getvalue())
