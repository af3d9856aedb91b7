"""Adverse events that began in an earlier interval and are still severe."""

from scheduling.rules.adverse_event_findings import event_words, grade_today
from scheduling.rules.answer import RowState
from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.row_findings import SEVERE
from scheduling.rules.row_prescriber_judgments import is_unrelated
from scheduling.rules.row_verdict import RowVerdict
from scheduling.rules.rows import row_of_event, row_rules_of
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline


def with_carried_events(
    timeline: Timeline, rule: RowRule, verdict: RowVerdict, doubt: str
) -> tuple[RowVerdict, str]:
    """Leave the row to a prescriber where an event of an earlier interval is still severe."""
    if not rule.events_carry_over or verdict.state not in (RowState.CLEAR, RowState.RESOLVED):
        return verdict, doubt
    events = _carried_events(timeline, rule)
    if not events:
        return verdict, doubt
    event = events[-1]
    said = f"{event_words(event)} is still grade {grade_today(timeline, event)}"
    return RowVerdict(RowState.CANNOT_TELL), said


def carried_events(timeline: Timeline) -> list[AdverseEventFact]:
    """Events of an earlier interval that are still grade 3."""
    rules = [rule for rule in row_rules_of(timeline.protocol) if rule.events_carry_over]
    return [event for rule in rules for event in _carried_events(timeline, rule)]


def _carried_events(timeline: Timeline, rule: RowRule) -> list[AdverseEventFact]:
    return [
        event
        for event in timeline.events
        if row_of_event(event, timeline.protocol) is rule
        and grade_today(timeline, event) >= SEVERE
        and 0 < timeline.interval_of_day(event.on) < timeline.current_interval
        and not is_unrelated(timeline, rule, timeline.interval_of_day(event.on))
        and not is_unrelated(timeline, rule, timeline.current_interval)
    ]
