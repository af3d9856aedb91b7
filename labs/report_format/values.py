"""The values of a report, each checked for its form: objects, texts, days and instants."""

import re
from datetime import date, datetime
from typing import Any, NoReturn

from coordination.base.strict_json import Numeral

FIRST_YEAR, LAST_YEAR = 1900, 2199

Collected = datetime | date | None
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
NAIVE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?")


class Wrong(Exception):
    """What is wrong at a place of the document: a JSON pointer, a word for it, a sentence."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(code)
        self.pointer, self.code, self.detail = pointer, code, detail

    def under(self, pointer: str) -> "Wrong":
        return Wrong(f"{pointer}{self.pointer}", self.code, self.detail)


def as_object(sent: Any, pointer: str = "") -> dict[str, Any]:
    if sent is None:
        raise Wrong(pointer, "missing", "This is missing.")
    if not isinstance(sent, dict):
        raise Wrong(pointer, "type", f"This must be an object, not {kind_of(sent)}.")
    return sent


def only_known_keys(sent: dict[str, Any], known: frozenset[str], pointer: str = "") -> None:
    for key in sent.keys() - known:
        name = key.replace("~", "~0").replace("/", "~1")[:60]
        raise Wrong(f"{pointer}/{name}", "unknown-field", f"Known here are {', '.join(sorted(known))}.")


def as_text(sent: Any, pointer: str, longest: int) -> str | None:
    if sent is None:
        return None
    if type(sent) is not str:
        raise Wrong(pointer, "type", f"This must be text, not {kind_of(sent)}.")
    if len(sent) > longest:
        raise Wrong(pointer, "too-long", f"This may have {longest} characters at most.")
    return sent


def needed_text(sent: Any, pointer: str, longest: int) -> str:
    text = as_text(sent, pointer, longest)
    if text is None or not text.strip():
        raise Wrong(pointer, "missing", "This is missing.")
    return text


def as_day(sent: Any, pointer: str) -> date | None:
    text = as_text(sent, pointer, 40)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong(pointer, "date", "This must be a day that exists, as YYYY-MM-DD.")
    return day


def as_moment_or_day(sent: Any, pointer: str) -> Collected:
    """An instant; or the day alone, where the laboratory knows no more."""
    if isinstance(sent, str) and DAY.fullmatch(sent):
        return as_day(sent, pointer)
    return as_instant(sent, pointer)


def as_instant(sent: Any, pointer: str) -> datetime | None:
    text = as_text(sent, pointer, 40)
    if text is None:
        return None
    if not _INSTANT.fullmatch(text):
        _refuse_instant(text, pointer)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _refuse_instant("", pointer)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        _refuse_instant("", pointer)
    return moment


def _refuse_instant(text: str, pointer: str) -> NoReturn:
    if NAIVE.fullmatch(text):
        raise Wrong(pointer, "time-zone", "Say the offset from UTC: 2026-11-20T08:30:00-05:00.")
    raise Wrong(pointer, "date", "This must be an instant that exists: 2026-11-20T08:30:00-05:00.")


def kind_of(sent: Any) -> str:
    match sent:
        case bool():
            return "true or false"
        case Numeral():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "null"
