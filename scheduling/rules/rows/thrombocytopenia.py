"""Platelets grade 2 or more; back at grade 1 or less [H22 t3, PI24]."""

from labs.rules.analytes import Analyte
from scheduling.rules.row_findings import IntervalFacts, Point, points_from_grade
from scheduling.rules.rows.rule import RowRule

LOWEST_FIRING_GRADE = 2


def read_points(interval_facts: IntervalFacts) -> list[Point]:
    return list(points_from_grade(interval_facts, Analyte.PLATELETS, LOWEST_FIRING_GRADE))


RULE = RowRule(
    name="thrombocytopenia",
    title="Thrombocytopenia",
    words="thrombocytopenia",
    source="H22 table 3; PI24",
    analytes=(Analyte.PLATELETS,),
    graded=(Analyte.PLATELETS,),
    read_points=read_points,
)
