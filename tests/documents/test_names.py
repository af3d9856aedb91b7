"""Names on paper: one name alone, a very long one, other scripts, and what cannot be printed."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from coordination.documents import batches, glyphs, versions
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.documents.pdf_process import laid_out, set_pdf
from coordination.models import BatchLetter
from tests.documents.phases import MRN, PHASES, Phase
from tests.documents.test_every_document import pages_of, texts_of

LONG = "Wolfeschlegelsteinhausenbergerdorff" * 4
BORN = f"born 4 May 1960, {MRN}"
OTHER_SCRIPTS = {
    "Chinese": "\u674e\u5c0f\u9f99",
    "Japanese": "\u4f50\u3005\u6728 \u3042\u304d\u3089",
    "Korean": "\uae40\ubbfc\uc900",
    "Thai": "\u0e2a\u0e21\u0e0a\u0e32\u0e22 \u0e43\u0e08\u0e14\u0e35",
    "Devanagari": "\u0905\u0928\u0940\u0924\u093e",
    "Arabic": "\u0623\u062d\u0645\u062f",
    "Hebrew": "\u05e9\u05e8\u05d4",
    "Cyrillic": "\u0410\u043d\u043d\u0430",
    "Vietnamese": "Nguy\u1ec5n \u0110\u1ee9c",
}
NO_FONT = "\u1780\u17bb\u0f40\U00020000"  # Khmer, Tibetan, a rare Chinese sign
has_fonts = not glyphs.unprintable("".join(OTHER_SCRIPTS.values()))


def called(here: Phase, family_name: str, given_name: str = "") -> Phase:
    here.patient.family_name, here.patient.given_name = family_name, given_name
    here.patient.save()
    return here


def written(here: Phase, kind: str) -> versions.Written:
    document = versions.draft(here.patient, DOCUMENT_KINDS[kind], by=here.navigator, now=here.now)
    return versions.write(document, now=here.now)


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with no fonts but ours."""
    glyphs._of_the_machine.cache_clear()
    monkeypatch.setattr(glyphs, "INSTALLED", ())
    yield
    glyphs._of_the_machine.cache_clear()


# --- one name, and a long one ------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["plan", "travel-card"])
def test_one_name_stands_alone(kind: str) -> None:
    for page in pages_of(written(called(PHASES["ordered"](), "Suharto"), kind)):
        assert f"Suharto, {BORN}" in page
        assert not any(wrong in page for wrong in ("Suharto, ,", " Suharto,  ", "Suharto  ", ", Suharto"))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["plan", "travel-card", "treatment-calendar", "downtime"])
def test_a_long_name_breaks_and_pushes_nothing_off_the_page(kind: str) -> None:
    here = called(PHASES["ordered"](), LONG, LONG)
    if kind == "downtime":
        document = versions.draft_downtime_list(here.patient.site, by=here.navigator, now=here.now)
        found = versions.write(document, now=here.now)
    else:
        found = written(here, kind)

    for page in laid_out(versions.html_of(found)).pages:
        box = page._page_box
        words = " ".join(" ".join(texts_of(box)).split())
        assert kind == "downtime" or BORN in words
        for line in _text_boxes(box):
            assert line.position_x + line.width <= box.margin_width() - 20, line.text
            assert line.position_y > 10, line.text
    assert LONG in versions.html_of(found)


def _text_boxes(box: Any) -> Iterator[Any]:
    if getattr(box, "text", None):
        yield box
    for child in getattr(box, "children", ()):
        yield from _text_boxes(child)


# --- other scripts -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.skipif(not has_fonts, reason="the fonts of run.py's system parts are not installed")
@pytest.mark.parametrize("script", OTHER_SCRIPTS)
def test_a_name_in_another_script_is_printed(script: str) -> None:
    found = written(called(PHASES["planned"](), OTHER_SCRIPTS[script], "Ana"), "plan")
    html = versions.html_of(found)
    assert OTHER_SCRIPTS[script] in html
    assert "[?]" not in html
    assert versions.unprintable_in(found) == ""
    is_in_ours = all(ord(sign) in glyphs._of_our_fonts() for sign in OTHER_SCRIPTS[script])
    assert is_in_ours == all("Inter" in name for name in _fonts_of(set_pdf(html)))


def _fonts_of(pdf: bytes) -> set[str]:
    """The fonts that a PDF carries: a box would bring none of its own."""
    with pikepdf.open(BytesIO(pdf)) as found:
        return {str(font.BaseFont) for page in found.pages for font in page.Resources.Font.values()}


def test_every_character_is_covered_or_named() -> None:
    assert glyphs.unprintable("Ångström ≥ 7.4 GBq µL 10⁹\u00a0\u200b\u00ad") == ""
    assert glyphs.unprintable(f"a{NO_FONT}b{NO_FONT}") == NO_FONT
    assert glyphs.without(f"a{NO_FONT}b {NO_FONT[0]}", NO_FONT) == "a[?]b [?]"
    assert glyphs.without("]-^[", "") == "]-^["


def test_a_file_that_is_no_font_covers_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    assert glyphs._characters(broken) == set()


# --- what cannot be printed --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "[?] stands for characters that could not be printed here."),
        ("es", "[?] está en lugar de letras que aquí no se pudieron imprimir."),
    ],
)
def test_a_document_says_what_it_could_not_print(language: str, says: str) -> None:
    here = called(PHASES["ordered"](language=language), OTHER_SCRIPTS["Chinese"], "Ana")
    found = written(here, "travel-card")
    assert found.document.language == language

    html = versions.html_of(found)

    assert OTHER_SCRIPTS["Chinese"] not in html
    assert glyphs.unprintable(html) == ""
    for page in laid_out(html).pages[:1]:
        words = " ".join(" ".join(texts_of(page._page_box)).split())
        assert says in words
        assert "[?], Ana" in words


@pytest.mark.django_db
@pytest.mark.usefixtures("no_fonts")
def test_whoever_writes_a_letter_is_told_what_it_cannot_print() -> None:
    here = called(PHASES["planned"](), OTHER_SCRIPTS["Thai"], "Ana")
    document = versions.draft(here.patient, DOCUMENT_KINDS["plan"], by=here.navigator, now=here.now)
    client = Client()
    client.force_login(here.navigator)

    page = client.get(reverse("document", args=[document.public_id])).content.decode()

    assert "This document has characters that this installation cannot print" in page
    assert OTHER_SCRIPTS["Thai"].replace(" ", "")[:3] in page

    called(here, "Whitcombe", "Ana")
    page = client.get(reverse("document", args=[document.public_id])).content.decode()
    assert "cannot print" not in page


@pytest.mark.django_db
@pytest.mark.usefixtures("no_fonts")
def test_a_letter_of_a_batch_notes_what_it_could_not_print() -> None:
    here = called(PHASES["planned"](), OTHER_SCRIPTS["Korean"])
    batch = batches.start_batch(
        DOCUMENT_KINDS["plan"], [here.patient], site=here.patient.site, by=here.navigator, now=here.now
    )
    batches.write_letter_of_batch(batch.letters.get().pk, now=here.now)

    letter = batch.letters.get()
    assert letter.state == BatchLetter.State.WRITTEN
    assert letter.note == (
        f"Characters that cannot be printed here: {OTHER_SCRIPTS['Korean']}. They are printed as [?]."
    )
