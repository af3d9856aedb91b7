"""What a prescriber has said of a row: not related to the treatment, or resolved."""

from datetime import date

from labs.rules.reading import Rejection
from scheduling.rules.answer import RowState
from scheduling.rules.row_inputs import events_of_row
from scheduling.rules.row_verdict import RowVerdict
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline


def is_confirmed(timeline: Timeline, rule: RowRule, interval: int) -> bool:
    """Whether a prescriber confirmed in that interval that the row had resolved."""
    return any(
        said.row == rule.name
        and said.resolved
        and said.on <= timeline.today
        and timeline.interval_of_day(said.on) == interval
        for said in timeline.facts.confirmations
    )


def is_unrelated(timeline: Timeline, rule: RowRule, interval: int) -> bool:
    """Whether the latest attribution of the row in that interval says "not related"."""
    if not timeline.facts.attributions:
        return False
    words = [a.related for a in timeline.facts.attributions if a.row == rule.name and a.cycle == interval]
    return bool(words) and not words[-1]


def with_confirmation(
    timeline: Timeline, rule: RowRule, verdict: RowVerdict, *, is_nadir_only: bool
) -> RowVerdict:
    """Let the latest confirmation of the interval settle what cannot be told, until a newer result comes.

    Never while the newest final results fire: then only a preliminary or an unusable one leaves doubt.
    """
    if verdict.state is not RowState.CANNOT_TELL or verdict.is_unshared_recurrence:
        return verdict
    interval = timeline.current_interval
    said = [
        confirmation
        for confirmation in timeline.facts.confirmations
        if confirmation.row == rule.name
        and confirmation.on <= timeline.today
        and timeline.interval_of_day(confirmation.on) == interval
    ]
    latest = max(reversed(said), key=lambda confirmation: confirmation.on, default=None)
    if latest is None or not latest.resolved or _newest_of_row(timeline, rule, interval) > latest.on:
        return verdict
    return RowVerdict(RowState.RESOLVED, is_nadir_only=is_nadir_only)


def _newest_of_row(timeline: Timeline, rule: RowRule, interval: int) -> date:
    """The day of the newest result or event of the row in the interval, usable or not."""
    wanted = rule.rests_on
    days = [
        result.on
        for group in (timeline.preliminary, timeline.rejected)
        for result in group
        if result.analyte in wanted
        and result.interval == interval
        and result.rejection is not Rejection.STATUS
    ]
    days += [result.on for analyte in rule.analytes for result in timeline.in_interval(analyte, interval)]
    days += [event.on for event in events_of_row(timeline, rule, interval)]
    days += rule.other_days(timeline)
    return max(days, default=date.min)
