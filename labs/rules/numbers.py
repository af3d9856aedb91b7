"""Numbers as laboratories send them, and comparisons that stay exact.

Everything is `decimal.Decimal`: in binary floating point (1.40 - 1.00) / 1.00 is below 0.40 and 3.6 is
above 3 * 1.2, and both would change a dose. Nothing is divided where it can be cross-multiplied.

A comparison has three answers: True, False, and None for *cannot tell*.
"""

import re
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal, Inexact

EXACT = Context(prec=200, rounding=ROUND_HALF_UP, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Wide enough that no product of the numbers `read_decimal` accepts is ever rounded."""

ZERO = Decimal(0)
ONE = Decimal(1)
SIX_DECIMALS = Decimal("0.000001")
ONE_DECIMAL = Decimal("0.1")

BLANKS = " \t\r\n\f\v"
COMPARATORS = ("<=", ">=", "<", ">")  # the longer first: "<=5" is not "<" and "=5"

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
MOST_DIGITS = 20  # before the point, and after it
_EXPONENT = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?[eE]([+-]?[0-9]{1,4})")
_BOUNDED_BELOW = frozenset(("", ">", ">="))
_BOUNDED_ABOVE = frozenset(("", "<", "<="))
_OPEN = frozenset(("<", ">"))


def read_decimal(text: str) -> Decimal | None:
    """Read a sign, ASCII digits and one point, with nothing but blanks around them; anything else is None."""
    stripped = text.strip(BLANKS)
    if not _DECIMAL.fullmatch(stripped):
        return None
    number = Decimal(stripped)
    return number if number else ZERO  # "-0" is zero


def without_exponent(text: str) -> str:
    """A JSON number with an exponent as plain digits, exactly; one that needs too many stays as it is."""
    found = _EXPONENT.fullmatch(text)
    if found is None or abs(int(found[1])) > MOST_DIGITS:
        return text
    written = format(Decimal(text), "f")
    return written if _DECIMAL.fullmatch(written) else text


def split_comparator(text: str) -> tuple[str, str]:
    """Split `<`, `<=`, `>` or `>=` off the front of a value: "< 10" is ("<", "10"), "10" is ("", "10")."""
    stripped = text.strip(BLANKS)
    for comparator in COMPARATORS:
        if stripped.startswith(comparator):
            return comparator, stripped[len(comparator) :].strip(BLANKS)
    return "", stripped


def quotient(numerator: Decimal, denominator: Decimal) -> tuple[Decimal, bool]:
    """Return numerator / denominator, and whether the decimal fraction ends (and so is exact)."""
    if denominator == ONE:
        return numerator, True
    context = EXACT.copy()
    context.clear_flags()
    result = context.divide(numerator, denominator)
    return result, not context.flags[Inexact]


def plain(number: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without an exponent: 29.0 is 29, 4E+1 is 40."""
    return Decimal(format(EXACT.normalize(number), "f"))


def over(
    left: Decimal,
    left_comparator: str,
    right: Decimal,
    right_comparator: str = "",
    *,
    or_equal: bool = False,
) -> bool | None:
    """Tell whether left > right (or >=), where `<10` means the whole interval below 10.

    None when some values of the two intervals say yes and others no.
    """
    if not left_comparator and not right_comparator:
        return left >= right if or_equal else left > right
    touching = left == right
    one_is_open = left_comparator in _OPEN or right_comparator in _OPEN
    may_be_all_over = left_comparator in _BOUNDED_BELOW and right_comparator in _BOUNDED_ABOVE
    may_be_all_under = left_comparator in _BOUNDED_ABOVE and right_comparator in _BOUNDED_BELOW
    if may_be_all_over and (left > right or (touching and (or_equal or one_is_open))):
        return True
    if may_be_all_under and (left < right or (touching and (not or_equal or one_is_open))):
        return False
    return None


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def any_of(*answers: bool | None) -> bool | None:
    """True if one certainly holds, False if none can, None otherwise."""
    if True in answers:
        return True
    return None if None in answers else False


def all_of(*answers: bool | None) -> bool | None:
    """False if one certainly fails, True if all certainly hold, None otherwise."""
    if False in answers:
        return False
    return None if None in answers else True
