"""The keys of a course file and the JSON kind of each value, as msgspec checks them.

Instants, days and figures stay text here, so that 10.20 remains 10.20 and an error can name the path. A key
that is absent is UNSET: written again, a document has as many keys as it was read with.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

FORMAT = "prrt-course/1"

TextOrNull = str | UnsetType | None
YesOrNo = bool | UnsetType
YesNoOrNull = bool | UnsetType | None
WholeOrNull = int | UnsetType | None
Figure = Any
"""Text, a JSON number (read as its text), or null; values.py refuses the rest."""


class _Shape(Struct, forbid_unknown_fields=True, gc=False):
    pass


class PatientShape(_Shape):
    sex: TextOrNull = UNSET
    birth_date: TextOrNull = UNSET
    pregnancy_possible: YesOrNo = UNSET
    anticoagulated: YesOrNo = UNSET


class WeightShape(_Shape):
    kg: Figure
    on: str
    confirmed: YesOrNo = UNSET


class AminoAcidsShape(_Shape):
    started_at: str
    ended_at: TextOrNull = UNSET


class InfusionShape(_Shape):
    cycle: int
    planned_on: TextOrNull = UNSET
    started_at: TextOrNull = UNSET
    ended_at: TextOrNull = UNSET
    activity_gbq: Figure = UNSET
    signed_gbq: Figure = UNSET
    decision: TextOrNull = UNSET
    residual_gbq: Figure = UNSET
    elsewhere: YesOrNo = UNSET
    antiemetic_at: TextOrNull = UNSET
    amino_acids: AminoAcidsShape | UnsetType | None = UNSET


class ResultShape(_Shape):
    id: str
    collected_at: str
    status: str
    loinc: TextOrNull = UNSET
    value: Figure = UNSET
    comparator: TextOrNull = UNSET
    unit: TextOrNull = UNSET
    low: Figure = UNSET
    high: Figure = UNSET
    received_at: TextOrNull = UNSET
    replaces: TextOrNull = UNSET
    range_text: TextOrNull = UNSET
    absent_reason: TextOrNull = UNSET
    note: TextOrNull = UNSET


class AdverseEventShape(_Shape):
    id: str
    term: str
    on: str
    grade: WholeOrNull = UNSET
    hematologic: YesOrNo = UNSET
    hypersensitivity: YesOrNo = UNSET
    resolved_on: TextOrNull = UNSET
    grade_now: WholeOrNull = UNSET


class TransfusionShape(_Shape):
    product: str
    on: str


class AttributionShape(_Shape):
    row: str
    cycle: int
    related: bool
    reason: TextOrNull = UNSET


class ConfirmationShape(_Shape):
    row: str
    on: str
    resolved: bool


class InjectionShape(_Shape):
    drug: str
    dose_mg: Figure = UNSET
    given_at: TextOrNull = UNSET
    planned_on: TextOrNull = UNSET


class DatedKindShape(_Shape):
    """A scan or a liver-directed therapy."""

    kind: str
    on: str


class PregnancyTestShape(_Shape):
    on: str
    result: str


class AuthorizationShape(_Shape, rename={"start": "from", "end": "to"}):
    start: str
    end: str
    doses: WholeOrNull = UNSET


class ConsentOrEducationShape(_Shape):
    """A consent or an education session; the plain date alone is the same."""

    on: str
    withdrawn_on: TextOrNull = UNSET


class DrawShape(_Shape):
    at: str
    urgent: YesOrNo = UNSET


class BaselineShape(_Shape):
    analyte: str
    result: str


class StoppedShape(_Shape):
    on: str
    reason: TextOrNull = UNSET


class CourseShape(_Shape):
    format: str
    id: str
    as_of: str
    timezone: str
    protocol: str
    patient: PatientShape
    protocol_version: TextOrNull = UNSET
    protocol_digest: TextOrNull = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    weights: list[WeightShape] | UnsetType = UNSET
    eligibility_unmet: list[str] | UnsetType = UNSET
    eligibility_unsure: list[str] | UnsetType = UNSET
    infusions: list[InfusionShape] | UnsetType = UNSET
    results: list[ResultShape] | UnsetType = UNSET
    adverse_events: list[AdverseEventShape] | UnsetType = UNSET
    transfusions: list[TransfusionShape] | UnsetType = UNSET
    attributions: list[AttributionShape] | UnsetType = UNSET
    confirmations: list[ConfirmationShape] | UnsetType = UNSET
    injections: list[InjectionShape] | UnsetType = UNSET
    scans: list[DatedKindShape] | UnsetType = UNSET
    liver_directed: list[DatedKindShape] | UnsetType = UNSET
    pregnancy_tests: list[PregnancyTestShape] | UnsetType = UNSET
    authorizations: list[AuthorizationShape] | UnsetType = UNSET
    consents: list[ConsentOrEducationShape | str] | UnsetType = UNSET
    education: list[ConsentOrEducationShape | str] | UnsetType = UNSET
    closed_days: list[str] | UnsetType = UNSET
    draws: list[DrawShape] | UnsetType = UNSET
    baselines: list[BaselineShape] | UnsetType = UNSET
    stopped: StoppedShape | UnsetType | None = UNSET
    progressed_on: TextOrNull = UNSET
    died_on: TextOrNull = UNSET
