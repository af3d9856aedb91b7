"""Results as a door reads them, before anybody knows whose they are: plain values, every figure as text."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class IncomingResult:
    """One result of a report, as its sender wrote it."""

    id: str
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
    reported_at: datetime | None = None
    results: tuple[IncomingResult, ...] = field(default_factory=tuple)
