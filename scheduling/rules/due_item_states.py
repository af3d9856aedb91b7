"""The state of an item of the schedule: computed from its dates and the facts, never typed.

Source: docs/clinical/schedule.md, "States".
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from scheduling.rules.answer import DueItemAnswer, ItemState
from scheduling.rules.facts import InfusionFact
from scheduling.rules.formatting import day_words
from scheduling.rules.long_acting import LongActingInjection, long_acting_injections
from scheduling.rules.panel_draws import PanelDraws
from scheduling.rules.protocol import Protocol
from scheduling.rules.timeline import Timeline


@dataclass(slots=True)
class ScheduleInputs:
    """What the states of all schedule items depend on, worked out once for a course."""

    timeline: Timeline
    protocol: Protocol = field(init=False)
    today: date = field(init=False)
    draws: PanelDraws = field(init=False)
    injections: list[LongActingInjection] = field(init=False)
    given: dict[int, InfusionFact] = field(init=False)
    starts: dict[int, datetime] = field(init=False)
    ended_on: date | None = field(init=False)
    ended_because: str = field(init=False)
    is_dead: bool = field(init=False)
    asked: frozenset[str] = field(init=False)  # the items that the protocol asks for

    def __post_init__(self) -> None:
        timeline = self.timeline
        self.protocol = timeline.protocol
        self.today = timeline.today
        self.asked = _asked(timeline)
        self.draws = PanelDraws(timeline)
        self.injections = long_acting_injections(timeline)
        self.given = {i.cycle: i for i in timeline.given}
        self.starts = {i.cycle: i.started_at for i in timeline.given if i.started_at}
        self.is_dead = timeline.died_on is not None
        self.ended_on, self.ended_because = _end(timeline)

    def cancelled_because(self, cycle: int | None) -> str:
        """Why an item that is not done is cancelled; empty if it is not.

        After a death everything is; once the course has ended, the items of infusions that will not be
        given. The items of an infusion that was given, and those after the last one, stay.
        """
        if self.is_dead:
            return self.ended_because
        if self.ended_on is None:
            return ""
        was_given = bool(self.starts) if cycle is None else cycle in self.starts
        return "" if was_given else self.ended_because


def _asked(timeline: Timeline) -> frozenset[str]:
    """The items that the protocol asks for, without those that the site has turned off."""
    items, settings = frozenset(timeline.protocol.schedule.items), timeline.settings
    without = set() if settings.confirm_labs else {"confirm-labs"}
    return items - (without if settings.interim_ssa else without | {"interim-ssa"})


def _end(timeline: Timeline) -> tuple[date | None, str]:
    if died_on := timeline.died_on:
        first = min(died_on, timeline.stopped_on or died_on)
        return first, f"patient died on {day_words(died_on)}"
    if stopped_on := timeline.stopped_on:
        stopped = timeline.facts.stopped
        reason = f": {stopped.reason}" if stopped and stopped.reason else ""
        return stopped_on, f"course stopped on {day_words(stopped_on)}{reason}"
    if timeline.all_given:
        last_on = timeline.day(timeline.current_interval)
        return last_on, f"course completed on {day_words(last_on) if last_on else 'an unknown day'}"
    return None, ""


def due_item(
    course: ScheduleInputs,
    item: str,
    cycle: int | None,
    *,
    opens: date | None = None,
    target: date | None = None,
    closes: date | None = None,
    done: bool = False,
    waits: bool = False,
) -> DueItemAnswer:
    """An item whose state follows from its days; `waits`: planned until its infusion has been given."""
    reason = ""
    if done:
        state = ItemState.DONE
    elif reason := course.cancelled_because(cycle):
        state = ItemState.CANCELLED
    elif waits:
        state = ItemState.PLANNED
    else:
        state = state_on(course.today, opens, target, closes)
    return DueItemAnswer(item, cycle, opens, target, closes, state, (), reason)


def recorded_item(
    course: ScheduleInputs,
    item: str,
    cycle: int,
    *,
    opens: date | None = None,
    target: date | None = None,
    closes: date | None = None,
    done: bool,
) -> DueItemAnswer:
    """An item that only a record of its own makes done; not recorded once the infusion was given without one.

    An infusion given elsewhere, or before Fourfold, needs no record.
    """
    infusion = course.given.get(cycle)
    is_done = done or (infusion is not None and infusion.elsewhere)
    item_now = due_item(course, item, cycle, opens=opens, target=target, closes=closes, done=is_done)
    if infusion is None or item_now.state in (ItemState.DONE, ItemState.CANCELLED):
        return item_now
    return DueItemAnswer(item, cycle, opens, target, closes, ItemState.NOT_RECORDED)


def state_on(today: date, opens: date | None, target: date | None, closes: date | None) -> ItemState:
    """The state of an item that is neither done nor cancelled; a missing day leaves the state as it is."""
    if closes is not None and today > closes:
        return ItemState.OVERDUE
    if target is not None and today >= target:
        return ItemState.DUE
    if opens is not None and today >= opens:
        return ItemState.OPEN
    return ItemState.PLANNED


def lab_item(
    course: ScheduleInputs,
    item: str,
    cycle: int | None,
    *,
    opens: date | None,
    target: date | None,
    closes: date | None,
    until: datetime | None = None,
    before: date | None = None,
    waits: bool = False,
) -> DueItemAnswer:
    """Done by the whole panel collected from `opens` on; a partial panel names what is missing.

    `until` is the infusion's start that ends the period, `before` the day on which the next item opens.
    """
    if opens is None or waits or course.today < opens:
        return due_item(course, item, cycle, opens=opens, target=target, closes=closes, waits=waits)
    missing = course.draws.lacking(opens, until=until, before=before)
    reason = course.cancelled_because(cycle)
    if not missing:
        return DueItemAnswer(item, cycle, opens, target, closes, ItemState.DONE)
    if reason:
        return DueItemAnswer(item, cycle, opens, target, closes, ItemState.CANCELLED, (), reason)
    return DueItemAnswer(
        item, cycle, opens, target, closes, state_on(course.today, opens, target, closes), missing
    )


def limit_item(
    course: ScheduleInputs, item: str, cycle: int, *, closes: date | datetime | None, has_passed: bool
) -> DueItemAnswer:
    """A limit is open until its moment has passed or the infusion was given; breaking it is a conflict."""
    reason = ""
    if has_passed or cycle in course.starts:
        state = ItemState.DONE
    elif reason := course.cancelled_because(cycle):
        state = ItemState.CANCELLED
    else:
        state = ItemState.OPEN
    return DueItemAnswer(item, cycle, None, None, closes, state, (), reason)
