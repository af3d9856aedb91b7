"""Decode the JSON text of one course file, and describe what is wrong with it as JSON."""

import json
import re
from typing import Any

import msgspec

from labs.rules.numbers import without_exponent
from scheduling.course_file.errors import InvalidValueError, join_path, quote, quote_key
from scheduling.course_file.shape import CourseShape


def _as_written(text: str) -> str:
    """A JSON number as plain digits: one with an exponent is exactly the number without."""
    return text if text.isdigit() or not ("e" in text or "E" in text) else without_exponent(text)


_TYPED = msgspec.json.Decoder(CourseShape, float_hook=_as_written)
_ENCODER = msgspec.json.Encoder()


def decode_document(body: bytes) -> CourseShape:
    try:
        document = _TYPED.decode(body)
    except msgspec.ValidationError as error:
        raise _type_error(str(error)) from None
    except msgspec.DecodeError as error:
        raise InvalidValueError("", describe_json_error(error, body)) from None
    except RecursionError:
        raise InvalidValueError("", "is nested too deeply") from None
    # A key that stands twice is lost when it is read, and with it at least one colon. A backslash may hide
    # a colon. In both cases the slow reading tells.
    if b"\\" in body or body.count(b":") != _ENCODER.encode(document).count(b":"):
        _refuse_repeated_keys(body)
    return document


def _refuse_repeated_keys(body: bytes) -> None:
    json.loads(body, object_pairs_hook=_unique, parse_int=str, parse_float=str)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise InvalidValueError("", f"has the key {quote(twice)} twice in one object")
    return seen


def describe_json_error(error: msgspec.DecodeError, body: bytes) -> str:
    """Name the line and column of a JSON error, which msgspec gives as a byte."""
    if isinstance(error, msgspec.ValidationError):
        return f"must be a course or a list of courses: {error}"
    text = str(error)
    found = re.search(r"\(byte (\d+)\)", text)
    if not found:
        return "is not readable as JSON: it ends too early"
    before = body[: int(found[1])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    what = text.removeprefix("JSON is malformed: ")[: found.start() - len(text)].strip()
    what = re.sub(r"\s*\(byte \d+\)", "", what)
    return f"is not readable as JSON: {what} at line {line}, column {column}"


_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number with decimals",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


def _type_error(message: str) -> InvalidValueError:
    """Say in the document's words what msgspec found: "results[3].id must be text, not a whole number"."""
    what, _, place = message.partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    if found := re.match(r"Object contains unknown field `(.*)`", what, re.DOTALL):
        return InvalidValueError(join_path(path, quote_key(found[1])), "is an unknown key")
    if found := re.match(r"Object missing required field `(.*)`", what):
        return InvalidValueError(join_path(path, found[1]), "is missing")
    if found := re.match(r"Expected `(.*)`, got `(.*)`", what):
        wanted = " or ".join(_KINDS[kind] for kind in found[1].split(" | "))
        return InvalidValueError(path, f"must be {wanted}, not {_KINDS[found[2]]}")
    return InvalidValueError(path, f"is not allowed: {what}")
