"""What distinguishes one row of the dose-modification table from the others, in one value.

The judgment over episodes is the same for all rows and lies in `dose_table` and `row_verdict`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from labs.rules.analytes import Analyte
from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.row_findings import IntervalFacts, Point
from scheduling.rules.timeline import Timeline


def takes_none(_event: AdverseEventFact) -> bool:
    return False


def _nothing(_facts: IntervalFacts | Timeline) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowRule:
    """One row: what it reads, when it fires, when it is back (`Point.is_back`), its words and its source."""

    name: str  # in protocol files, course files and answers
    title: str  # as a heading
    words: str  # within a sentence
    source: str
    analytes: tuple[Analyte, ...]  # whose results may fire it
    read_points: Callable[[IntervalFacts], list[Point]]
    section: str = ""  # of the protocol file, with the row's own numbers
    beside: tuple[Analyte, ...] = ()  # read to explain the others; they never fire it
    graded: tuple[Analyte, ...] = ()  # whose grades are shown as the row's
    other_grades: Callable[[IntervalFacts], Iterable[int]] = _nothing  # of what is no result and no event
    other_days: Callable[[Timeline], Iterable[date]] = _nothing  # of what is no result and no event
    takes: Callable[[AdverseEventFact], bool] = takes_none  # the events that are this row's
    events_carry_over: bool = False  # one that is still severe leaves a later interval in doubt
    tells_analytes_apart: bool = False  # a second episode of another analyte: setting `recurrence_scope`
    notes: Callable[[Timeline], Iterable[str]] = _nothing  # codes that the row adds to the proposal
    ends_treatment: bool = False  # fired in any interval, no further dose follows
    ended: str = ""  # the sentence of a row that has ended the treatment, and of one that has not
    not_ended: str = ""

    reads: tuple[Analyte, ...] = field(init=False)
    rests_on: tuple[Analyte, ...] = field(init=False)  # and what a neutrophil count is derived from

    def __post_init__(self) -> None:
        reads = self.analytes + self.beside
        object.__setattr__(self, "reads", reads)
        object.__setattr__(self, "rests_on", reads + _HALVES if Analyte.NEUTROPHILS in reads else reads)


_HALVES = (Analyte.WBC, Analyte.NEUTROPHILS_PCT)
