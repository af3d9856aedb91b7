"""Laboratory results placed in time: one that stands, and all of them grouped by analyte."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from labs.rules.analytes import Analyte
from labs.rules.ctcae import Grades
from labs.rules.reading import Reading, Rejection, derived_neutrophils


class ObservedResult(Struct, eq=False, gc=False):  # a course has hundreds: see ResultFact
    """One result that stands, read and placed in time; without a reading it was rejected."""

    id: str
    at: datetime
    received_at: datetime
    on: date
    interval: int
    final: bool
    reading: Reading | None
    analyte: Analyte | None
    rejection: Rejection | None = None
    derived: bool = False
    grades: Grades | None = None  # still possible; None where its analyte has no grade. See `grade_all`
    day_only: bool = False  # `at` is the noon of a day of which no time is known

    @property
    def latest_at(self) -> datetime:
        """The latest moment of collection, held against an infusion's start: of a plain date, midnight."""
        return self.at + timedelta(hours=12) if self.day_only else self.at

    @property
    def draw(self) -> tuple[datetime, bool]:
        """The key that the results of one draw share; a plain date and a clock time never share one."""
        return self.at, self.day_only


collection_order = attrgetter("at", "received_at", "id")


def group_by_analyte(results: Iterable[ObservedResult]) -> dict[Analyte, list[ObservedResult]]:
    """Results by analyte, by collection time; a neutrophil count derived from one draw stands among them."""
    groups: dict[Analyte, list[ObservedResult]] = defaultdict(list)
    for result in results:
        if result.analyte is not None:
            groups[result.analyte].append(result)
    if percentages := groups.get(Analyte.NEUTROPHILS_PCT):
        derived = _derive_neutrophils(groups, percentages)
        if derived:
            groups[Analyte.NEUTROPHILS] = sorted(groups[Analyte.NEUTROPHILS] + derived, key=collection_order)
    return groups


def _derive_neutrophils(
    groups: dict[Analyte, list[ObservedResult]], percentages: list[ObservedResult]
) -> list[ObservedResult]:
    """WBC x neutrophil % of one draw that has no absolute count; each WBC of the draw, if it has several."""
    counted = {result.draw for result in groups.get(Analyte.NEUTROPHILS, ())}
    wbc_at: dict[tuple[datetime, bool], dict[Reading, None]] = defaultdict(dict)
    for wbc in groups.get(Analyte.WBC, ()):
        if wbc.reading is not None:
            wbc_at[wbc.draw][wbc.reading] = None
    return [
        replace(
            percentage,
            reading=count,
            analyte=Analyte.NEUTROPHILS,
            derived=True,
            grades=None,
        )
        for percentage in percentages
        if percentage.draw not in counted and percentage.draw in wbc_at and percentage.reading is not None
        for wbc_reading in wbc_at[percentage.draw]
        if (count := derived_neutrophils(wbc_reading, percentage.reading)) is not None
    ]
