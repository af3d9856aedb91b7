"""docs/security.md and docs/safety.md say nothing that is not so: test, place, requirement and hazard exist.

`asvs-5.0.txt` lists the requirements of OWASP ASVS 5.0, levels 1 and 2.
"""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import run

ROOT = Path(run.ROOT)
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SAFETY = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
PAGES = {"security": SECURITY, "safety": SAFETY}
VERDICTS = ("yes", "part", "no", "yours", "n/a")
HAZARDS = [f"H{number:02}" for number in range(1, 57)]

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (L\d) \| (.+?) \| (\S+) \| (.+) \|$", re.MULTILINE)
HAZARD = re.compile(r"^### (H\d\d) (.+?)$(.+?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([^)#]*)(#[^)]+)?\)")
PLACE = re.compile(r"`([\w./-]+)`")
PLACES = {path.name for path in ROOT.iterdir()}


# --- reading the pages ------------------------------------------------------------------------------


def _requirements() -> dict[str, str]:
    lines = Path(__file__).with_name("asvs-5.0.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


def _rows() -> list[tuple[str, ...]]:
    return ROW.findall(SECURITY)


def _hazards() -> list[tuple[str, str, str]]:
    return HAZARD.findall(SAFETY)


def _line(hazard: str, name: str) -> str:
    """What a hazard says of its control, its test, what remains; empty where it says nothing."""
    found = re.findall(rf"^\* \*\*{name}\*\*: (.+)$", hazard, re.MULTILINE)
    return found[0] if len(found) == 1 else ""


def _places(text: str) -> list[str]:
    """What is named as a file or folder of the project."""
    return [place for place in PLACE.findall(text) if place.split("/")[0] in PLACES]


def _table(page: str) -> list[list[str]]:
    """The cells of the summary, below its head."""
    summary = page.partition("## Summary")[2].partition("\n\n`")[0].partition("\n\n*")[0]
    lines = [line for line in summary.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def _functions(path: str) -> dict[str, list[str]]:
    """The functions of a file of tests, and of which hazards each shows the control."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {function.name: _marks(function) for function in functions}


def _marks(function: ast.FunctionDef) -> list[str]:
    calls = [each for each in function.decorator_list if isinstance(each, ast.Call)]
    marks = [call for call in calls if ast.unparse(call.func) == "pytest.mark.hazard"]
    return [ast.literal_eval(argument) for mark in marks for argument in mark.args]


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


# --- both -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", PAGES)
def test_every_test_that_a_page_names_exists(which: str) -> None:
    named = TEST.findall(PAGES[which])
    assert len(named) > 50
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or name not in _functions(path) or not name.startswith("test_")
    ]
    assert missing == []


@pytest.mark.parametrize("which", PAGES)
def test_every_place_that_a_page_names_exists(which: str) -> None:
    assert [place for place in _places(PAGES[which]) if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("which", PAGES)
def test_every_link_leads_somewhere(which: str) -> None:
    here = ROOT / "docs" / f"{which}.md"
    for path, anchor in LINK.findall(PAGES[which]):
        there = (here.parent / path) if path else here
        assert there.is_file(), path
        assert not anchor or anchor in _anchors(there), anchor


# --- security ---------------------------------------------------------------------------------------


def test_every_requirement_stands_once_and_under_its_level() -> None:
    assert Counter(number for number, *_ in _rows()) == Counter(_requirements().keys())
    assert {number: level for number, level, *_ in _rows()} == _requirements()
    assert len(re.findall(r"^\| \d+\.\d+\.\d+ ", SECURITY, re.MULTILINE)) == len(_requirements()) == 253


def test_a_verdict_is_one_of_five_and_what_is_done_says_where() -> None:
    for number, _, _, verdict, shown in _rows():
        assert verdict in VERDICTS, number
        assert verdict != "yes" or TEST.search(shown) or _places(shown) or LINK.search(shown), number


def test_the_summary_of_security_counts_right() -> None:
    found = Counter((level, verdict) for _, level, _, verdict, _ in _rows())
    for name, total, *counts in _table(SECURITY):
        levels = ("L1", "L2") if name == "together" else (name,)
        expected = [sum(found[level, verdict] for level in levels) for verdict in VERDICTS]
        assert [int(count) for count in counts] == expected, name
        assert int(total) == sum(expected), name
    assert [name for name, *_ in _table(SECURITY)] == ["L1", "L2", "together"]


# --- safety -----------------------------------------------------------------------------------------


def test_every_hazard_stands_once_with_harm_control_and_what_remains() -> None:
    assert [hazard for hazard, _, _ in _hazards()] == HAZARDS
    for hazard, _, text in _hazards():
        assert re.search(r"Risk [1-5], then [1-5]\.$", _line(text, "Harm")), hazard
        assert _line(text, "Control") and _line(text, "Remains"), hazard


def test_every_hazard_has_a_test_or_says_that_it_has_none_yet() -> None:
    for hazard, _, text in _hazards():
        has_test = bool(TEST.search(_line(text, "Test")))
        assert has_test or re.fullmatch(r"issue \d+", _line(text, "Not yet")), hazard


def test_the_tests_of_a_hazard_name_it_and_no_other_test_does() -> None:
    """By `@pytest.mark.hazard("H17")`: `python -m pytest -m hazard` runs them."""
    logged = {
        (hazard, *named) for hazard, _, text in _hazards() for named in TEST.findall(_line(text, "Test"))
    }
    paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    marked = {
        (hazard, path, name)
        for path in paths
        for name, hazards in _functions(path).items()
        for hazard in hazards
    }
    assert marked == logged


def test_the_summary_of_safety_counts_right() -> None:
    with_test = [text for _, _, text in _hazards() if _line(text, "Test")]
    in_part = [text for text in with_test if _line(text, "Not yet")]
    counts = [len(HAZARDS), len(with_test), len(HAZARDS) - len(with_test), len(in_part)]
    assert [[int(cell) for cell in line] for line in _table(SAFETY)] == [counts]


def test_both_pages_can_be_found() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        assert f"docs/{page}.md" in readme
