"""What happened in one patient's course, as plain values: the input of `assess`.

A fact is what somebody reported, as it was sent. Nothing here is derived, and nothing is missing because
a rule does not like it: a fact that breaks a rule is still a fact. Instants carry a zone; days are local
to the center. Both the database (`scheduling/facts.py`) and the course file (`scheduling/course_file.py`)
build these values, so the two paths cannot differ.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PatientFacts:
    sex: str | None  # "female", "male", or anything else: not validated for Cockcroft-Gault
    birth_date: date | None
    pregnancy_possible: bool = False
    anticoagulated: bool = False


@dataclass(frozen=True, slots=True)
class Weight:
    kg: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Infusion:
    """One cycle's infusion: planned, given, or planned and then given."""

    cycle: int
    planned_on: date | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    activity_gbq: Decimal | None = None
    signed_gbq: Decimal | None = None


@dataclass(slots=True)  # not frozen: a course has hundreds, and frozen ones take four times as long to make
class ResultFact:
    """One version of one laboratory result, every figure as the text that was sent. Nobody changes it."""

    id: str
    loinc: str
    value: str | None
    collected_at: datetime
    received_at: datetime
    status: str  # FHIR R4 Observation.status
    comparator: str | None = None
    unit: str | None = None
    low: str | None = None
    high: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    id: str
    term: str
    on: date
    grade: int | None = None
    hematologic: bool = False
    hypersensitivity: bool = False
    resolved_on: date | None = None
    grade_now: int | None = None


@dataclass(frozen=True, slots=True)
class Transfusion:
    product: str
    on: date


@dataclass(frozen=True, slots=True)
class Attribution:
    """A prescriber's word on whether a row's episode after infusion `cycle` is related to the treatment."""

    row: str
    cycle: int
    related: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A prescriber's word, on a day, that a row which the table cannot tell has resolved (or has not)."""

    row: str
    on: date
    resolved: bool


@dataclass(frozen=True, slots=True)
class Injection:
    drug: str  # octreotide-lar, lanreotide, other-long-acting, octreotide-short
    dose_mg: Decimal | None = None
    given_at: datetime | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    kind: str  # sstr-pet, ct-mri
    on: date


@dataclass(frozen=True, slots=True)
class LiverDirected:
    kind: str  # TARE, SIRT, TACE
    on: date


@dataclass(frozen=True, slots=True)
class PregnancyTest:
    on: date
    result: str


@dataclass(frozen=True, slots=True)
class Authorization:
    start: date
    end: date
    doses: int | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """A planned blood draw."""

    at: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class BaselinePin:
    """A prescriber's choice of the result that serves as an analyte's baseline."""

    analyte: str
    result: str


@dataclass(frozen=True, slots=True)
class Stopped:
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """A site's choices that change an answer (RULES: "setting"); None leaves the protocol's own."""

    nadir: str | None = None  # counts, review, ignore
    recurrence_scope: str | None = None  # row, analyte, review
    ctcae: str | None = None  # 5.0, 4.03, 6.0
    confirm_labs: bool | None = None
    interim_ssa: bool | None = None


@dataclass(frozen=True, slots=True)
class CourseFacts:
    id: str
    as_of: datetime
    timezone: str
    protocol: str
    patient: PatientFacts
    settings: Settings = field(default_factory=Settings)
    weights: tuple[Weight, ...] = ()
    eligibility_unmet: tuple[str, ...] = ()
    infusions: tuple[Infusion, ...] = ()
    results: tuple[ResultFact, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    transfusions: tuple[Transfusion, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    injections: tuple[Injection, ...] = ()
    scans: tuple[Scan, ...] = ()
    liver_directed: tuple[LiverDirected, ...] = ()
    pregnancy_tests: tuple[PregnancyTest, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    closed_days: tuple[date, ...] = ()
    draws: tuple[Draw, ...] = ()
    baseline_pins: tuple[BaselinePin, ...] = ()
    stopped: Stopped | None = None
    progressed_on: date | None = None
    died_on: date | None = None
