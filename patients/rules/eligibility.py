"""Eligibility: each criterion is met, not met, or cannot be told, with its evidence and when that expires.

Source: docs/clinical/eligibility.md, after H22 table 1; the default thresholds are those of IMP, and a site
may set its own. Evidence that is missing or has expired answers *cannot tell*.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum

from patients.rules.grade_group import GradeGroup, Group

_EXACT = Context(prec=200)
ONE = Decimal(1)


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    CANNOT_TELL = "cannot-tell"


class Operator(StrEnum):
    AT_LEAST = ">="
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Threshold:
    """`valid_days` is how long a measurement counts, its day included as day 0; None: without end."""

    criterion: str
    operator: Operator
    bound: Decimal
    unit: str  # "x ULN": the bound is a multiple of the upper limit that came with the result
    source: str
    valid_days: int | None


TIMES_ULN = "x ULN"
LAB_DAYS = 14  # setting: as the panel that gates a dose

DEFAULT_THRESHOLDS = (
    Threshold("hemoglobin", Operator.AT_LEAST, Decimal(8), "g/dL", "IMP", LAB_DAYS),
    Threshold("platelets", Operator.AT_LEAST, Decimal(75), "10*9/L", "IMP", LAB_DAYS),
    Threshold("wbc", Operator.AT_LEAST, Decimal(2), "10*9/L", "IMP", LAB_DAYS),
    Threshold("creatinine-clearance", Operator.AT_LEAST, Decimal(40), "mL/min", "IMP", LAB_DAYS),
    Threshold("bilirubin", Operator.AT_MOST, Decimal(3), TIMES_ULN, "IMP", LAB_DAYS),
    Threshold("karnofsky", Operator.AT_LEAST, Decimal(60), "%", "IMP", None),
)


WORDS = {
    "sstr-positive": "SSTR-positive",
    "wbc": "WBC",
    "creatinine-clearance": "creatinine clearance",
    "karnofsky": "Karnofsky index",
}


def criterion_word(criterion: str) -> str:
    """Say a criterion within a sentence."""
    return WORDS.get(criterion, criterion.replace("-", " "))


@dataclass(frozen=True, slots=True)
class Measurement:
    """A figure in the threshold's unit, `value / divisor`; `upper_limit` is the ULN in that same unit.

    The divisor lets a clearance be compared without rounding. A comparator stands for a whole interval.
    """

    value: Decimal
    on: date
    evidence: str
    comparator: str = ""
    upper_limit: Decimal | None = None
    divisor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Judgment:
    """A person's word on a criterion; `holds` is None where the evidence does not say."""

    holds: bool | None
    on: date
    evidence: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one patient. `needs_treatment`: progression or uncontrolled symptoms on first-line
    SSA, or growing burden, or worsening organ function. `extent`: holds if liver or bone disease is
    extensive. `sstr_positive`: holds if the uptake is at least that of the liver.
    """

    measurements: Mapping[str, Measurement]  # by criterion
    sstr_positive: Judgment | None = None
    needs_treatment: Judgment | None = None
    extent: Judgment | None = None
    grade: GradeGroup | None = None
    grade_on: date | None = None


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    criterion: str
    answer: Answer
    text: str  # one plain sentence
    threshold: str = ""
    source: str = "H22 table 1"
    evidence: str = ""
    evidence_on: date | None = None
    expires_on: date | None = None


def judge_eligibility(
    evidence: Evidence, *, on: date, thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS
) -> tuple[CriterionAnswer, ...]:
    """Answer every criterion for treatment on a day: the planned first infusion, failing that today."""
    return (
        _judged("sstr-positive", "uptake is at least that of the liver", evidence.sstr_positive, on),
        _grade_answer(evidence.grade, evidence.grade_on),
        _judged(
            "need",
            "progression or symptoms on first-line SSA, growing burden, or worsening organ function",
            evidence.needs_treatment,
            on,
        ),
        _judged("extent", "liver or bone disease is extensive", evidence.extent, on, must_hold=False),
        *(
            compare(threshold, evidence.measurements.get(threshold.criterion), on=on)
            for threshold in thresholds
        ),
    )


def unmet(answers: Iterable[CriterionAnswer]) -> tuple[str, ...]:
    """The criteria that are certainly not met, as a course file names them."""
    return tuple(answer.criterion for answer in answers if answer.answer is Answer.NOT_MET)


# --- a figure against a threshold ------------------------------------------------------------------------


def compare(threshold: Threshold, measured: Measurement | None, *, on: date) -> CriterionAnswer:
    said = f"{threshold.operator} {threshold.bound} {threshold.unit}"
    name = threshold.criterion
    if measured is None:
        text = f"There is no value for {criterion_word(name)} to hold against {said}."
        return CriterionAnswer(name, Answer.CANNOT_TELL, text, said, threshold.source)
    expires_on = None if threshold.valid_days is None else measured.on + timedelta(threshold.valid_days)
    answer = Answer.CANNOT_TELL if _has_expired(expires_on, on) else _answer(threshold, measured)
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


def _answer(threshold: Threshold, measured: Measurement) -> Answer:
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
    name = criterion_word(threshold.criterion)
    name = f"{name[0].upper()}{name[1:]}"
    said = f"{threshold.operator} {threshold.bound} {threshold.unit}"
    if _has_expired(expires_on, on):
        return f"{name} of {measured.on} counted until {expires_on}: repeat it."
    if answer is not Answer.CANNOT_TELL:
        return f"{name} of {measured.on} is {'' if answer is Answer.MET else 'not '}{said}."
    if threshold.unit == TIMES_ULN and measured.upper_limit is None:
        return f"{name} of {measured.on} came without its upper limit of normal."
    return f"{name} of {measured.on} is given as {measured.comparator} {measured.value} only."


def _has_expired(expires_on: date | None, on: date) -> bool:
    return expires_on is not None and on > expires_on


# --- what a person or a report says ------------------------------------------------------------------------


def _judged(
    criterion: str, claim: str, judgment: Judgment | None, on: date, *, must_hold: bool = True
) -> CriterionAnswer:
    if judgment is None:
        return CriterionAnswer(criterion, Answer.CANNOT_TELL, f"Nobody has said whether {claim}.")
    if judgment.holds is None:
        answer, text = Answer.CANNOT_TELL, f"The evidence of {judgment.on} does not say whether {claim}."
    elif _has_expired(judgment.expires_on, on):
        answer = Answer.CANNOT_TELL
        text = f"The evidence of {judgment.on} counted until {judgment.expires_on}: repeat it."
    else:
        answer = Answer.MET if judgment.holds is must_hold else Answer.NOT_MET
        said = f"{claim[0].upper()}{claim[1:]}" if judgment.holds else f"It does not hold that {claim}"
        text = f"{said} (judged on {judgment.on})."
    return CriterionAnswer(
        criterion,
        answer,
        text,
        evidence=judgment.evidence,
        evidence_on=judgment.on,
        expires_on=judgment.expires_on,
    )


GRADE_ANSWERS = {
    Group.G1: Answer.MET,
    Group.G2: Answer.MET,
    Group.G3: Answer.CANNOT_TELL,  # case by case
    Group.NEC: Answer.NOT_MET,
}


def _grade_answer(grade: GradeGroup | None, on: date | None) -> CriterionAnswer:
    """G1 and G2 are treated, G3 case by case, NEC not; an unsettled report cannot tell."""
    if grade is None or grade.group is None:
        known = f" (at least {grade.at_least})" if grade and grade.at_least else ""
        text = f"The pathology report does not settle the grade{known}."
        answer = Answer.CANNOT_TELL
    else:
        answer = GRADE_ANSWERS[grade.group]
        text = f"The tumor is {grade.group}{': case by case' if grade.group is Group.G3 else ''}."
    shown = " ".join((text, *(grade.contradictions if grade else ())))
    return CriterionAnswer("grade", answer, shown, "G1-G2", evidence="pathology report", evidence_on=on)


# --- a site's own thresholds -------------------------------------------------------------------------------


class ThresholdError(ValueError):
    """One sentence that names the criterion and the key."""


def site_thresholds(changes: Mapping[str, Mapping[str, str | int | None]]) -> tuple[Threshold, ...]:
    """The defaults with a site's changes: criterion -> bound (text), operator, source, valid_days."""
    known = {threshold.criterion: threshold for threshold in DEFAULT_THRESHOLDS}
    for criterion, change in changes.items():
        if criterion not in known:
            raise ThresholdError(f"{criterion} is no criterion with a threshold")
        known[criterion] = _changed(known[criterion], change)
    return tuple(known.values())


def _changed(threshold: Threshold, change: Mapping[str, str | int | None]) -> Threshold:
    name = threshold.criterion
    if unknown := set(change) - {"bound", "operator", "source", "valid_days"}:
        raise ThresholdError(f"{name}: unknown key {min(unknown)}")
    if "source" not in change or not str(change["source"] or "").strip():
        raise ThresholdError(f"{name}: source is missing: a threshold says whose it is")
    valid_days = change.get("valid_days", threshold.valid_days)
    if isinstance(valid_days, bool) or not (valid_days is None or isinstance(valid_days, int)):
        raise ThresholdError(f"{name}: valid_days must be a whole number or null")
    return replace(
        threshold,
        bound=_bound(name, change.get("bound", str(threshold.bound))),
        operator=_operator(name, change.get("operator", threshold.operator)),
        source=str(change["source"]),
        valid_days=valid_days,
    )


def _bound(name: str, text: str | int | None) -> Decimal:
    try:
        bound = Decimal(str(text))
    except InvalidOperation as error:
        raise ThresholdError(f"{name}: bound must be a number, not {text!r}") from error
    if not bound.is_finite() or bound < 0:
        raise ThresholdError(f"{name}: bound must be zero or more and finite, not {text!r}")
    return bound


def _operator(name: str, text: str | int | None) -> Operator:
    try:
        return Operator(str(text))
    except ValueError as error:
        raise ThresholdError(f"{name}: operator must be >= or <=, not {text!r}") from error
