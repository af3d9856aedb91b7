"""Days around today, as a site knows them: its weekends and public holidays, its zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.rules.workdays import SATURDAY, is_closed, nearest_open

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    today: date
    zone: ZoneInfo
    closed: frozenset[date]

    def ago(self, days: int) -> date:
        return self.today - timedelta(days)

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days)

    def open_at(self, *offsets: int) -> date:
        """The first of these days from today on which the site is open; failing that the first of them."""
        candidates = [self.today + timedelta(offset) for offset in offsets]
        return next((day for day in candidates if not is_closed(day, self.closed)), candidates[0])

    def open_near(self, day: date) -> date:
        return nearest_open(day, self.closed)

    def last_open(self, weekday: int | None = None) -> date:
        """The last open day before today; with `weekday` (Monday is 0) the last such one."""
        day = self.today - ONE_DAY
        while is_closed(day, self.closed) or weekday not in (None, day.weekday()):
            day -= ONE_DAY
        return day

    def at(self, day: date, clock: str) -> datetime:
        """An instant, by the clock on the wall of the site."""
        return datetime.combine(day, time.fromisoformat(clock), self.zone)


def weekday_from(first: date) -> date:
    """That day, or the Monday after it."""
    while first.weekday() >= SATURDAY:
        first += ONE_DAY
    return first


def weekday_within(first: date, last: date) -> date:
    """The last working day of a span; the last day where it has none."""
    day = last
    while day.weekday() >= SATURDAY and day > first:
        day -= ONE_DAY
    return last if day.weekday() >= SATURDAY else day
