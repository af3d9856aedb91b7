"""A figure against a threshold."""

from datetime import date, timedelta
from decimal import Context, Decimal

from patients.rules.eligibility.criteria import (
    TIMES_ULN,
    Answer,
    CriterionAnswer,
    Operator,
    Threshold,
    criterion_word,
)
from patients.rules.eligibility.evidence import Measurement, has_expired, us_day

_EXACT = Context(prec=200)


def compare(threshold: Threshold, measured: Measurement | None, *, on: date) -> CriterionAnswer:
    said = f"{threshold.operator} {threshold.bound} {threshold.unit}"
    name = threshold.criterion
    if measured is None:
        text = f"{criterion_word(name)} not on file (need {threshold.words})."
        return CriterionAnswer(name, Answer.CANNOT_TELL, text, said, threshold.source)
    expires_on = None if threshold.valid_days is None else measured.on + timedelta(threshold.valid_days)
    answer = Answer.CANNOT_TELL if has_expired(expires_on, on) else answer_of_figure(threshold, measured)
    return CriterionAnswer(
        name,
        answer,
        _comparison_text(threshold, measured, answer, expires_on, on),
        said,
        threshold.source,
        measured.evidence,
        measured.on,
        expires_on,
    )


def answer_of_figure(threshold: Threshold, measured: Measurement) -> Answer:
    bound = threshold.bound
    if threshold.unit == TIMES_ULN:
        if measured.upper_limit is None:
            return Answer.CANNOT_TELL
        bound = _EXACT.multiply(bound, measured.upper_limit)
    bound = _EXACT.multiply(bound, measured.divisor)
    is_least = threshold.operator is Operator.AT_LEAST
    holds = measured.value >= bound if is_least else measured.value <= bound
    if not measured.comparator:
        return Answer.MET if holds else Answer.NOT_MET
    return _interval_answer(measured, bound, is_least=is_least)


def _interval_answer(measured: Measurement, bound: Decimal, *, is_least: bool) -> Answer:
    """A whole interval: met if every value of it is, not met if none is."""
    is_above = measured.comparator in (">", ">=")
    value, is_open = measured.value, measured.comparator in ("<", ">")
    if is_above == is_least:
        return Answer.MET if (value >= bound if is_least else value <= bound) else Answer.CANNOT_TELL
    is_outside = value < bound if is_least else value > bound
    return Answer.NOT_MET if is_outside or (is_open and value == bound) else Answer.CANNOT_TELL


def _comparison_text(
    threshold: Threshold, measured: Measurement, answer: Answer, expires_on: date | None, on: date
) -> str:
    name = f"{criterion_word(threshold.criterion)} of {us_day(measured.on)}"
    if expires_on and has_expired(expires_on, on):
        return f"{name} expired on {us_day(expires_on)}: repeat it."
    if answer is not Answer.CANNOT_TELL:
        verb = "meets" if answer is Answer.MET else "does not meet"
        return f"{name} {verb} {threshold.words}."
    if threshold.unit == TIMES_ULN and measured.upper_limit is None:
        return f"{name} came without its upper limit of normal."
    return f"{name} is given only as {measured.comparator} {measured.value} (need {threshold.words})."
