"""Creatinine clearance after Cockcroft and Gault, exact, with actual body weight.

Source: Cockcroft and Gault, Nephron 1976;16:31-41, as Hendifar, Mehr and McHaffie, Pancreas 2022;51:213-218,
table 3, uses it. Not validated below 18 years, nor where sex is neither female nor male: there the caller
answers *cannot tell* and does not come here. An eGFR is never used in its place.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from labs.rules.analytes import Analyte
from labs.rules.numbers import EXACT, ONE, ONE_DECIMAL, negated, over
from labs.rules.reading import Reading

ADULT_AGE_YEARS = 18
FEMALE_FACTOR = Decimal("0.85")

_TURNED_ROUND = {"": "", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Clearance(Struct, frozen=True):
    """`numerator / denominator` mL/min, never divided to compare.

    The comparator is that of the creatinine turned round: creatinine < 1.5 mg/dL is a clearance above that
    of 1.5.
    """

    numerator: Decimal
    denominator: Decimal
    comparator: str = ""

    def below(self, bound: Decimal) -> bool | None:
        """Tell whether it is < bound mL/min; None for *cannot tell*."""
        scaled = EXACT.multiply(bound, self.denominator)
        return negated(over(self.numerator, self.comparator, scaled, or_equal=True))

    def at_most_of(self, baseline: "Clearance", factor: Decimal) -> bool | None:
        """Tell whether it is <= factor * baseline."""
        return negated(self._over(baseline, factor, or_equal=False))

    def at_least_of(self, baseline: "Clearance", factor: Decimal) -> bool | None:
        """Tell whether it is >= factor * baseline."""
        return self._over(baseline, factor, or_equal=True)

    @property
    def display(self) -> Decimal | None:
        """To one decimal, half up, for people only; None when the creatinine carried a comparator."""
        if self.comparator:
            return None
        return EXACT.quantize(EXACT.divide(self.numerator, self.denominator), ONE_DECIMAL)

    def _over(self, baseline: "Clearance", factor: Decimal, *, or_equal: bool) -> bool | None:
        left = EXACT.multiply(self.numerator, baseline.denominator)
        right = EXACT.multiply(EXACT.multiply(factor, baseline.numerator), self.denominator)
        return over(left, self.comparator, right, baseline.comparator, or_equal=or_equal)


def clearance(*, age_years: int, weight_kg: Decimal, creatinine: Reading, female: bool) -> Clearance:
    """Return (140 - age) * kg / (72 * creatinine mg/dL), times 0.85 for a woman, in mL/min.

    Age and weight are those of the day on which the creatinine was drawn. Raises ValueError for a reading
    that is not a creatinine above zero.
    """
    if creatinine.analyte != Analyte.CREATININE or not creatinine.numerator:
        raise ValueError(f"no creatinine above zero: {creatinine.analyte} {creatinine.display_value}")
    years_left = Decimal(140 - age_years)
    share = EXACT.multiply(years_left, FEMALE_FACTOR if female else ONE)
    return Clearance(
        numerator=EXACT.multiply(EXACT.multiply(share, weight_kg), creatinine.div),
        denominator=EXACT.multiply(Decimal(72), creatinine.numerator),
        comparator=_TURNED_ROUND[creatinine.comparator],
    )


def age_on(birth_date: date, on: date) -> int:
    """Return the age in completed years; who was born on 29 February completes one on 1 March."""
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (0 if had_birthday else 1)
