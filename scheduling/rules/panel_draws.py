"""The blood tests of the panel, draw by draw, put in order once so that each lab item can ask cheaply.

Source: docs/clinical/schedule.md, "Done means": the whole panel, collected in a period.
"""

from bisect import bisect_left
from datetime import date, datetime
from functools import cache

from labs.rules.analytes import Analyte
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.timeline import Timeline


class PanelDraws:
    """The instants at which an analyte of the panel was drawn (final, usable), each with those drawn then."""

    def __init__(self, timeline: Timeline) -> None:
        self._names = timeline.protocol.panel.analytes
        self._all = (1 << len(self._names)) - 1
        self._on: list[date] = []
        self._at: list[datetime] = []
        self._drawn: list[int] = []  # a bit for each analyte, in the panel's order
        bits, drawn, last = _bits(self._names), self._drawn, None
        for result in _in_order(timeline):
            bit = bits.get(result.analyte)
            if bit is None:
                continue
            if last is not None and result.at == last.at and result.day_only == last.day_only:
                drawn[-1] |= bit
            else:
                last = result
                self._on.append(result.on)
                self._at.append(result.latest_at)
                drawn.append(bit)

    def lacking(
        self, first: date, *, until: datetime | None = None, before: date | None = None
    ) -> tuple[str, ...]:
        """Name the analytes without a final, usable result collected from `first` on.

        `until` is the last instant that counts (an infusion's start), `before` the first day that no longer
        does.
        """
        drawn = 0
        for index in range(bisect_left(self._on, first), len(self._on)):
            if before is not None and self._on[index] >= before:
                break
            if until is not None and self._at[index] > until:
                continue
            drawn |= self._drawn[index]
            if drawn == self._all:
                return ()
        return tuple(name for index, name in enumerate(self._names) if not drawn >> index & 1)


@cache
def _bits(names: tuple[str, ...]) -> dict[Analyte | None, int]:
    return {Analyte(name): 1 << index for index, name in enumerate(names)}


def _in_order(timeline: Timeline) -> list[ObservedResult]:
    """By collection time; a neutrophil count derived from one draw stands among the others."""
    derived = [result for result in timeline.of(Analyte.NEUTROPHILS) if result.derived]
    if not derived:
        return timeline.accepted
    return sorted([*timeline.accepted, *derived], key=lambda result: result.at)
