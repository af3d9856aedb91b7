"""A message as a whole: one report, a list of them, and what of each is refused."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from coordination.base.strict_json import StrictJsonError, read_strict_json, write_strict_json
from labs.incoming import NO_TIMES, IncomingReport, IncomingResult, PatientKey
from labs.report_format.results import read_result
from labs.report_format.times import TimesOf, laboratory_name, with_times
from labs.report_format.values import (
    Collected,
    Wrong,
    as_day,
    as_instant,
    as_moment_or_day,
    as_object,
    as_text,
    needed_text,
    only_known_keys,
)

MOST_RESULTS = 500
TOO_MANY = "too-many-results"

_REPORT_KEYS = frozenset({"patient", "order", "laboratory", "collected_at", "reported_at", "results"})
_PATIENT_KEYS = frozenset({"system", "value", "birth_date", "family_name"})
_ORDER_KEYS = frozenset({"placer", "filler"})


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


def read_message(
    document: Any, *, text: str, source: str, key: str, times_of: TimesOf = lambda _: NO_TIMES
) -> Message:
    """Read one report, a list of them or `{"reports": [...]}`. Raises Wrong where nothing can be taken."""
    items, pointer = _items(document)
    if items is None:
        whole = _report(with_times(document, times_of), "", text=text, source=source, key=key)
        return Message((whole,), is_batch=False)
    if not items:
        raise Wrong(pointer, "empty", "The batch holds no report.")
    if sum(_count_of_results(item) for item in items) > MOST_RESULTS:
        raise Wrong(pointer, TOO_MANY, f"A batch has {MOST_RESULTS} results at most.")
    reports = [
        _report(
            with_times(item, times_of),
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
        only_known_keys(document, frozenset({"reports"}))
        if not isinstance(document["reports"], list):
            raise Wrong("/reports", "type", "This must be a list.")
        return document["reports"], "/reports"
    return None, ""


def _count_of_results(item: Any) -> int:
    results = item.get("results") if isinstance(item, dict) else None
    return len(results) if isinstance(results, list) else 0


def _report(item: Any, pointer: str, *, text: str, source: str, key: str) -> ReadReport | MalformedReport:
    try:
        return _read_report(as_object(item), pointer, text=text, source=source, key=key)
    except Wrong as wrong:
        return MalformedReport(wrong.under(pointer), key, text)


def _read_report(item: dict[str, Any], place: str, *, text: str, source: str, key: str) -> ReadReport:
    only_known_keys(item, _REPORT_KEYS)
    patient = _patient(item.get("patient"))
    order = {} if item.get("order") is None else as_object(item["order"], "/order")
    only_known_keys(order, _ORDER_KEYS, "/order")
    collected = as_moment_or_day(item.get("collected_at"), "/collected_at")
    outcomes = _outcomes(item.get("results"), f"{place}/results", collected)
    return ReadReport(
        IncomingReport(
            source=source,
            message_key=key,
            body=text,
            body_hash=hashlib.sha256(text.encode()).hexdigest(),
            patient=patient,
            laboratory=laboratory_name(as_text(item.get("laboratory"), "/laboratory", 200)),
            placer_order=as_text(order.get("placer"), "/order/placer", 100) or "",
            filler_order=as_text(order.get("filler"), "/order/filler", 100) or "",
            reported_at=as_instant(item.get("reported_at"), "/reported_at"),
            results=tuple(each for each in outcomes if isinstance(each, IncomingResult)),
        ),
        tuple(outcomes),
        place,
    )


def _patient(sent: Any) -> PatientKey:
    patient = as_object(sent, "/patient")
    only_known_keys(patient, _PATIENT_KEYS, "/patient")
    return PatientKey(
        system=needed_text(patient.get("system"), "/patient/system", 200),
        value=needed_text(patient.get("value"), "/patient/value", 100),
        birth_date=as_day(patient.get("birth_date"), "/patient/birth_date"),
        family_name=as_text(patient.get("family_name"), "/patient/family_name", 200) or "",
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
        read = read_result(as_object(result), collected)
        if is_twice:
            raise Wrong("/id", "id-repeated", "The same id stands twice in one report; which one counts?")
    except Wrong as wrong:
        return RefusedResult(_id_of(result), wrong.under(place), result)
    return read
