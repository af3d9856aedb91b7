"""A number as it was written, kept as text."""

import re
from decimal import Decimal
from typing import Any

from coordination.base.strict_json import Numeral
from labs.report_format.values import Wrong, kind_of

LONGEST_VALUE = 1_000
NO_NUMBER = (
    "A number has a sign, up to 20 digits, a point and up to 20 more: no NaN or Infinity,"
    " and no exponent in text."
)
_FIGURE = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_EXPONENT = re.compile(
    r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?[eE][+-]?0{0,9}[0-9]{1,2}"
)  # as JSON writes a number
# Written like numbers, and none that we take: an exponent, NaN, Infinity, more than 20 digits.
_NO_FIGURE = re.compile(
    r"[<>=\s]*[+-]?(?:s?nan|inf|infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)e[+-]?[0-9]+"
    r"|[0-9]{21,}\.?[0-9]*|[0-9]*\.[0-9]{21,})\s*",
    re.IGNORECASE,
)


def as_figure(sent: Any, pointer: str, longest: int) -> str | None:
    """A number as it was written, as text; a word is a value too, and no rule will use it."""
    if sent is None:
        return None
    if not isinstance(sent, str):
        raise Wrong(pointer, "type", f"This must be text or a number, not {kind_of(sent)}.")
    if _FIGURE.fullmatch(sent):
        return str(sent)
    if type(sent) is Numeral and (figure := _without_exponent(sent)):
        return figure
    if type(sent) is Numeral or _NO_FIGURE.fullmatch(sent):
        raise Wrong(pointer, "number", NO_NUMBER)
    if len(sent) > longest:
        raise Wrong(pointer, "too-long", f"This may have {longest} characters at most.")
    return sent


def _without_exponent(numeral: str) -> str | None:
    """75E-1 is 7.5, exactly; None where it is no number, or too large or small to be written in digits."""
    if not _EXPONENT.fullmatch(numeral):
        return None
    figure = format(Decimal(numeral), "f")  # at most 140 digits
    return figure if _FIGURE.fullmatch(figure) else None
