"""A hypersensitivity reaction grade 3 or 4 ends the treatment; grade 1 or 2 asks for premedication [PI24]."""

from collections.abc import Iterable

from scheduling.rules.adverse_event_findings import severe_events, worst_grade
from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.row_findings import SEVERE, IntervalFacts, Point
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline

PREMEDICATE = "premedicate"


def read_points(interval_facts: IntervalFacts) -> list[Point]:
    return severe_events(interval_facts)


def _takes(event: AdverseEventFact) -> bool:
    return event.hypersensitivity


def _notes(timeline: Timeline) -> Iterable[str]:
    is_mild = any(
        event.hypersensitivity
        and timeline.interval_of_day(event.on) > 0
        and 1 <= worst_grade(timeline, event) < SEVERE
        for event in timeline.events
    )
    return (PREMEDICATE,) if is_mild else ()


RULE = RowRule(
    name="hypersensitivity",
    title="Hypersensitivity",
    words="hypersensitivity",
    source="PI24",
    analytes=(),
    read_points=read_points,
    takes=_takes,
    notes=_notes,
    ends_treatment=True,
    ended="Grade 3 or 4 hypersensitivity reaction. No further doses.",
    not_ended="No grade 3 or 4 hypersensitivity reaction.",
)
