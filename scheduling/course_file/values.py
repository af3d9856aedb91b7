"""Check single values of a course file: texts, choices, numbers, days and instants."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

from msgspec import UNSET, UnsetType

from labs.rules.numbers import read_decimal
from scheduling.course_file.errors import InvalidValueError, join_path, quote
from scheduling.rules.days import zone_named

MOST_CYCLES = 10  # protocols with up to 10 cycles exist [BB]
WORST_GRADE = 5
FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"
)

T = TypeVar("T")
S = TypeVar("S")


def read_all(path: str, items: list[S] | UnsetType, read: Callable[[S], T]) -> tuple[T, ...]:
    if not items:
        return ()
    try:
        return tuple(map(read, items))
    except InvalidValueError:
        for index, item in enumerate(items):
            read_at(f"{path}[{index}]", read, item)
        raise


def read_at(path: str, read: Callable[[S], T], item: S) -> T:
    try:
        return read(item)
    except InvalidValueError as wrong:
        raise InvalidValueError(join_path(path, wrong.path) if wrong.path else path, wrong.reason) from None


def required_text(text: str, path: str) -> str:
    if not text or text.isspace():
        raise InvalidValueError(path, "must not be empty")
    return text


def required_choice(text: str, known: tuple[str, ...], path: str) -> str:
    if text not in known:
        raise InvalidValueError(path, f"must be one of {', '.join(known)}, not {quote(text)}")
    return text


def optional_choice(text: str | UnsetType | None, known: tuple[str, ...], path: str) -> str | None:
    return None if text is None or text is UNSET else required_choice(text, known, path)


def required_cycle(cycle: int) -> int:
    if not 1 <= cycle <= MOST_CYCLES:
        raise InvalidValueError("cycle", f"must be from 1 to {MOST_CYCLES}, not {quote(cycle)}")
    return cycle


def optional_grade(grade: int | UnsetType | None, path: str) -> int | None:
    if grade is None or grade is UNSET:
        return None
    if not 0 <= grade <= WORST_GRADE:
        raise InvalidValueError(path, f"must be from 0 to {WORST_GRADE}, not {quote(grade)}")
    return grade


def optional_figure(value: Any, path: str) -> str | None:
    """Return a figure as the text that was sent; whether it is a number is for the rules to say."""
    if value is None or value is UNSET:
        return None
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise InvalidValueError(path, f"must be a number or text, not {kind_of_value(value)}")


def optional_decimal(value: Any, path: str) -> Decimal | None:
    text = optional_figure(value, path)
    if text is None:
        return None
    number = read_decimal(text)
    if number is None or number < 0:
        raise InvalidValueError(
            path, f"must be a number, zero or more and without an exponent, not {quote(text)}"
        )
    return number


def kind_of_value(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a list" if isinstance(value, list) else "an object"


def required_instant(text: str, path: str) -> datetime:
    return parse_instant_as_utc(text) or refuse_instant(text, path)


def optional_instant(text: str | UnsetType | None, path: str) -> datetime | None:
    if text is None or text is UNSET:
        return None
    return parse_instant_as_utc(text) or refuse_instant(text, path)


def read_instant(text: str) -> datetime:
    """Read an instant with its zone, as the format writes it. Raises ValueError with the reason."""
    try:
        return parse_instant(text) or refuse_instant(text, "")
    except InvalidValueError as wrong:
        raise ValueError(wrong.reason) from None


@lru_cache(maxsize=1 << 15)
def parse_instant_as_utc(text: str) -> datetime | None:
    """Return the instant in UTC, or None. Instants of one zone are compared several times as fast."""
    at = parse_instant(text)
    return at.astimezone(UTC) if at else None


def parse_instant(text: str) -> datetime | None:
    if not _INSTANT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and FIRST_YEAR <= at.year <= LAST_YEAR else None


def refuse_instant(text: str, path: str) -> NoReturn:
    if _INSTANT.fullmatch(text) and not text.endswith("Z") and not re.search(r"[+-][0-9:]+$", text[10:]):
        raise InvalidValueError(path, f"must carry its time zone, as in {quote(text + '-05:00')}")
    raise InvalidValueError(
        path,
        f"must be an instant that exists, as 2025-01-14T10:00:00-05:00, "
        f"in the years {FIRST_YEAR} to {LAST_YEAR}, not {quote(text)}",
    )


def required_day(text: str, path: str) -> date:
    on = parse_day(text)
    if on is None:
        raise InvalidValueError(
            path,
            f"must be a date that exists, as 2025-01-14, "
            f"in the years {FIRST_YEAR} to {LAST_YEAR}, not {quote(text)}",
        )
    return on


def optional_day(text: str | UnsetType | None, path: str) -> date | None:
    return None if text is None or text is UNSET else required_day(text, path)


@lru_cache(maxsize=1 << 15)
def parse_day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None


def required_timezone(name: str) -> str:
    if not _is_timezone(name):
        raise InvalidValueError(
            "timezone", f"must be a time zone such as America/New_York, not {quote(name)}"
        )
    return name


@lru_cache(maxsize=1024)
def _is_timezone(name: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", name):
        return False
    try:
        zone_named(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
