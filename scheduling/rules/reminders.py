"""Who is reminded of a schedule item, and when: the steps, the escalation, the hours of the receiver.

The defaults are ours (settings of the site; no source gives numbers). A step is counted from a day of the
item: when the item moves, so do its steps. Everything is worked out anew each time; nothing here is stored.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.rules.workdays import is_closed

LONGEST_DAYS = 60
LIMIT_ITEMS = frozenset({"lar-last-before", "short-acting-stop"})
"""Items with a last moment only: nothing is asked for before it, and they end by themselves."""
NEVER_OVERDUE_ITEMS = LIMIT_ITEMS | {"radiation-precautions"}
"""Never overdue."""


class StepMoment(StrEnum):
    BEFORE = "before"  # days before it opens; for a limit, before its last moment
    DUE = "due"  # on its best day, else when it opens
    OVERDUE = "overdue"  # days after its last day
    MONEY = (
        "money"  # days before the last day on which a dose is ordered in time, or cancelled free of charge
    )


class Receiver(StrEnum):
    """Who is reminded, in order of escalation; the owner is the practice, the patient or the navigators."""

    OWNER = "owner"
    NAVIGATOR = "navigator"
    PRESCRIBER = "prescriber"
    MANAGER = "manager"


LADDER = (Receiver.OWNER, Receiver.NAVIGATOR, Receiver.PRESCRIBER, Receiver.MANAGER)


class TimetableStep(NamedTuple):
    moment: StepMoment
    days: int
    receiver: Receiver


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """One line of a timetable. Empty `item`: every other item; empty `owner`: whoever has it.

    `before`, `money`: days before, from 0. `owner`, `navigator`, `prescriber`, `manager`: days after the last
    day, from 1, in order of escalation. At most 60.
    """

    item: str = ""
    owned_by: str = ""
    before: tuple[int, ...] = ()
    on_the_day: bool = False
    owner: tuple[int, ...] = ()
    navigator: tuple[int, ...] = ()
    prescriber: tuple[int, ...] = ()
    manager: tuple[int, ...] = ()
    money: tuple[int, ...] = ()


DEFAULT_TIMETABLE: tuple[TimetableRow, ...] = (
    TimetableRow(
        before=(3,),
        on_the_day=True,
        owner=(1, 4),
        navigator=(2,),
        prescriber=(5,),
        manager=(10,),
        money=(2,),
    ),
    TimetableRow(owned_by="center", navigator=(1,), prescriber=(4,), manager=(10,), money=(2,)),
    TimetableRow(owned_by="patient", before=(2,), on_the_day=True, navigator=(1,), manager=(10,)),
    TimetableRow(
        item="dose-order",
        before=(2,),
        on_the_day=True,
        navigator=(1,),
        prescriber=(1,),
        manager=(2,),
        money=(1, 3),
    ),
    TimetableRow(item="post-dose-lar", on_the_day=True, navigator=(1,), prescriber=(1,), manager=(3,)),
    TimetableRow(item="infusion"),
    TimetableRow(item="antiemetic"),
    TimetableRow(item="amino-acids"),
    TimetableRow(item="radiation-precautions"),
)
"""An item without a number anywhere is never reminded of: the day of treatment has its own checklist."""


def row_for(rows: Iterable[TimetableRow], item: str, owner: str) -> TimetableRow:
    """The most specific line: for the item and its owner, else the item, else the owner, else any."""
    found = {(row.item, row.owned_by): row for row in rows}
    for key in ((item, owner), (item, ""), ("", owner), ("", "")):
        if key in found:
            return found[key]
    return TimetableRow()


def steps_of(row: TimetableRow) -> tuple[TimetableStep, ...]:
    return (
        *(TimetableStep(StepMoment.BEFORE, days, Receiver.OWNER) for days in row.before),
        *([TimetableStep(StepMoment.DUE, 0, Receiver.OWNER)] if row.on_the_day else []),
        *(
            TimetableStep(StepMoment.OVERDUE, days, rung)
            for rung in LADDER
            for days in getattr(row, rung.value)
        ),
        *(
            TimetableStep(StepMoment.MONEY, days, rung)
            for days in row.money
            for rung in (Receiver.OWNER, Receiver.NAVIGATOR)
        ),
    )


# --- when -------------------------------------------------------------------------------------------


class ReminderItem(NamedTuple):
    """An item as the schedule asks for it: days of the site, or instants (a window counted in hours)."""

    item: str
    owner: str
    opens: date | datetime | None = None
    target: date | datetime | None = None
    closes: date | datetime | None = None
    money_on: date | None = None


class DatedStep(NamedTuple):
    """One step of one item. It is counted from the day `anchor` (at the site) and falls on `on`."""

    step: TimetableStep
    anchor: date
    on: date
    at: datetime | None  # not before this instant, for what opens at one
    sooner: bool  # on a closed day rather before it than after


def dated_steps(asked: ReminderItem, rows: Iterable[TimetableRow], zone: ZoneInfo) -> list[DatedStep]:
    """Every step of an item that is still open, in the order of its days."""
    found = [
        dated_step
        for step in steps_of(row_for(rows, asked.item, asked.owner))
        if (dated_step := _dated_step(asked, step, zone))
    ]
    return sorted(found, key=lambda dated_step: (dated_step.on, LADDER.index(dated_step.step.receiver)))


def _dated_step(asked: ReminderItem, step: TimetableStep, zone: ZoneInfo) -> DatedStep | None:
    edge = _edge(asked, step.moment)
    if edge is None:
        return None
    anchor = day_in(edge, zone)
    if step.moment is StepMoment.OVERDUE:
        return DatedStep(step, anchor, anchor + timedelta(step.days), None, sooner=False)
    if step.moment is StepMoment.DUE:
        return DatedStep(step, anchor, anchor, edge if isinstance(edge, datetime) else None, sooner=False)
    return DatedStep(step, anchor, anchor - timedelta(step.days), None, sooner=True)


def _edge(asked: ReminderItem, moment: StepMoment) -> date | datetime | None:
    match moment:
        case StepMoment.BEFORE:
            return asked.opens or (asked.closes if asked.item in LIMIT_ITEMS else asked.target)
        case StepMoment.DUE:
            return asked.target or asked.opens
        case StepMoment.OVERDUE:
            return None if asked.item in NEVER_OVERDUE_ITEMS else asked.closes
        case StepMoment.MONEY:
            return asked.money_on


def day_in(edge: date | datetime, zone: ZoneInfo) -> date:
    return edge.astimezone(zone).date() if isinstance(edge, datetime) else edge


# --- the hours of the receiver ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReceiverHours:
    """When a receiver may be written to, on the wall clock of their own zone.

    Quiet from `quiet_from` until `quiet_until`, over midnight where it is the later of the two; equal: never.
    """

    zone: ZoneInfo
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    workdays_only: bool = True
    closed_days: Collection[date] = ()

    def is_open(self, day: date) -> bool:
        return not (self.workdays_only and is_closed(day, self.closed_days))

    def is_quiet(self, moment: datetime) -> bool:
        """Quiet hours, or a day on which this receiver does not work."""
        local = moment.astimezone(self.zone)
        return self._is_quiet_time(local.time()) or not self.is_open(local.date())

    def _is_quiet_time(self, at: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


FURTHEST_DAYS = 30


def next_allowed(moment: datetime, hours: ReceiverHours) -> datetime:
    """The first instant from `moment` on at which the receiver may be written to.

    An hour that the clock skips counts as the one after it. Raises ValueError where 30 days have none.
    """
    for day in _days_after(moment.astimezone(hours.zone).date()):
        if hours.is_open(day):
            for start, end in _awake(day, hours):
                if end > max(start, moment):
                    return max(start, moment)
    raise ValueError(f"nobody may be written to within {FURTHEST_DAYS} days of {moment}")


def _days_after(day: date) -> Iterable[date]:
    return (day + timedelta(distance) for distance in range(FURTHEST_DAYS))


def _awake(day: date, hours: ReceiverHours) -> Sequence[tuple[datetime, datetime]]:
    """The periods of one local day that are not quiet, as instants."""
    midnight, next_midnight = (instant(each, time.min, hours.zone) for each in (day, day + timedelta(1)))
    quiet_from = instant(day, hours.quiet_from, hours.zone)
    quiet_until = instant(day, hours.quiet_until, hours.zone)
    if hours.quiet_from == hours.quiet_until:
        return [(midnight, next_midnight)]
    if hours.quiet_from < hours.quiet_until:
        return [(midnight, quiet_from), (quiet_until, next_midnight)]
    return [(quiet_until, quiet_from)]


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant that a wall clock shows this; of a skipped hour, the hour after it."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def send_at(dated_step: DatedStep, hours: ReceiverHours, *, last: datetime | None = None) -> datetime:
    """When a step is sent: on its day within the receiver's hours, else the nearest day they work.

    Earlier for a step before its anchor, else later; but never after `last`, if an earlier moment is
    possible.
    """
    day = dated_step.on
    while dated_step.sooner and not hours.is_open(day) and (dated_step.on - day).days < FURTHEST_DAYS:
        day -= timedelta(1)
    begin = instant(day, time.min, hours.zone)
    wanted = next_allowed(max(begin, dated_step.at) if dated_step.at else begin, hours)
    return wanted if last is None or wanted <= last else min(wanted, _last_allowed(last, hours) or wanted)


def _last_allowed(last: datetime, hours: ReceiverHours) -> datetime | None:
    """The start of the last period, not quiet, that begins before `last`."""
    today = last.astimezone(hours.zone).date()
    for day in (today - timedelta(distance) for distance in range(FURTHEST_DAYS)):
        starts = (
            [start for start, end in _awake(day, hours) if start < min(end, last)]
            if hours.is_open(day)
            else []
        )
        if starts:
            return starts[-1]
    return None
