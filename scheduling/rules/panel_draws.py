"""The blood tests of the panel by day of draw, put in order once so that each lab item can ask cheaply.

Source: RULES.md section 5, "Done means": the whole panel of section 4 (8), collected in a stretch of time.
"""

from bisect import bisect_left
from datetime import date, datetime

from labs.rules.analytes import Analyte
from scheduling.rules.timeline import Observed, Timeline


class PanelDraws:
    def __init__(self, timeline: Timeline) -> None:
        self._columns: list[tuple[str, list[date], list[Observed]]] = []
        for name in timeline.protocol.panel.analytes:
            results = timeline.by_analyte.get(Analyte(name), [])
            self._columns.append((name, [result.on for result in results], results))

    def lacking(
        self, first: date, *, until: datetime | None = None, before: date | None = None
    ) -> tuple[str, ...]:
        """Name the analytes without a final, usable result collected from `first` on.

        `until` is the last instant that counts (an infusion's start), `before` the first day that no longer
        does.
        """
        names: tuple[str, ...] = ()
        for name, days, results in self._columns:
            index = bisect_left(days, first)
            if (
                index == len(days)
                or (until is not None and results[index].at > until)
                or (before is not None and days[index] >= before)
            ):
                names += (name,)
        return names
