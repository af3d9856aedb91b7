"""The grid for typed results offers only what a rule can read."""

import pytest

from coordination.pages.labs.entry_forms import GRID
from labs.rules.analytes import ANALYTE_OF
from labs.rules.units import conversion_of


@pytest.mark.parametrize(
    ("analyte", "unit", "loinc"),
    [(row.analyte, unit, loinc) for row in GRID for unit, loinc in row.codes.items()],
)
def test_a_unit_in_the_grid_is_a_unit_of_its_code(analyte: str, unit: str, loinc: str) -> None:
    assert conversion_of(loinc, unit) is not None
    assert ANALYTE_OF[loinc] == analyte


def test_the_usual_unit_is_among_those_offered() -> None:
    assert all(row.usual in row.codes for row in GRID)
