"""Results as a door reads them, before anybody knows whose they are: plain values, every figure as text."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NOON = time(12)
LATEST_COLLECTION_AHEAD = timedelta(minutes=10)  # clocks differ: a draw may seem to lie ahead by this


@dataclass(frozen=True, slots=True)
class IncomingResult:
    """One result of a report, as its sender wrote it."""

    id: str
    code: str = ""  # system|code, where the code is not LOINC
    loinc: str = ""
    code_text: str = ""
    value: str | None = None
    comparator: str | None = None
    unit: str | None = None
    low: str | None = None
    high: str | None = None
    range_text: str = ""
    status: str = "final"
    absent_reason: str = ""
    note: str = ""
    collected_at: datetime | None = None
    collected_text: str = ""
    replaces: str | None = None
    collected_on: date | None = None  # where only the day was sent, until somebody knows whose day
    day_only: bool = False  # `collected_at` is the local noon of that day


@dataclass(frozen=True, slots=True)
class Times:
    """What a sender means by times that do not say it themselves; None where nobody has said."""

    zone: ZoneInfo | None = None  # of times without an offset
    plain_date: time | None = None  # the time of day of a date without one


NO_TIMES = Times()


@dataclass(frozen=True, slots=True)
class PatientKey:
    """By which number the sender knows the patient, and what it says beside it to be checked."""

    system: str
    value: str
    birth_date: date | None = None
    family_name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingReport:
    source: str
    message_key: str
    body: str
    body_hash: str
    patient: PatientKey
    filler_order: str = ""
    laboratory: str = ""
    reported_at: datetime | None = None
    results: tuple[IncomingResult, ...] = field(default_factory=tuple)
    placer_order: str = ""


def with_days_of(report: IncomingReport, timezone: str) -> IncomingReport:
    """A day without a time is that day in `timezone`, and stands at its noon (RULES section 10)."""
    if all(result.collected_on is None for result in report.results):
        return report
    zone = ZoneInfo(timezone)
    return replace(report, results=tuple(_on_its_day(result, zone) for result in report.results))


def _on_its_day(result: IncomingResult, zone: ZoneInfo) -> IncomingResult:
    on = result.collected_on
    if on is None:
        return result
    noon = datetime.combine(on, NOON, zone)
    return replace(result, collected_on=None, collected_at=noon, collected_text=on.isoformat(), day_only=True)


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """What came and could not be read: to be kept as it came, and put before a person."""

    source: str
    message_key: str
    raw: bytes
    detail: str

    @property
    def body_hash(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def text(self) -> str:
        """To be read by a person: a byte that is no text is written as its number."""
        return self.raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")

    @property
    def is_text(self) -> bool:
        return self.text.encode() == self.raw
