"""Reads a protocol from the text of one TOML file, and a site's setting from text.

The reader is strict: a key that is missing, unknown or of the wrong kind is an error that names file and key,
because a misspelled threshold must not fall back to anything.
"""

import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from labs.rules.numbers import read_decimal
from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_checks import check_protocol


def read_protocol(text: str, *, name: str) -> Protocol:
    """Read and check a protocol; `name` is the file's name, for the error."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{name}: not readable as TOML: {error}") from error
    protocol: Protocol = _read(Protocol, table, name, "")
    check_protocol(protocol, name)
    return replace(protocol, digest=sha256(text.encode()).hexdigest())


def _read(kind: Any, value: Any, name: str, path: str) -> Any:
    if is_dataclass(kind):
        return _read_table(kind, value, name, path)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise ProtocolError(f"{name}: {path} must be a list")
        inner = get_args(kind)[0]
        return tuple(_read(inner, item, name, f"{path}[{index}]") for index, item in enumerate(value))
    if origin is Literal:
        if value not in get_args(kind):
            raise ProtocolError(f"{name}: {path} must be one of {', '.join(get_args(kind))}, not {value!r}")
        return value
    return _read_plain(kind, value, name, path)


def _read_table(kind: Any, value: Any, name: str, path: str) -> Any:
    if not isinstance(value, dict):
        raise ProtocolError(f"{name}: {path} must be a table")
    hints = kinds_of(kind)
    for key in value:
        if key not in hints:
            raise ProtocolError(f"{name}: unknown key {_join(path, key)}")
    for field in fields(kind):
        if field.default is MISSING and field.name not in value:
            raise ProtocolError(f"{name}: {_join(path, field.name)} is missing")
    return kind(**{key: _read(hints[key], value[key], name, _join(path, key)) for key in value})


def kinds_of(table: Any) -> dict[str, Any]:
    """The keys that a table of the file may have, each with its kind; of `X | None` that is X."""
    hints = get_type_hints(table)
    keys = [field.name for field in fields(table) if field.metadata.get("in_file", True)]
    return {key: _without_none(hints[key]) for key in keys}


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = [each for each in get_args(kind) if each is not types.NoneType]
    return kind


def _read_plain(kind: Any, value: Any, name: str, path: str) -> Any:
    if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if type(value) is not kind:
        raise ProtocolError(f"{name}: {path} must be {_KIND_WORDS[kind]}, not {value!r}")
    if kind in (int, Decimal) and not _is_sensible(value):
        raise ProtocolError(f"{name}: {path} must be zero or more and finite, not {value}")
    if kind is str and not value.strip():
        raise ProtocolError(f"{name}: {path} must not be empty")
    return value


def read_protocol_value(kind: Any, text: str) -> Any:
    """Read one value from text, as a site's setting gives it. Raises ProtocolError with the reason."""
    if kind is Decimal or kind is int:
        number = read_decimal(text)
        if number is None or not _is_sensible(number) or (kind is int and number != int(number)):
            raise ProtocolError(f"must be {_KIND_WORDS[kind]}, zero or more, not {text!r}")
        return number if kind is Decimal else int(number)
    if kind is bool:
        if text not in ("true", "false"):
            raise ProtocolError(f"must be true or false, not {text!r}")
        return text == "true"
    if kind is time:
        try:
            return time.fromisoformat(text)
        except ValueError:
            raise ProtocolError(f"must be a time of day, not {text!r}") from None
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ProtocolError(f"must be one of {', '.join(get_args(kind))}, not {text!r}")
        return text
    if get_origin(kind) is tuple:
        return tuple(read_protocol_value(get_args(kind)[0], part.strip()) for part in text.split(","))
    if not text.strip():
        raise ProtocolError("must not be empty")
    return text


_KIND_WORDS = {
    int: "a whole number",
    Decimal: "a number",
    str: "text",
    bool: "true or false",
    date: "a date",
    time: "a time of day",
}


def _is_sensible(value: int | Decimal) -> bool:
    return Decimal(value).is_finite() and 0 <= value < 1_000_000


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
