"""The grade and the sentence that a row's answer gives."""

from scheduling.rules.adverse_event_findings import lacks_grade, worst_grade
from scheduling.rules.answer import RowState
from scheduling.rules.formatting import ORDINALS, capitalized
from scheduling.rules.row_findings import IntervalFacts, Point
from scheduling.rules.row_verdict import RowVerdict
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline

NEEDS_REVIEW = "Needs review: "
"""How the sentence of a row begins that nobody can tell."""


def worst_grade_of_row(timeline: Timeline, rule: RowRule, interval_facts: IntervalFacts) -> int | None:
    grades = [
        grades.grade
        for analyte in rule.graded
        for result in interval_facts.of(analyte)
        if (grades := result.grades) is not None and grades.grade is not None
    ]
    grades += rule.other_grades(interval_facts)
    grades += [worst_grade(timeline, event) for event in interval_facts.events if not lacks_grade(event)]
    return max(grades, default=None)


def row_sentence(
    verdict: RowVerdict,
    fired: list[Point],
    points: list[Point],
    doubt: str,
    occurrence: int,
) -> str:
    if verdict.state is RowState.CANNOT_TELL:
        return f"{NEEDS_REVIEW}{_why_not(verdict, points, doubt)}."
    if verdict.state is RowState.CLEAR:
        return "No dose-limiting toxicity." if points else "No results since the last infusion."
    if not fired:
        return "Confirmed as resolved by a prescriber."
    point = next((p for p in reversed(fired) if p.is_newest), fired[-1])
    if verdict.state is RowState.OPEN:
        return capitalized(f"{point.worth.format('still ')} ({point.words}).")
    was = capitalized(point.worth.format(""))
    if verdict.state is RowState.RECURRENT:
        return f"{was} again ({point.words}): {ORDINALS[occurrence]} episode."
    return f"{was} ({point.words}), now resolved."


def _why_not(verdict: RowVerdict, points: list[Point], doubt: str) -> str:
    if doubt:
        return doubt
    if verdict.is_unshared_recurrence:
        return "second episode, but of a different blood count"
    if verdict.is_nadir_only:
        return "low only at mid-cycle and recovered (this site asks a prescriber)"
    doubts = [point.doubt for point in points if point.fires is None and point.doubt]
    doubts += [point.doubt for point in points if point.is_newest and not point.is_back and point.doubt]
    return doubts[-1] if doubts else "better, but not back to baseline"
