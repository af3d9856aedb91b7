"""Hemoglobin or neutrophils grade 3 or more, or red cells transfused; back when both are at grade 2 or less.

Source: H22 table 3; PI24; how long red cells blind the hemoglobin is a setting.
"""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from labs.rules.analytes import Analyte
from scheduling.rules.formatting import day_words
from scheduling.rules.protocol import required_section
from scheduling.rules.row_findings import SEVERE, IntervalFacts, Point, points_from_grade
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline

JUDGED_COUNTS = (Analyte.HEMOGLOBIN, Analyte.NEUTROPHILS)


def read_points(interval_facts: IntervalFacts) -> list[Point]:
    points = [*_hemoglobin(interval_facts), *points_from_grade(interval_facts, Analyte.NEUTROPHILS, SEVERE)]
    return points + list(_transfusions(interval_facts))


def _hemoglobin(interval_facts: IntervalFacts) -> Iterable[Point]:
    """For 14 days after red cells a hemoglobin that does not fire proves nothing."""
    transfused = _newest_transfusion(interval_facts)
    blind_days = required_section(interval_facts.timeline.protocol.hematology).transfusion_blinds_days
    for point in points_from_grade(interval_facts, Analyte.HEMOGLOBIN, SEVERE):
        if transfused and 0 <= (point.on - transfused).days <= blind_days:
            said = f"within {blind_days} days of the red cell transfusion on {day_words(transfused)}"
            yield replace(point, is_back=False, doubt=f"hemoglobin {said} does not count")
        else:
            yield point


def _newest_transfusion(interval_facts: IntervalFacts) -> date | None:
    """Of this interval or an earlier one: red cells blind the count on both sides of an infusion."""
    days = (on for on, interval in interval_facts.timeline.red_cells if interval <= interval_facts.interval)
    return max(days, default=None)


def _transfusions(interval_facts: IntervalFacts) -> Iterable[Point]:
    """Red cells are grade 3 anemia, and open until a hemoglobin is drawn on that day or later."""
    drawn = [result.on for result in interval_facts.of(Analyte.HEMOGLOBIN)]
    for on in interval_facts.transfused_on:
        yield Point(
            subject=Analyte.HEMOGLOBIN,
            on=on,
            fires=True,
            is_newest=not any(day >= on for day in drawn),
            is_back=True,
            is_lab=False,
            words=f"red cells transfused on {day_words(on)}",
            worth="{}grade 3",
        )


def _grade_of_transfusions(interval_facts: IntervalFacts) -> Iterable[int]:
    return (SEVERE for _ in interval_facts.transfused_on)


def _days_of_transfusions(timeline: Timeline) -> Iterable[date]:
    return (on for on, _ in timeline.red_cells)


RULE = RowRule(
    name="anemia-neutropenia",
    title="Anemia, neutropenia",
    words="anemia or neutropenia",
    source="H22 table 3; PI24",
    section="hematology",
    analytes=JUDGED_COUNTS,
    graded=JUDGED_COUNTS,
    read_points=read_points,
    tells_analytes_apart=True,
    other_grades=_grade_of_transfusions,
    other_days=_days_of_transfusions,
)
