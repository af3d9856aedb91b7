"""Read the settings of a course: those with a key of their own, and any other of the protocol file."""

from collections.abc import Callable
from typing import Any

from scheduling.course_file.errors import InvalidValueError, join_path, quote_key
from scheduling.course_file.values import kind_of_value, optional_choice, optional_figure
from scheduling.rules.facts import Settings
from scheduling.rules.protocol import ProtocolError
from scheduling.rules.settings import check_setting, is_setting

NADIR = ("counts", "review", "ignore")
RECURRENCE_SCOPE = ("row", "analyte", "review")
CTCAE = ("4.03", "5.0", "6.0")


def read_settings(sent: dict[str, Any]) -> Settings:
    """Read the settings: those with a key of their own, and others by their key in the protocol file."""
    own = {name: read(sent[name], f"settings.{name}") for name, read in _OWN_SETTINGS.items() if name in sent}
    others = [(key, value) for key, value in sent.items() if key not in _OWN_SETTINGS and value is not None]
    return Settings(**own, others=tuple(_other_setting(key, value) for key, value in sorted(others)))


def _other_setting(key: str, value: Any) -> tuple[str, str]:
    path = join_path("settings", quote_key(key))
    if not is_setting(key):
        raise InvalidValueError(path, "is an unknown key")
    text = ("true" if value else "false") if isinstance(value, bool) else optional_figure(value, path)
    try:
        check_setting(key, text or "")
    except ProtocolError as error:
        raise InvalidValueError(path, str(error)) from None
    return key, text or ""


def _setting_choice(known: tuple[str, ...]) -> Callable[[Any, str], str | None]:
    def read(value: Any, path: str) -> str | None:
        if value is not None and not isinstance(value, str):
            raise InvalidValueError(path, f"must be text, not {kind_of_value(value)}")
        return optional_choice(value, known, path)

    return read


def _setting_switch(value: Any, path: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise InvalidValueError(path, "must be true, false or null")
    return value


_OWN_SETTINGS: dict[str, Callable[[Any, str], Any]] = {
    "nadir": _setting_choice(NADIR),
    "recurrence_scope": _setting_choice(RECURRENCE_SCOPE),
    "ctcae": _setting_choice(CTCAE),
    "confirm_labs": _setting_switch,
    "interim_ssa": _setting_switch,
}
