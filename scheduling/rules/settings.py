"""A site's own settings: the protocol with other numbers, by their keys in the protocol file.

Source: RULES.md section 1 (**setting**), COURSE_FILE.md `settings`.
"""

from dataclasses import is_dataclass, replace
from functools import lru_cache
from typing import Any

from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_checks import check_protocol
from scheduling.rules.protocol_file import kinds_of, read_protocol_value

_NOT_A_SITES = ("product", "settings")  # what is infused; and what has names of its own in a course file
_TABLES: dict[str, dict[str, Any]] = {
    name: kinds_of(kind)
    for name, kind in kinds_of(Protocol).items()
    if is_dataclass(kind) and name not in _NOT_A_SITES
}


def is_setting(key: str) -> bool:
    """Whether `key`, as `renal.creatinine_back_within`, is one of the protocol file's."""
    table, _, name = key.partition(".")
    return table in _TABLES and name in _TABLES[table]


def check_setting(key: str, text: str) -> None:
    """Raise ProtocolError where the text is no value for the key."""
    _value(key, text)


def _value(key: str, text: str) -> Any:
    table, _, name = key.partition(".")
    return read_protocol_value(_TABLES[table][name], text)


@lru_cache(maxsize=256)
def with_settings(protocol: Protocol, others: tuple[tuple[str, str], ...]) -> Protocol:
    """The protocol with these settings. Raises ProtocolError where they make no sense together."""
    changed: dict[str, dict[str, Any]] = {}
    for key, text in others:
        if not is_setting(key):
            raise ProtocolError(f"{key} is no setting of the protocol")
        table, _, name = key.partition(".")
        changed.setdefault(table, {})[name] = _value(key, text)
    for table in changed:
        if getattr(protocol, table) is None:
            raise ProtocolError(f"{protocol.key}.toml: {table} is no section of this protocol")
    tables = {table: replace(getattr(protocol, table), **values) for table, values in changed.items()}
    adapted = replace(protocol, **tables)
    check_protocol(adapted, f"{protocol.key}.toml")
    return adapted
