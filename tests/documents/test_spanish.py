"""Spanish sheets: every word of ours is translated, and what stands there is data."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from django.utils import translation

from coordination.documents import versions
from coordination.documents.content import Content
from coordination.documents.kinds import DOCUMENT_KINDS, Reader
from tests.documents.phases import MRN, NAME, PHASES, Phase
from tests.documents.test_every_document import pages_of

ROOT = Path(__file__).parents[2]
SHEETS = [key for key, kind in DOCUMENT_KINDS.items() if kind.reader is Reader.PATIENT]
A_TAG = re.compile(r'{% translate "([^"]+)"(?: context "([^"]+)")? %}')
# Names, numbers, and what is written the same in both languages.
THE_SAME = re.compile(
    r"|".join(
        [
            re.escape(" ".join(NAME)),
            re.escape(MRN),
            r"[\d.]+ GBq \(\d+ mCi\)",
            r"[\d\s.,()-]*",
            r"Harbor Point Medical Center",
            r"Maple Street Cancer Care(, 555-0110)?",
            r"Nora Lindqvist, RN",
            r"iodinated contrast",
            r"\[177Lu\]Lu-DOTATATE",
            r"Lutetium-177 \(177Lu\) dotatate",
            r"no",
        ]
    )
)


def _said_in_our_code() -> Iterator[tuple[str | None, str]]:
    for path in (ROOT / "coordination").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "said_later"):
                argument = node.args[0]
                if isinstance(argument, ast.Constant):
                    yield None, str(argument.value)
    for path in (ROOT / "templates/documents").rglob("*.html"):
        for text, context in re.findall(
            r'{% translate "([^"]+)"(?: context "([^"]+)")? %}', path.read_text()
        ):
            yield context or None, text


@pytest.mark.parametrize(("context", "text"), sorted(set(_said_in_our_code()), key=str))
def test_every_sentence_has_its_translation(context: str | None, text: str) -> None:
    with translation.override("es"):
        said = translation.pgettext(context, text) if context else translation.gettext(text)
    assert said != text or text == "no"
    assert sorted(re.findall(r"%\(\w+\)s|%s", said)) == sorted(re.findall(r"%\(\w+\)s|%s", text))


def test_the_compiled_catalog_is_that_of_the_text() -> None:
    """No tool to compile it is needed where the product runs; so it must not be forgotten either."""
    text = (ROOT / "locale/es/LC_MESSAGES/django.po").read_text()
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE)
    assert len(pairs) > 100
    with translation.override("es"):
        for message, said in pairs:
            if f'msgctxt "page"\nmsgid "{message}"' not in text:
                assert translation.gettext(message) == said


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _leaves(each)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in ("key", "tone"):
                yield from _leaves(getattr(value, field.name))


def _content(here: Phase, kind: str, language: str) -> Content:
    """Without the card in English that goes with the Spanish one."""
    document = versions.draft(here.patient, DOCUMENT_KINDS[kind], by=here.navigator, now=here.now)
    document.language = language
    content = versions.write(document, now=here.now).content
    english = [section for section in content.sections if section.key == "english"]
    assert bool(english) == (language == "es" and kind == "travel-card")
    kept = tuple(section for section in content.sections if section.key != "english")
    return replace(content, sections=kept)


@pytest.mark.django_db
@pytest.mark.parametrize("phase", ["planned", "treated", "held", "completed"])
def test_no_sentence_of_a_spanish_sheet_is_english(phase: str) -> None:
    here = PHASES[phase]()
    for kind in SHEETS:
        english = set(_leaves(_content(here, kind, "en")))
        spanish = _leaves(_content(here, kind, "es"))
        assert [text for text in spanish if text in english and not THE_SAME.fullmatch(text)] == []


@pytest.mark.django_db
def test_the_pages_of_a_spanish_sheet_are_numbered_in_spanish() -> None:
    here = PHASES["treated"](language="es-MX")
    document = versions.draft(
        here.patient, DOCUMENT_KINDS["radiation-sheet"], by=here.navigator, now=here.now
    )
    pages = pages_of(versions.write(document, now=here.now), number=1, signed_by=here.navigator)

    for number, page in enumerate(pages, start=1):
        assert f"Página {number} de {len(pages)}" in page
        assert f"{NAME[1]}, {NAME[0]}, nac. el 4 de mayo de 1960" in page
        assert MRN in page
    assert "Duerma en una cama aparte. vie 17 ene 2025" in pages[0]


@pytest.mark.django_db
def test_a_letter_to_a_practice_stays_english_whatever_the_patient_speaks() -> None:
    here = PHASES["treated"](language="es")
    document = versions.draft(here.patient, DOCUMENT_KINDS["after-cycle"], by=here.navigator, now=here.now)
    assert document.language == "en"
    assert "What you need to do, by when" in versions.html_of(versions.write(document, now=here.now))
