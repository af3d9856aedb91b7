"""Creatinine risen or its clearance fallen or low; back when both are within 10 % of the baseline.

Source: H22 table 3; PI24; "return to baseline" has no number in the label (a setting).
"""

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from itertools import product

from labs.rules.analytes import Analyte
from labs.rules.numbers import EXACT, all_of, any_of
from labs.rules.reading import Reading, at_least_base, at_most_base
from labs.rules.renal import Clearance
from scheduling.rules.formatting import day_words
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.protocol import required_section
from scheduling.rules.row_findings import (
    IntervalFacts,
    Point,
    ResultFinding,
    points_by_day,
    reading_words,
    unusable_finding,
    value_words,
)
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline


def read_points(interval_facts: IntervalFacts) -> list[Point]:
    timeline = interval_facts.timeline
    results = interval_facts.of(Analyte.CREATININE)
    base = timeline.baseline(Analyte.CREATININE)
    base_clearances = timeline.clearances_of(base) if base else ()

    def read(result: ObservedResult) -> ResultFinding:
        if result.reading is None:
            return unusable_finding(result)
        is_newest = result.on == results[-1].on
        return _read_kidneys(timeline, result, result.reading, base, base_clearances, is_newest=is_newest)

    return list(points_by_day(results, read))


def _read_kidneys(
    timeline: Timeline,
    result: ObservedResult,
    creatinine: Reading,
    base: ObservedResult | None,
    base_clearances: tuple[Clearance, ...],
    *,
    is_newest: bool,
) -> ResultFinding:
    """Judge one creatinine and its clearances; only on the newest day, whether they are back at baseline."""
    limits = required_section(timeline.protocol.renal)
    clearances = timeline.clearances_of(result)
    base_reading = base.reading if base else None
    low = _in_every_reading(_is_newly_low(one, base_clearances, limits.crcl_below) for one in clearances)
    rise = at_least_base(creatinine, base_reading, limits.creatinine_rise) if base_reading else None
    fall = _in_every_reading(
        one.at_most_of(before, limits.crcl_fall) for one, before in product(clearances, base_clearances)
    )
    fires = any_of(low, rise, fall)
    is_back = (
        is_newest
        and fires is not True
        and _kidneys_are_back(timeline, creatinine, clearances, base_reading, base_clearances)
    )
    if fires is False:
        return ResultFinding(False, is_back)
    if fires is None:
        return ResultFinding(None, is_back, doubt=_kidney_doubt(timeline, result, base_reading, clearances))
    said = _kidney_words(result, clearances, base_reading, limits.crcl_below)
    return ResultFinding(True, is_back, words=said, worth="kidney function {}reduced")


def _kidney_words(
    result: ObservedResult, clearances: tuple[Clearance, ...], base: Reading | None, bound: Decimal
) -> str:
    said = f"{value_words(result)} on {day_words(result.on)}"
    if clearances and clearances[0].display is not None:
        said += f", CrCl {_clearance_words(clearances[0], bound)}"
    return f"{said}, baseline {reading_words(base)}" if base else said


def _clearance_words(one: Clearance, bound: Decimal) -> str:
    """To one decimal; one just below the bound that would round up to it, to two, downward."""
    if one.below(bound) and one.display == bound:
        exact = EXACT.divide(one.numerator, one.denominator)
        return f"{exact.quantize(Decimal('0.01'), ROUND_DOWN)} mL/min"
    return f"{one.display} mL/min"


def _in_every_reading(answers: Iterable[bool | None]) -> bool | None:
    """The answer if every possible weight gives the same, else None; None where there is no weight."""
    different = set(answers)
    return different.pop() if len(different) == 1 else None


def _is_newly_low(one: Clearance, before: tuple[Clearance, ...], bound: Decimal) -> bool | None:
    """Whether it is low; None where it was, or may have been, low before the first infusion too."""
    low = one.below(bound)
    return None if low and any(other.below(bound) is not False for other in before) else low


def _kidneys_are_back(
    timeline: Timeline,
    creatinine: Reading,
    clearances: tuple[Clearance, ...],
    base: Reading | None,
    base_clearances: tuple[Clearance, ...],
) -> bool:
    limits = required_section(timeline.protocol.renal)
    if base is None:
        return False
    back = _in_every_reading(
        one.at_least_of(before, limits.crcl_back_within)
        for one, before in product(clearances, base_clearances)
    )
    return bool(all_of(at_most_base(creatinine, base, limits.creatinine_back_within), back))


def _kidney_doubt(
    timeline: Timeline, result: ObservedResult, base: Reading | None, clearances: tuple[Clearance, ...]
) -> str:
    if base is None:
        return "no baseline creatinine"
    if len(clearances) > 1:
        return f"more than one weight could apply to the creatinine on {day_words(result.on)}"
    if clearances:
        return "CrCl was already low before treatment, or a result has no exact value"
    if not timeline.weights_for(result.on):
        days = required_section(timeline.protocol.renal).weight_within_days
        return f"no usable weight within {days} days of the creatinine on {day_words(result.on)}"
    return "Cockcroft-Gault is not validated for this patient (under 18, or sex or date of birth unknown)"


RULE = RowRule(
    name="renal",
    title="Kidney",
    words="kidney function",
    source="H22 table 3; PI24",
    section="renal",
    analytes=(Analyte.CREATININE,),
    read_points=read_points,
)
