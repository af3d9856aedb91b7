"""Results that are preliminary or not usable, and whether they could change the state of a row."""

from collections.abc import Iterator
from itertools import combinations

from labs.rules.analytes import Analyte
from labs.rules.reading import Rejection
from scheduling.rules.answer import RowState
from scheduling.rules.formatting import analyte_words, day_words, join_with_and
from scheduling.rules.observed_results import ObservedResult, group_by_analyte
from scheduling.rules.row_findings import IntervalFacts
from scheduling.rules.row_verdict import IntervalContext, RowVerdict, judge_points
from scheduling.rules.rows.rule import RowRule
from scheduling.rules.timeline import Timeline

MOST_COMBINED = 5  # results that are not final, of one row and interval


def with_pending_results(
    timeline: Timeline,
    rule: RowRule,
    interval_facts: IntervalFacts,
    context: IntervalContext,
    verdict: RowVerdict,
) -> tuple[RowVerdict, str]:
    """Make the state unsure where a preliminary result, or a newer rejected one, could change it."""
    if verdict.state is RowState.CANNOT_TELL or not (timeline.preliminary or timeline.rejected):
        return verdict, ""
    for extra, doubt in _possible_results(timeline, rule, interval_facts):
        augmented = IntervalFacts(
            timeline, interval_facts.interval, _results_with(interval_facts, extra), interval_facts.events
        )
        if judge_points(rule.read_points(augmented), context).state is not verdict.state:
            return RowVerdict(RowState.CANNOT_TELL), doubt
    return verdict, ""


def _possible_results(
    timeline: Timeline, rule: RowRule, interval_facts: IntervalFacts
) -> Iterator[tuple[list[ObservedResult], str]]:
    interval, wanted = interval_facts.interval, rule.rests_on
    preliminary = [r for r in timeline.preliminary if r.interval == interval and r.analyte in wanted]
    for chosen in _choices(preliminary):
        yield chosen, f"preliminary {join_with_and(map(_result_words, chosen))} would change this"
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
            join_with_and(
                f"{_result_words(r)} not usable ({_REJECTED[r.rejection]})" for r in chosen if r.rejection
            ),
        )


def _choices(results: list[ObservedResult]) -> Iterator[list[ObservedResult]]:
    """Every combination of the results; of more than `MOST_COMBINED`, each result alone and all together."""
    sizes = range(1, len(results) + 1) if len(results) <= MOST_COMBINED else (1, len(results))
    for size in sizes:
        yield from (list(chosen) for chosen in combinations(results, size))


def _result_words(result: ObservedResult) -> str:
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


def _is_newer_than_accepted(timeline: Timeline, result: ObservedResult) -> bool:
    """Whether it was drawn after every accepted result of its analyte, derived counts included."""
    accepted = timeline.of(result.analyte) if result.analyte else []
    return all(other.at < result.at for other in accepted)


def _results_with(
    interval_facts: IntervalFacts, extra: list[ObservedResult]
) -> dict[Analyte, list[ObservedResult]]:
    """The interval's results with `extra` among them; counts that could now be derived are derived."""
    timeline = interval_facts.timeline
    results = {analyte: list(found) for analyte, found in interval_facts.results.items()}
    for result in extra:
        if result.analyte in results:
            results[result.analyte] = sorted([*results[result.analyte], result], key=lambda r: r.at)
    halves = (Analyte.WBC, Analyte.NEUTROPHILS_PCT)
    if Analyte.NEUTROPHILS in results and any(result.analyte in halves for result in extra):
        own = [result for result in timeline.accepted if result.interval == interval_facts.interval]
        regrouped = group_by_analyte(sorted([*own, *extra], key=lambda r: r.at))
        results[Analyte.NEUTROPHILS] = regrouped.get(Analyte.NEUTROPHILS, [])
        timeline.grade_all(results[Analyte.NEUTROPHILS])
    return results
