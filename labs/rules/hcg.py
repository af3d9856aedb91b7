"""What a result under an hCG code says as a pregnancy test: figures and words, in English and Spanish.

A missed pregnancy is the harm here, so that only what is certainly negative is negative.
Source: the project's clinical rules, section 10, hCG (docs/clinical/units.md).
"""

from decimal import Decimal

from labs.rules.numbers import BLANKS, ZERO, all_of, negated, over
from labs.rules.reading import Reading, read_value

NEGATIVE, POSITIVE, INDETERMINATE = "negative", "positive", "indeterminate"
POSITIVE_FROM = Decimal(5)
"""m[IU]/mL, where the laboratory sent no upper limit of its own (a setting of the center)."""

_NEGATIVE = frozenset(
    ("neg", "negative", "negativo", "negativa", "not detected", "nonreactive", "no detectado")
)
_POSITIVE = frozenset(("pos", "positive", "positivo", "positiva", "detected", "reactive", "detectado"))


def pregnancy_of(reading: Reading) -> str:
    """Whether the reading of an hCG code is positive, negative, or neither for certain."""
    number = read_value(reading.text or "", None) if reading.sent is None else None
    if reading.sent is not None:
        number = reading.comparator, reading.sent
    if number is None:
        return _of_words(reading.text or "")
    return _of_figure(*number, high=reading.high, has_unit=reading.unit_sent is not None)


def _of_words(text: str) -> str:
    word = text.strip(BLANKS).casefold()
    if word.endswith((".", "*")):
        word = word[:-1].rstrip(BLANKS)
    if word in _NEGATIVE:
        return NEGATIVE
    return POSITIVE if word in _POSITIVE else INDETERMINATE


def _of_figure(comparator: str, figure: Decimal, *, high: Decimal | None, has_unit: bool) -> str:
    if high is None and not has_unit:
        return INDETERMINATE
    bound = POSITIVE_FROM if high is None else high
    if over(figure, comparator, bound, or_equal=high is None):
        return POSITIVE
    is_below = negated(over(figure, comparator, bound, or_equal=True))
    return NEGATIVE if all_of(is_below, figure >= ZERO) else INDETERMINATE
