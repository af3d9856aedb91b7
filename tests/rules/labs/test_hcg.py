"""hCG as a pregnancy test: only what is certainly negative is negative."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.rules.analytes import CODES, QUALITATIVE, Analyte
from labs.rules.hcg import INDETERMINATE, NEGATIVE, POSITIVE, pregnancy_of
from labs.rules.reading import Reading
from tests.rules.labs.readings import attempt

MIU = "m[IU]/mL"


def said(value: str, unit: str | None = MIU, *, high: str | None = None, loinc: str = "19080-1") -> str:
    result = attempt(loinc, value, unit, high=high)
    assert isinstance(result, Reading), result
    return pregnancy_of(result)


@pytest.mark.parametrize("loinc", CODES[Analyte.HCG])
@pytest.mark.parametrize(
    ("value", "high", "expected"),
    [
        ("0", "5", NEGATIVE),
        ("4.99", "5", NEGATIVE),
        ("5", "5", INDETERMINATE),  # at its own limit: neither above nor below
        ("5.01", "5", POSITIVE),
        ("9.9", "10", NEGATIVE),  # the laboratory's limit, not 5
        ("10.1", "10", POSITIVE),
        ("<5", "5", NEGATIVE),
        ("<2", "5", NEGATIVE),
        ("<=5", "5", INDETERMINATE),
        ("<5.1", "5", INDETERMINATE),
        (">5", "5", POSITIVE),
        (">=5", "5", INDETERMINATE),
        (">4", "5", INDETERMINATE),
        ("4.99", None, NEGATIVE),
        ("5", None, POSITIVE),
        ("<5", None, NEGATIVE),
        ("<=5", None, INDETERMINATE),
        (">=5", None, POSITIVE),
        ("-1", None, INDETERMINATE),
        ("-1", "5", INDETERMINATE),
        ("4.99", "0", NEGATIVE),  # a limit that fails is absent
        ("5", "0", POSITIVE),
    ],
)
def test_a_figure_is_held_against_its_own_limit_else_five(
    loinc: str, value: str, high: str | None, expected: str
) -> None:
    assert said(value, high=high, loinc=loinc) == expected


@pytest.mark.parametrize("unit", ["m[IU]/mL", "mIU/mL", "IU/L", "[iU]/L", "U/L"])
def test_every_unit_of_hcg_is_worth_the_same(unit: str) -> None:
    assert said("5", unit) == POSITIVE
    assert said("4.9", unit) == NEGATIVE


def test_a_bare_figure_is_told_by_its_limit_alone() -> None:
    """Only under a qualitative code: elsewhere a figure without a unit is rejected."""
    assert said("2", None, loinc="2106-3") == INDETERMINATE
    assert said("2", None, high="5", loinc="2106-3") == NEGATIVE
    assert said("6", None, high="5", loinc="2110-5") == POSITIVE


@pytest.mark.parametrize("loinc", CODES[Analyte.HCG])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("neg|negative|negativo|negativa|not detected|nonreactive|no detectado", NEGATIVE),
        ("pos|positive|positivo|positiva|detected|reactive|detectado", POSITIVE),
        ("borderline|non reactive|negative..|negative.*|.negative|*|.|n|not detected?", INDETERMINATE),
    ],
)
def test_words_in_english_and_spanish(loinc: str, words: str, expected: str) -> None:
    for word in words.split("|"):
        for written in (word, word.upper(), word.title(), f" {word} "):
            assert said(written, None, loinc=loinc) == expected
        if expected != INDETERMINATE:
            assert said(f"{word}.", None, loinc=loinc) == said(f"{word}*", MIU, loinc=loinc) == expected


@given(st.text(min_size=1), st.sampled_from(CODES[Analyte.HCG]))
def test_any_other_text_is_indeterminate_or_unreadable(text: str, loinc: str) -> None:
    result = attempt(loinc, f"x{text}", None)
    assert isinstance(result, Reading)
    assert pregnancy_of(result) == INDETERMINATE


@given(st.decimals("0", "20", places=2), st.sampled_from(["", "<", "<=", ">", ">="]), st.booleans())
def test_a_negative_is_below_the_limit_whatever_it_stands_for(
    figure: object, comparator: str, has_limit: bool
) -> None:
    high = "5" if has_limit else None
    for loinc in ("19080-1", *sorted(QUALITATIVE)):
        answer = said(f"{comparator}{figure}", high=high, loinc=loinc)
        if answer == NEGATIVE:
            assert comparator not in (">", ">=")
            assert float(str(figure)) < 5 or (comparator == "<" and float(str(figure)) == 5)
