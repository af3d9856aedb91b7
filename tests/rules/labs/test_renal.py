"""Cockcroft-Gault: the published checks, exact bounds, comparators, and the age."""

from datetime import date
from decimal import Decimal

import pytest

from labs.rules.reading import Reading
from labs.rules.renal import Clearance, age_on, clearance
from tests.rules.labs.readings import attempt, reading


def crcl(age: int, kg: str, creatinine: str, *, female: bool = False, unit: str | None = None) -> Clearance:
    result = reading("creatinine", creatinine, unit)
    return clearance(age_years=age, weight_kg=Decimal(kg), creatinine=result, female=female)


def with_comparator(creatinine: str) -> Clearance:
    result = attempt("2160-0", creatinine, "mg/dL")
    assert isinstance(result, Reading)
    return clearance(age_years=80, weight_kg=Decimal(72), creatinine=result, female=False)


@pytest.mark.parametrize(
    ("age", "kg", "creatinine", "female", "shown"),
    [
        (80, "72", "1.50", False, "40.0"),
        (80, "72", "1.51", False, "39.7"),
        (70, "75", "1.0", False, "72.9"),
        (45, "60", "0.9", True, "74.8"),
        (65, "70", "1.4", False, "52.1"),
        (72, "62", "1.24", True, "40.1"),
    ],
)
def test_the_checks_of_the_rules(age: int, kg: str, creatinine: str, female: bool, shown: str) -> None:
    assert crcl(age, kg, creatinine, female=female).display == Decimal(shown)


@pytest.mark.parametrize(
    ("age", "kg", "creatinine", "female", "two_decimals"),
    [
        (80, "72", "1.50", False, "40.00"),
        (80, "72", "1.51", False, "39.74"),
        (70, "75", "1.0", False, "72.92"),
        (45, "60", "0.9", True, "74.77"),
        (65, "70", "1.4", False, "52.08"),
    ],
)
def test_the_checks_to_two_decimals(
    age: int, kg: str, creatinine: str, female: bool, two_decimals: str
) -> None:
    result = crcl(age, kg, creatinine, female=female)
    assert round(result.numerator / result.denominator, 2) == Decimal(two_decimals)


def test_exactly_forty_is_not_below_forty() -> None:
    assert crcl(80, "72", "1.50").below(Decimal(40)) is False
    assert crcl(80, "72", "1.5000000001").below(Decimal(40)) is True
    assert crcl(80, "72", "132.63", unit="umol/L").below(Decimal(40)) is False
    assert crcl(80, "72", "132.64", unit="umol/L").below(Decimal(40)) is True


def test_it_is_rounded_half_up_to_show_and_never_to_compare() -> None:
    just_under = Clearance(Decimal("39.95"), Decimal(1))
    assert just_under.display == Decimal("40.0")
    assert just_under.below(Decimal(40)) is True


def test_a_comparator_on_creatinine_is_turned_round() -> None:
    assert with_comparator("<1.50").below(Decimal(40)) is False
    assert with_comparator("<=1.50").below(Decimal(40)) is False
    assert with_comparator(">1.50").below(Decimal(40)) is True
    assert with_comparator(">=1.50").below(Decimal(40)) is None
    assert with_comparator(">=1.51").below(Decimal(40)) is True
    assert with_comparator("<1.60").below(Decimal(40)) is None
    assert with_comparator("<1.50").display is None


def test_shares_of_the_baseline_are_exact() -> None:
    baseline = crcl(70, "75", "0.9")
    assert crcl(70, "75", "1.5").at_most_of(baseline, Decimal("0.60")) is True
    assert crcl(70, "75", "1.49").at_most_of(baseline, Decimal("0.60")) is False
    assert crcl(70, "75", "1.0").at_least_of(baseline, Decimal("0.90")) is True
    assert crcl(70, "75", "1.01").at_least_of(baseline, Decimal("0.90")) is False


def test_a_share_of_a_baseline_in_other_units_is_exact() -> None:
    baseline = crcl(70, "75", "88.42", unit="umol/L")
    assert crcl(70, "67.5", "1.0").at_least_of(baseline, Decimal("0.90")) is True
    assert crcl(70, "67.4", "1.0").at_least_of(baseline, Decimal("0.90")) is False


def test_a_comparator_against_the_baseline_decides_only_as_a_whole() -> None:
    baseline = crcl(80, "72", "0.9")
    assert with_comparator(">1.50").at_most_of(baseline, Decimal("0.60")) is True
    assert with_comparator("<1.50").at_most_of(baseline, Decimal("0.60")) is False
    assert with_comparator("<=1.50").at_most_of(baseline, Decimal("0.60")) is None
    assert with_comparator("<1.00").at_least_of(baseline, Decimal("0.90")) is True
    assert with_comparator(">1.00").at_least_of(baseline, Decimal("0.90")) is False


def test_only_a_creatinine_above_zero_has_a_clearance() -> None:
    with pytest.raises(ValueError, match="no creatinine"):
        clearance(age_years=60, weight_kg=Decimal(70), creatinine=reading("albumin", "40"), female=True)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1960, 5, 4), date(2025, 5, 3), 64),
        (date(1960, 5, 4), date(2025, 5, 4), 65),
        (date(1960, 2, 29), date(2025, 2, 28), 64),
        (date(1960, 2, 29), date(2025, 3, 1), 65),
        (date(1960, 2, 29), date(2024, 2, 28), 63),
        (date(1960, 2, 29), date(2024, 2, 29), 64),
        (date(2007, 3, 1), date(2025, 2, 28), 17),
        (date(2007, 3, 1), date(2025, 3, 1), 18),
    ],
)
def test_age_is_in_completed_years(born: date, on: date, years: int) -> None:
    assert age_on(born, on) == years
