"""What happened in one patient's course, as plain values: the input of `assess`.

A fact is what somebody reported, as it was sent. Nothing here is derived, and nothing is missing because
a rule does not like it: a fact that breaks a rule is still a fact. Instants carry a zone; days are local
to the center. Both the database (`scheduling/facts.py`) and the course file (`scheduling/course_file/`)
build these values, so the two paths cannot differ.
"""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct


class PatientFacts(Struct, frozen=True):
    sex: str | None  # "female", "male", or anything else: not validated for Cockcroft-Gault
    birth_date: date | None
    pregnancy_possible: bool = False
    anticoagulated: bool = False


class WeightFact(Struct, frozen=True):
    kg: Decimal
    on: date
    confirmed: bool = False  # a person has looked at a jump and says that it is real


class InfusionFact(Struct, frozen=True):
    """One cycle's infusion: planned, given, or planned and then given."""

    cycle: int
    planned_on: date | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    activity_gbq: Decimal | None = None  # measured before the infusion
    signed_gbq: Decimal | None = None
    decision: str | None = None  # give, hold, stop or none, as signed at the start; None: not known
    residual_gbq: Decimal | None = None  # left in the vial and the line
    elsewhere: bool = False  # given elsewhere, or before Fourfold
    antiemetic_at: datetime | None = None
    amino_acids_started_at: datetime | None = None
    amino_acids_ended_at: datetime | None = None


class ResultFact(Struct, gc=False):  # a course has hundreds: a dataclass takes three times as long to make
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
    range_text: str | None = None
    absent_reason: str | None = None
    note: str | None = None
    day_only: bool = False  # only the day of collection is known; `collected_at` is then its local noon
    series: str | None = None  # the id that it shares with other versions, where `id` tells them apart


class AdverseEventFact(Struct, frozen=True):
    id: str
    term: str
    on: date
    grade: int | None = None
    hematologic: bool = False
    hypersensitivity: bool = False
    resolved_on: date | None = None
    grade_now: int | None = None


class TransfusionFact(Struct, frozen=True):
    product: str
    on: date


class AttributionFact(Struct, frozen=True):
    """A prescriber's decision whether a row's episode after infusion `cycle` is related to the treatment."""

    row: str
    cycle: int
    related: bool
    reason: str = ""


class ConfirmationFact(Struct, frozen=True):
    """A prescriber's decision, on a day, that a row which the table cannot tell has resolved, or has not."""

    row: str
    on: date
    resolved: bool


class InjectionFact(Struct, frozen=True):
    drug: str  # octreotide-lar, lanreotide, other-long-acting, octreotide-short
    dose_mg: Decimal | None = None
    given_at: datetime | None = None
    planned_on: date | None = None


class ScanFact(Struct, frozen=True):
    kind: str  # sstr-pet, ct-mri
    on: date


class LiverDirectedFact(Struct, frozen=True):
    kind: str  # TARE, SIRT, TACE
    on: date


class PregnancyTestFact(Struct, frozen=True):
    on: date
    result: str


class AuthorizationFact(Struct, frozen=True):
    start: date
    end: date
    doses: int | None = None


class ConsentOrEducationFact(Struct, frozen=True):
    """A consent, or an education session."""

    on: date
    withdrawn_on: date | None = None


class DrawFact(Struct, frozen=True):
    """A planned blood draw."""

    at: datetime
    urgent: bool = False


class BaselinePinFact(Struct, frozen=True):
    """A prescriber's choice of the result that serves as an analyte's baseline."""

    analyte: str
    result: str


class StoppedFact(Struct, frozen=True):
    on: date
    reason: str = ""


class Settings(Struct, frozen=True):
    """A site's choices that change an answer (RULES: "setting"); None leaves the protocol's own."""

    nadir: str | None = None  # counts, review, ignore
    recurrence_scope: str | None = None  # row, analyte, review
    ctcae: str | None = None  # 5.0, 4.03, 6.0
    confirm_labs: bool | None = None
    interim_ssa: bool | None = None
    others: tuple[tuple[str, str], ...] = ()  # (dotted key of the protocol file, value as text)


class CourseFacts(Struct, frozen=True):
    id: str
    as_of: datetime
    timezone: str
    protocol: str
    patient: PatientFacts
    settings: Settings = Settings()
    weights: tuple[WeightFact, ...] = ()
    eligibility_unmet: tuple[str, ...] = ()
    eligibility_unsure: tuple[str, ...] = ()  # criteria without valid evidence
    infusions: tuple[InfusionFact, ...] = ()
    results: tuple[ResultFact, ...] = ()
    adverse_events: tuple[AdverseEventFact, ...] = ()
    transfusions: tuple[TransfusionFact, ...] = ()
    attributions: tuple[AttributionFact, ...] = ()
    confirmations: tuple[ConfirmationFact, ...] = ()
    injections: tuple[InjectionFact, ...] = ()
    scans: tuple[ScanFact, ...] = ()
    liver_directed: tuple[LiverDirectedFact, ...] = ()
    pregnancy_tests: tuple[PregnancyTestFact, ...] = ()
    authorizations: tuple[AuthorizationFact, ...] = ()
    consents: tuple[ConsentOrEducationFact, ...] = ()
    education: tuple[ConsentOrEducationFact, ...] = ()
    closed_days: tuple[date, ...] = ()
    draws: tuple[DrawFact, ...] = ()
    baseline_pins: tuple[BaselinePinFact, ...] = ()
    stopped: StoppedFact | None = None
    progressed_on: date | None = None
    died_on: date | None = None
    protocol_version: str = ""  # the one that the course was started on; empty: the newest
    protocol_digest: str = ""  # SHA-256 of its file at that time; empty: not known
