"""Results in our own REST format, read once at the border into plain values (docs/integration.md).

What is wrong with a report as a whole refuses the report; what is wrong with one result refuses that
result and no other. Strict about the form: a misspelled key could mean something else than its sender
thinks. Not strict about the facts: an unknown unit or code, a value that is a word, are stored and shown
to a person.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from coordination.base.strict_json import Numeral, StrictJsonError, read_strict_json, write_strict_json
from labs.incoming import NO_TIMES, IncomingReport, IncomingResult, PatientKey, Times
from labs.rules.codes import is_loinc

MOST_RESULTS = 500
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

FIRST_YEAR, LAST_YEAR = 1900, 2199
LONGEST_VALUE = 1_000
TOO_MANY = "too-many-results"
NO_NUMBER = (
    "A number has a sign, up to 20 digits, a point and up to 20 more: no NaN or Infinity,"
    " and no exponent in text."
)

Collected = datetime | date | None

_REPORT_KEYS = frozenset({"patient", "order", "laboratory", "collected_at", "reported_at", "results"})
_PATIENT_KEYS = frozenset({"system", "value", "birth_date", "family_name"})
_ORDER_KEYS = frozenset({"placer", "filler"})
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
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_NAIVE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?")
_FIGURE = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_EXPONENT = re.compile(
    r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?[eE][+-]?0{0,9}[0-9]{1,2}"
)  # as JSON writes a number
# Written like numbers, and none that we take: an exponent, NaN, Infinity, more than 20 digits.
_NO_FIGURE = re.compile(
    r"[<>=\s]*[+-]?(?:s?nan|inf|infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)e[+-]?[0-9]+"
    r"|[0-9]{21,}\.?[0-9]*|[0-9]*\.[0-9]{21,})\s*",
    re.IGNORECASE,
)


class Wrong(Exception):
    """What is wrong at a place of the document: a JSON pointer, a word for it, a sentence."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(code)
        self.pointer, self.code, self.detail = pointer, code, detail

    def under(self, pointer: str) -> "Wrong":
        return Wrong(f"{pointer}{self.pointer}", self.code, self.detail)


@dataclass(frozen=True, slots=True)
class RefusedResult:
    """A result that cannot be stored; its sender is told why, and a person is shown what was sent."""

    id: str | None
    wrong: Wrong
    sent: Any

    @property
    def name(self) -> str:
        """What a person calls it: its test, else its id, else where it stood."""
        code = self.sent.get("code") if isinstance(self.sent, dict) else None
        named = code.get("text") or code.get("code") if isinstance(code, dict) else None
        return str(named or self.id or self.wrong.pointer)[:200]


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report, and of each of its results in their order: the result as read, or why it is refused."""

    report: IncomingReport
    outcomes: tuple[IncomingResult | RefusedResult, ...]
    place: str  # of the report in its message, a JSON pointer

    @property
    def refused(self) -> list[RefusedResult]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, RefusedResult)]


@dataclass(frozen=True, slots=True)
class MalformedReport:
    """A report of which nothing can be taken."""

    wrong: Wrong
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    reports: tuple[ReadReport | MalformedReport, ...]
    is_batch: bool


TimesOf = Callable[[str], Times]
"""What the sender means by the times of a laboratory; asked only where a time does not say it itself."""


def read_message(
    document: Any, *, text: str, source: str, key: str, times_of: TimesOf = lambda _: NO_TIMES
) -> Message:
    """Read one report, a list of them or `{"reports": [...]}`. Raises Wrong where nothing can be taken."""
    items, pointer = _items(document)
    if items is None:
        whole = _report(_with_times(document, times_of), "", text=text, source=source, key=key)
        return Message((whole,), is_batch=False)
    if not items:
        raise Wrong(pointer, "empty", "The batch holds no report.")
    if sum(_count_of_results(item) for item in items) > MOST_RESULTS:
        raise Wrong(pointer, TOO_MANY, f"A batch has {MOST_RESULTS} results at most.")
    reports = [
        _report(
            _with_times(item, times_of),
            f"{pointer}/{index}",
            text=write_strict_json(item),
            source=source,
            key=f"{key}#{index}",
        )
        for index, item in enumerate(items)
    ]
    return Message(tuple(reports), is_batch=True)


def refused_in(text: str, times_of: TimesOf = lambda _: NO_TIMES) -> list[RefusedResult]:
    """The results of a kept report that were not stored, read again from the report itself."""
    try:
        document = read_strict_json(text.encode())
        message = read_message(document, text=text, source="", key="", times_of=times_of)
    except (StrictJsonError, Wrong):
        return []
    read = [report for report in message.reports if isinstance(report, ReadReport)]
    return [refused for report in read for refused in report.refused]


def _items(document: Any) -> tuple[list[Any] | None, str]:
    if isinstance(document, list):
        return document, ""
    if isinstance(document, dict) and "reports" in document:
        _only(document, frozenset({"reports"}))
        if not isinstance(document["reports"], list):
            raise Wrong("/reports", "type", "This must be a list.")
        return document["reports"], "/reports"
    return None, ""


def _count_of_results(item: Any) -> int:
    results = item.get("results") if isinstance(item, dict) else None
    return len(results) if isinstance(results, list) else 0


# --- times that do not say what they mean ------------------------------------------------------------


_TIMES = ("collected_at", "reported_at")


def _with_times(report: Any, times_of: TimesOf) -> Any:
    """The same report, its times completed as the map of its sender says; the text that is kept is not."""
    if not isinstance(report, dict) or not isinstance(report.get("results"), list):
        return report
    results = report["results"]
    if not any(_is_incomplete(part) for part in (report, *results)):
        return report
    times = times_of(_laboratory(report.get("laboratory")))
    return _completed(report, times) | {"results": [_completed(each, times) for each in results]}


def _is_incomplete(part: Any) -> bool:
    return isinstance(part, dict) and any(_says_too_little(part.get(name)) for name in _TIMES)


def _says_too_little(time: Any) -> bool:
    return isinstance(time, str) and _NAIVE.fullmatch(time) is not None


def _completed(part: Any, times: Times) -> Any:
    if not _is_incomplete(part):
        return part
    return part | {name: _complete(part[name], times) for name in _TIMES if _says_too_little(part.get(name))}


def _complete(text: str, times: Times) -> str:
    """With the offset that the sender's zone has then; as it was where nobody has said what it means."""
    try:
        if _DAY.fullmatch(text) and times.plain_date:
            moment = datetime.combine(date.fromisoformat(text), times.plain_date)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if times.zone is None or (_DAY.fullmatch(text) and not times.plain_date):
        return text
    return moment.replace(tzinfo=times.zone).isoformat()


def _laboratory(sent: Any) -> str:
    return " ".join(sent.split()) if isinstance(sent, str) else ""


# --- a report --------------------------------------------------------------------------------------


def _report(item: Any, pointer: str, *, text: str, source: str, key: str) -> ReadReport | MalformedReport:
    try:
        return _read_report(_object(item), pointer, text=text, source=source, key=key)
    except Wrong as wrong:
        return MalformedReport(wrong.under(pointer), key, text)


def _read_report(item: dict[str, Any], place: str, *, text: str, source: str, key: str) -> ReadReport:
    _only(item, _REPORT_KEYS)
    patient = _patient(item.get("patient"))
    order = {} if item.get("order") is None else _object(item["order"], "/order")
    _only(order, _ORDER_KEYS, "/order")
    collected = _moment_or_day(item.get("collected_at"), "/collected_at")
    outcomes = _outcomes(item.get("results"), f"{place}/results", collected)
    return ReadReport(
        IncomingReport(
            source=source,
            message_key=key,
            body=text,
            body_hash=hashlib.sha256(text.encode()).hexdigest(),
            patient=patient,
            laboratory=_laboratory(_text(item.get("laboratory"), "/laboratory", 200)),
            placer_order=_text(order.get("placer"), "/order/placer", 100) or "",
            filler_order=_text(order.get("filler"), "/order/filler", 100) or "",
            reported_at=_instant(item.get("reported_at"), "/reported_at"),
            results=tuple(each for each in outcomes if isinstance(each, IncomingResult)),
        ),
        tuple(outcomes),
        place,
    )


def _patient(sent: Any) -> PatientKey:
    patient = _object(sent, "/patient")
    _only(patient, _PATIENT_KEYS, "/patient")
    return PatientKey(
        system=_needed(patient.get("system"), "/patient/system", 200),
        value=_needed(patient.get("value"), "/patient/value", 100),
        birth_date=_day(patient.get("birth_date"), "/patient/birth_date"),
        family_name=_text(patient.get("family_name"), "/patient/family_name", 200) or "",
    )


def _outcomes(results: Any, place: str, collected: Collected) -> list[IncomingResult | RefusedResult]:
    if not isinstance(results, list):
        raise Wrong("/results", "type", "This must be a list of results.")
    if not results:
        raise Wrong("/results", "empty", "The report holds no result.")
    if len(results) > MOST_RESULTS:
        raise Wrong("/results", TOO_MANY, f"A report has {MOST_RESULTS} results at most.")
    ids = Counter(_id_of(result) for result in results)
    return [
        _outcome(result, f"{place}/{index}", collected, is_twice=ids[_id_of(result)] > 1)
        for index, result in enumerate(results)
    ]


def _id_of(result: Any) -> str | None:
    sent = result.get("id") if isinstance(result, dict) else None
    return sent if type(sent) is str else None


def _outcome(
    result: Any, place: str, collected: Collected, *, is_twice: bool
) -> IncomingResult | RefusedResult:
    try:
        read = _result(_object(result), collected)
        if is_twice:
            raise Wrong("/id", "id-repeated", "The same id stands twice in one report; which one counts?")
    except Wrong as wrong:
        return RefusedResult(_id_of(result), wrong.under(place), result)
    return read


# --- a result --------------------------------------------------------------------------------------


def _result(sent: dict[str, Any], collected: Collected) -> IncomingResult:
    get = sent.get
    if not sent.keys() <= _RESULT_KEYS:
        _only(sent, _RESULT_KEYS)
    identity = _needed(get("id"), "/id", 255)
    status = _needed(get("status"), "/status", 20)
    if status not in STATUSES:
        raise Wrong("/status", "choice", f"The status must be one of {', '.join(sorted(STATUSES))}.")
    code, loinc, code_text = _code(get("code"), is_needed=status not in ENDING)
    at = _moment_or_day(get("collected_at"), "/collected_at") or collected
    return IncomingResult(
        id=identity,
        code=code,
        loinc=loinc,
        code_text=code_text,
        value=_figure(get("value"), "/value", LONGEST_VALUE),
        comparator=_text(get("comparator"), "/comparator", 10),
        unit=_text(get("unit"), "/unit", 60),
        low=_figure(get("low"), "/low", 60),
        high=_figure(get("high"), "/high", 60),
        range_text=_text(get("range_text"), "/range_text", 200) or "",
        status=status,
        absent_reason=_text(get("absent_reason"), "/absent_reason", 60) or "",
        note=_text(get("note"), "/note", 10_000) or "",
        collected_at=at if isinstance(at, datetime) else None,
        collected_on=None if isinstance(at, datetime) else at,
        replaces=_text(get("replaces"), "/replaces", 255) or None,
    )


def _code(sent: Any, *, is_needed: bool) -> tuple[str, str, str]:
    """The local code with its system, or the LOINC code; and a name for it.

    A local code is read by the map of its sender; without one it goes to a person under its name.
    """
    if sent is None and not is_needed:
        return "", "", ""
    code = _object(sent, "/code")
    if not code.keys() <= _CODE_KEYS:
        _only(code, _CODE_KEYS, "/code")
    system = _needed(code.get("system"), "/code/system", 200)
    value = _needed(code.get("code"), "/code/code", 60)
    text = _text(code.get("text"), "/code/text", 200) or ""
    if is_loinc(system):
        return "", value, text
    return f"{system}|{value}", "", text or value


def _figure(sent: Any, pointer: str, longest: int) -> str | None:
    """A number as it was written, as text; a word is a value too, and no rule will use it."""
    if sent is None:
        return None
    if not isinstance(sent, str):
        raise Wrong(pointer, "type", f"This must be text or a number, not {_kind_of(sent)}.")
    if _FIGURE.fullmatch(sent):
        return str(sent)
    if type(sent) is Numeral and (figure := _without_exponent(sent)):
        return figure
    if type(sent) is Numeral or _NO_FIGURE.fullmatch(sent):
        raise Wrong(pointer, "number", NO_NUMBER)
    if len(sent) > longest:
        raise Wrong(pointer, "too-long", f"This may have {longest} characters at most.")
    return sent


def _without_exponent(numeral: str) -> str | None:
    """75E-1 is 7.5, exactly; None where it is no number, or too large or small to be written in digits."""
    if not _EXPONENT.fullmatch(numeral):
        return None
    figure = format(Decimal(numeral), "f")  # at most 140 digits
    return figure if _FIGURE.fullmatch(figure) else None


# --- values ----------------------------------------------------------------------------------------


def _object(sent: Any, pointer: str = "") -> dict[str, Any]:
    if sent is None:
        raise Wrong(pointer, "missing", "This is missing.")
    if not isinstance(sent, dict):
        raise Wrong(pointer, "type", f"This must be an object, not {_kind_of(sent)}.")
    return sent


def _only(sent: dict[str, Any], known: frozenset[str], pointer: str = "") -> None:
    for key in sent.keys() - known:
        name = key.replace("~", "~0").replace("/", "~1")[:60]
        raise Wrong(f"{pointer}/{name}", "unknown-field", f"Known here are {', '.join(sorted(known))}.")


def _text(sent: Any, pointer: str, longest: int) -> str | None:
    if sent is None:
        return None
    if type(sent) is not str:
        raise Wrong(pointer, "type", f"This must be text, not {_kind_of(sent)}.")
    if len(sent) > longest:
        raise Wrong(pointer, "too-long", f"This may have {longest} characters at most.")
    return sent


def _needed(sent: Any, pointer: str, longest: int) -> str:
    text = _text(sent, pointer, longest)
    if text is None or not text.strip():
        raise Wrong(pointer, "missing", "This is missing.")
    return text


def _day(sent: Any, pointer: str) -> date | None:
    text = _text(sent, pointer, 40)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong(pointer, "date", "This must be a day that exists, as YYYY-MM-DD.")
    return day


def _moment_or_day(sent: Any, pointer: str) -> Collected:
    """An instant; or the day alone, where the laboratory knows no more."""
    if isinstance(sent, str) and _DAY.fullmatch(sent):
        return _day(sent, pointer)
    return _instant(sent, pointer)


def _instant(sent: Any, pointer: str) -> datetime | None:
    text = _text(sent, pointer, 40)
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
    if _NAIVE.fullmatch(text):
        raise Wrong(pointer, "time-zone", "Say the offset from UTC: 2026-11-20T08:30:00-05:00.")
    raise Wrong(pointer, "date", "This must be an instant that exists: 2026-11-20T08:30:00-05:00.")


def _kind_of(sent: Any) -> str:
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
