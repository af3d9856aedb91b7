"""The dose-modification table: the state of each row, from its episodes in every interval.

The same for every row; the module of a row in `rows/` says what it reads and what fires it.
Source: RULES.md section 4 [H22 t3, PI18, PI24].
"""

from msgspec import Struct

from scheduling.rules.answer import RowAnswer, RowState
from scheduling.rules.row_carried_events import with_carried_events
from scheduling.rules.row_episodes import (
    Episode,
    earlier_episodes,
    ids_of,
    is_ignored_nadir,
    with_doubtful_earlier,
)
from scheduling.rules.row_findings import IntervalFacts, Point
from scheduling.rules.row_inputs import interval_facts_of_row
from scheduling.rules.row_pending_results import with_pending_results
from scheduling.rules.row_prescriber_judgments import is_unrelated, with_confirmation
from scheduling.rules.row_text import NEEDS_REVIEW, row_sentence, worst_grade_of_row
from scheduling.rules.row_verdict import (
    CLEAR_VERDICT,
    IntervalContext,
    RowVerdict,
    are_mid_cycle,
    judge_points,
    mid_cycle_ends,
)
from scheduling.rules.rows import row_rules_of
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline


class JudgedRow(Struct, frozen=True):
    """A row's answer, and what else the proposal needs to know of it."""

    rule: RowRule
    answer: RowAnswer
    is_unshared_recurrence: bool = False  # rule 3: a second episode of the row, of other analytes
    is_nadir_only: bool = False
    is_earlier_unsure: bool = False  # an earlier interval may have had the first episode of this second one


def read_rows(timeline: Timeline) -> tuple[JudgedRow, ...]:
    """Every row of the protocol; before the first infusion all are clear."""
    read = _read_row if timeline.given else _before_first
    return tuple(read(timeline, rule) for rule in row_rules_of(timeline.protocol))


def _before_first(_timeline: Timeline, rule: RowRule) -> JudgedRow:
    text = "Starts after the first infusion."
    return JudgedRow(rule, RowAnswer(rule.name, RowState.CLEAR, None, 0, (), text))


def _read_row(timeline: Timeline, rule: RowRule) -> JudgedRow:
    interval = timeline.current_interval
    interval_facts = interval_facts_of_row(timeline, rule, interval)
    points = rule.read_points(interval_facts)
    earlier = earlier_episodes(timeline, rule)
    if rule.ends_treatment:
        return _has_ended(timeline, rule, interval_facts, points, earlier)
    context = IntervalContext(
        cutoff=mid_cycle_ends(timeline, interval),
        earlier=tuple(fell for _, fell, _ in earlier),
        nadir=timeline.settings.nadir or "",
        scope=(timeline.settings.recurrence_scope or "") if rule.tells_analytes_apart else "row",
    )
    verdict = judge_points(points, context)
    doubt = ""
    if is_unrelated(timeline, rule, interval):
        verdict = CLEAR_VERDICT
    else:
        verdict, doubt = with_pending_results(timeline, rule, interval_facts, context, verdict)
        verdict, doubt = with_carried_events(timeline, rule, verdict, doubt)
        if not any(point.fires and point.is_newest for point in points):
            verdict = with_confirmation(timeline, rule, verdict, is_nadir_only=are_mid_cycle(points, context))
        verdict, doubt = with_doubtful_earlier(timeline, rule, points, context, verdict, doubt)
    return _row(timeline, rule, interval_facts, points, earlier, verdict, doubt, context)


def _has_ended(
    timeline: Timeline,
    rule: RowRule,
    interval_facts: IntervalFacts,
    points: list[Point],
    earlier: list[Episode],
) -> JudgedRow:
    """Judge a row that ends the treatment: once it has fired in any interval, no further dose is given."""
    now = [] if is_unrelated(timeline, rule, interval_facts.interval) else points
    ids = tuple(i for _, _, found in earlier for i in found) + ids_of(now)
    doubts = [point.doubt for point in now if point.fires is None]
    state, text = RowState.CLEAR, rule.not_ended
    if ids:
        state, text = RowState.OPEN, rule.ended
    elif doubts:
        state, text = RowState.CANNOT_TELL, f"{NEEDS_REVIEW}{doubts[-1]}."
    occurrence = len(earlier) + any(point.fires for point in now)
    grade = worst_grade_of_row(timeline, rule, interval_facts)
    return JudgedRow(rule, RowAnswer(rule.name, state, grade, occurrence, ids, text))


def _row(
    timeline: Timeline,
    rule: RowRule,
    interval_facts: IntervalFacts,
    points: list[Point],
    earlier: list[Episode],
    verdict: RowVerdict,
    doubt: str,
    context: IntervalContext,
) -> JudgedRow:
    fired = [point for point in points if point.fires]
    exists = bool(fired) and not is_unrelated(timeline, rule, interval_facts.interval)
    if exists and context.nadir == "ignore":
        exists = is_ignored_nadir(timeline, rule, interval_facts.interval, fired, points) is False
    because = () if verdict.state is RowState.CLEAR else ids_of(points)
    if verdict.state is RowState.RECURRENT:
        because = tuple(dict.fromkeys((*(i for _, _, found in earlier for i in found), *because)))
    answer = RowAnswer(
        row=rule.name,
        state=verdict.state,
        grade=worst_grade_of_row(timeline, rule, interval_facts),
        occurrence=len(earlier) + exists,
        because=because,
        text=row_sentence(verdict, fired, points, doubt, len(earlier) + exists),
    )
    return JudgedRow(
        rule, answer, verdict.is_unshared_recurrence, verdict.is_nadir_only, verdict.is_earlier_unsure
    )
