"""A treatment protocol as plain values, read from the text of one TOML file.

A protocol is data: who wrote it, what it cites, whether two people approved it, and every number the rules
use. The reader is strict: a key that is missing, unknown or of the wrong kind is an error that names file
and key, because a misspelled threshold must not fall back to anything.
"""

import tomllib
import types
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from labs.rules.analytes import Analyte
from labs.rules.numbers import read_decimal

ROWS = ("thrombocytopenia", "anemia-neutropenia", "renal", "hepatic", "hypersensitivity", "other")
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


def read_protocol(text: str, *, name: str) -> Protocol:
    """Read and check a protocol; `name` is the file's name, for the error."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{name}: not readable as TOML: {error}") from error
    table.setdefault("approvals", [])
    protocol: Protocol = _read(Protocol, table, name, "")
    check_sense(protocol, name)
    return protocol


def _read(kind: Any, value: Any, name: str, path: str) -> Any:
    if is_dataclass(kind):
        return _read_table(kind, value, name, path)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise ProtocolError(f"{name}: {path} must be a list")
        inner = get_args(kind)[0]
        return tuple(_read(inner, item, name, f"{path}[{index}]") for index, item in enumerate(value))
    if origin is Literal:
        if value not in get_args(kind):
            raise ProtocolError(f"{name}: {path} must be one of {', '.join(get_args(kind))}, not {value!r}")
        return value
    if origin in (Union, types.UnionType):
        raise TypeError(f"optional keys are not used in protocols: {path}")
    return _read_plain(kind, value, name, path)


def _read_table(kind: Any, value: Any, name: str, path: str) -> Any:
    if not isinstance(value, dict):
        raise ProtocolError(f"{name}: {path} must be a table")
    hints = get_type_hints(kind)
    known = [field.name for field in fields(kind)]
    for key in value:
        if key not in known:
            raise ProtocolError(f"{name}: unknown key {_join(path, key)}")
    for key in known:
        if key not in value:
            raise ProtocolError(f"{name}: {_join(path, key)} is missing")
    return kind(**{key: _read(hints[key], value[key], name, _join(path, key)) for key in known})


def _read_plain(kind: Any, value: Any, name: str, path: str) -> Any:
    if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if type(value) is not kind:
        raise ProtocolError(f"{name}: {path} must be {_KIND_WORDS[kind]}, not {value!r}")
    if kind in (int, Decimal) and not _is_sensible(value):
        raise ProtocolError(f"{name}: {path} must be zero or more and finite, not {value}")
    if kind is str and not value.strip():
        raise ProtocolError(f"{name}: {path} must not be empty")
    return value


def read_value(kind: Any, text: str) -> Any:
    """Read one value from text, as a site's setting gives it. Raises ProtocolError with the reason."""
    if kind is Decimal or kind is int:
        number = read_decimal(text)
        if number is None or not _is_sensible(number) or (kind is int and number != int(number)):
            raise ProtocolError(f"must be {_KIND_WORDS[kind]}, zero or more, not {text!r}")
        return number if kind is Decimal else int(number)
    if kind is bool:
        if text not in ("true", "false"):
            raise ProtocolError(f"must be true or false, not {text!r}")
        return text == "true"
    if kind is time:
        try:
            return time.fromisoformat(text)
        except ValueError:
            raise ProtocolError(f"must be a time of day, not {text!r}") from None
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise ProtocolError(f"must be one of {', '.join(get_args(kind))}, not {text!r}")
        return text
    if get_origin(kind) is tuple:
        return tuple(read_value(get_args(kind)[0], part.strip()) for part in text.split(","))
    if not text.strip():
        raise ProtocolError("must not be empty")
    return text


_KIND_WORDS = {
    int: "a whole number",
    Decimal: "a number",
    str: "text",
    bool: "true or false",
    date: "a date",
    time: "a time of day",
}


def _is_sensible(value: int | Decimal) -> bool:
    return Decimal(value).is_finite() and 0 <= value < 1_000_000


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def check_sense(protocol: Protocol, name: str) -> None:
    """What no single key can say: order of days, known rows, two signatures."""
    if protocol.status == "approved" and len({approval.by for approval in protocol.approvals}) < 2:
        raise ProtocolError(f"{name}: status is approved, so approvals must name two people")
    if protocol.key != name.removesuffix(".toml"):
        raise ProtocolError(f"{name}: key must be the file's name, not {protocol.key!r}")
    for row in protocol.rows.names:
        if row not in ROWS:
            raise ProtocolError(f"{name}: rows.names holds {row!r}, which is no row of the dose table")
    if len(set(protocol.rows.names)) != len(protocol.rows.names):
        raise ProtocolError(f"{name}: rows.names holds a row twice")
    interval = protocol.interval
    if not 0 < interval.earliest <= interval.target <= interval.latest <= interval.limit:
        raise ProtocolError(f"{name}: interval must rise from earliest over target and latest to limit")
    doses = protocol.doses
    if not 1 <= doses.infusions <= 10:
        raise ProtocolError(f"{name}: doses.infusions must be from 1 to 10, not {doses.infusions}")
    if not 0 < doses.reduced_gbq < doses.full_gbq:
        raise ProtocolError(f"{name}: doses.reduced_gbq must lie between 0 and doses.full_gbq")
    if protocol.conflicts.site_opens >= protocol.conflicts.site_closes:
        raise ProtocolError(f"{name}: conflicts.site_opens must be before conflicts.site_closes")
    for analyte in (*protocol.panel.analytes, *protocol.panel.asked_for):
        if analyte not in list(Analyte):
            raise ProtocolError(f"{name}: panel names {analyte!r}, which is no analyte")
    if not (protocol.labs.follow_up_then_months and protocol.scans.ct_every_months):
        raise ProtocolError(f"{name}: labs.follow_up_then_months, scans.ct_every_months must be above zero")
    _check_spans(protocol, name)


MOST = 9999  # days, weeks or months: no date leaves the calendar


def _check_spans(protocol: Protocol, name: str) -> None:
    for table in (getattr(protocol, field.name) for field in fields(protocol)):
        for key in (field.name for field in fields(table)) if is_dataclass(table) else ():
            value = getattr(table, key)
            numbers = value if isinstance(value, tuple) else (value,)
            if not key.endswith("_usd") and any(isinstance(n, int) and n > MOST for n in numbers):
                raise ProtocolError(f"{name}: {key} must be at most {MOST}, not {value}")
