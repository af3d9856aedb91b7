"""Any other severe event, AST or ALT grade 3; back at grade 2. A person judges ALP, GGT and WBC grade 3.

Hematologic events are judged by their counts. Source: H22 table 3; PI24; a fifth of the trial's
patients had GGT grade 3 or 4.
"""

from collections.abc import Iterable

from labs.rules.analytes import Analyte
from labs.rules.ctcae import worst_grade_of
from scheduling.rules.adverse_event_findings import severe_events
from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.formatting import day_words, grades_words
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.row_findings import (
    NO_FINDING,
    SEVERE,
    IntervalFacts,
    Point,
    ResultFinding,
    is_certainly_under,
    points_by_day,
    points_from_grade,
    points_where_none_fires,
    unusable_finding,
    value_words,
)
from scheduling.rules.rows.rule import RowRule


def read_points(interval_facts: IntervalFacts) -> list[Point]:
    points = [
        *points_from_grade(interval_facts, Analyte.AST, SEVERE),
        *points_from_grade(interval_facts, Analyte.ALT, SEVERE),
    ]
    for analyte in (Analyte.ALP, Analyte.GGT, Analyte.WBC):
        points += _for_a_person(interval_facts, analyte)
    return points + severe_events(interval_facts)


def _for_a_person(interval_facts: IntervalFacts, analyte: Analyte) -> Iterable[Point]:
    """ALP, GGT or WBC grade 3 never fires by itself: a fifth of trial patients had GGT grade 3-4."""
    results = interval_facts.of(analyte)
    version = interval_facts.timeline.settings.ctcae or ""
    if worst_grade_of(analyte, version) < SEVERE or all(is_certainly_under(r, SEVERE) for r in results):
        return points_where_none_fires(results)
    return points_by_day(results, lambda result: _read_for_a_person(interval_facts, result))


def _read_for_a_person(interval_facts: IntervalFacts, result: ObservedResult) -> ResultFinding:
    if _is_lymphopenia_alone(interval_facts, result):
        return NO_FINDING
    if result.reading is None:
        return unusable_finding(result)
    grades = result.grades
    if grades is None or grades.highest < SEVERE:
        return NO_FINDING
    said = f"{value_words(result)} on {day_words(result.on)}"
    if grades.lowest >= SEVERE:
        more = "" if grades.grade is not None else " or higher"
        return ResultFinding(None, doubt=f"{said} is grade {grades.lowest}{more}")
    return ResultFinding(None, doubt=f"{said} could be {grades_words(grades.lowest, grades.highest)}")


def _is_lymphopenia_alone(interval_facts: IntervalFacts, result: ObservedResult) -> bool:
    """WBC grade 3 with neutrophils of that draw, else of that day, at grade 1 or less is nothing."""
    if result.analyte is not Analyte.WBC:
        return False
    counts = interval_facts.everywhere(Analyte.NEUTROPHILS)
    of_draw = [count for count in counts if count.draw == result.draw]
    beside = of_draw or [count for count in counts if count.on == result.on]
    grades = [count.grades for count in beside]
    return bool(grades) and all(grade is not None and grade.highest <= 1 for grade in grades)


def _takes(event: AdverseEventFact) -> bool:
    return not event.hematologic


RULE = RowRule(
    name="other",
    title="Other toxicity",
    words="other toxicity",
    source="H22 table 3; PI24",
    analytes=(Analyte.AST, Analyte.ALT, Analyte.ALP, Analyte.GGT, Analyte.WBC),
    beside=(Analyte.NEUTROPHILS,),
    graded=(Analyte.AST, Analyte.ALT),
    read_points=read_points,
    takes=_takes,
    events_carry_over=True,
)
