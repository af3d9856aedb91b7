"""The course as the practice sees it: lanes of the swimlane, and the same as lines of a table."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from coordination.base import clock
from coordination.base.access import Scope
from coordination.chart.lanes import AHEAD, ALWAYS, LANE_OF_ITEM, TONE_OF_STATE
from coordination.graphs.swimlane import Lane, Mark
from coordination.portal.reading import PortalChart, reach
from coordination.portal.release import Value
from coordination.portal.status import back_on
from coordination.wording.bilingual import day
from coordination.wording.clinical import item_word
from scheduling.models import AdverseEvent, DueItem, Injection, Scan

SETTLED = ("done", "cancelled", "not-done")


def portal_lanes_of(story: PortalChart, scope: Scope, values: Iterable[Value]) -> list[Lane]:
    """Infusions first; lanes without a mark are left out unless they always stand."""
    marks: dict[str, list[Mark]] = {
        "Infusions": [*_infusions(story)],
        "Labs": [*_labs(story, values)],
        "Long-acting SSA": [*_injections(story, scope)],
        "Scans": [*_scans(story, scope)],
        "Precautions": [],
        "Adverse events": [*_events(story, scope)],
        "Hand-back": [*_hand_back(story)],
    }
    for item in story.items:
        if mark := _window(story, item):
            marks[LANE_OF_ITEM[item.item]].append(mark)
    return [Lane(name, found) for name, found in marks.items() if found or name in ALWAYS]


def _infusions(story: PortalChart) -> Iterator[Mark]:
    for given in story.given:
        said = f"Infusion {given.number} given {day(given.on)}"
        yield Mark(given.on, said, "given", "ok", sign=str(given.number))
    for cycle, on in story.to_come:
        said = f"Infusion {cycle.number} planned {day(on)}"
        yield Mark(on, said, "planned", "info", sign=str(cycle.number))


def _labs(story: PortalChart, values: Iterable[Value]) -> Iterator[Mark]:
    """One mark for each day of a draw whose results are shown."""
    days: dict[date, list[Value]] = {}
    for value in values:
        if value.collected_at:
            days.setdefault(clock.day_at(story.site, value.collected_at), []).append(value)
    for on, found in days.items():
        outside = [f"{value.analyte} {value.amount} ({value.flag})" for value in found if value.flag]
        said = f"{len(found)} results of {day(on)}"
        yield Mark(on, f"{said}: {'; '.join(outside)}" if outside else said, "given", "ok")


def _injections(story: PortalChart, scope: Scope) -> Iterator[Mark]:
    for row in reach(scope, Injection).known().long_acting().filter(patient=story.patient):
        if row.given_at:
            on = clock.day_at(story.site, row.given_at)
            yield Mark(on, f"{row.get_drug_display()} given {day(on)}", "given", "ok")
        elif row.planned_on:
            said = f"{row.get_drug_display()} planned {day(row.planned_on)}"
            yield Mark(row.planned_on, said, "planned", "info")


def _scans(story: PortalChart, scope: Scope) -> Iterator[Mark]:
    for row in reach(scope, Scan).known().filter(patient=story.patient):
        is_done = row.on <= story.today
        said = f"{row.get_kind_display()}, {day(row.on)}{'' if is_done else ', booked'}"
        yield Mark(row.on, said, "given" if is_done else "planned", "ok" if is_done else "info")


def _events(story: PortalChart, scope: Scope) -> Iterator[Mark]:
    for row in reach(scope, AdverseEvent).known().filter(patient=story.patient, on__lte=story.today):
        grade = f", grade {row.grade}" if row.grade is not None else ""
        until = f", over on {day(row.resolved_on)}" if row.resolved_on else ""
        yield Mark(row.on, f"{row.term}{grade}, {day(row.on)}{until}", "given", "review")


def _hand_back(story: PortalChart) -> Iterator[Mark]:
    if story.returned_on:
        yield Mark(story.returned_on, f"Back with you on {day(story.returned_on)}", "given", "ok")
    elif story.is_over and (on := back_on(story)) and on >= story.today:
        yield Mark(on, f"Returns to you about {day(on)}", "planned", "info")


def _window(story: PortalChart, item: DueItem) -> Mark | None:
    state = story.state_of(item)
    if item.item not in LANE_OF_ITEM or item.item == "hand-back" or state in SETTLED:
        return None
    if story.moves_with_a_hold(item):
        return None
    opens, closes = (_on(story, edge) for edge in _edges(item))
    if opens is None or closes is None or opens > story.today + AHEAD:
        return None
    cycle = f" {item.cycle_number}" if item.cycle_number else ""
    whose = ", yours" if story.is_ours(item) else ""
    said = f"{item_word(item.item)}{cycle}: {day(opens)} to {day(closes)}{whose}"
    return Mark(opens, said, "window", TONE_OF_STATE.get(state, "quiet"), until=closes)


def _edges(item: DueItem) -> tuple[date | datetime | None, date | datetime | None]:
    return item.opens or item.target or item.closes, item.closes or item.target or item.opens


def _on(story: PortalChart, edge: date | datetime | None) -> date | None:
    return clock.day_at(story.site, edge) if isinstance(edge, datetime) else edge
