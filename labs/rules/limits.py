"""The limits of normal that came with a result, read as strictly as the result itself.

A limit is a plain figure in the unit of its result, or stands in the text of the range. What fails is
absent: a limit that cannot be right must neither make a grade nor prevent one.
Source: the project's clinical rules, section 10, Limits (docs/clinical/units.md).
"""

import re
from decimal import Decimal

from msgspec import Struct

from labs.rules.analytes import LIMIT_BANDS, Analyte, Band
from labs.rules.numbers import BLANKS, EXACT, ZERO
from labs.rules.units import Conversion, conversion_of


class Limits(Struct, frozen=True, gc=False):
    """In the unit that was sent. `failed`: something was sent, and cannot be believed."""

    low: Decimal | None = None
    high: Decimal | None = None
    failed: bool = False


_NONE = Limits()
_FAILED = Limits(failed=True)
_FIGURE = r"[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20}"
_PLAIN = re.compile(_FIGURE)
_TWO_SIDED = re.compile(rf"({_FIGURE})\s*-\s*({_FIGURE})\s*(.*)")
_ONE_SIDED = re.compile(rf"(<=|<|up\s+to|>=|>)\s*({_FIGURE})\s*(.*)", re.IGNORECASE)


def read_limits(
    loinc: str,
    conversion: Conversion,
    low: str | None,
    high: str | None,
    range_text: str | None,
) -> Limits:
    """Read the limits of a usable result, sent in the unit that `conversion` stands for."""
    low_text, high_text = (low or "").strip(BLANKS), (high or "").strip(BLANKS)
    if low_text or high_text:
        return Limits(_plain(low_text), _plain(high_text), _is_wrong(low_text) or _is_wrong(high_text))
    text = (range_text or "").strip(BLANKS)
    return _read_range(loinc, conversion, text) if text else _NONE


def believed(analyte: Analyte, conversion: Conversion, limits: Limits) -> Limits:
    """The same limits if they can be right, else none: low < high, high > 0, each inside its band."""
    low, high = limits.low, limits.high
    if low is None and high is None and not limits.failed:
        return limits
    bands = LIMIT_BANDS.get(analyte)
    is_right = (
        not limits.failed
        and (low is None or high is None or low < high)
        and (high is None or high > ZERO)
        and (bands is None or (_is_in(bands.low, low, conversion) and _is_in(bands.high, high, conversion)))
    )
    return limits if is_right else _FAILED


def _plain(text: str) -> Decimal | None:
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def _is_wrong(text: str) -> bool:
    return bool(text) and not _PLAIN.fullmatch(text)


def _read_range(loinc: str, conversion: Conversion, text: str) -> Limits:
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip(BLANKS)
    if found := _TWO_SIDED.fullmatch(text):
        low, high, unit = found.groups()
        read = Limits(Decimal(low), Decimal(high))
    elif found := _ONE_SIDED.fullmatch(text):
        sign, figure, unit = found.groups()
        number = Decimal(figure)
        read = Limits(low=number) if sign.startswith(">") else Limits(high=number)
    else:
        return _FAILED
    return _FAILED if unit and conversion_of(loinc, unit) != conversion else read


def _is_in(band: Band, limit: Decimal | None, conversion: Conversion) -> bool:
    if limit is None:
        return True
    scaled = EXACT.multiply(limit, conversion.mul)
    lowest, highest = (EXACT.multiply(end, conversion.div) for end in (band.lowest, band.highest))
    return lowest <= scaled <= highest
