"""A treatment protocol as plain values.

A protocol is data: who wrote it, what it cites, what it treats with, which rows and items it has, and every
number the rules use. A section or key that has a default may be absent: then nothing of the kind is planned,
judged or said. Whether it is used on patients is a site's decision and not in the file.
`protocol_file` reads it from a TOML file, `protocol_checks` checks it as a whole.
"""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Literal, TypeVar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ProtocolError(ValueError):
    """One sentence that names the file and the key."""


@dataclass(frozen=True, slots=True)
class Product:
    """What is infused, as it is called where."""

    name: str  # in a sentence among staff: "Lutathera"
    label: str  # "[177Lu]Lu-DOTATATE"
    order_name: str  # to the supplier: "Lutetium Lu 177 dotatate"
    card_name: str  # on a patient's travel card: "Lutetium-177 (177Lu) dotatate"
    patient_name: str  # in a patient's calendar: "Lutetium-177 dotatate"
    patient_name_es: str
    isotope: str  # "Lu-177"


@dataclass(frozen=True, slots=True)
class Doses:
    infusions: int
    full_gbq: Decimal
    reduced_gbq: Decimal
    re_escalation: Literal["may", "must", "never"]  # the full activity again after a tolerated reduced one
    minimum_age_years: int

    def is_reduced(self, gbq: Decimal | None) -> bool:
        """Whether an activity is of the reduced level: nearer to it than to the full one."""
        return gbq is not None and 2 * gbq < self.full_gbq + self.reduced_gbq


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from the start of one infusion to the start of the next.

    The limit of a delay counts from the last infusion or from the day on which the next one was due.
    """

    earliest: int
    target: int
    latest: int
    limit: int
    limit_day_is_allowed: bool
    limit_counts_from: Literal["last-infusion", "due-day"]
    past_limit_open: Literal["stop", "review"]  # while a row is open
    past_limit_clear: Literal["stop", "review", "go-on"]  # while none is

    @property
    def last_allowed(self) -> int:
        """The last day that is allowed, counted from the last infusion."""
        days = self.limit if self.limit_day_is_allowed else self.limit - 1
        return days if self.limit_counts_from == "last-infusion" else self.target + days

    @property
    def limit_words(self) -> str:
        """As "16 weeks" or "120 days"."""
        weeks, days = divmod(self.limit, 7)
        return f"{self.limit} days" if days else f"{weeks} weeks"

    @property
    def limit_name(self) -> str:
        """As "16-week limit" or "120-day limit"."""
        number, unit = self.limit_words.split()
        return f"{number}-{unit.removesuffix('s')} limit"

    def is_past_limit(self, days: int) -> bool:
        return days > self.last_allowed


@dataclass(frozen=True, slots=True)
class RowNames:
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is asked for, by the names of the schedule's items."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """The defaults of settings that a site may change."""

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

    hemoglobin_g_dl: Decimal | None = None
    platelets: Decimal | None = None
    wbc: Decimal | None = None
    neutrophils: Decimal | None = None
    crcl_ml_min: Decimal | None = None
    bilirubin_over_uln: Decimal | None = None
    albumin: Decimal | None = None


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
    """Somatostatin analogs around the infusions: washouts before, one after, maintenance."""

    post_dose_drug: str  # "Octreotide LAR 30 mg"
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
class BeforeInfusion:
    pregnancy_opens_before: int
    pregnancy_target_before: int
    paperwork_target_before: int
    paperwork_closes_before: int


@dataclass(frozen=True, slots=True)
class AfterInfusion:
    precaution_days: int
    hand_back_opens: int
    hand_back_closes: int


@dataclass(frozen=True, slots=True)
class OrderRules:
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
    site_opens: time
    site_closes: time
    amino_acids_lead_minutes: int | None = None
    amino_acids_hours_after: int | None = None


@dataclass(frozen=True, slots=True)
class ItemReason:
    """Why the schedule asks for an item; `{interval.target}` stands for the protocol's number."""

    item: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Protocol:
    key: str
    version: str
    title: str
    author: str
    status: Literal["draft", "reference"]
    authority: str  # what it restates, in a sentence: "label"
    cites: tuple[str, ...]
    product: Product
    doses: Doses
    interval: Interval
    rows: RowNames
    schedule: Schedule
    settings: Defaults
    panel: Panel
    labs: Labs
    start: BeforeInfusion
    after: AfterInfusion
    order: OrderRules
    conflicts: ConflictSettings
    reasons: tuple[ItemReason, ...]
    hematology: Hematology | None = None
    renal: Renal | None = None
    hepatic: Hepatic | None = None
    first_dose: FirstDose | None = None
    somatostatin: Somatostatin | None = None
    scans: Scans | None = None
    digest: str = field(default="", metadata={"in_file": False})  # SHA-256 of the file

    def asks_for(self, item: str) -> bool:
        return item in self.schedule.items


Section = TypeVar("Section")


def required_section(section: Section | None) -> Section:
    """Return a section that a row or an item needs. Raises ProtocolError where it is missing."""
    if section is None:
        raise ProtocolError("a section of the protocol is missing that one of its rows or items needs")
    return section
