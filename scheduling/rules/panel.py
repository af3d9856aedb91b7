"""The panel of blood tests that gates a dose: which of its analytes are lacking in a period.

Source: RULES.md section 4 (8). Each analyte must be final, usable and drawn within the period; a
neutrophil count derived from one draw counts.
"""

from datetime import date

from labs.rules.analytes import Analyte
from scheduling.rules.days import add_days
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.timeline import Timeline

MISSING_WEIGHT = "weight"


def missing_analytes(
    timeline: Timeline,
    *,
    first: date,
    received_by: date | None = None,
) -> tuple[str, ...]:
    """Name the panel's analytes without a result drawn from `first` on.

    `received_by` is the last day on which the result had to be in.
    """

    def counts(result: ObservedResult) -> bool:
        return result.on >= first and (
            received_by is None or timeline.local_day(result.received_at) <= received_by
        )

    names = timeline.protocol.panel.analytes
    return tuple(name for name in names if not any(map(counts, reversed(timeline.of(Analyte(name))))))


def gate_opens(timeline: Timeline) -> date:
    """The first day whose results count for the next dose: fresh enough, and from day 8 on."""
    panel = timeline.protocol.panel
    planned = timeline.day(timeline.next_cycle)
    reference = max(planned, timeline.today) if planned else timeline.today
    fresh = add_days(reference, -panel.fresh_days)
    last = timeline.day(timeline.current_interval)
    return max(fresh, add_days(last, panel.first_day)) if last else fresh


def missing_for_next_dose(timeline: Timeline) -> tuple[str, ...]:
    """What the gate lacks: analytes of the panel, and a weight usable for the creatinine's day."""
    first = gate_opens(timeline)
    names = missing_analytes(timeline, first=first)
    creatinine = _newest_from(timeline.of(Analyte.CREATININE), first)
    if timeline.protocol.renal and not timeline.weights_for(creatinine.on if creatinine else timeline.today):
        names += (MISSING_WEIGHT,)
    return names


def _newest_from(results: list[ObservedResult], first: date) -> ObservedResult | None:
    return results[-1] if results and results[-1].on >= first else None
