"""One result of a report."""

from datetime import datetime
from typing import Any

from labs.incoming import IncomingResult
from labs.report_format.figures import LONGEST_VALUE, as_figure
from labs.report_format.values import (
    Collected,
    Wrong,
    as_moment_or_day,
    as_object,
    as_text,
    needed_text,
    only_known_keys,
)
from labs.rules.codes import is_loinc

STATUSES = frozenset(
    {
        "registered",
        "preliminary",
        "final",
        "amended",
        "corrected",
        "cancelled",
        "entered-in-error",
        "unknown",
    }
)
ENDING = frozenset({"cancelled", "entered-in-error"})
_CODE_KEYS = frozenset({"system", "code", "text"})
_RESULT_KEYS = frozenset(
    {
        "id",
        "code",
        "value",
        "comparator",
        "unit",
        "status",
        "low",
        "high",
        "range_text",
        "absent_reason",
        "note",
        "collected_at",
        "replaces",
    }
)


def read_result(sent: dict[str, Any], collected: Collected) -> IncomingResult:
    get = sent.get
    if not sent.keys() <= _RESULT_KEYS:
        only_known_keys(sent, _RESULT_KEYS)
    identity = needed_text(get("id"), "/id", 255)
    status = needed_text(get("status"), "/status", 20)
    if status not in STATUSES:
        raise Wrong("/status", "choice", f"The status must be one of {', '.join(sorted(STATUSES))}.")
    code, loinc, code_text = _code(get("code"), is_needed=status not in ENDING)
    at = as_moment_or_day(get("collected_at"), "/collected_at") or collected
    return IncomingResult(
        id=identity,
        code=code,
        loinc=loinc,
        code_text=code_text,
        value=as_figure(get("value"), "/value", LONGEST_VALUE),
        comparator=as_text(get("comparator"), "/comparator", 10),
        unit=as_text(get("unit"), "/unit", 60),
        low=as_figure(get("low"), "/low", 60),
        high=as_figure(get("high"), "/high", 60),
        range_text=as_text(get("range_text"), "/range_text", 200) or "",
        status=status,
        absent_reason=as_text(get("absent_reason"), "/absent_reason", 60) or "",
        note=as_text(get("note"), "/note", 10_000) or "",
        collected_at=at if isinstance(at, datetime) else None,
        collected_on=None if isinstance(at, datetime) else at,
        replaces=as_text(get("replaces"), "/replaces", 255) or None,
    )


def _code(sent: Any, *, is_needed: bool) -> tuple[str, str, str]:
    """The local code with its system, or the LOINC code; and a name for it.

    A local code is read by the map of its sender; without one it goes to a person under its name.
    """
    if sent is None and not is_needed:
        return "", "", ""
    code = as_object(sent, "/code")
    if not code.keys() <= _CODE_KEYS:
        only_known_keys(code, _CODE_KEYS, "/code")
    system = needed_text(code.get("system"), "/code/system", 200)
    value = needed_text(code.get("code"), "/code/code", 60)
    text = as_text(code.get("text"), "/code/text", 200) or ""
    if is_loinc(system):
        return "", value, text
    return f"{system}|{value}", "", text or value
