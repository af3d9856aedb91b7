"""What holds for every number, not only for the boundary ones."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules.analytes import Analyte
from labs.rules.ctcae import VERSIONS, Grades, grade, that_counts
from labs.rules.numbers import EXACT, read_decimal
from labs.rules.reading import Reading, Rejection, at_least_base, derived_neutrophils, over_high, read_result
from labs.rules.renal import clearance
from labs.rules.units import HEMOGLOBIN_MMOL, UNITS, Conversion, normalized
from tests.rules.labs.readings import PLAIN, attempt, reading

versions = st.sampled_from(VERSIONS)
factors = st.decimals("0.5", "20", places=2)

LIMITS = {  # between which the limit of each analyte that matters may lie (section 10)
    "platelets": ("50", "250"),
    "neutrophils": ("0.5", "4"),
    "lymphocytes": ("0.2", "3"),
    "wbc": ("1.5", "8"),
    "hemoglobin": ("7", "16"),
    "albumin": ("15", "50"),
    "creatinine": ("0.5", "2"),
    "bilirubin": ("0.5", "3"),
    "ast": ("10", "150"),
    "alt": ("10", "150"),
    "alp": ("60", "700"),
    "ggt": ("15", "200"),
    "inr": ("0.9", "1.6"),
    "potassium": ("4.2", "6.5"),
}
RANGES = {
    "platelets": ("1", "600"),
    "neutrophils": ("0", "12"),
    "lymphocytes": ("0", "6"),
    "wbc": ("0", "20"),
    "hemoglobin": ("2", "18"),
    "albumin": ("5", "60"),
    "creatinine": ("0.1", "12"),
    "bilirubin": ("0", "40"),
    "ast": ("1", "2000"),
    "alt": ("1", "2000"),
    "alp": ("1", "4000"),
    "ggt": ("1", "4000"),
    "inr": ("0.5", "6"),
    "potassium": ("1", "9"),
}
WORSE_WHEN_LOW = {"platelets", "neutrophils", "lymphocytes", "wbc", "hemoglobin", "albumin"}
COMPARATORS = ("<", "<=", ">", ">=")

graded_analytes = st.sampled_from(sorted(RANGES))


def values_of(analyte: str) -> st.SearchStrategy[Decimal]:
    lowest, highest = RANGES[analyte]
    return st.decimals(lowest, highest, places=2)


def limits_of(analyte: str) -> st.SearchStrategy[Decimal | None]:
    return st.none() | limit_of(analyte)


def limit_of(analyte: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(*LIMITS[analyte], places=2)


def side(analyte: str, limit: str | None) -> dict[str, str | None]:
    """The limit that grades the analyte: the lower one of what is worse when low."""
    return {"low" if analyte in WORSE_WHEN_LOW else "high": limit}


def text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def in_unit(loinc: str, canonical: Decimal, spelling: str, conversion: Conversion) -> tuple[str, str] | None:
    """The same quantity as it would be sent in a unit, where that is a number that ends."""
    sent = EXACT.divide(EXACT.multiply(canonical, conversion.div), conversion.mul)
    written = format(sent, "f")
    return None if read_decimal(written) is None else (written, spelling)


def grades_of(result: Reading, version: str, baseline: Reading | None) -> Grades:
    return grade(result, version, baseline, False) or Grades(0, 0)


def plain_reading(analyte: str, value: Decimal, limit: Decimal | None) -> Reading:
    return reading(analyte, format(value, "f"), **side(analyte, text(limit)))


@given(st.data(), graded_analytes, versions)
def test_the_same_quantity_grades_the_same_in_every_unit(
    data: st.DataObject, analyte: str, version: str
) -> None:
    value, limit = data.draw(values_of(analyte)), data.draw(limit_of(analyte))
    base_value, base_limit = data.draw(values_of(analyte)), data.draw(limit_of(analyte))
    baseline = plain_reading(analyte, base_value, base_limit)
    expected = grades_of(plain_reading(analyte, value, limit), version, baseline)
    loinc = PLAIN[analyte][0]
    for spelling, conversion in UNITS[loinc].items():
        if analyte == "hemoglobin" and conversion == HEMOGLOBIN_MMOL:
            continue  # the printed bounds in mmol/L are their own
        sent = in_unit(loinc, value, spelling, conversion)
        sent_limit = in_unit(loinc, limit, spelling, conversion)
        assert sent is not None and sent_limit is not None
        result = attempt(loinc, *sent, **side(analyte, sent_limit[0]))
        assert isinstance(result, Reading)
        assert grades_of(result, version, baseline) == expected


@given(st.data(), st.decimals("2", "18", places=2), versions)
def test_hemoglobin_in_mmol_never_contradicts_the_same_quantity_in_grams(
    data: st.DataObject, grams: Decimal, version: str
) -> None:
    limit = data.draw(st.decimals("11", "14", places=1))
    expected = grades_of(plain_reading("hemoglobin", grams, limit), version, None)
    sent, sent_limit = grams * HEMOGLOBIN_MMOL.div, limit * HEMOGLOBIN_MMOL.div
    result = attempt("718-7", format(sent, "f"), "mmol/L", low=format(sent_limit, "f"))
    assert isinstance(result, Reading)
    span = grades_of(result, version, None)
    assert span.lowest <= expected.lowest <= expected.highest <= span.highest


@given(st.data(), graded_analytes, versions)
def test_a_worse_value_never_grades_lower(data: st.DataObject, analyte: str, version: str) -> None:
    limit, base_limit = data.draw(limits_of(analyte)), data.draw(limits_of(analyte))
    baseline = data.draw(st.none() | values_of(analyte).map(lambda v: plain_reading(analyte, v, base_limit)))
    one, other = sorted((data.draw(values_of(analyte)), data.draw(values_of(analyte))))
    better, worse = (other, one) if analyte in WORSE_WHEN_LOW else (one, other)
    milder = grades_of(plain_reading(analyte, better, limit), version, baseline)
    graver = grades_of(plain_reading(analyte, worse, limit), version, baseline)
    assert milder.lowest <= graver.lowest
    assert milder.highest <= graver.highest


@given(st.data(), graded_analytes, versions, st.booleans())
def test_a_baseline_that_does_not_count_changes_no_grade(
    data: st.DataObject, analyte: str, version: str, anticoagulated: bool
) -> None:
    baseline = plain_reading(analyte, data.draw(values_of(analyte)), data.draw(limits_of(analyte)))
    result = plain_reading(analyte, data.draw(values_of(analyte)), data.draw(limits_of(analyte)))
    counting = that_counts(baseline, version, anticoagulated)
    with_it, without = (grade(result, version, base, anticoagulated) for base in (baseline, counting))
    assert with_it == without


@given(st.data(), graded_analytes, versions, st.sampled_from(COMPARATORS))
def test_a_comparator_covers_every_value_of_its_interval(
    data: st.DataObject, analyte: str, version: str, comparator: str
) -> None:
    limit = data.draw(limits_of(analyte))
    baseline = data.draw(st.none() | values_of(analyte).map(lambda v: plain_reading(analyte, v, limit)))
    bound, inside = data.draw(values_of(analyte)), data.draw(values_of(analyte))
    if comparator.startswith("<"):
        bound, inside = max(bound, inside), min(bound, inside)
    else:
        bound, inside = min(bound, inside), max(bound, inside)
    if bound == inside and len(comparator) == 1:
        return
    loinc, unit = PLAIN[analyte]
    interval = attempt(loinc, comparator + format(bound, "f"), unit, **side(analyte, text(limit)))
    assert isinstance(interval, Reading)
    span = grades_of(interval, version, baseline)
    one = grades_of(plain_reading(analyte, inside, limit), version, baseline)
    assert span.lowest <= one.lowest <= one.highest <= span.highest


@given(st.data(), graded_analytes, versions)
def test_a_missing_limit_covers_every_limit_it_could_have_been(
    data: st.DataObject, analyte: str, version: str
) -> None:
    """Within the limits that a laboratory would print: an LLN above and a ULN below the fixed numbers."""
    usual = {"platelets": "100", "hemoglobin": "10.5", "neutrophils": "1.6", "lymphocytes": "0.9"}
    limit = data.draw(limit_of(analyte))
    value = data.draw(values_of(analyte))
    if limit < Decimal(usual.get(analyte, "0")):
        return
    known = grades_of(plain_reading(analyte, value, limit), version, None)
    unknown = grades_of(plain_reading(analyte, value, None), version, None)
    assert unknown.lowest <= known.lowest <= known.highest <= unknown.highest


@given(st.decimals("0.1", "24", places=2), st.decimals("0.5", "2", places=2), factors)
def test_ratios_agree_with_fractions(value: Decimal, other: Decimal, factor: Decimal) -> None:
    result = reading("creatinine", format(value, "f"), high=format(other, "f"))
    base = reading("creatinine", format(other, "f"))
    assert over_high(result, factor) is (Fraction(value) > Fraction(factor) * Fraction(other))
    assert at_least_base(result, base, factor) is (Fraction(value) >= Fraction(factor) * Fraction(other))


@given(st.decimals("9", "2000", places=1), st.decimals("0.1", "24", places=2), factors)
def test_ratios_across_units_agree_with_fractions(
    micromoles: Decimal, milligrams: Decimal, factor: Decimal
) -> None:
    result = reading("creatinine", format(micromoles, "f"), "umol/L")
    base = reading("creatinine", format(milligrams, "f"))
    expected = Fraction(micromoles) / Fraction("88.42") >= Fraction(factor) * Fraction(milligrams)
    assert at_least_base(result, base, factor) is expected


@given(
    st.integers(18, 100),
    st.decimals("30", "200", places=1),
    st.decimals("0.1", "24", places=2),
    st.booleans(),
)
def test_clearance_agrees_with_fractions(age: int, kg: Decimal, milligrams: Decimal, female: bool) -> None:
    result = clearance(
        age_years=age, weight_kg=kg, creatinine=reading("creatinine", format(milligrams, "f")), female=female
    )
    exact = Fraction(140 - age) * Fraction(kg) / (72 * Fraction(milligrams))
    exact *= Fraction("0.85") if female else 1
    assert Fraction(result.numerator) / Fraction(result.denominator) == exact
    assert result.below(Decimal(40)) is (exact < 40)


@given(st.decimals("0", "600", places=3), st.decimals("0", "100", places=2))
def test_derived_neutrophils_are_exact_or_absent(wbc: Decimal, percentage: Decimal) -> None:
    derived = derived_neutrophils(
        reading("wbc", format(wbc, "f")), reading("neutrophils_pct", format(percentage, "f"))
    )
    exact = Fraction(wbc) * Fraction(percentage) / 100
    if exact > 200:
        assert derived is None
    else:
        assert derived is not None
        assert derived.analyte == Analyte.NEUTROPHILS
        assert Fraction(derived.canonical) == exact


@pytest.mark.hazard("H09")
@given(
    st.sampled_from(sorted(UNITS)) | st.text(max_size=8),
    st.none() | st.text(max_size=30),
    st.none() | st.text(max_size=3),
    st.none() | st.text(max_size=10),
    st.none() | st.text(max_size=10),
)
def test_any_text_is_read_or_rejected_and_never_an_error(
    loinc: str, value: str | None, comparator: str | None, unit: str | None, limit: str | None
) -> None:
    result = read_result(loinc=loinc, value=value, comparator=comparator, unit=unit, low=limit, high=limit)
    assert isinstance(result, Reading | Rejection)


RANGE_WORDS = st.sampled_from(
    ["<", "<=", ">", ">=", "up to", "-", "(", ")", ".", " ", "7", "40", "1.2", "mg/dL", "x"]
)
limit_texts = (
    st.none()
    | st.text(max_size=12)
    | st.lists(RANGE_WORDS, max_size=6).map("".join)
    | st.decimals("0", "1000", places=1).map(str)
)


@given(
    st.sampled_from(sorted(UNITS)).flatmap(
        lambda loinc: st.tuples(st.just(loinc), st.sampled_from(sorted(UNITS[loinc])))
    ),
    limit_texts,
    limit_texts,
    limit_texts,
)
def test_any_text_of_limits_is_believed_or_absent_and_takes_no_value_away(
    sent: tuple[str, str], low: str | None, high: str | None, range_text: str | None
) -> None:
    loinc, unit = sent
    alone = read_result(loinc, "20", None, unit, None, None)
    result = read_result(loinc, "20", None, unit, low, high, range_text)
    if isinstance(alone, Rejection):
        assert result is alone
        return
    assert isinstance(result, Reading)
    assert (result.sent, result.text, result.shown) == (alone.sent, alone.text, alone.shown)
    if result.limits_failed:
        assert (result.low, result.high) == (None, None)
    elif result.low is not None and result.high is not None:
        assert 0 <= result.low < result.high


@given(st.text("xX×*10^3E+(e)/uLmcGIg µμKk%{[]}.6", max_size=14))
def test_a_normalized_spelling_is_its_own(spelling: str) -> None:
    assert normalized(normalized(spelling)) == normalized(spelling)
