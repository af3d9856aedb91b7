"""What both charts draw with: places of days, firsts of months, joined markup."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

EMPTY = SafeString("")


def join_markup(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def firsts_of_months(first: date, last: date) -> list[date]:
    """The firsts of months within, at most about eighteen of them."""
    months = []
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            months.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months[:: len(months) // 18 + 1]


def places_of_days(first: date, last: date, left: float, right: float) -> Callable[[date], float]:
    span = max((last - first).days, 1)

    def place(day: date) -> float:
        return round(left + (day - first).days / span * (right - left), 1)

    return place
