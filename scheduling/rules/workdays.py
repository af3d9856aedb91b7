"""Days on which a site is open: not Saturdays, Sundays, or the days it names as closed."""

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def is_closed(day: date, closed_days: Collection[date]) -> bool:
    return day.weekday() >= SATURDAY or day in closed_days


def nearest_open(day: date, closed_days: Collection[date]) -> date:
    """The open day nearest to `day` (itself, if open); equally near: the later, so that no interval shrinks.

    Raises ValueError if no day within a year is open.
    """
    for distance in range(366):
        for candidate in (day + timedelta(distance), day - timedelta(distance)):
            if not is_closed(candidate, closed_days):
                return candidate
    raise ValueError(f"no open day within a year of {day}")
