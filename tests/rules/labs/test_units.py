"""The closed unit table: every spelling that is listed, and none that is not."""

from decimal import Decimal

import pytest

from labs.rules.analytes import ANALYTE_OF, CANONICAL_UNIT, CODES, Analyte
from labs.rules.reading import Reading, Rejection
from labs.rules.units import AS_IT_IS, UNITS, normalized
from tests.rules.labs.readings import attempt, canonical_of

COUNT_CODES = [
    *("777-3", "26515-7", "778-1", "751-8", "26499-4", "753-4"),
    *("731-0", "26474-7", "6690-2", "26464-8", "804-5"),
]
BILLIONS_PER_LITER = [
    *("10*9/L", "10^9/L", "K/uL", "K/µL", "K/μL", "10*3/uL", "10*3/µL", "10^3/uL", "10^3/μL"),
    *("k/cumm", "THOU/uL", "G/L", "GI/L", "giga.l-1"),
]


@pytest.mark.parametrize("loinc", COUNT_CODES)
@pytest.mark.parametrize("unit", BILLIONS_PER_LITER)
def test_a_count_in_billions_per_liter_is_taken_as_it_is(loinc: str, unit: str) -> None:
    assert canonical_of(loinc, "74", unit) == 74


@pytest.mark.parametrize("loinc", COUNT_CODES)
@pytest.mark.parametrize("unit", ["{cells}/uL", "{cells}/µL", "{cells}/μL", "/uL", "/µL", "/μL"])
def test_cells_per_microliter_are_divided_by_a_thousand(loinc: str, unit: str) -> None:
    assert canonical_of(loinc, "74000", unit) == 74


@pytest.mark.parametrize(
    ("loinc", "sent", "unit", "canonical"),
    [
        ("2160-0", "1.50", "mg/dL", "1.50"),
        ("2160-0", "88.42", "umol/L", "1"),
        ("14682-9", "132.63", "µmol/L", "1.5"),
        ("38483-4", "132.63", "μmol/L", "1.5"),
        ("59826-8", "88.42", "umol/L", "1"),
        ("77140-2", "88.42", "umol/L", "1"),
        ("1975-2", "17.104", "umol/L", "1"),
        ("14631-6", "51.312", "µmol/L", "3"),
        ("718-7", "79", "g/L", "7.9"),
        ("718-7", "7.9", "g/dL", "7.9"),
        ("718-7", "4.9648", "mmol/L", "8"),
        ("59260-0", "6.206", "mmol/L", "10"),
        ("3094-0", "14", "mg/dL", "14"),
        ("14937-7", "4.998", "mmol/L", "14"),
        ("22664-7", "4.998", "mmol/L", "14"),
        ("1751-7", "2.9", "g/dL", "29"),
        ("61151-7", "29", "g/L", "29"),
        ("54347-0", "29", "g/L", "29"),
        ("17861-6", "2.495", "mmol/L", "10"),
        ("2000-8", "2.495", "mmol/L", "10"),
        ("17861-6", "9.4", "mg/dL", "9.4"),
        *[("6768-6", "120", unit, "120") for unit in ("U/L", "IU/L", "[iU]/L")],
        ("2324-2", "60", "IU/L", "60"),
        ("1920-8", "40", "[iU]/L", "40"),
        ("30239-8", "40", "U/L", "40"),
        ("1742-6", "40", "U/L", "40"),
        ("1743-4", "40", "IU/L", "40"),
        *[("6301-6", "1.1", unit, "1.1") for unit in ("{INR}", "INR", "1")],
        ("34714-6", "1.1", "INR", "1.1"),
        ("5894-1", "68", "%", "68"),
        *[("2823-3", "4.1", unit, "4.1") for unit in ("mmol/L", "meq/L", "mEq/L")],
        ("6298-4", "4.1", "mEq/L", "4.1"),
        ("2951-2", "140", "meq/L", "140"),
        ("2947-0", "140", "mmol/L", "140"),
        ("770-8", "38", "%", "38"),
        ("9811-1", "12345", "ng/mL", "12345"),
        ("1695-6", "8", "mg/(24.h)", "8"),
        ("19080-1", "4", "m[IU]/mL", "4"),
        ("21198-7", "4", "m[IU]/mL", "4"),
        ("33914-3", "61", "mL/min/{1.73_m2}", "61"),
        ("29463-7", "70.0", "kg", "70.0"),
        ("3141-9", "70", "kg", "70"),
        ("8302-2", "171", "cm", "171"),
        ("29463-7", "154", "[lb_av]", "69.85322498"),
        ("29463-7", "70000", "g", "70"),
        ("26515-7", "18.2", "10*4/uL", "182"),
        ("3094-0", "5.712", "mmol/L", "16"),
        ("20509-6", "132", "g/L", "13.2"),
        ("6299-2", "16", "mg/100mL", "16"),
        ("718-7", "132", "G/L", "13.2"),
        ("33914-3", "61", "mL/min", "61"),
        ("19080-1", "4", "mIU/mL", "4"),
        ("777-3", "182", "GI/L", "182"),
        ("777-3", "182", "/nL", "182"),
        ("777-3", "182000", "/cumm", "182"),
    ],
)
def test_a_listed_unit_is_converted_exactly(loinc: str, sent: str, unit: str, canonical: str) -> None:
    assert canonical_of(loinc, sent, unit) == Decimal(canonical)


@pytest.mark.hazard("H02")
@pytest.mark.parametrize(
    ("loinc", "value", "unit"),
    [
        ("718-7", "12.5", "g/mL"),  # both from public test messages: neither may produce a grade
        ("718-7", "13.4", "g/l-1"),
        ("777-3", "182", "10*6/L"),
        ("777-3", "182", "10*3/L"),
        ("777-3", "182", "10*12/L"),
        ("777-3", "182", "K"),
        ("777-3", "182", "gi/l"),
        ("1751-7", "41", "mg/dL"),
        ("3094-0", "5", "umol/L"),
        ("29463-7", "154", "oz"),
        ("19080-1", "4", "ng/mL"),
        ("777-3", "182", "g/L"),
        ("777-3", "182", "%"),
        ("2160-0", "0.09", "mmol/L"),
        ("2160-0", "80", "mcmol/L"),
        ("14937-7", "30", "mg/dL"),
        ("22664-7", "30", "mg/dL"),
        ("5894-1", "1.1", "{INR}"),
        ("5894-1", "11", "1"),
        ("6301-6", "1.1", "%"),
        ("1920-8", "30", "ukat/L"),
        ("2823-3", "4.1", "mg/dL"),
        ("1751-7", "600", "umol/L"),
        ("770-8", "0.38", "1"),
    ],
)
def test_an_unlisted_unit_is_never_guessed(loinc: str, value: str, unit: str) -> None:
    assert attempt(loinc, value, unit) is Rejection.UNIT_UNKNOWN


@pytest.mark.parametrize("unit", [None, "", "  "])
def test_a_missing_unit_is_told_from_an_unknown_one(unit: str | None) -> None:
    assert attempt("777-3", "182", unit) is Rejection.UNIT_MISSING


def test_blanks_around_a_unit_do_not_count() -> None:
    result = attempt("777-3", "182", " K/uL ")
    assert isinstance(result, Reading)
    assert result.unit == "10*9/L"


@pytest.mark.parametrize("loinc", sorted(ANALYTE_OF))
def test_every_code_takes_its_canonical_unit_or_is_urea(loinc: str) -> None:
    canonical = normalized(CANONICAL_UNIT[ANALYTE_OF[loinc]])
    if loinc in ("14937-7", "22664-7"):
        assert list(UNITS[loinc]) == ["mmol/l"]
    else:
        assert UNITS[loinc][canonical] == AS_IT_IS


@pytest.mark.parametrize("loinc", sorted(UNITS))
def test_the_table_holds_only_spellings_that_can_be_looked_up(loinc: str) -> None:
    assert [unit for unit in UNITS[loinc] if normalized(unit) != unit] == []


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("x10E3/uL", "10*3/ul"),
        ("X10(3)/MCL", "10*3/ul"),
        ("10^3/\u00b5L", "10*3/ul"),
        ("10^3/\u03bcL", "10*3/ul"),
        ("10**3/mcL", "10*3/ul"),
        ("10+3/uL", "10*3/ul"),
        ("103/uL", "10*3/ul"),
        ("\u00d710e9 / L", "10*9/l"),
        ("*10*3/mm3", "10*3/mm3"),
        ("Thousand/uL", "thousand/ul"),
        ("K/mcL", "k/ul"),
        ("mcg/L", "mcg/l"),  # mc is micro before a final L only
        ("10(3)/uL", "10*3/ul"),
        ("10(3/uL", "10(3/ul"),  # half a bracket is no spelling of anything
        ("10^3)/uL", "10^3)/ul"),
        ("G/L", "G/L"),
        ("GI/L", "GI/L"),
        ("g/L", "g/l"),
        ("10", "10"),
        ("g/l-1", "g/l-1"),
    ],
)
def test_a_spelling_is_normalized(written: str, spelling: str) -> None:
    assert normalized(written) == spelling


@pytest.mark.parametrize("unit", [None, "", " ", "ratio", "{Ratio}"])
def test_an_inr_needs_no_unit(unit: str | None) -> None:
    assert isinstance(attempt("6301-6", "1.1", unit), Reading)


def test_no_code_stands_for_two_analytes() -> None:
    assert len(ANALYTE_OF) == sum(len(codes) for codes in CODES.values())
    assert set(CODES) == set(CANONICAL_UNIT) == set(Analyte)
