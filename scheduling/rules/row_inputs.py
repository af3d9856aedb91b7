"""What a row of the dose table reads of one interval: its results and its adverse events."""

from scheduling.rules.facts import AdverseEvent
from scheduling.rules.row_findings import Stretch
from scheduling.rules.rows import row_of
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline


def stretch_of_row(timeline: Timeline, rule: RowRule, interval: int) -> Stretch:
    results = {analyte: timeline.in_interval(analyte, interval) for analyte in rule.reads}
    return Stretch(timeline, interval, results, events_of_row(timeline, rule, interval))


def events_of_row(timeline: Timeline, rule: RowRule, interval: int) -> list[AdverseEvent]:
    events = timeline.events_in(interval)
    if not events:
        return []
    return [event for event in events if row_of(event, timeline.protocol) is rule]
