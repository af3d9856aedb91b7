"""JSON from strangers: read whole or refused with the reason, and every number kept as it was written.

Refused are texts that are not UTF-8, that nest deeper than 32, that name a key twice in one object, or
that carry what no text column can hold. Numbers come as `Numeral`, never through a float; NaN and Infinity,
which are no JSON, come as numerals too, so that the one field they stand in can be refused by name.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

DEEPEST = 32

_BOM = "\ufeff"
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"[]{}")))
_OPENING = frozenset(b"[{")
_UNTOLD = re.compile("[\x00\ud800-\udfff]")


class StrictJsonError(ValueError):
    """What is wrong with the text, in one sentence for its sender."""


class Numeral(str):
    """A JSON number as it was written: `1.10` stays `1.10`, and 10,000 digits cost nothing."""

    __slots__ = ()


def read_strict_json(body: bytes) -> Any:
    """Return the document; objects as dicts, numbers as `Numeral`. Raises StrictJsonError."""
    try:
        text = body.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise StrictJsonError(f"The body is not UTF-8 text (byte {error.start}).") from None
    if _depth(body) > DEEPEST:
        raise StrictJsonError(f"The body nests deeper than {DEEPEST}.")
    try:
        document = json.loads(
            text, object_pairs_hook=_unique, parse_float=Numeral, parse_int=Numeral, parse_constant=Numeral
        )
    except json.JSONDecodeError as error:
        raise StrictJsonError(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    if b"\\u" in body:
        _refuse_untold(document)
    return document


def write_strict_json(document: Any, *, indent: int | None = None) -> str:
    """Write down again what was read: each number as it was written, the keys in their order.

    With `indent` each part on its own line, for people.
    """
    match document:
        case Numeral():
            return str(document)
        case dict():
            pairs = (f"{json.dumps(key, ensure_ascii=False)}: " for key in document)
            values = (write_strict_json(value, indent=indent) for value in document.values())
            return _in_brackets("{", map("".join, zip(pairs, values, strict=True)), "}", indent)
        case list():
            values = (write_strict_json(value, indent=indent) for value in document)
            return _in_brackets("[", values, "]", indent)
    return json.dumps(document, ensure_ascii=False)


def _in_brackets(opening: str, parts: Iterable[str], closing: str, indent: int | None) -> str:
    if indent is None:
        return f"{opening}{', '.join(parts)}{closing}"
    inside = ",\n".join(parts)
    if not inside:
        return f"{opening}{closing}"
    line = "\n" + " " * indent
    return opening + line + inside.replace("\n", line) + "\n" + closing


def _depth(body: bytes) -> int:
    """How deep the brackets go, the strings left out; counted before any parser recurses into them."""
    brackets = body.translate(None, _NOT_BRACKETS)
    if len(brackets) <= DEEPEST:
        return 0
    depth = deepest = 0
    for sign in _STRINGS.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if sign in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise StrictJsonError(f"The key {json.dumps(twice[:60])} stands twice in one object.")
    return seen


def _refuse_untold(document: Any) -> None:
    """Half a surrogate pair and the zero character can be written as escapes, and are no text."""
    if isinstance(document, str):
        if _UNTOLD.search(document):
            raise StrictJsonError("A text holds the zero character or half of a surrogate pair.")
    elif isinstance(document, dict):
        for key, value in document.items():
            _refuse_untold(key)
            _refuse_untold(value)
    elif isinstance(document, list):
        for value in document:
            _refuse_untold(value)
