"""A site's own settings: the protocol with other numbers, by their keys in the protocol file.

Source: RULES.md section 1 (**setting**), COURSE_FILE.md `settings`.
"""

from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, get_type_hints

from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_file import read_value
from scheduling.rules.protocol_sense import check_sense

_TABLES: dict[str, Any] = {
    name: kind for name, kind in get_type_hints(Protocol).items() if is_dataclass(kind) and name != "settings"
}


def is_setting(key: str) -> bool:
    """Whether `key`, as `renal.creatinine_back_within`, is one of the protocol file's."""
    table, _, name = key.partition(".")
    return table in _TABLES and name in {field.name for field in fields(_TABLES[table])}


def check_setting(key: str, text: str) -> None:
    """Raise ProtocolError where the text is no value for the key."""
    _value(key, text)


def _value(key: str, text: str) -> Any:
    table, _, name = key.partition(".")
    return read_value(get_type_hints(_TABLES[table])[name], text)


@lru_cache(maxsize=256)
def with_settings(protocol: Protocol, others: tuple[tuple[str, str], ...]) -> Protocol:
    """The protocol with these settings. Raises ProtocolError where they make no sense together."""
    changed: dict[str, dict[str, Any]] = {}
    for key, text in others:
        if not is_setting(key):
            raise ProtocolError(f"{key} is no setting of the protocol")
        table, _, name = key.partition(".")
        changed.setdefault(table, {})[name] = _value(key, text)
    tables = {table: replace(getattr(protocol, table), **values) for table, values in changed.items()}
    adapted = replace(protocol, **tables)
    check_sense(adapted, f"{protocol.key}.toml")
    return adapted
