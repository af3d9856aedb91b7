"""One laboratory result as a rule reads it: exact, in the canonical unit, or rejected with the reason.

Source: the project's clinical rules, section 2 (docs/clinical/units.md). What was sent stays beside what
is used. The comparisons at the end answer True, False, or None for *cannot tell*: a result `<10` stands
for the whole interval below 10, and a limit that the laboratory did not send is not made up.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from labs.rules.analytes import ANALYTE_OF, CANONICAL_UNIT, PLAUSIBLE, QUALITATIVE, Analyte, Bands
from labs.rules.limits import believed, read_limits
from labs.rules.numbers import (
    BLANKS,
    COMPARATORS,
    EXACT,
    ONE,
    SIX_DECIMALS,
    negated,
    over,
    plain,
    quotient,
    read_decimal,
    split_comparator,
)
from labs.rules.units import AS_IT_IS, conversion_of


class Rejection(StrEnum):
    """Why no rule may use a result; it is kept and put before a person.

    In the order in which they are asked. An id of another analyte, a time that cannot be and a part above
    its whole are seen beside other results only: `scheduling/rules/timeline_results.py` asks for them.
    """

    STATUS = "status"
    CODE = "code-unknown"
    VALUE = "value-unreadable"
    ID_REUSED = "id-reused"
    TIME = "time"
    UNIT_MISSING = "unit-missing"
    UNIT_UNKNOWN = "unit-unknown"
    IMPLAUSIBLE = "implausible"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Reading:
    """An accepted result: `sent * mul / div` is its value in the canonical unit.

    `low` and `high` are the laboratory's limits in the unit that was sent, both None where one of them
    cannot be right. `sent` is None for a pregnancy test reported in words, which carries `text` and no
    unit instead.
    """

    analyte: Analyte
    loinc: str
    comparator: str = ""
    sent: Decimal | None = None
    unit_sent: str | None = None
    mul: Decimal = ONE
    div: Decimal = ONE
    low: Decimal | None = None
    high: Decimal | None = None
    text: str | None = None
    limits_failed: bool = False
    numerator: Decimal | None = field(init=False, repr=False, compare=False)
    """sent * mul: over `div` it is the canonical value, exactly."""
    display_value: str = field(init=False, repr=False, compare=False)
    """The canonical value as text, without the comparator: exact where it ends, else 6 decimals."""
    shown: str = field(init=False, repr=False, compare=False)
    """The same with its comparator."""
    unit: str | None = field(init=False, repr=False, compare=False)
    """The canonical unit; None for a text."""
    _canonical: Decimal | None = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numerator, canonical, shown = _as_used(self.sent, self.mul, self.div)
        object.__setattr__(self, "numerator", numerator)
        object.__setattr__(self, "_canonical", canonical)
        display_value = self.text or "" if self.sent is None else shown
        object.__setattr__(self, "display_value", display_value)
        object.__setattr__(self, "shown", f"{self.comparator}{display_value}")
        object.__setattr__(self, "unit", None if self.sent is None else CANONICAL_UNIT[self.analyte])
        object.__setattr__(
            self,
            "_hash",
            hash((self.loinc, self.comparator, self.sent, self.unit_sent, self.low, self.high, self.text)),
        )

    def __hash__(self) -> int:
        return self._hash

    @property
    def canonical(self) -> Decimal:
        """The value in the canonical unit: exact where the conversion ends, else 200 digits.

        For showing and storing; the comparisons below do not divide. Raises ValueError for a text.
        """
        if self._canonical is None:
            raise ValueError(f"{self.loinc} carries a text, not a number")
        return self._canonical


def _as_used(sent: Decimal | None, mul: Decimal, div: Decimal) -> tuple[Decimal | None, Decimal | None, str]:
    if sent is None:
        return None, None, ""
    if mul == ONE and div == ONE:
        return sent, sent, format(sent, "f")
    numerator = EXACT.multiply(sent, mul)
    canonical, ends = quotient(numerator, div)
    if ends:
        canonical = plain(canonical)
        return numerator, canonical, format(canonical, "f")
    return numerator, canonical, format(EXACT.quantize(canonical, SIX_DECIMALS), "f")


@lru_cache(maxsize=1 << 16)
def read_result(
    loinc: str,
    value: str | None,
    comparator: str | None,
    unit: str | None,
    low: str | None,
    high: str | None,
    range_text: str | None = None,
    absent_reason: str | None = None,
    bands: Bands = PLAUSIBLE,
) -> Reading | Rejection:
    """Read the texts of a result, or say the first reason why no rule may use it.

    The order is code, value, unit, plausibility; the status is the caller's to judge, before all of them.
    Limits are judged apart: a result whose limits fail keeps its value. What the laboratory marked with
    `absent_reason` has no value, whatever figure stands beside it.
    """
    analyte = ANALYTE_OF.get(loinc)
    if analyte is None:
        return Rejection.CODE
    if (absent_reason or "").strip(BLANKS):
        return Rejection.VALUE
    number = read_value(value, comparator)
    if analyte is Analyte.HCG and (number is None or loinc in QUALITATIVE):
        return _read_hcg_text(loinc, value, comparator, unit, low, high, range_text)
    if number is None:
        return Rejection.VALUE
    reading = _read_figure(analyte, loinc, number, unit, (low, high, range_text))
    if isinstance(reading, Reading) and not _is_plausible(reading, bands):
        return Rejection.IMPLAUSIBLE
    return reading


def _read_figure(
    analyte: Analyte,
    loinc: str,
    number: tuple[str, Decimal],
    unit: str | None,
    limits_sent: tuple[str | None, str | None, str | None],
) -> Reading | Rejection:
    conversion = conversion_of(loinc, unit)
    if conversion is None:
        return Rejection.UNIT_UNKNOWN if (unit or "").strip(BLANKS) else Rejection.UNIT_MISSING
    limits = believed(analyte, conversion, read_limits(loinc, conversion, *limits_sent))
    return Reading(
        analyte=analyte,
        loinc=loinc,
        comparator=number[0],
        sent=number[1],
        unit_sent=unit,
        mul=conversion.mul,
        div=conversion.div,
        low=limits.low,
        high=limits.high,
        limits_failed=limits.failed,
    )


def _read_hcg_text(
    loinc: str,
    value: str | None,
    comparator: str | None,
    unit: str | None,
    low: str | None,
    high: str | None,
    range_text: str | None,
) -> Reading | Rejection:
    """A pregnancy test in words, or a figure under a qualitative code: see `labs/rules/hcg.py`."""
    text, sign = (value or "").strip(BLANKS), (comparator or "").strip(BLANKS)
    if not text or (sign and read_value(value, comparator) is None):
        return Rejection.VALUE
    has_unit = bool((unit or "").strip(BLANKS))
    if has_unit and conversion_of(loinc, unit) is None:
        return Rejection.UNIT_UNKNOWN
    limits = believed(Analyte.HCG, AS_IT_IS, read_limits(loinc, AS_IT_IS, low, high, range_text))
    return Reading(
        analyte=Analyte.HCG,
        loinc=loinc,
        text=text if text.startswith(sign) else f"{sign}{text}",
        unit_sent=unit if has_unit else None,
        low=limits.low,
        high=limits.high,
        limits_failed=limits.failed,
    )


def read_value(value: str | None, comparator: str | None) -> tuple[str, Decimal] | None:
    """A comparator stands beside the value or before its number; two that differ cannot be read."""
    inside, digits = split_comparator(value or "")
    beside = (comparator or "").strip(BLANKS)
    if beside and (beside not in COMPARATORS or (inside and inside != beside)):
        return None
    number = read_decimal(digits)
    return None if number is None else (beside or inside, number)


def _is_plausible(reading: Reading, bands: Bands) -> bool:
    """Both ends included, and compared without dividing; for a comparator it is the bound that counts."""
    band = bands.by_analyte.get(reading.analyte)
    if band is None or reading.numerator is None:
        return True
    lowest = EXACT.multiply(band.lowest, reading.div)
    return lowest <= reading.numerator <= EXACT.multiply(band.highest, reading.div)


def derived_neutrophils(wbc: Reading, percentage: Reading, *, bands: Bands = PLAUSIBLE) -> Reading | None:
    """Return WBC * neutrophil % / 100 in 10*9/L, or None where that is no certain and plausible count.

    The two must come from one draw without an absolute count of its own: the caller knows. A derived
    count has no lower limit of normal, and stands under the code of its percentage.
    """
    if wbc.comparator or percentage.comparator:
        return None
    count = EXACT.multiply(EXACT.multiply(wbc.canonical, percentage.canonical), Decimal("0.01"))
    reading = Reading(
        analyte=Analyte.NEUTROPHILS,
        loinc=percentage.loinc,
        sent=plain(count),
        unit_sent=CANONICAL_UNIT[Analyte.NEUTROPHILS],
    )
    return reading if _is_plausible(reading, bands) else None


def above(reading: Reading, bound: Decimal) -> bool | None:
    """Tell whether the canonical value is > bound."""
    return _over_bound(reading, bound, or_equal=False)


def at_least(reading: Reading, bound: Decimal) -> bool | None:
    """Tell whether the canonical value is >= bound."""
    return _over_bound(reading, bound, or_equal=True)


def below(reading: Reading, bound: Decimal) -> bool | None:
    """Tell whether the canonical value is < bound."""
    return negated(_over_bound(reading, bound, or_equal=True))


def at_most(reading: Reading, bound: Decimal) -> bool | None:
    """Tell whether the canonical value is <= bound."""
    return negated(_over_bound(reading, bound, or_equal=False))


def _over_bound(reading: Reading, bound: Decimal, *, or_equal: bool) -> bool | None:
    if reading.numerator is None:
        return None
    scaled = bound if reading.div == ONE else EXACT.multiply(bound, reading.div)
    return over(reading.numerator, reading.comparator, scaled, or_equal=or_equal)


def over_high(reading: Reading, factor: Decimal = ONE) -> bool | None:
    """Tell whether the value is > factor * ULN, the ULN that came with it; None without one."""
    if reading.sent is None or reading.high is None:
        return None
    return over(reading.sent, reading.comparator, EXACT.multiply(factor, reading.high))


def at_most_high(reading: Reading, factor: Decimal = ONE) -> bool | None:
    """Tell whether the value is <= factor * ULN, the ULN that came with it; None without one."""
    return negated(over_high(reading, factor))


def under_low(reading: Reading) -> bool | None:
    """Tell whether the value is < LLN, the LLN that came with it; None without one."""
    if reading.sent is None or reading.low is None:
        return None
    return negated(over(reading.sent, reading.comparator, reading.low, or_equal=True))


def over_base(reading: Reading, base: Reading, factor: Decimal, *, or_equal: bool = False) -> bool | None:
    """Tell whether the value is > (or >=) factor * base, whatever units the two were sent in."""
    if reading.numerator is None or base.numerator is None:
        return None
    left, right = reading.numerator, EXACT.multiply(factor, base.numerator)
    if reading.div != base.div:
        left, right = EXACT.multiply(left, base.div), EXACT.multiply(right, reading.div)
    return over(left, reading.comparator, right, base.comparator, or_equal=or_equal)


def at_least_base(reading: Reading, base: Reading, factor: Decimal) -> bool | None:
    """Tell whether the value is >= factor * base."""
    return over_base(reading, base, factor, or_equal=True)


def at_most_base(reading: Reading, base: Reading, factor: Decimal) -> bool | None:
    """Tell whether the value is <= factor * base."""
    return negated(over_base(reading, base, factor))
