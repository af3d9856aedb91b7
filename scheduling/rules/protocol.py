"""A treatment protocol as plain values.

A protocol is data: who wrote it, what it cites, whether two people approved it, and every number the rules
use. `protocol_file` reads it from a TOML file, `protocol_sense` checks what no single key can say.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Literal

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ProtocolError(ValueError):
    """One sentence that names the file and the key."""


@dataclass(frozen=True, slots=True)
class Approval:
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Doses:
    infusions: int
    full_gbq: Decimal
    reduced_gbq: Decimal
    minimum_age_years: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from the start of one infusion to the start of the next."""

    earliest: int
    target: int
    latest: int
    limit: int
    limit_day_is_allowed: bool

    @property
    def last_allowed(self) -> int:
        return self.limit if self.limit_day_is_allowed else self.limit - 1

    def is_past_limit(self, days: int) -> bool:
        return days > self.last_allowed


@dataclass(frozen=True, slots=True)
class Rows:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a site may set otherwise."""

    nadir: Literal["counts", "review", "ignore"]
    recurrence_scope: Literal["row", "analyte", "review"]
    ctcae: Literal["4.03", "5.0", "6.0"]
    confirm_labs: bool
    interim_ssa: bool


@dataclass(frozen=True, slots=True)
class Hematology:
    transfusion_blinds_days: int


@dataclass(frozen=True, slots=True)
class Renal:
    """Creatinine clearance in mL/min; the other figures are multiples of the baseline."""

    crcl_below: Decimal
    creatinine_rise: Decimal
    crcl_fall: Decimal
    creatinine_back_within: Decimal
    crcl_back_within: Decimal
    weight_within_days: int
    weight_jump: Decimal


@dataclass(frozen=True, slots=True)
class Hepatic:
    """Albumin in g/L, prothrombin activity in %."""

    bilirubin_over_uln: Decimal
    bilirubin_back_within: Decimal
    albumin_below: Decimal
    coagulation: Literal["inr", "prothrombin_activity"]
    inr_above: Decimal
    prothrombin_below: Decimal
    coagulation_within_days: int


@dataclass(frozen=True, slots=True)
class FirstDose:
    """What the newest baseline results must reach: counts in 10*9/L, albumin in g/L, bilirubin in x ULN."""

    hemoglobin_g_dl: Decimal
    platelets: Decimal
    wbc: Decimal
    neutrophils: Decimal
    crcl_ml_min: Decimal
    bilirubin_over_uln: Decimal
    albumin: Decimal


@dataclass(frozen=True, slots=True)
class Panel:
    """The blood tests that gate a dose, and those that are asked for with them."""

    analytes: tuple[str, ...]
    first_day: int
    fresh_days: int
    closes_days_before: int
    asked_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Somatostatin:
    washout_days: int
    short_acting_hours: int
    post_dose_from_hours: int
    post_dose_until_hours: int
    post_dose_within_days: int
    interim_day: int
    maintenance_days: int
    maintenance_slack_days: int
    maintenance_months: int


@dataclass(frozen=True, slots=True)
class Labs:
    baseline_opens_before: int
    baseline_target_before: int
    baseline_closes_before: int
    pre_dose_opens_before: int
    pre_dose_target_before: int
    confirm_before: int
    nadir_opens: int
    nadir_target: int
    nadir_closes: int
    post_treatment_opens: int
    post_treatment_target: int
    post_treatment_closes: int
    follow_up_months: tuple[int, ...]
    follow_up_then_months: int
    follow_up_slack_days: int


@dataclass(frozen=True, slots=True)
class Scans:
    sstr_within_months: int
    ct_every_months: int
    ct_slack_days: int
    response_after_months: int
    response_open_days: int


@dataclass(frozen=True, slots=True)
class Start:
    pregnancy_opens_before: int
    pregnancy_target_before: int
    paperwork_target_before: int
    paperwork_closes_before: int


@dataclass(frozen=True, slots=True)
class After:
    precaution_days: int
    hand_back_opens: int
    hand_back_closes: int


@dataclass(frozen=True, slots=True)
class Order:
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    weeks_before: int
    free_cancel_days: int
    late_cancel_days: int
    late_fee_usd: int
    unused_fee_usd: int
    half_life_hours: Decimal


@dataclass(frozen=True, slots=True)
class ConflictSettings:
    liver_directed_days: int
    activity_tolerance_percent: int
    medical_event_percent: int
    amino_acids_lead_minutes: int
    amino_acids_hours_after: int
    site_opens: time
    site_closes: time


@dataclass(frozen=True, slots=True)
class Protocol:
    key: str
    version: str
    title: str
    author: str
    status: Literal["draft", "approved"]
    cites: tuple[str, ...]
    approvals: tuple[Approval, ...]
    doses: Doses
    interval: Interval
    rows: Rows
    settings: Defaults
    hematology: Hematology
    renal: Renal
    hepatic: Hepatic
    first_dose: FirstDose
    panel: Panel
    somatostatin: Somatostatin
    labs: Labs
    scans: Scans
    start: Start
    after: After
    order: Order
    conflicts: ConflictSettings
