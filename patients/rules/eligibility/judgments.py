"""What a person or a report says of a criterion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from patients.rules.eligibility.criteria import KARNOFSKY, Answer, CriterionAnswer, Threshold, criterion_word
from patients.rules.eligibility.evidence import Judgment, Measurement, newest_valid, us_day
from patients.rules.eligibility.figures import answer_of_figure


@dataclass(frozen=True, slots=True)
class _Claim:
    """How a criterion is said where it is met, where it is not, and what is needed."""

    met: str
    not_met: str
    need: str


CLAIMS = {
    "sstr-positive": _Claim(
        "Uptake at least that of the liver", "Uptake below the liver", "uptake at least that of the liver"
    ),
    "need": _Claim(
        "Progression on SSA, uncontrolled symptoms, growing burden or worsening organ function",
        "No progression on SSA, uncontrolled symptoms, growing burden or worsening organ function",
        "progression on SSA, uncontrolled symptoms, growing burden or worsening organ function",
    ),
    "extent": _Claim(
        "Liver or bone disease not extensive",
        "Extensive liver or bone disease",
        "liver and bone disease not extensive",
    ),
    "grade": _Claim("Grade accepted for treatment", "Grade not accepted for treatment", "G1-G2"),
}


def answer_of_judgments(criterion: str, judgments: Sequence[Judgment], on: date) -> CriterionAnswer:
    claim, name = CLAIMS[criterion], criterion_word(criterion)
    newest = newest_valid(judgments, on)
    if newest is None:
        return _nothing_valid(criterion, f"need {claim.need}", judgments)
    if newest.holds is None:
        answer, text = Answer.CANNOT_TELL, f"{name} cannot be told from {newest.evidence or 'the evidence'}"
    else:
        answer = Answer.MET if newest.holds else Answer.NOT_MET
        text = claim.met if newest.holds else claim.not_met
    return CriterionAnswer(
        criterion,
        answer,
        f"{text} ({us_day(newest.on)}).",
        threshold=claim.need,
        evidence=newest.evidence,
        evidence_on=newest.on,
        expires_on=newest.expires_on,
    )


def _nothing_valid(criterion: str, need: str, judgments: Sequence[Judgment]) -> CriterionAnswer:
    """Nothing was ever recorded, or all of it has expired."""
    name = criterion_word(criterion)
    last = max(judgments, key=lambda judgment: judgment.on, default=None)
    if last is None or last.expires_on is None:
        return CriterionAnswer(criterion, Answer.CANNOT_TELL, f"{name} not on file ({need}).")
    return CriterionAnswer(
        criterion,
        Answer.CANNOT_TELL,
        f"{name} of {us_day(last.on)} expired on {us_day(last.expires_on)} ({need}).",
        evidence=last.evidence,
        evidence_on=last.on,
        expires_on=last.expires_on,
    )


def performance_answer(threshold: Threshold, judgments: Sequence[Judgment], on: date) -> CriterionAnswer:
    """The figure decides where one was recorded, else the word of who recorded it."""
    newest = newest_valid(judgments, on)
    if newest is None:
        return replace(
            _nothing_valid(KARNOFSKY, f"need {threshold.words}", judgments),
            threshold=f"{threshold.operator} {threshold.bound}",
            source=threshold.source,
        )
    figure = percent(newest.value)
    if figure is None:
        answer = _ANSWERS[newest.holds]
    else:
        answer = answer_of_figure(threshold, Measurement(figure, newest.on, newest.evidence))
    shown = newest.value or answer.replace("-", " ")
    return CriterionAnswer(
        KARNOFSKY,
        answer,
        f"{criterion_word(KARNOFSKY)} {shown} ({us_day(newest.on)}; need {threshold.words}).",
        f"{threshold.operator} {threshold.bound}",
        threshold.source,
        newest.evidence,
        newest.on,
        newest.expires_on,
    )


_ANSWERS = {True: Answer.MET, False: Answer.NOT_MET, None: Answer.CANNOT_TELL}


def percent(text: str) -> Decimal | None:
    """A Karnofsky performance status as written, "80" or "80 %"; None where it is no figure."""
    try:
        figure = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None
