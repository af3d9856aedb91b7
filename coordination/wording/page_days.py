"""How pages say days, times, windows, ages and amounts: in the site's zone, near days in words."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from coordination.base import clock
from coordination.base.words import distance
from scheduling.models.weight import weight_words

Moment = date | datetime
DAYS_OF_WEEK = 7


def today_here() -> date:
    return timezone.localdate(clock.now())


def day_here(value: Moment) -> date:
    if isinstance(value, datetime):
        return timezone.localdate(value)
    return value


def _short(day: date, *, today: date, weekday: bool = True) -> str:
    """Return "Tue 14 Jan", with the year when it is not this year's."""
    name = f"{day:%a} " if weekday else ""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{name}{day.day} {day:%b}{year}"


def local_date(value: Moment | None) -> str:
    """Say a day: "Tue 14 Jan", or "Tue 14 Jan 2027" when that is another year."""
    return _short(day_here(value), today=today_here()) if value else ""


def full_date(value: Moment | None) -> str:
    """Say a day with its year, as identifiers and letters need it: "14 Jan 2026"."""
    return f"{(day := day_here(value)).day} {day:%b} {day.year}" if value else ""


def local_time(value: datetime | None) -> str:
    """Say the time of day at the site: "14:30"."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


def local_moment(value: Moment | None) -> str:
    """Say a moment at the site: "Tue 14 Jan 14:30"; of a day without a time only the day."""
    if isinstance(value, datetime):
        return f"{local_date(value)} {local_time(value)}"
    return local_date(value)


def relative_day(value: Moment | None, today: date | None = None) -> str:
    """Say a day and how far it is: "in 3 days, Tue 14 Jan"."""
    if value is None:
        return ""
    today = today or today_here()
    day = day_here(value)
    return f"{distance(day, today=today)}, {_short(day, today=today)}"


def kilograms(kg: Decimal) -> str:
    """Say a weight: "89.9 kg"."""
    return weight_words(kg)


def counted(count: int, noun: str) -> str:
    """Say how many of a list: "1 infusion", "20 infusions". Every noun of a list ends in an s."""
    return f"{count} {noun.removesuffix('s') if count == 1 else noun}"


def ago(value: Moment | None, today: date | None = None) -> str:
    """Say only how far a day is: "9 days ago", "in 3 days", "today"."""
    return distance(day_here(value), today=today or today_here()) if value else ""


def lateness(closes: Moment | None, today: date | None = None) -> str:
    """Say how late something is whose window closed: "9 days late"; nothing while it is not late.

    A window that ends at a moment is late from that moment on, within the day by the hour.
    """
    if closes is None:
        return ""
    if isinstance(closes, datetime) and today is None:
        late = clock.now() - closes
        if late.total_seconds() <= 0:
            return ""
        if late < timedelta(hours=1):
            return "less than an hour late"
        if late < timedelta(days=1):
            return f"{_count(late.seconds // 3600, 'hour')} late"
    days = ((today or today_here()) - day_here(closes)).days
    return f"{_count(days, 'day')} late" if days > 0 else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def course_week(value: Moment | None, first_infusion_on: date | None) -> str:
    """Say the week of the course that a day falls in: "week 1" begins on the day of the first infusion."""
    if value is None or first_infusion_on is None:
        return ""
    days = (day_here(value) - first_infusion_on).days
    if days < 0:
        return "before cycle 1"
    return f"week {days // DAYS_OF_WEEK + 1}"


def age(birth_date: date | None, today: date | None = None) -> str:
    """Say an age in completed years; who was born on 29 February completes a year on 1 March."""
    if birth_date is None:
        return ""
    today = today or today_here()
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return str(today.year - birth_date.year - before_birthday)


# --- windows ------------------------------------------------------------------------------------


def _span(opens: date, closes: date, *, today: date) -> str:
    """Return "14-17 Jan", "28 Jan - 3 Feb" or "14 Jan"."""
    if opens == closes:
        return _short(opens, today=today, weekday=False)
    last = _short(closes, today=today, weekday=False)
    if (opens.year, opens.month) == (closes.year, closes.month):
        return f"{opens.day}-{last}"
    return f"{_short(opens, today=today, weekday=False)} - {last}"


def _moments(opens: datetime, closes: datetime, *, today: date) -> str:
    """Return "Tue 14 Jan 14:30-22:30", or both days when it runs past midnight."""
    first = f"{_short(day_here(opens), today=today)} {local_time(opens)}"
    if day_here(opens) == day_here(closes):
        return f"{first}-{local_time(closes)}"
    return f"{first} - {_short(day_here(closes), today=today)} {local_time(closes)}"


def window_words(opens: Moment | None, closes: Moment | None) -> str:
    """Say a window without its best day. Either end may be missing: "from 14 Jan", "until 17 Jan"."""
    today = today_here()
    if isinstance(opens, datetime) and isinstance(closes, datetime):
        return _moments(opens, closes, today=today)
    if opens and closes:
        return _span(day_here(opens), day_here(closes), today=today)
    if closes:
        return f"until {local_moment(closes) if isinstance(closes, datetime) else local_date(closes)}"
    if opens:
        return f"from {local_moment(opens) if isinstance(opens, datetime) else local_date(opens)}"
    return ""


def best_words(best: Moment, *, within: tuple[Moment | None, Moment | None]) -> str:
    if isinstance(best, datetime):
        return local_time(best) if day_here(best) == day_here(within[0] or best) else local_moment(best)
    months = {(day_here(end).year, day_here(end).month) for end in within if end}
    if months == {(best.year, best.month)}:
        return str(best.day)
    return _short(best, today=today_here(), weekday=False)
