"""Answer every criterion for treatment on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from patients.rules.eligibility.criteria import (
    AS_THE_ENGINE_SAYS,
    BY_RESULTS,
    DEFAULT_THRESHOLDS,
    KARNOFSKY,
    Answer,
    CriteriaSet,
    CriterionAnswer,
    Threshold,
    criterion_word,
)
from patients.rules.eligibility.evidence import Evidence, Judgment, newest_valid, us_day
from patients.rules.eligibility.figures import compare
from patients.rules.eligibility.judgments import CLAIMS, answer_of_judgments, performance_answer
from patients.rules.eligibility.tumor_grade import GRADES_NEEDED, grade_answer


def judge_eligibility(
    evidence: Evidence,
    *,
    on: date,
    thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS,
    criteria: CriteriaSet = CriteriaSet.AFTER_SSA,
) -> tuple[CriterionAnswer, ...]:
    """Answer every criterion for treatment on a day: the planned first infusion, failing that today."""
    measured = {threshold.criterion: threshold for threshold in thresholds}
    return (
        *judge_by_people(evidence, on=on, thresholds=measured.values(), criteria=criteria),
        *(
            _with_a_no(compare(threshold, evidence.measurements.get(name), on=on), evidence, on)
            for name, threshold in measured.items()
            if name != KARNOFSKY
        ),
    )


def judge_by_people(
    evidence: Evidence,
    *,
    on: date,
    thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS,
    criteria: CriteriaSet = CriteriaSet.AFTER_SSA,
) -> tuple[CriterionAnswer, ...]:
    """Answer the required criteria that no result can answer."""
    (karnofsky,) = (threshold for threshold in thresholds if threshold.criterion == KARNOFSKY)
    said = evidence.said
    answers = [
        answer_of_judgments("sstr-positive", (*evidence.uptake, *said.get("sstr-positive", ())), on),
        grade_answer(evidence, on, criteria),
        answer_of_judgments("extent", said.get("extent", ()), on),
        performance_answer(karnofsky, said.get(KARNOFSKY, ()), on),
    ]
    if criteria is CriteriaSet.AFTER_SSA:
        answers.append(
            answer_of_judgments("need", (*evidence.history, *evidence.offers, *said.get("need", ())), on)
        )
    return tuple(answers)


def needs(
    thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS, criteria: CriteriaSet = CriteriaSet.AFTER_SSA
) -> Mapping[str, str]:
    """What each criterion needs, as a page says it: "≥ 60"."""
    said = {name: claim.need for name, claim in CLAIMS.items()}
    said |= {threshold.criterion: threshold.words for threshold in thresholds}
    return said | {"grade": GRADES_NEEDED[criteria]}


def first_dose_doubts(
    answers: Iterable[CriterionAnswer], said: Mapping[str, Sequence[Judgment]], *, on: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria that are not met, and those that cannot be told, as a course file names them.

    What results decide is left to them, unless a person says that it is not met.
    """
    judged = {answer.criterion: answer.answer for answer in answers if answer.criterion not in BY_RESULTS}
    for criterion, judgments in said.items():
        newest = newest_valid(judgments, on)
        if criterion in judged or newest is None or newest.holds:
            continue
        if newest.holds is False:
            judged[criterion] = Answer.NOT_MET
        elif criterion not in BY_RESULTS:
            judged[criterion] = Answer.CANNOT_TELL
    return _named(judged, Answer.NOT_MET), _named(judged, Answer.CANNOT_TELL)


def _named(judged: Mapping[str, Answer], wanted: Answer) -> tuple[str, ...]:
    return tuple(AS_THE_ENGINE_SAYS.get(name, name) for name, answer in judged.items() if answer is wanted)


def _with_a_no(answer: CriterionAnswer, evidence: Evidence, on: date) -> CriterionAnswer:
    """A person who says that a measured criterion is not met is heard, whatever the results say."""
    newest = newest_valid(evidence.said.get(answer.criterion, ()), on)
    if newest is None or newest.holds is not False:
        return answer
    text = f"{criterion_word(answer.criterion)} recorded as not met ({us_day(newest.on)})."
    return replace(
        answer,
        answer=Answer.NOT_MET,
        text=text,
        evidence=newest.evidence,
        evidence_on=newest.on,
        expires_on=newest.expires_on,
    )
