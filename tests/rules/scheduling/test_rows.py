"""Each row of the dose table is one module, and nothing else in the product asks for a row by its name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduling.rules.protocol import Protocol
from scheduling.rules.rows import ROW_RULES, row_of_event, row_rules_of
from tests.rules.scheduling.courses import protocol
from tests.rules.scheduling.dose_courses import EU, US_2018, US_2024, day, event

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("scheduling", "labs", "patients", "coordination")
OWN = ROOT / "scheduling" / "rules" / "rows"


def sources() -> Iterator[Path]:
    for app in PRODUCT:
        for path in sorted((ROOT / app).rglob("*.py")):
            if OWN not in path.parents and "migrations" not in path.parts and "demo" not in path.parts:
                yield path


def is_row(node: ast.expr) -> bool:
    """`row`, or `….row`, or `…["row"]`."""
    match node:
        case ast.Name(id="row") | ast.Attribute(attr="row") | ast.Subscript(slice=ast.Constant(value="row")):
            return True
    return False


def names_a_row(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Constant) and each.value in ROW_RULES for each in ast.walk(node))


def asks_by_name(tree: ast.AST) -> Iterator[int]:
    """Lines that compare a row with a text, match one, or look one up by a text."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others) if any(map(is_row, (left, *others))):
                if any(names_a_row(each) for each in (left, *others)):
                    yield node.lineno
            case ast.Match(subject=subject, cases=cases) if is_row(subject):
                if any(names_a_row(each.pattern) for each in cases):
                    yield node.lineno
            case ast.Constant(value="thrombocytopenia" | "anemia-neutropenia"):
                yield node.lineno


def test_nothing_but_its_module_asks_for_a_row_by_name() -> None:
    found = [f"{path}:{line}" for path in sources() for line in asks_by_name(ast.parse(path.read_text()))]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'row == "renal"',
        'x.row in ("renal", "other")',
        '{"thrombocytopenia": 1}',
        'r["row"] != "other"',
        'match x.row:\n  case "renal":\n    pass',
    ],
)
def test_the_search_finds_what_it_looks_for(code: str) -> None:
    assert list(asks_by_name(ast.parse(code))) == [1]


def test_each_row_says_where_it_comes_from_and_how_it_is_called() -> None:
    for name, rule in ROW_RULES.items():
        assert rule.name == name
        assert rule.source and rule.title and rule.words


def test_a_protocol_shows_its_rows_in_its_own_order() -> None:
    for key in (US_2018, US_2024, EU):
        assert tuple(rule.name for rule in row_rules_of(protocol(key))) == protocol(key).rows.names


@pytest.mark.parametrize(
    ("key", "hypersensitivity", "hematologic", "row"),
    [
        (US_2024, False, False, "other"),
        (US_2024, True, False, "hypersensitivity"),
        (US_2024, True, True, "hypersensitivity"),
        (US_2024, False, True, None),
        (US_2018, True, False, "other"),
        (US_2018, True, True, None),
    ],
)
def test_an_event_belongs_to_one_row(
    key: str, hypersensitivity: bool, hematologic: bool, row: str | None
) -> None:
    chosen: Protocol = protocol(key)
    found = row_of_event(
        event("x", day(3), hypersensitivity=hypersensitivity, hematologic=hematologic), chosen
    )
    assert (found.name if found else None) == row
