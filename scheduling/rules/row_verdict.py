"""The state of a row in one interval, judged from its points.

Recurrent before open before cannot-tell before resolved before clear. *Cannot tell* only where it matters:
if every possible reading gives a row the same state, that is its state. Source: RULES.md section 4.
"""

from datetime import date
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from scheduling.rules.answer import RowState
from scheduling.rules.days import add_days
from scheduling.rules.row_findings import Point
from scheduling.rules.timeline import Timeline


class RowVerdict(Struct, frozen=True):
    state: RowState
    is_unshared_recurrence: bool = False
    is_nadir_only: bool = False
    is_earlier_unsure: bool = False


CLEAR_VERDICT = RowVerdict(RowState.CLEAR)


class IntervalContext(Struct, frozen=True):
    """What the verdict on an interval depends on besides its points."""

    cutoff: date | None  # a fall before this day is one of mid-cycle
    earlier: tuple[frozenset[str], ...]  # what fell in each earlier episode
    nadir: str
    scope: str  # of recurrence; "row" where a row has no analytes to tell apart


def judge_points(points: list[Point], context: IntervalContext) -> RowVerdict:
    """The state that every possible reading of the points gives; where they differ, it cannot be told."""
    certain = [point for point in points if point.fires]
    if all(point.fires is not None for point in points):
        return _verdict(certain, points, context)
    doubtful = _kinds(points, context)
    verdicts = [
        _verdict(certain + [p for chosen in choice for p in chosen], points, context)
        for choice in product(*(((), tuple(kind)) for kind in doubtful))
    ]
    states = {verdict.state for verdict in verdicts}
    if len(states) == 1:
        certainly_nadir = all(verdict.is_nadir_only for verdict in verdicts)
        return replace(verdicts[0], is_nadir_only=certainly_nadir)
    if states == {RowState.OPEN, RowState.RECURRENT}:
        return RowVerdict(RowState.OPEN)  # it fires by the newest results, whatever else is doubtful
    is_second = all(v.is_unshared_recurrence or v.state is RowState.RECURRENT for v in verdicts)
    return RowVerdict(RowState.CANNOT_TELL, is_unshared_recurrence=is_second)


def _kinds(points: list[Point], context: IntervalContext) -> list[list[Point]]:
    """Doubtful points, grouped by what they can change: analyte, newest or not, mid-cycle or not."""
    kinds: dict[tuple[str, bool, bool], list[Point]] = {}
    for point in points:
        if point.fires is None:
            subject = point.subject if context.scope != "row" else ""
            kinds.setdefault((subject, point.is_newest, _is_mid_cycle(point, context)), []).append(point)
    return list(kinds.values())


def _verdict(fired: list[Point], points: list[Point], context: IntervalContext) -> RowVerdict:
    if not fired:
        return CLEAR_VERDICT
    fires_now = any(point.is_newest for point in fired)
    is_back = not fires_now and all(
        point.is_back for point in points if point.is_newest and point not in fired
    )
    nadir_only = is_back and all(point.is_lab and _is_mid_cycle(point, context) for point in fired)
    if nadir_only and context.nadir == "ignore":
        return CLEAR_VERDICT
    if nadir_only and context.nadir == "review":
        return RowVerdict(RowState.CANNOT_TELL, is_nadir_only=True)
    verdict = find_recurrence(fired, context)
    if verdict is None and fires_now:
        verdict = RowVerdict(RowState.OPEN)
    if verdict is None:
        verdict = RowVerdict(RowState.RESOLVED if is_back else RowState.CANNOT_TELL)
    return replace(verdict, is_nadir_only=nadir_only)


def find_recurrence(fired: list[Point], context: IntervalContext) -> RowVerdict | None:
    """The verdict on a recurrence; None for a first episode, or one that does not count as a recurrence."""
    if not context.earlier:
        return None
    fell = {point.subject for point in fired}
    if context.scope == "row" or any(fell & before for before in context.earlier):
        return RowVerdict(RowState.RECURRENT)
    if context.scope == "review":
        return RowVerdict(RowState.CANNOT_TELL, is_unshared_recurrence=True)
    return None


def _is_mid_cycle(point: Point, context: IntervalContext) -> bool:
    return context.cutoff is not None and point.on < context.cutoff


def are_mid_cycle(points: list[Point], context: IntervalContext) -> bool:
    """Whether only laboratory results of mid-cycle fired the row, or may have."""
    fired = [point for point in points if point.fires is not False]
    return bool(fired) and all(point.is_lab and _is_mid_cycle(point, context) for point in fired)


def mid_cycle_ends(timeline: Timeline, interval: int) -> date | None:
    """The day on which mid-cycle ends: the earlier of D(n-1)+42 and D(n)-14, for the next infusion n."""
    started, following = timeline.day(interval), timeline.day(interval + 1)
    if started is None or following is None:
        return None
    protocol = timeline.protocol
    return min(
        add_days(started, protocol.labs.nadir_closes),
        add_days(following, -protocol.panel.fresh_days),
    )
