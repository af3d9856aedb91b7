"""Calendar arithmetic: months that clamp to the month's last day, weekdays, instants in a zone."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later (or earlier); 31 August less six months is 28 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def days_from(first: date) -> Iterator[date]:
    while True:
        yield first
        first += ONE_DAY


def hours_between(start: datetime, end: datetime) -> timedelta:
    """Real time elapsed, also across a clock change: instants carry their own offset."""
    return end.astimezone(_UTC) - start.astimezone(_UTC)


_UTC = ZoneInfo("UTC")
