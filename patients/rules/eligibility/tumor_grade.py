"""The grade of the tumor, by the pathology report or by who has said more since."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from patients.rules.eligibility.criteria import Answer, CriteriaSet, CriterionAnswer
from patients.rules.eligibility.evidence import Evidence, Judgment, Pathology, newest_valid, us_day
from patients.rules.eligibility.judgments import answer_of_judgments
from patients.rules.grade_group import GradeGroup, Group

GRADE_ANSWERS = {
    Group.G1: Answer.MET,
    Group.G2: Answer.MET,
    Group.G3: Answer.CANNOT_TELL,  # case by case
    Group.NEC: Answer.NOT_MET,
}
FIRST_LINE_KI67 = (Decimal(10), Decimal(55))
GRADES_NEEDED = {
    CriteriaSet.AFTER_SSA: "G1-G2",
    CriteriaSet.FIRST_LINE: "G2-G3, Ki-67 10-55 %",
}


def grade_answer(evidence: Evidence, on: date, criteria: CriteriaSet) -> CriterionAnswer:
    """The pathology report, unless a person has said more since; a board decides G3 case by case."""
    need = GRADES_NEEDED[criteria]
    newest = newest_valid(evidence.said.get("grade", ()), on)
    report = evidence.pathology
    if newest and (report is None or report.on is None or newest.on >= report.on):
        return replace(answer_of_judgments("grade", [newest], on), threshold=need)
    if report is None:
        text = f"Tumor grade not on file (need {need})."
        return CriterionAnswer("grade", Answer.CANNOT_TELL, text, need)
    if criteria is CriteriaSet.FIRST_LINE:
        answer, text = _first_line_grade(report)
    else:
        answer, text = _grade_after_ssa(report, evidence.offers)
    shown = " ".join((text, *report.grade.contradictions))
    return CriterionAnswer("grade", answer, shown, need, evidence="pathology report", evidence_on=report.on)


def _grade_after_ssa(report: Pathology, offers: Sequence[Judgment]) -> tuple[Answer, str]:
    """G1 and G2 are treated, G3 case by case, NEC not; an unsettled report cannot tell."""
    group = report.grade.group
    if group is None:
        return Answer.CANNOT_TELL, _unsettled(report.grade)
    if group is Group.G3:
        offer = next((each for each in offers if report.on is None or each.on >= report.on), None)
        if offer:
            return Answer.MET, f"The tumor is G3; offered by the {offer.evidence} of {us_day(offer.on)}."
        return Answer.CANNOT_TELL, "The tumor is G3: case by case, and no tumor board has offered treatment."
    return GRADE_ANSWERS[group], f"The tumor is {group}."


def _first_line_grade(report: Pathology) -> tuple[Answer, str]:
    group, ki67 = report.grade.group, report.ki67_percent
    if group is None or ki67 is None:
        return Answer.CANNOT_TELL, _unsettled(report.grade)
    lowest, highest = FIRST_LINE_KI67
    is_met = group in (Group.G2, Group.G3) and lowest <= ki67 <= highest
    text = f"The tumor is {group}, Ki-67 {ki67.normalize():f} %."
    return (Answer.MET if is_met else Answer.NOT_MET), text


def _unsettled(grade: GradeGroup) -> str:
    known = f" (at least {grade.at_least})" if grade.at_least else ""
    return f"The pathology report does not settle the grade{known}."
