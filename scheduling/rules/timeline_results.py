"""Place the results of a course on its timeline: accepted, preliminary or rejected, each in its interval.

Source: RULES.md section 10, COURSE_FILE.md "Input".
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from labs.rules.analytes import ANALYTE_OF, Analyte
from labs.rules.hcg import INDETERMINATE, NEGATIVE, pregnancy_of
from labs.rules.reading import Reading, Rejection, over_base, read_result
from scheduling.rules.facts import PregnancyTestFact, ResultFact
from scheduling.rules.observed_results import ObservedResult, collection_order, group_by_analyte
from scheduling.rules.result_versions import newest_replaced_at, standing_versions
from scheduling.rules.timeline import Timeline

FINAL = frozenset({"final", "corrected", "amended"})
CLOCK_SKEW = timedelta(minutes=10)


def place_results(timeline: Timeline) -> None:
    _read_results(timeline)
    _reject_parts_above_their_whole(timeline)
    for kept in (timeline.accepted, timeline.preliminary, timeline.rejected):
        kept.sort(key=collection_order)
    timeline.by_analyte = group_by_analyte(timeline.accepted)
    for analyte, results in timeline.by_analyte.items():
        timeline.grade_all(results)
        for result in results:
            timeline._by_interval[analyte, result.interval].append(result)
    timeline.grade_all(timeline.preliminary)
    timeline.pregnancy_tests = [
        test for test in timeline.facts.pregnancy_tests if test.on <= timeline.today
    ] + _tests_among_results(timeline)


def _read_results(timeline: Timeline) -> None:
    """Read every result. A course has hundreds: hence few calls, and fields by position, not by name."""
    accepted, preliminary, rejected = timeline.accepted, timeline.preliminary, timeline.rejected
    places = timeline._places
    counted, reused = standing_versions(timeline.facts.results, timeline.now)
    own = len(counted)
    for index, fact in enumerate(counted + reused if reused else counted):
        status, at, day_only = fact.status, fact.collected_at, fact.day_only
        final = status in FINAL
        on, interval = places.get(at) or timeline.place_of(at)
        if day_only:
            interval = timeline.interval_of_day(on)
        if not final and status != "preliminary":
            reading: Reading | Rejection = Rejection.STATUS
        else:
            reading = read_result(
                *(fact.loinc, fact.value, fact.comparator, fact.unit),
                *(fact.low, fact.high, fact.range_text, fact.absent_reason),
            )
            if reading is not Rejection.CODE and reading is not Rejection.VALUE:
                if index >= own:
                    reading = Rejection.ID_REUSED
                elif _is_impossible_time(timeline, fact, on):
                    reading = Rejection.TIME
        if isinstance(reading, Reading):
            kept = accepted if final else preliminary
            seen = ObservedResult(
                fact.id, at, fact.received_at, on, interval, final, reading, reading.analyte
            )
        else:
            kept, code = rejected, ANALYTE_OF.get(fact.loinc)
            if (
                reading is not Rejection.STATUS
                and (later := newest_replaced_at(fact, timeline.facts.results)) > at
            ):
                at = later
                on, interval = timeline.place_of(at)
            seen = ObservedResult(fact.id, at, fact.received_at, on, interval, final, None, code, reading)
        seen.day_only = day_only
        kept.append(seen)


def _is_impossible_time(timeline: Timeline, fact: ResultFact, on: date) -> bool:
    """Whether it is from before birth, after its receipt (clocks differ by 10 minutes) or after `as_of`."""
    at, received_at = fact.collected_at, fact.received_at
    born = timeline.facts.patient.birth_date
    if born is not None and on < born:
        return True
    if fact.day_only:
        return on > timeline.today or on > timeline.local_day(received_at)
    return at > timeline.now or (at > received_at and at > received_at + CLOCK_SKEW)


def _reject_parts_above_their_whole(timeline: Timeline) -> None:
    """Reject neutrophils or lymphocytes above 1.02 x a final white cell count of their draw."""
    wholes: dict[tuple[datetime, bool], list[Reading]] = defaultdict(list)
    for result in timeline.accepted:
        if result.analyte is Analyte.WBC and result.reading is not None and not result.reading.comparator:
            wholes[result.draw].append(result.reading)
    if not wholes:
        return
    for kept in (timeline.accepted, timeline.preliminary):
        wrong = [r for r in kept if r.analyte in _PARTS and _is_above_whole(r, wholes.get(r.draw, ()))]
        for result in wrong:
            kept.remove(result)
            timeline.rejected.append(replace(result, reading=None, rejection=Rejection.CONTRADICTS))


_PARTS = frozenset((Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES))
PART_OF_WHOLE = Decimal("1.02")  # rounding
"""A part may be this many times its whole."""


def _is_above_whole(part: ObservedResult, wholes: Iterable[Reading]) -> bool:
    reading = part.reading
    if reading is None or reading.comparator:
        return False
    return any(over_base(reading, whole, PART_OF_WHOLE) for whole in wholes)


def _tests_among_results(timeline: Timeline) -> list[PregnancyTestFact]:
    """The pregnancy tests among the results: hCG, except in a man, where it is a tumor marker."""
    patient = timeline.facts.patient
    if patient.sex == "male" and not patient.pregnancy_possible:
        return []
    return [test for result in _hcg_results(timeline) if (test := _pregnancy_test(timeline, result))]


def _hcg_results(timeline: Timeline) -> Iterable[ObservedResult]:
    for kept in (timeline.accepted, timeline.preliminary, timeline.rejected):
        yield from (result for result in kept if result.analyte is Analyte.HCG)


def _pregnancy_test(timeline: Timeline, result: ObservedResult) -> PregnancyTestFact | None:
    if result.rejection is Rejection.STATUS:
        return None
    if result.reading is None:
        is_misdated = result.rejection is Rejection.TIME
        on = timeline.local_day(result.received_at) if is_misdated else result.on
        return PregnancyTestFact(on, INDETERMINATE)
    found = pregnancy_of(result.reading)
    return None if found == NEGATIVE and not result.final else PregnancyTestFact(result.on, found)
