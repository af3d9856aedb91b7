"""What a rule may use, what it may not and why, and the three-valued comparisons."""

from decimal import Decimal, localcontext

import pytest

from labs.rules.analytes import PLAUSIBLE, Analyte, Band, Bands
from labs.rules.reading import (
    Reading,
    Rejection,
    above,
    at_least,
    at_least_base,
    at_most,
    at_most_base,
    at_most_high,
    below,
    derived_neutrophils,
    over_base,
    over_high,
    read_result,
    under_low,
)
from tests.rules.labs.readings import attempt, reading

BANDS = [
    ("777-3", "10*9/L", "1", "3000"),
    ("751-8", "10*9/L", "0", "200"),
    ("770-8", "%", "0", "100"),
    ("731-0", "10*9/L", "0", "400"),
    ("6690-2", "10*9/L", "0", "600"),
    ("718-7", "g/dL", "2", "25"),
    ("718-7", "g/L", "20", "250"),
    ("718-7", "mmol/L", "1.2412", "15.515"),
    ("2160-0", "mg/dL", "0.1", "25"),
    ("2160-0", "umol/L", "8.842", "2210.5"),
    ("3094-0", "mg/dL", "1", "300"),
    ("14937-7", "mmol/L", "0.357", "107.1"),
    ("1751-7", "g/L", "5", "70"),
    ("1751-7", "g/dL", "0.5", "7"),
    ("6768-6", "U/L", "1", "20000"),
    ("2324-2", "U/L", "1", "20000"),
    ("1920-8", "U/L", "1", "30000"),
    ("1742-6", "U/L", "1", "30000"),
    ("1975-2", "mg/dL", "0", "80"),
    ("1975-2", "umol/L", "0", "1368.32"),
    ("6301-6", "{INR}", "0.5", "20"),
    ("5894-1", "%", "5", "200"),
    ("2823-3", "mmol/L", "1", "12"),
    ("2951-2", "mmol/L", "90", "200"),
    ("17861-6", "mg/dL", "2", "20"),
    ("17861-6", "mmol/L", "0.499", "4.99"),
    ("29463-7", "kg", "20", "350"),
    ("8302-2", "cm", "80", "230"),
]
A_LITTLE = Decimal("0.0000000001")


@pytest.mark.parametrize(("loinc", "unit", "lowest", "highest"), BANDS)
def test_the_ends_of_the_plausible_band_are_inside(loinc: str, unit: str, lowest: str, highest: str) -> None:
    for value in (lowest, highest):
        assert isinstance(attempt(loinc, value, unit), Reading)
    for beyond in (Decimal(lowest) - A_LITTLE, Decimal(highest) + A_LITTLE):
        assert attempt(loinc, format(beyond, "f"), unit) is Rejection.IMPLAUSIBLE


@pytest.mark.parametrize(
    ("loinc", "unit"),
    [("9811-1", "ng/mL"), ("1695-6", "mg/(24.h)"), ("19080-1", "m[IU]/mL"), ("33914-3", "mL/min/{1.73_m2}")],
)
def test_an_analyte_without_a_band_takes_any_number(loinc: str, unit: str) -> None:
    assert isinstance(attempt(loinc, "9999999", unit), Reading)


def test_the_bound_of_a_comparator_must_be_plausible() -> None:
    assert isinstance(attempt("777-3", "<1", "10*9/L"), Reading)
    assert attempt("777-3", "<0.9", "10*9/L") is Rejection.IMPLAUSIBLE
    assert attempt("777-3", ">3001", "10*9/L") is Rejection.IMPLAUSIBLE


def test_a_center_sets_its_own_bands() -> None:
    bands = Bands({**PLAUSIBLE.by_analyte, Analyte.PLATELETS: Band(Decimal(5), Decimal(2000))})
    result = read_result(
        loinc="777-3", value="2500", comparator=None, unit="10*9/L", low=None, high=None, bands=bands
    )
    assert result is Rejection.IMPLAUSIBLE
    assert isinstance(attempt("777-3", "2500", "10*9/L"), Reading)


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "reason"),
    [
        ("2345-7", "", None, Rejection.CODE),  # unknown code before an unreadable value
        ("777-3", "clumped", None, Rejection.VALUE),  # unreadable value before a missing unit
        ("777-3", "99999", "furlong", Rejection.UNIT_UNKNOWN),  # unit before plausibility
        ("777-3", "99999", "10*9/L", Rejection.IMPLAUSIBLE),
        ("777-3", None, "10*9/L", Rejection.VALUE),
        ("777-3", "", "10*9/L", Rejection.VALUE),
        ("777-3", "1e2", "10*9/L", Rejection.VALUE),
        ("777-3", "<", "10*9/L", Rejection.VALUE),
        ("", "74", "10*9/L", Rejection.CODE),
    ],
)
def test_the_first_reason_is_given(
    loinc: str, value: str | None, unit: str | None, reason: Rejection
) -> None:
    assert attempt(loinc, value, unit) is reason


@pytest.mark.parametrize(
    ("value", "comparator", "used"),
    [
        ("10", None, ""),
        ("10", "", ""),
        ("10", "<", "<"),
        ("10", " >= ", ">="),
        ("<10", None, "<"),
        ("<= 10", None, "<="),
        ("<10", "<", "<"),
    ],
)
def test_a_comparator_stands_beside_or_before_the_number(
    value: str, comparator: str | None, used: str
) -> None:
    result = attempt("777-3", value, "10*9/L", comparator=comparator)
    assert isinstance(result, Reading)
    assert (result.comparator, result.canonical) == (used, Decimal(10))


@pytest.mark.parametrize(("value", "comparator"), [("<10", ">"), ("10", "~"), ("10", "ad"), ("10", "=")])
def test_two_comparators_or_a_strange_one_cannot_be_read(value: str, comparator: str) -> None:
    assert attempt("777-3", value, "10*9/L", comparator=comparator) is Rejection.VALUE


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "shown"),
    [
        ("718-7", "79", "g/L", "7.9"),
        ("777-3", "74000", "/uL", "74"),
        ("1751-7", "4.0", "g/dL", "40"),
        ("2160-0", "1.10", "mg/dL", "1.10"),
        ("2160-0", "88.42", "umol/L", "1"),
        ("2160-0", "80", "umol/L", "0.904773"),
        ("1975-2", "0", "umol/L", "0"),
        ("718-7", "4.93", "mmol/L", "7.943925"),
    ],
)
def test_the_value_as_used_is_shown_exactly_or_to_six_decimals(
    loinc: str, value: str, unit: str, shown: str
) -> None:
    result = attempt(loinc, value, unit)
    assert isinstance(result, Reading)
    assert result.display_value == shown


def test_what_was_sent_stays_beside_what_is_used() -> None:
    result = attempt("2160-0", "<80", "umol/L", low="45", high="84")
    assert isinstance(result, Reading)
    assert (result.comparator, result.sent, result.unit_sent) == ("<", Decimal(80), "umol/L")
    assert (result.low, result.high, result.unit) == (Decimal(45), Decimal(84), "mg/dL")


@pytest.mark.parametrize("limit", ["", "n/a", "<1.2", "12-15", "1e3"])
def test_a_limit_that_cannot_be_read_is_absent(limit: str) -> None:
    result = attempt("777-3", "74", "10*9/L", low=limit, high=limit)
    assert isinstance(result, Reading)
    assert (result.low, result.high) == (None, None)


@pytest.mark.parametrize("loinc", ["2106-3", "2110-5"])
def test_a_qualitative_pregnancy_test_carries_a_text_and_no_unit(loinc: str) -> None:
    result = attempt(loinc, " negative ", None)
    assert isinstance(result, Reading)
    assert (result.text, result.display_value, result.unit, result.sent) == (
        "negative",
        "negative",
        None,
        None,
    )
    assert below(result, Decimal(5)) is None
    with pytest.raises(ValueError, match="carries a text"):
        _ = result.canonical


def test_a_qualitative_pregnancy_test_without_text_or_with_another_unit_is_rejected() -> None:
    assert attempt("2106-3", " ", None) is Rejection.VALUE
    assert attempt("2106-3", "negative", None, comparator="<") is Rejection.VALUE
    assert attempt("2106-3", "negative", "g/L") is Rejection.UNIT_UNKNOWN


def test_a_figure_under_a_qualitative_code_is_kept_as_text() -> None:
    result = attempt("2106-3", "5", "m[IU]/mL")
    assert isinstance(result, Reading)
    assert (result.text, result.unit) == ("5", None)


def test_the_quantitative_codes_take_words_and_need_a_unit_for_a_number() -> None:
    words = attempt("19080-1", "negative", None)
    assert isinstance(words, Reading)
    assert (words.text, words.unit) == ("negative", None)
    assert attempt("21198-7", "3", None) is Rejection.UNIT_MISSING
    assert attempt("21198-7", " ", None) is Rejection.VALUE


def test_a_bound_is_met_exactly() -> None:
    eight = reading("hemoglobin", "4.9648", "mmol/L")  # exactly 8.0 g/dL
    assert below(eight, Decimal("8.0")) is False
    assert at_least(eight, Decimal("8.0")) is True
    assert at_most(eight, Decimal("8.0")) is True
    assert above(eight, Decimal("8.0")) is False
    just_under = reading("hemoglobin", "4.96479999999999999999", "mmol/L")
    assert below(just_under, Decimal("8.0")) is True


@pytest.mark.hazard("H08")
def test_a_comparator_decides_only_as_a_whole() -> None:
    under_ten = attempt("777-3", "<10", "10*9/L")
    assert isinstance(under_ten, Reading)
    assert below(under_ten, Decimal(10)) is True
    assert below(under_ten, Decimal("9.9")) is None
    assert above(under_ten, Decimal(10)) is False
    assert at_least(under_ten, Decimal(10)) is False


def test_a_multiple_of_the_uln_is_exact() -> None:
    """In binary floating point 3.6 is above 3 * 1.2."""
    assert over_high(reading("bilirubin", "3.6", high="1.2"), Decimal(3)) is False
    assert at_most_high(reading("bilirubin", "3.6", high="1.2"), Decimal(3)) is True
    assert over_high(reading("bilirubin", "3.60000001", high="1.2"), Decimal(3)) is True


def test_a_ratio_is_taken_with_the_uln_of_its_own_result() -> None:
    assert over_high(reading("bilirubin", "61.6", "umol/L", high="20.5"), Decimal(3)) is True
    assert over_high(reading("bilirubin", "61.5", "umol/L", high="20.5"), Decimal(3)) is False


def test_a_limit_that_was_not_sent_cannot_be_told() -> None:
    assert over_high(reading("bilirubin", "3.6")) is None
    assert at_most_high(reading("bilirubin", "3.6")) is None
    assert under_low(reading("platelets", "120")) is None


def test_the_lower_limit_itself_is_normal() -> None:
    assert under_low(reading("platelets", "150", low="150")) is False
    assert under_low(reading("platelets", "149.9", low="150")) is True


@pytest.mark.hazard("H10")
def test_a_rise_of_forty_percent_is_exact() -> None:
    """In binary floating point (1.40 - 1.00) / 1.00 is below 0.40."""
    base = reading("creatinine", "1.00")
    assert at_least_base(reading("creatinine", "1.40"), base, Decimal("1.40")) is True
    assert at_least_base(reading("creatinine", "1.39"), base, Decimal("1.40")) is False
    assert over_base(reading("creatinine", "1.40"), base, Decimal("1.40")) is False
    assert at_most_base(reading("creatinine", "1.10"), base, Decimal("1.10")) is True
    assert at_most_base(reading("creatinine", "1.11"), base, Decimal("1.10")) is False


def test_a_rise_is_exact_across_units() -> None:
    base = reading("creatinine", "88.42", "umol/L")  # exactly 1 mg/dL
    assert at_least_base(reading("creatinine", "1.4"), base, Decimal("1.40")) is True
    assert at_least_base(reading("creatinine", "123.788", "umol/L"), base, Decimal("1.40")) is True
    assert at_least_base(reading("creatinine", "123.787", "umol/L"), base, Decimal("1.40")) is False
    assert at_least_base(
        reading("creatinine", "123.788", "umol/L"), reading("creatinine", "1"), Decimal("1.4")
    )


def test_a_comparator_on_the_baseline_counts_too() -> None:
    base = attempt("2160-0", "<1.0", "mg/dL")
    assert isinstance(base, Reading)
    assert at_least_base(reading("creatinine", "1.40"), base, Decimal("1.40")) is True
    assert at_least_base(reading("creatinine", "1.39"), base, Decimal("1.40")) is None


def test_comparisons_do_not_depend_on_the_context_of_the_caller() -> None:
    with localcontext() as context:
        context.prec = 2
        assert over_high(reading("bilirubin", "3.6001", high="1.2"), Decimal(3)) is True
        assert below(reading("hemoglobin", "4.96479", "mmol/L"), Decimal("8.0")) is True


def test_equal_texts_make_equal_hashable_readings() -> None:
    one, other = reading("platelets", "74"), reading("platelets", "74.0")
    assert one == other
    assert len({one, other}) == 1
    assert one != reading("platelets", "74", low="150")


def test_neutrophils_are_derived_exactly() -> None:
    derived = derived_neutrophils(reading("wbc", "2.4"), reading("neutrophils_pct", "38"))
    assert derived is not None
    assert (derived.analyte, derived.display_value, derived.unit) == ("neutrophils", "0.912", "10*9/L")
    assert derived.low is None
    in_cells = derived_neutrophils(reading("wbc", "2400", "/uL"), reading("neutrophils_pct", "38"))
    assert in_cells is not None
    assert in_cells.canonical == derived.canonical


def test_neutrophils_are_not_derived_from_a_comparator_nor_to_an_implausible_count() -> None:
    under = attempt("6690-2", "<2.4", "10*9/L")
    assert isinstance(under, Reading)
    assert derived_neutrophils(under, reading("neutrophils_pct", "38")) is None
    assert derived_neutrophils(reading("wbc", "600"), reading("neutrophils_pct", "33.4")) is None
    assert derived_neutrophils(reading("wbc", "500"), reading("neutrophils_pct", "40")) is not None
