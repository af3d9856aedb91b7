"""Numbers as text, exact comparison, and intervals."""

from decimal import Decimal

import pytest

from labs.rules.numbers import all_of, any_of, over, plain, quotient, read_decimal, split_comparator


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("74", "74"),
        (" 74.50 ", "74.50"),
        ("+1.2", "1.2"),
        ("-3", "-3"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("12345678901234567890.12345678901234567890", "12345678901234567890.12345678901234567890"),
    ],
)
def test_a_plain_number_is_read(text: str, number: str) -> None:
    assert read_decimal(text) == Decimal(number)


@pytest.mark.hazard("H09")
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "+",
        "1e400",
        "1E2",
        "NaN",
        "Infinity",
        "-inf",
        "1_000",
        "1,000",
        "1,5",
        "1 000",
        "0x10",
        "٧٤",
        "７４",
        "74²",
        "\u00a074",
        "1.2.3",
        "--1",
        "74 10*9/L",
        "hemolyzed",
        "74\n75",
        "1" * 21,
        "1" * 10_000,
        "0." + "1" * 21,
    ],
)
def test_anything_else_is_not_a_number(text: str) -> None:
    assert read_decimal(text) is None


def test_minus_zero_is_zero() -> None:
    assert str(read_decimal("-0")) == "0"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("10", ("", "10")),
        ("<10", ("<", "10")),
        (" <= 10 ", ("<=", "10")),
        (">0.5", (">", "0.5")),
        (">=5", (">=", "5")),
        ("~5", ("", "~5")),
        ("<<5", ("<", "<5")),
    ],
)
def test_a_comparator_stands_before_the_number(text: str, parts: tuple[str, str]) -> None:
    assert split_comparator(text) == parts


def test_a_quotient_knows_whether_it_ends() -> None:
    assert quotient(Decimal(79), Decimal(10)) == (Decimal("7.9"), True)
    assert quotient(Decimal("88.42"), Decimal("88.42")) == (Decimal(1), True)
    third, ends = quotient(Decimal(1), Decimal(3))
    assert not ends and str(third).startswith("0.3333333333")


def test_plain_has_neither_trailing_zeros_nor_an_exponent() -> None:
    assert str(plain(Decimal("29.0"))) == "29"
    assert str(plain(Decimal("4E+1"))) == "40"
    assert str(plain(Decimal("0.00"))) == "0"


@pytest.mark.parametrize(
    ("left", "right", "greater", "greater_or_equal"),
    [
        # exact on both sides
        ("10", "10", False, True),
        ("10.01", "10", True, True),
        ("9.99", "10", False, False),
        # an interval on the left
        ("<10", "10", False, False),
        ("<=10", "10", False, None),
        ("<11", "10", None, None),
        (">10", "10", True, True),
        (">=10", "10", None, True),
        (">9", "10", None, None),
        # an interval on the right
        ("10", "<10", True, True),
        ("10", "<=10", None, True),
        ("10", ">10", False, False),
        ("10", ">=10", False, None),
        ("10", "<11", None, None),
        # intervals on both sides
        ("<10", ">10", False, False),
        ("<=10", ">=10", False, None),
        ("<10", ">=10", False, False),
        (">10", "<10", True, True),
        (">=10", "<=10", None, True),
        ("<10", "<5", None, None),
        (">10", ">5", None, None),
    ],
)
def test_an_interval_answers_only_as_a_whole(
    left: str, right: str, greater: bool | None, greater_or_equal: bool | None
) -> None:
    left_comparator, left_digits = split_comparator(left)
    right_comparator, right_digits = split_comparator(right)
    sides = (Decimal(left_digits), left_comparator, Decimal(right_digits), right_comparator)
    assert over(*sides) is greater
    assert over(*sides, or_equal=True) is greater_or_equal


def test_three_valued_or_and_and() -> None:
    assert any_of(False, None, True) is True
    assert any_of(False, None) is None
    assert any_of(False, False) is False
    assert all_of(True, None, False) is False
    assert all_of(True, None) is None
    assert all_of(True, True) is True
