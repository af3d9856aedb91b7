"""The limits of normal: read as strictly as values, believed only where they can be right."""

from decimal import Decimal

import pytest

from labs.rules.analytes import CODES, LIMIT_BANDS, Analyte
from labs.rules.limits import Limits, believed, read_limits
from labs.rules.reading import Reading
from labs.rules.units import AS_IT_IS, Conversion, conversion_of
from tests.rules.labs.readings import attempt

FAILED = Limits(failed=True)


def limits(
    *,
    low: str | None = None,
    high: str | None = None,
    text: str | None = None,
    loinc: str = "1920-8",
    unit: str = "U/L",
) -> Limits:
    conversion = conversion_of(loinc, unit)
    assert conversion is not None
    return read_limits(loinc, conversion, low, high, text)


def of(low: str | None, high: str | None) -> Limits:
    return Limits(Decimal(low) if low else None, Decimal(high) if high else None)


# --- what is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "read"),
    [
        ("10", "35", of("10", "35")),
        (" 10 ", "35.", of("10", "35")),
        (".5", "1.2", of("0.5", "1.2")),
        (None, "35", of(None, "35")),
        ("10", "", of("10", None)),
        (None, None, Limits()),
        (" ", "", Limits()),
    ],
)
def test_a_limit_is_a_plain_figure(low: str | None, high: str | None, read: Limits) -> None:
    assert limits(low=low, high=high) == read


@pytest.mark.parametrize(
    "limit", ["<=35", "<35", "+35", "-35", "1,5", "35 U/L", "3e1", "NaN", "see note", "10-35", "٣٥", "1_0"]
)
def test_anything_else_fails(limit: str) -> None:
    assert limits(low=limit).failed
    assert limits(high=limit).failed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("10-35", of("10", "35")),
        ("10 - 35", of("10", "35")),
        ("(10-35)", of("10", "35")),
        ("( 10 -35 U/L )", of("10", "35")),
        ("10-35 IU/L", of("10", "35")),
        ("<35", of(None, "35")),
        ("<= 35", of(None, "35")),
        ("up to 35", of(None, "35")),
        ("Up  To 35 u/l", of(None, "35")),
        (">10", of("10", None)),
        (">= 10", of("10", None)),
        ("  ", Limits()),
    ],
)
def test_a_range_is_read_from_its_text(text: str, read: Limits) -> None:
    assert limits(text=text) == read


@pytest.mark.parametrize(
    "text",
    [
        *("35", "10-35 mg/dL", "10-35 or so", "-10-35", "+10-35", "10,0-35", "10–35", "(10-35", "10-35)"),
        *("≤35", "upto 35", "under 35", "<", "10-", "-35", "()", "10-35-40", "10\n-35 x", "see note"),
    ],
)
def test_a_text_that_is_no_range_fails(text: str) -> None:
    assert limits(text=text) == FAILED


def test_the_text_is_read_only_where_both_limits_are_absent() -> None:
    assert limits(high="40", text="10-35") == of(None, "40")
    assert limits(low="see note", text="10-35").failed
    assert limits(low=" ", high="", text="10-35") == of("10", "35")


def test_a_unit_in_the_text_must_be_worth_the_same() -> None:
    counts = {"loinc": "777-3", "unit": "K/uL"}
    assert limits(text="150-400 10*9/L", **counts) == of("150", "400")
    assert limits(text="150-400 x10E3/mcL", **counts) == of("150", "400")
    assert limits(text="150000-400000 /uL", **counts) == FAILED
    assert limits(text="150000-400000 /uL", loinc="777-3", unit="cells/uL") == of("150000", "400000")


def test_an_inr_range_needs_no_unit_and_takes_its_own() -> None:
    for text in ("0.9-1.1", "0.9-1.1 INR", "0.9-1.1 ratio"):
        assert limits(text=text, loinc="6301-6", unit="") == of("0.9", "1.1")


# --- what is believed --------------------------------------------------------------------------------


@pytest.mark.parametrize("analyte", sorted(LIMIT_BANDS))
def test_both_ends_of_a_band_are_inside(analyte: Analyte) -> None:
    bands, least = LIMIT_BANDS[analyte], Decimal("0.0001")
    for inside in (bands.low.lowest, bands.low.highest):
        assert not believed(analyte, AS_IT_IS, Limits(low=inside)).failed
    for inside in (bands.high.lowest, bands.high.highest):
        assert not believed(analyte, AS_IT_IS, Limits(high=inside)).failed
    assert believed(analyte, AS_IT_IS, Limits(low=bands.low.lowest - least)).failed
    assert believed(analyte, AS_IT_IS, Limits(low=bands.low.highest + least)).failed
    assert believed(analyte, AS_IT_IS, Limits(high=bands.high.lowest - least)).failed
    assert believed(analyte, AS_IT_IS, Limits(high=bands.high.highest + least)).failed


@pytest.mark.parametrize("analyte", sorted(set(CODES) - set(LIMIT_BANDS)))
def test_without_a_band_only_their_order_and_an_upper_one_above_zero_are_asked(analyte: Analyte) -> None:
    assert believed(analyte, AS_IT_IS, of("1", "100000")) == of("1", "100000")
    assert believed(analyte, AS_IT_IS, of("2", "2")) == FAILED
    assert believed(analyte, AS_IT_IS, of("3", "2")) == FAILED
    assert believed(analyte, AS_IT_IS, Limits(high=Decimal(0))) == FAILED
    assert believed(analyte, AS_IT_IS, Limits(low=Decimal(0))) == Limits(low=Decimal(0))


def test_one_that_fails_takes_the_other_away() -> None:
    assert believed(Analyte.AST, AS_IT_IS, of("10", "0")) == FAILED
    assert believed(Analyte.AST, AS_IT_IS, Limits(Decimal(10), None, failed=True)) == FAILED


def test_a_limit_is_compared_with_its_band_after_conversion_and_without_dividing() -> None:
    micromoles = Conversion(div=Decimal("17.104"))
    assert believed(Analyte.BILIRUBIN, micromoles, Limits(high=Decimal("51.312"))).high == Decimal("51.312")
    assert believed(Analyte.BILIRUBIN, micromoles, Limits(high=Decimal("51.3121"))) == FAILED
    assert believed(Analyte.BILIRUBIN, micromoles, Limits(high=Decimal("8.552"))).high == Decimal("8.552")
    assert believed(Analyte.BILIRUBIN, micromoles, Limits(high=Decimal("8.5519"))) == FAILED


def test_a_result_whose_limits_fail_keeps_its_value() -> None:
    result = attempt("1975-2", "4.0", "mg/dL", low="3.4", high="20.5")
    assert isinstance(result, Reading)
    assert (result.display_value, result.low, result.high, result.limits_failed) == ("4.0", None, None, True)


def test_limits_that_were_not_sent_have_not_failed() -> None:
    result = attempt("1975-2", "4.0", "mg/dL")
    assert isinstance(result, Reading)
    assert not result.limits_failed
