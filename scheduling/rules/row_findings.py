"""What the rows of the dose-modification table find in one interval, and the tools that they share.

A point is what one arm of a row finds on one day: it fires, it does not, or it cannot be told. Two results
of one day that disagree are one point that cannot be told. Each module in `rows/` says what its row looks
for; `row_verdict` says whether the points make an episode, and in which state the row is.
Source: RULES.md section 4 [H22 t3, PI18, PI24].
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from msgspec import Struct

from labs.rules.analytes import Analyte
from labs.rules.reading import Reading
from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.formatting import analyte_words, day_words, figure_words, grades_words
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.timeline import Timeline

SEVERE = 3  # CTCAE grade 3
MOST_DIGITS_SHOWN = 4


class Point(Struct, frozen=True, gc=False):
    """What one arm of a row finds on one day."""

    subject: str  # the analyte that fell ("hemoglobin" for a transfusion), or "event"
    on: date
    fires: bool | None
    is_newest: bool  # nothing newer says otherwise about this subject
    is_back: bool  # if it does not fire, the next dose may follow as far as this point goes
    is_lab: bool = True
    because: tuple[str, ...] = ()
    words: str = ""
    doubt: str = ""
    worth: str = ""  # what it is called, with a place for "still " or nothing: "{}grade 2"


class IntervalFacts(Struct, frozen=True):
    """What a row reads of one interval; a result without a reading may have had any value."""

    timeline: Timeline
    interval: int
    results: dict[Analyte, list[ObservedResult]]
    events: list[AdverseEventFact]  # of this row only

    def of(self, analyte: Analyte) -> list[ObservedResult]:
        return self.results.get(analyte, [])

    def everywhere(self, analyte: Analyte) -> list[ObservedResult]:
        """All results of the analyte: those to be compared may lie on both sides of an infusion."""
        outside = [result for result in self.timeline.of(analyte) if result.interval != self.interval]
        return outside + self.of(analyte)

    @property
    def transfused_on(self) -> list[date]:
        return [on for on, interval in self.timeline.red_cells if interval == self.interval]


# --- by the day ------------------------------------------------------------------------------------


class ResultFinding(Struct, frozen=True, gc=False):
    """What one result means for a row; texts are made only where they will be shown."""

    fires: bool | None
    is_back: bool = True
    also: tuple[str, ...] = ()
    words: str = ""
    doubt: str = ""
    worth: str = ""


NO_FINDING = ResultFinding(False)


def points_by_day(
    results: list[ObservedResult], read: Callable[[ObservedResult], ResultFinding]
) -> Iterator[Point]:
    """One point a day; two results of one day that give different answers are one that cannot be told.

    A day on which nothing fires changes no state unless it is the newest, and gets no point.
    """
    if not results:
        return
    newest, index, count = results[-1].on, 0, len(results)
    while index < count:
        result, first = results[index], index
        on, is_newest = result.on, result.on == newest
        index += 1
        while index < count and results[index].on == on:
            index += 1
        if index - first == 1:
            finding = read(result)
            if is_newest or finding.fires is not False:
                yield point_of(result, finding, is_newest=is_newest)
        else:
            day = results[first:index]
            point = _several(day, [read(result) for result in day], is_newest=is_newest)
            if is_newest or point.fires is not False:
                yield point


def point_of(result: ObservedResult, finding: ResultFinding, *, is_newest: bool) -> Point:
    because = (result.id, *finding.also) if finding.fires else ()
    return Point(
        result.analyte or "",
        result.on,
        finding.fires,
        is_newest,
        finding.is_back,
        True,
        because,
        finding.words,
        finding.doubt,
        finding.worth,
    )


def _several(day: list[ObservedResult], findings: list[ResultFinding], *, is_newest: bool) -> Point:
    answers = {finding.fires for finding in findings}
    agreed = answers.pop() if len(answers) == 1 else None
    firing = [(result, finding) for result, finding in zip(day, findings, strict=True) if finding.fires]
    doubts = [finding.doubt for finding in findings if finding.doubt]
    return Point(
        subject=day[0].analyte or "",
        on=day[0].on,
        fires=agreed,
        is_newest=is_newest,
        is_back=all(finding.is_back for finding in findings),
        because=tuple(i for result, finding in firing for i in (result.id, *finding.also)) if agreed else (),
        words=firing[-1][1].words if firing else "",
        worth=firing[-1][1].worth if firing else "",
        doubt=doubts[0] if doubts else _disagreement(day) if agreed is None else "",
    )


def _disagreement(day: list[ObservedResult]) -> str:
    return f"conflicting results for {name_words(day[0])} on {day_words(day[0].on)}"


def unusable_finding(result: ObservedResult) -> ResultFinding:
    said = f"latest {name_words(result)} result ({day_words(result.on)}) is not usable"
    return ResultFinding(None, is_back=False, doubt=said)


def name_words(result: ObservedResult) -> str:
    return analyte_words(result.analyte) if result.analyte else "result"


def value_words(result: ObservedResult) -> str:
    return (
        name_words(result)
        if result.reading is None
        else f"{name_words(result)} {reading_words(result.reading)}"
    )


def reading_words(reading: Reading) -> str:
    """The figure in the canonical unit, or, where a conversion made it long, as sent: not 8.0 for 7.9997."""
    if len(reading.display_value.replace(".", "").lstrip("0")) <= MOST_DIGITS_SHOWN or reading.sent is None:
        return figure_words(reading.shown, reading.unit)
    return figure_words(f"{reading.comparator}{reading.sent:f}", reading.unit_sent)


def points_from_grade(interval_facts: IntervalFacts, analyte: Analyte, at_least: int) -> Iterable[Point]:
    results = interval_facts.of(analyte)
    if all(is_certainly_under(result, at_least) for result in results):
        return points_where_none_fires(results)

    def read(result: ObservedResult) -> ResultFinding:
        if result.reading is None:
            return unusable_finding(result)
        grades = result.grades
        if grades is None or grades.highest < at_least:
            return NO_FINDING
        said = f"{value_words(result)} on {day_words(result.on)}"
        if grades.lowest >= at_least:
            worth = f"grade {grades.grade}" if grades.grade is not None else f"grade {at_least} or higher"
            return ResultFinding(True, words=said, worth=f"{{}}{worth}")
        return ResultFinding(None, doubt=f"{said} could be {grades_words(grades.lowest, grades.highest)}")

    return points_by_day(results, read)


def is_certainly_under(result: ObservedResult, grade: int) -> bool:
    return result.reading is not None and (result.grades is None or result.grades.highest < grade)


def points_where_none_fires(results: list[ObservedResult]) -> list[Point]:
    """The points that `points_by_day` gives where no result fires, found without reading each result."""
    return [point_of(results[-1], NO_FINDING, is_newest=True)] if results else []
