"""The dose-modification table: the state of each row, from its episodes in every interval.

The same for every row; what a row reads, and what fires it, says its module in `rows/`.
recurrent before open before cannot-tell before resolved before clear. *Cannot tell* only where it matters:
if every possible reading gives a row the same state, that is its state. Source: RULES.md section 4
[H22 t3, PI18, PI24].
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations, product

from msgspec import Struct
from msgspec.structs import replace

from labs.rules.analytes import Analyte
from labs.rules.reading import Rejection
from scheduling.rules.answer import RowAnswer, RowState
from scheduling.rules.days import add_days
from scheduling.rules.events import event_words, grade_today, lacks_grade, worst_grade
from scheduling.rules.evidence import SEVERE, Point, Stretch
from scheduling.rules.facts import AdverseEvent
from scheduling.rules.rows import row_of, rules_of
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Observed, Timeline, group_by_analyte
from scheduling.rules.words import ORDINALS, analyte_words, day_words, listed, sentence

NEEDS_REVIEW = "Needs review: "
"""How the sentence of a row begins that nobody can tell."""
MANY = 5  # results that are not final, of one row and interval


class JudgedRow(Struct, frozen=True):
    """A row's answer, and what the proposal needs to know beside it."""

    rule: RowRule
    answer: RowAnswer
    is_unshared_recurrence: bool = False  # rule 3: a second episode of the row, of other analytes
    is_nadir_only: bool = False
    is_earlier_unsure: bool = False  # an earlier interval may have had the first episode of this second one


class _Verdict(Struct, frozen=True):
    state: RowState
    is_unshared_recurrence: bool = False
    is_nadir_only: bool = False
    is_earlier_unsure: bool = False


_CLEAR = _Verdict(RowState.CLEAR)


class _Course(Struct, frozen=True):
    """What an interval's verdict depends on beside its points."""

    cutoff: date | None  # a fall before this day is one of mid-cycle
    earlier: tuple[frozenset[str], ...]  # what fell in each earlier episode
    nadir: str
    scope: str  # of recurrence; "row" where a row has no analytes to tell apart


def read_rows(timeline: Timeline) -> tuple[JudgedRow, ...]:
    """Every row of the protocol; before the first infusion all are clear."""
    read = _read_row if timeline.given else _before_first
    return tuple(read(timeline, rule) for rule in rules_of(timeline.protocol))


def _before_first(_timeline: Timeline, rule: RowRule) -> JudgedRow:
    text = "Starts after the first infusion."
    return JudgedRow(rule, RowAnswer(rule.name, RowState.CLEAR, None, 0, (), text))


def _read_row(timeline: Timeline, rule: RowRule) -> JudgedRow:
    interval = timeline.current_interval
    stretch = _stretch(timeline, rule, interval)
    points = rule.read_points(stretch)
    earlier = _earlier_episodes(timeline, rule)
    if rule.ends_treatment:
        return _has_ended(timeline, rule, stretch, points, earlier)
    course = _Course(
        cutoff=_mid_cycle_ends(timeline, interval),
        earlier=tuple(fell for _, fell, _ in earlier),
        nadir=timeline.settings.nadir or "",
        scope=(timeline.settings.recurrence_scope or "") if rule.tells_analytes_apart else "row",
    )
    verdict = _judge(points, course)
    doubt = ""
    if _is_unrelated(timeline, rule, interval):
        verdict = _CLEAR
    else:
        verdict, doubt = _with_what_is_not_final(timeline, rule, stretch, course, verdict)
        verdict, doubt = _with_what_carries_over(timeline, rule, verdict, doubt)
        if not any(point.fires and point.is_newest for point in points):
            verdict = _with_confirmation(
                timeline, rule, verdict, is_nadir_only=_are_mid_cycle(points, course)
            )
        verdict, doubt = _with_doubtful_earlier(timeline, rule, points, course, verdict, doubt)
    return _row(timeline, rule, stretch, points, earlier, verdict, doubt, course)


def _stretch(timeline: Timeline, rule: RowRule, interval: int) -> Stretch:
    results = {analyte: timeline.in_interval(analyte, interval) for analyte in rule.reads}
    return Stretch(timeline, interval, results, _events_of(timeline, rule, interval))


def _events_of(timeline: Timeline, rule: RowRule, interval: int) -> list[AdverseEvent]:
    events = timeline.events_in(interval)
    if not events:
        return []
    return [event for event in events if row_of(event, timeline.protocol) is rule]


# --- the verdict -----------------------------------------------------------------------------------


def _judge(points: list[Point], course: _Course) -> _Verdict:
    """The state in every possible reading of the points; where they differ, nobody can tell."""
    certain = [point for point in points if point.fires]
    if all(point.fires is not None for point in points):
        return _verdict(certain, points, course)
    doubtful = _kinds(points, course)
    verdicts = [
        _verdict(certain + [p for chosen in choice for p in chosen], points, course)
        for choice in product(*(((), tuple(kind)) for kind in doubtful))
    ]
    states = {verdict.state for verdict in verdicts}
    if len(states) == 1:
        certainly_nadir = all(verdict.is_nadir_only for verdict in verdicts)
        return replace(verdicts[0], is_nadir_only=certainly_nadir)
    if states == {RowState.OPEN, RowState.RECURRENT}:
        return _Verdict(RowState.OPEN)  # it fires by the newest results, whatever else is doubtful
    is_second = all(v.is_unshared_recurrence or v.state is RowState.RECURRENT for v in verdicts)
    return _Verdict(RowState.CANNOT_TELL, is_unshared_recurrence=is_second)


def _kinds(points: list[Point], course: _Course) -> list[list[Point]]:
    """Doubtful points that make the same difference: what fell, newest or not, mid-cycle or not."""
    kinds: dict[tuple[str, bool, bool], list[Point]] = {}
    for point in points:
        if point.fires is None:
            subject = point.subject if course.scope != "row" else ""
            kinds.setdefault((subject, point.is_newest, _is_mid_cycle(point, course)), []).append(point)
    return list(kinds.values())


def _verdict(fired: list[Point], points: list[Point], course: _Course) -> _Verdict:
    if not fired:
        return _CLEAR
    fires_now = any(point.is_newest for point in fired)
    is_back = not fires_now and all(
        point.is_back for point in points if point.is_newest and point not in fired
    )
    nadir_only = is_back and all(point.is_lab and _is_mid_cycle(point, course) for point in fired)
    if nadir_only and course.nadir == "ignore":
        return _CLEAR
    if nadir_only and course.nadir == "review":
        return _Verdict(RowState.CANNOT_TELL, is_nadir_only=True)
    verdict = _recurrence(fired, course)
    if verdict is None and fires_now:
        verdict = _Verdict(RowState.OPEN)
    if verdict is None:
        verdict = _Verdict(RowState.RESOLVED if is_back else RowState.CANNOT_TELL)
    return replace(verdict, is_nadir_only=nadir_only)


def _recurrence(fired: list[Point], course: _Course) -> _Verdict | None:
    """None where this is the first episode, or one that does not count as a recurrence."""
    if not course.earlier:
        return None
    fell = {point.subject for point in fired}
    if course.scope == "row" or any(fell & before for before in course.earlier):
        return _Verdict(RowState.RECURRENT)
    if course.scope == "review":
        return _Verdict(RowState.CANNOT_TELL, is_unshared_recurrence=True)
    return None


def _is_mid_cycle(point: Point, course: _Course) -> bool:
    return course.cutoff is not None and point.on < course.cutoff


def _are_mid_cycle(points: list[Point], course: _Course) -> bool:
    """Only laboratory results of mid-cycle fired the row, or may have."""
    fired = [point for point in points if point.fires is not False]
    return bool(fired) and all(point.is_lab and _is_mid_cycle(point, course) for point in fired)


def _mid_cycle_ends(timeline: Timeline, interval: int) -> date | None:
    """The earlier of D(n-1)+42 and D(n)-14, for the infusion n that ends the interval."""
    started, following = timeline.day(interval), timeline.day(interval + 1)
    if started is None or following is None:
        return None
    protocol = timeline.protocol
    return min(
        add_days(started, protocol.labs.nadir_closes),
        add_days(following, -protocol.panel.fresh_days),
    )


# --- earlier intervals -----------------------------------------------------------------------------

Episode = tuple[int, frozenset[str], tuple[str, ...]]
"""The interval, what fell in it, and the ids that fired."""


def _earlier_episodes(timeline: Timeline, rule: RowRule) -> list[Episode]:
    """In earlier intervals only what certainly fired counts."""
    episodes = []
    for infusion in timeline.given[:-1]:
        interval = infusion.cycle
        if _is_unrelated(timeline, rule, interval):
            continue
        stretch = _stretch(timeline, rule, interval)
        points = rule.read_points(stretch)
        fired = [point for point in points if point.fires]
        if fired and _is_ignored_nadir(timeline, rule, interval, fired, points) is False:
            fell = frozenset(point.subject for point in fired)
            episodes.append((interval, fell, _ids(fired)))
    return episodes


def _with_doubtful_earlier(
    timeline: Timeline,
    rule: RowRule,
    points: list[Point],
    course: _Course,
    verdict: _Verdict,
    doubt: str,
) -> tuple[_Verdict, str]:
    """An episode now, and an earlier interval that may have had one: perhaps the second, so a person asks.

    Only a word about the earlier interval answers it, not that the episode of now has resolved.
    """
    if verdict.state in (RowState.CLEAR, RowState.RECURRENT) or verdict.is_unshared_recurrence:
        return verdict, doubt
    fired = [point for point in points if point.fires]
    interval = fired and _doubtful_interval(timeline, rule, fired, course)
    if not interval:
        return verdict, doubt
    if verdict.state is not RowState.RESOLVED:
        return replace(verdict, is_earlier_unsure=True), doubt
    said = f"this may be the second episode (results after infusion {interval} are not conclusive)"
    return replace(verdict, state=RowState.CANNOT_TELL, is_earlier_unsure=True), said


def _doubtful_interval(timeline: Timeline, rule: RowRule, fired: list[Point], course: _Course) -> int | None:
    """The newest earlier interval whose doubtful episode would make this one the second, unanswered."""
    for infusion in reversed(timeline.given[:-1]):
        interval = infusion.cycle
        if _is_unrelated(timeline, rule, interval) or _is_confirmed(timeline, rule, interval):
            continue
        stretch = _stretch(timeline, rule, interval)
        earlier = rule.read_points(stretch)
        possible = [point for point in earlier if point.fires is not False]
        if not possible or _is_ignored_nadir(timeline, rule, interval, possible, earlier):
            continue
        fell = frozenset(point.subject for point in possible)
        if _recurrence(fired, replace(course, earlier=(fell,))) is not None:
            return interval
    return None


def _is_confirmed(timeline: Timeline, rule: RowRule, interval: int) -> bool:
    """A prescriber said in that interval that the row had resolved."""
    return any(
        said.row == rule.name
        and said.resolved
        and said.on <= timeline.today
        and timeline.interval_of_day(said.on) == interval
        for said in timeline.facts.confirmations
    )


def _is_ignored_nadir(
    timeline: Timeline, rule: RowRule, interval: int, fired: list[Point], points: list[Point]
) -> bool | None:
    """Whether the site ignores it: a fall of mid-cycle, resolved at the end; None where that is not told."""
    if timeline.settings.nadir != "ignore":
        return False
    course = _Course(_mid_cycle_ends(timeline, interval), (), "counts", "row")
    newest = [point for point in points if point.is_newest]
    if not _are_mid_cycle(fired, course) or any(point.fires for point in newest):
        return False
    is_back = all(point.fires is False and point.is_back for point in newest)
    return True if is_back or _is_confirmed(timeline, rule, interval) else None


def _is_unrelated(timeline: Timeline, rule: RowRule, interval: int) -> bool:
    """The prescriber's latest word on the row in that interval is "not related"."""
    if not timeline.facts.attributions:
        return False
    words = [a.related for a in timeline.facts.attributions if a.row == rule.name and a.cycle == interval]
    return bool(words) and not words[-1]


def _ids(points: Iterable[Point]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(i for point in points for i in point.because))


# --- what is not final -----------------------------------------------------------------------------


def _with_what_is_not_final(
    timeline: Timeline, rule: RowRule, stretch: Stretch, course: _Course, verdict: _Verdict
) -> tuple[_Verdict, str]:
    """A preliminary or a newer rejected result may warn, never clear or fire: it makes the state unsure."""
    if verdict.state is RowState.CANNOT_TELL or not (timeline.preliminary or timeline.rejected):
        return verdict, ""
    for extra, doubt in _possible_results(timeline, rule, stretch):
        augmented = Stretch(timeline, stretch.interval, _added(stretch, extra), stretch.events)
        if _judge(rule.read_points(augmented), course).state is not verdict.state:
            return _Verdict(RowState.CANNOT_TELL), doubt
    return verdict, ""


def _possible_results(
    timeline: Timeline, rule: RowRule, stretch: Stretch
) -> Iterator[tuple[list[Observed], str]]:
    interval, wanted = stretch.interval, rule.rests_on
    preliminary = [r for r in timeline.preliminary if r.interval == interval and r.analyte in wanted]
    for chosen in _choices(preliminary):
        yield chosen, f"preliminary {listed(map(_said, chosen))} would change this"
    unusable = [
        result
        for result in timeline.rejected
        if result.interval == interval
        and result.analyte in wanted
        and result.rejection not in (Rejection.STATUS, Rejection.CODE)
        and _is_newer_than_accepted(timeline, result)
    ]
    for chosen in _choices(unusable):
        yield (
            chosen,
            listed(f"{_said(r)} not usable ({_REJECTED[r.rejection]})" for r in chosen if r.rejection),
        )


def _choices(results: list[Observed]) -> Iterator[list[Observed]]:
    """Every choice among a few results; among many, each alone and all together."""
    sizes = range(1, len(results) + 1) if len(results) <= MANY else (1, len(results))
    for size in sizes:
        yield from (list(chosen) for chosen in combinations(results, size))


def _said(result: Observed) -> str:
    name = analyte_words(result.analyte) if result.analyte else "result"
    return f"{name} on {day_words(result.on)}"


_REJECTED = {
    Rejection.VALUE: "no readable value",
    Rejection.ID_REUSED: "ID of another test",
    Rejection.TIME: "impossible collection time",
    Rejection.UNIT_MISSING: "no unit",
    Rejection.UNIT_UNKNOWN: "unknown unit",
    Rejection.IMPLAUSIBLE: "implausible value",
    Rejection.CONTRADICTS: "higher than the WBC",
}


def _is_newer_than_accepted(timeline: Timeline, result: Observed) -> bool:
    """Drawn after every accepted one; one of the same draw, a derived count too, has settled it."""
    accepted = timeline.of(result.analyte) if result.analyte else []
    return all(other.at < result.at for other in accepted)


def _added(stretch: Stretch, extra: list[Observed]) -> dict[Analyte, list[Observed]]:
    """The interval's results with `extra` among them; counts that could now be derived are derived."""
    timeline = stretch.timeline
    results = {analyte: list(found) for analyte, found in stretch.results.items()}
    for result in extra:
        if result.analyte in results:
            results[result.analyte] = sorted([*results[result.analyte], result], key=lambda r: r.at)
    halves = (Analyte.WBC, Analyte.NEUTROPHILS_PCT)
    if Analyte.NEUTROPHILS in results and any(result.analyte in halves for result in extra):
        own = [result for result in timeline.accepted if result.interval == stretch.interval]
        regrouped = group_by_analyte(sorted([*own, *extra], key=lambda r: r.at))
        results[Analyte.NEUTROPHILS] = regrouped.get(Analyte.NEUTROPHILS, [])
        timeline.grade_all(results[Analyte.NEUTROPHILS])
    return results


# --- what people said ------------------------------------------------------------------------------


def _with_what_carries_over(
    timeline: Timeline, rule: RowRule, verdict: _Verdict, doubt: str
) -> tuple[_Verdict, str]:
    """An event belongs to the interval of its first day; one that outlasts it is for a person."""
    if not rule.events_carry_over or verdict.state not in (RowState.CLEAR, RowState.RESOLVED):
        return verdict, doubt
    events = _carried_events(timeline, rule)
    if not events:
        return verdict, doubt
    event = events[-1]
    said = f"{event_words(event)} is still grade {grade_today(timeline, event)}"
    return _Verdict(RowState.CANNOT_TELL), said


def carried_events(timeline: Timeline) -> list[AdverseEvent]:
    """Events of an earlier interval that are still grade 3."""
    rules = [rule for rule in rules_of(timeline.protocol) if rule.events_carry_over]
    return [event for rule in rules for event in _carried_events(timeline, rule)]


def _carried_events(timeline: Timeline, rule: RowRule) -> list[AdverseEvent]:
    return [
        event
        for event in timeline.events
        if row_of(event, timeline.protocol) is rule
        and grade_today(timeline, event) >= SEVERE
        and 0 < timeline.interval_of_day(event.on) < timeline.current_interval
        and not _is_unrelated(timeline, rule, timeline.interval_of_day(event.on))
        and not _is_unrelated(timeline, rule, timeline.current_interval)
    ]


def _with_confirmation(
    timeline: Timeline, rule: RowRule, verdict: _Verdict, *, is_nadir_only: bool
) -> _Verdict:
    """The latest confirmation of the interval settles what cannot be told, until something newer comes.

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
    return _Verdict(RowState.RESOLVED, is_nadir_only=is_nadir_only)


def _newest_of_row(timeline: Timeline, rule: RowRule, interval: int) -> date:
    """The day of the newest result or event of the row in the interval, whatever came of it."""
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
    days += [event.on for event in _events_of(timeline, rule, interval)]
    days += rule.other_days(timeline)
    return max(days, default=date.min)


# --- the answer ------------------------------------------------------------------------------------


def _has_ended(
    timeline: Timeline, rule: RowRule, stretch: Stretch, points: list[Point], earlier: list[Episode]
) -> JudgedRow:
    """A row that ends the treatment: fired in any interval, no further dose, whatever came after."""
    now = [] if _is_unrelated(timeline, rule, stretch.interval) else points
    ids = tuple(i for _, _, found in earlier for i in found) + _ids(now)
    doubts = [point.doubt for point in now if point.fires is None]
    state, text = RowState.CLEAR, rule.not_ended
    if ids:
        state, text = RowState.OPEN, rule.ended
    elif doubts:
        state, text = RowState.CANNOT_TELL, f"{NEEDS_REVIEW}{doubts[-1]}."
    occurrence = len(earlier) + any(point.fires for point in now)
    grade = _worst_grade(timeline, rule, stretch)
    return JudgedRow(rule, RowAnswer(rule.name, state, grade, occurrence, ids, text))


def _row(
    timeline: Timeline,
    rule: RowRule,
    stretch: Stretch,
    points: list[Point],
    earlier: list[Episode],
    verdict: _Verdict,
    doubt: str,
    course: _Course,
) -> JudgedRow:
    fired = [point for point in points if point.fires]
    exists = bool(fired) and not _is_unrelated(timeline, rule, stretch.interval)
    if exists and course.nadir == "ignore":
        exists = _is_ignored_nadir(timeline, rule, stretch.interval, fired, points) is False
    because = () if verdict.state is RowState.CLEAR else _ids(points)
    if verdict.state is RowState.RECURRENT:
        because = tuple(dict.fromkeys((*(i for _, _, found in earlier for i in found), *because)))
    answer = RowAnswer(
        row=rule.name,
        state=verdict.state,
        grade=_worst_grade(timeline, rule, stretch),
        occurrence=len(earlier) + exists,
        because=because,
        text=_sentence(verdict, fired, points, doubt, len(earlier) + exists),
    )
    return JudgedRow(
        rule, answer, verdict.is_unshared_recurrence, verdict.is_nadir_only, verdict.is_earlier_unsure
    )


def _worst_grade(timeline: Timeline, rule: RowRule, stretch: Stretch) -> int | None:
    grades = [
        grades.grade
        for analyte in rule.graded
        for result in stretch.of(analyte)
        if (grades := result.grades) is not None and grades.grade is not None
    ]
    grades += rule.other_grades(stretch)
    grades += [worst_grade(timeline, event) for event in stretch.events if not lacks_grade(event)]
    return max(grades, default=None)


def _sentence(
    verdict: _Verdict,
    fired: list[Point],
    points: list[Point],
    doubt: str,
    occurrence: int,
) -> str:
    if verdict.state is RowState.CANNOT_TELL:
        return f"{NEEDS_REVIEW}{_why_not(verdict, points, doubt)}."
    if verdict.state is RowState.CLEAR:
        return "No dose-limiting toxicity." if points else "No results since the last infusion."
    if not fired:
        return "Confirmed as resolved by a prescriber."
    point = next((p for p in reversed(fired) if p.is_newest), fired[-1])
    if verdict.state is RowState.OPEN:
        return sentence(f"{point.worth.format('still ')} ({point.words}).")
    was = sentence(point.worth.format(""))
    if verdict.state is RowState.RECURRENT:
        return f"{was} again ({point.words}): {ORDINALS[occurrence]} episode."
    return f"{was} ({point.words}), now resolved."


def _why_not(verdict: _Verdict, points: list[Point], doubt: str) -> str:
    if doubt:
        return doubt
    if verdict.is_unshared_recurrence:
        return "second episode, but of a different blood count"
    if verdict.is_nadir_only:
        return "low only at mid-cycle and recovered (this site asks a prescriber)"
    doubts = [point.doubt for point in points if point.fires is None and point.doubt]
    doubts += [point.doubt for point in points if point.is_newest and not point.is_back and point.doubt]
    return doubts[-1] if doubts else "better, but not back to baseline"
