"""The course as lanes of a swimlane, and the same content as the lines of a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from coordination.chart.patient_chart import local_day
from coordination.chart.records import RecordTable
from coordination.chart.results import ResultLine
from coordination.chart.schedule import ConflictLine, CycleLine, DueLine
from coordination.chart.sheet import Sheet
from coordination.graphs.swimlane import Lane, Mark

LANE_OF_ITEM = {
    "infusion": "Infusions",
    "baseline-labs": "Labs",
    "pre-dose-labs": "Labs",
    "confirm-labs": "Labs",
    "nadir-labs": "Labs",
    "post-treatment-labs": "Labs",
    "follow-up-labs": "Labs",
    "lar-last-before": "Long-acting SSA",
    "post-dose-lar": "Long-acting SSA",
    "maintenance-lar": "Long-acting SSA",
    "interim-ssa": "Long-acting SSA",
    "sstr-pet": "Scans",
    "ct-mri": "Scans",
    "response-sstr-pet": "Scans",
    "radiation-precautions": "Precautions",
    "hand-back": "Hand-back",
}
TONE_OF_STATE = {
    "overdue": "danger",
    "not-recorded": "danger",
    "due": "warn",
    "open": "info",
    "planned": "quiet",
    "done": "ok",
}
AHEAD = timedelta(days=400)
ALWAYS = ("Infusions", "Labs", "Long-acting SSA", "Scans")


@dataclass(frozen=True, slots=True)
class TwinLine:
    """One mark of the swimlane as a line of the table beside it."""

    lane: str
    on: date
    until: date | None
    words: str


def lanes_of(
    sheet: Sheet,
    cycles: list[CycleLine],
    due: list[DueLine],
    results: list[ResultLine],
    records: list[RecordTable],
    conflicts: list[ConflictLine],
    *,
    may_move: bool,
) -> list[Lane]:
    """Every lane of the course, the infusions first; windows further than a year ahead are left out.

    `may_move`: who looks may choose another day for an infusion.
    """
    tables = {table.kind: table for table in records}
    marks: dict[str, list[Mark]] = {
        "Infusions": [*_infusions(cycles, conflicts, may_move=may_move)],
        "Labs": [*_labs(results)],
        "Long-acting SSA": [*_records(tables["injection"])],
        "Scans": [*_records(tables["scan"])],
        "Dose orders": [*_orders(sheet)],
        "Precautions": [],
        "Adverse events": [*_records(tables["adverse-event"], tone="review")],
        "Hand-back": [],
    }
    for line in due:
        if mark := _window(line, sheet.opened.today):
            marks[LANE_OF_ITEM[line.key]].append(mark)
    return [Lane(name, found) for name, found in marks.items() if found or name in ALWAYS]


def twin_of(lanes: Iterable[Lane]) -> list[TwinLine]:
    """The content of the swimlane in the order of days."""
    lines = [TwinLine(lane.name, mark.on, mark.until, mark.words) for lane in lanes for mark in lane.marks]
    return sorted(lines, key=lambda line: (line.on, line.lane))


def _infusions(
    cycles: Iterable[CycleLine], conflicts: Iterable[ConflictLine], *, may_move: bool
) -> Iterator[Mark]:
    troubled = {line.cycle: line for line in conflicts if line.state in ("block", "warn")}
    for cycle in cycles:
        if cycle.on is None:
            continue
        trouble = troubled.get(cycle.number)
        shape = "given" if cycle.status == "given" else "planned"
        said = f"Infusion {cycle.number} {shape} {cycle.words}"
        if trouble and shape == "planned":
            said = f"{said}. {trouble.title}: {trouble.text}"
        tone = "ok" if shape == "given" else "danger" if trouble and trouble.state == "block" else "info"
        move_url = cycle.url if may_move else ""
        yield Mark(cycle.on, said, shape, tone, sign=str(cycle.number), move_url=move_url)


def _labs(results: Iterable[ResultLine]) -> Iterator[Mark]:
    """One mark for each day of a draw, with its worst grade."""
    by_day: dict[date, list[ResultLine]] = {}
    for line in results:
        if line.collected_at and not line.is_rejected:
            by_day.setdefault(local_day(line.collected_at), []).append(line)
    for on, lines in by_day.items():
        worst = max((line.grade for line in lines if line.grade is not None), default=0)
        graded = [
            f"{line.analyte} {line.as_used} grade {line.grade}" for line in lines if (line.grade or 0) >= 2
        ]
        said = f"{len(lines)} results drawn {on.day} {on:%b %Y}"
        tone = "danger" if worst >= 3 else "warn" if worst == 2 else "ok"
        yield Mark(on, f"{said}: {'; '.join(graded)}" if graded else said, "given", tone)


def _records(table: RecordTable, *, tone: str = "ok") -> Iterator[Mark]:
    for line in table.lines:
        if line.is_void or line.passed or line.at is None:
            continue
        on = local_day(line.at)
        shape = "planned" if line.state == "planned" else "given"
        said = f"{line.what}, {on.day} {on:%b %Y}" + (", planned" if shape == "planned" else "")
        yield Mark(on, said, shape, "info" if shape == "planned" else tone)


def _orders(sheet: Sheet) -> Iterator[Mark]:
    for clock in sheet.assessment.order:
        for on, what in (
            (clock.order_by, "order the dose by"),
            (clock.free_cancel_until, "cancel free until"),
            (clock.late_cancel_until, "cancel with a fee until"),
        ):
            late = on < sheet.opened.today
            said = f"Infusion {clock.cycle}: {what} {on.day} {on:%b %Y}"
            yield Mark(on, said, "planned", "quiet" if late else "warn")


def _window(line: DueLine, today: date) -> Mark | None:
    if line.key not in LANE_OF_ITEM or line.state in ("done", "cancelled", "not-done"):
        return None
    opens = line.opens or line.target or line.closes
    closes = line.closes or line.target or line.opens
    if opens is None or closes is None:
        return None
    first, last = local_day(opens), local_day(closes)
    if first > today + AHEAD:
        return None
    cycle = f" {line.cycle}" if line.cycle else ""
    state = {"planned": "", "open": ", open", "due": ", due", "overdue": ", overdue"}.get(line.state, "")
    said = f"{line.item}{cycle}: {first.day} {first:%b} to {last.day} {last:%b %Y}{state}"
    return Mark(first, said, "window", TONE_OF_STATE.get(line.state, "quiet"), until=last)
