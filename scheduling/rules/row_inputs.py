"""What a row of the dose table reads of one interval: its results and its adverse events."""

from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.row_findings import IntervalFacts
from scheduling.rules.rows import row_of_event
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline


def interval_facts_of_row(timeline: Timeline, rule: RowRule, interval: int) -> IntervalFacts:
    results = {analyte: timeline.in_interval(analyte, interval) for analyte in rule.reads}
    return IntervalFacts(timeline, interval, results, events_of_row(timeline, rule, interval))


def events_of_row(timeline: Timeline, rule: RowRule, interval: int) -> list[AdverseEventFact]:
    events = timeline.events_in(interval)
    if not events:
        return []
    return [event for event in events if row_of_event(event, timeline.protocol) is rule]
