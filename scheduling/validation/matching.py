"""Whether an answer holds what a case expects of it.

A case states the parts of the answer that must hold. An object must match key by key; a list must contain,
for each expected element, one that matches, and an expected empty list matches only an empty one; numbers in
text match by value, timestamps by instant. What is `absent` must match nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labs.rules.numbers import read_decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in an answer that is not as expected; `got` is MISSING where there is nothing."""

    path: str
    expected: Any
    got: Any


class _Missing:
    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()


def differences(answer: Any, expected: Any, absent: list[Any] | None = None) -> list[Difference]:
    """List what differs; empty when the answer holds the case."""
    found = list(_differences(answer, expected, ""))
    for unwanted in absent or ():
        found += _unwanted(answer, unwanted["list"], unwanted["match"])
    return found


def matches(answer: Any, expected: Any) -> bool:
    return next(_differences(answer, expected, ""), None) is None


def _differences(answer: Any, expected: Any, path: str) -> Iterator[Difference]:
    if isinstance(expected, dict):
        yield from _object_differences(answer, expected, path)
    elif isinstance(expected, list):
        yield from _list_differences(answer, expected, path)
    elif not _is_same(answer, expected):
        yield Difference(path, expected, answer)


def _object_differences(answer: Any, expected: dict[str, Any], path: str) -> Iterator[Difference]:
    if not isinstance(answer, dict):
        yield Difference(path, expected, answer)
        return
    for key, value in expected.items():
        below = f"{path}.{key}" if path else key
        if key in answer:
            yield from _differences(answer[key], value, below)
        else:
            yield Difference(below, value, MISSING)


def _list_differences(answer: Any, expected: list[Any], path: str) -> Iterator[Difference]:
    if not isinstance(answer, list) or (answer and not expected):
        yield Difference(path, expected, answer)
        return
    for element in expected:
        if not any(matches(candidate, element) for candidate in answer):
            yield Difference(f"{path}[]", element, _nearest(answer, element))


def _nearest(answer: list[Any], expected: Any) -> Any:
    """The element that comes closest: it shows best what is wrong."""
    if not isinstance(expected, dict):
        return answer or MISSING
    candidates = [element for element in answer if isinstance(element, dict)]
    scores = [
        [key in element and matches(element[key], value) for key, value in expected.items()]
        for element in candidates
    ]
    if not any(any(score) for score in scores):
        return MISSING
    best = max(range(len(scores)), key=lambda index: (scores[index][0], sum(scores[index])))
    return {key: candidates[best].get(key, MISSING) for key in expected}


def _unwanted(answer: Any, path: str, match: Any) -> Iterator[Difference]:
    """A list that is not there at all is a difference too: a misspelled path must not pass."""
    found = answer
    for key in path.split("."):
        found = found.get(key, MISSING) if isinstance(found, dict) else MISSING
    if not isinstance(found, list):
        yield Difference(path, "a list", found)
        return
    for element in found:
        if matches(element, match):
            yield Difference(path, {"absent": match}, element)


def _is_same(answer: Any, expected: Any) -> bool:
    if expected is None or isinstance(expected, bool) or isinstance(answer, bool):
        return answer is expected
    if answer == expected:
        return True
    one, other = _text(answer), _text(expected)
    if one is None or other is None:
        return False
    number = read_decimal(one)
    if number is not None:
        return number == read_decimal(other)
    instant = _instant(one)
    return instant is not None and instant == _instant(other)


def _text(value: Any) -> str | None:
    """A JSON number is compared as its text, like the figures of the format."""
    return str(value) if isinstance(value, str | int) else None


def _instant(text: str) -> datetime | None:
    """None for what is no timestamp with a zone: a date alone matches only itself."""
    if "T" not in text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
