"""Episodes of a row in earlier intervals, certain and possible ones, and what they mean for this one.

Source: RULES.md section 4.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from scheduling.rules.answer import RowState
from scheduling.rules.row_findings import Point
from scheduling.rules.row_inputs import interval_facts_of_row
from scheduling.rules.row_prescriber_judgments import is_confirmed, is_unrelated
from scheduling.rules.row_verdict import (
    IntervalContext,
    RowVerdict,
    are_mid_cycle,
    find_recurrence,
    mid_cycle_ends,
)
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline

Episode = tuple[int, frozenset[str], tuple[str, ...]]
"""The interval, what fell in it, and the ids that fired."""


def earlier_episodes(timeline: Timeline, rule: RowRule) -> list[Episode]:
    """The episodes of earlier intervals; only points that certainly fired count there."""
    episodes = []
    for infusion in timeline.given[:-1]:
        interval = infusion.cycle
        if is_unrelated(timeline, rule, interval):
            continue
        interval_facts = interval_facts_of_row(timeline, rule, interval)
        points = rule.read_points(interval_facts)
        fired = [point for point in points if point.fires]
        if fired and is_ignored_nadir(timeline, rule, interval, fired, points) is False:
            fell = frozenset(point.subject for point in fired)
            episodes.append((interval, fell, ids_of(fired)))
    return episodes


def with_doubtful_earlier(
    timeline: Timeline,
    rule: RowRule,
    points: list[Point],
    context: IntervalContext,
    verdict: RowVerdict,
    doubt: str,
) -> tuple[RowVerdict, str]:
    """Leave an episode to a prescriber where a possible earlier one would make it the second.

    Only a decision about the earlier interval settles this, not that the present episode has resolved.
    """
    if verdict.state in (RowState.CLEAR, RowState.RECURRENT) or verdict.is_unshared_recurrence:
        return verdict, doubt
    fired = [point for point in points if point.fires]
    interval = fired and _doubtful_interval(timeline, rule, fired, context)
    if not interval:
        return verdict, doubt
    if verdict.state is not RowState.RESOLVED:
        return replace(verdict, is_earlier_unsure=True), doubt
    said = f"this may be the second episode (results after infusion {interval} are not conclusive)"
    return replace(verdict, state=RowState.CANNOT_TELL, is_earlier_unsure=True), said


def _doubtful_interval(
    timeline: Timeline, rule: RowRule, fired: list[Point], context: IntervalContext
) -> int | None:
    """The newest earlier interval whose possible episode, not yet decided on, would make this the second."""
    for infusion in reversed(timeline.given[:-1]):
        interval = infusion.cycle
        if is_unrelated(timeline, rule, interval) or is_confirmed(timeline, rule, interval):
            continue
        interval_facts = interval_facts_of_row(timeline, rule, interval)
        earlier = rule.read_points(interval_facts)
        possible = [point for point in earlier if point.fires is not False]
        if not possible or is_ignored_nadir(timeline, rule, interval, possible, earlier):
            continue
        fell = frozenset(point.subject for point in possible)
        if find_recurrence(fired, replace(context, earlier=(fell,))) is not None:
            return interval
    return None


def is_ignored_nadir(
    timeline: Timeline, rule: RowRule, interval: int, fired: list[Point], points: list[Point]
) -> bool | None:
    """Whether the site ignores a fall of mid-cycle that was resolved at the end; None where unknown."""
    if timeline.settings.nadir != "ignore":
        return False
    context = IntervalContext(mid_cycle_ends(timeline, interval), (), "counts", "row")
    newest = [point for point in points if point.is_newest]
    if not are_mid_cycle(fired, context) or any(point.fires for point in newest):
        return False
    is_back = all(point.fires is False and point.is_back for point in newest)
    return True if is_back or is_confirmed(timeline, rule, interval) else None


def ids_of(points: Iterable[Point]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(i for point in points for i in point.because))
