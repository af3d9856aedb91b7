"""Check a protocol as a whole: the order of its days, known names, and what its lists need."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from string import Formatter

from labs.rules.analytes import Analyte
from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.rows import ROW_RULES

NEEDS_OF_ITEM: Mapping[str, tuple[str, ...]] = {
    "infusion": (),
    "sstr-pet": ("scans",),
    "baseline-labs": (),
    "pregnancy-test": (),
    "education": (),
    "consent": (),
    "authorization": (),
    "dose-order": (),
    "pre-dose-labs": (),
    "confirm-labs": (),
    "lar-last-before": ("somatostatin",),
    "short-acting-stop": ("somatostatin",),
    "antiemetic": (),
    "amino-acids": ("conflicts.amino_acids_lead_minutes", "conflicts.amino_acids_hours_after"),
    "post-dose-lar": ("somatostatin",),
    "radiation-precautions": (),
    "nadir-labs": (),
    "interim-ssa": ("somatostatin",),
    "ct-mri": ("scans",),
    "post-treatment-labs": (),
    "maintenance-lar": ("somatostatin",),
    "response-sstr-pet": ("scans",),
    "follow-up-labs": (),
    "hand-back": (),
}
"""Every item that a schedule can ask for, with the sections or keys that it needs."""


def check_protocol(protocol: Protocol, name: str) -> None:
    """Raise ProtocolError, naming the file and the key, for a protocol that contradicts itself."""
    for check in (_check_lists, _check_numbers, _check_spans, _check_reasons):
        if wrong := check(protocol):
            raise ProtocolError(f"{name}: {wrong}")


def _check_lists(protocol: Protocol) -> str:
    """Rows, items and analytes are known, stand once, and what they need is there."""
    for row in protocol.rows.names:
        if row not in ROW_RULES:
            return f"rows.names holds {row!r}, which is no row of the dose table"
        if (section := ROW_RULES[row].section) and not _has(protocol, section):
            return f"{section} is missing, which the row {row} needs"
    if _holds_twice(protocol.rows.names):
        return "rows.names holds a row twice"
    for item in protocol.schedule.items:
        if item not in NEEDS_OF_ITEM:
            return f"schedule.items holds {item!r}, which is no item of the schedule"
        for key in NEEDS_OF_ITEM[item]:
            if not _has(protocol, key):
                return f"{key} is missing, which the item {item} needs"
    if _holds_twice(protocol.schedule.items):
        return "schedule.items holds an item twice"
    for analyte in (*protocol.panel.analytes, *protocol.panel.asked_for):
        if analyte not in list(Analyte):
            return f"panel names {analyte!r}, which is no analyte"
    return _check_first_dose(protocol)


def _check_first_dose(protocol: Protocol) -> str:
    for key, section in (("crcl_ml_min", "renal"), ("albumin", "hepatic")):
        if _has(protocol, f"first_dose.{key}") and not _has(protocol, section):
            return f"{section} is missing, which first_dose.{key} needs"
    return ""


def _has(protocol: Protocol, path: str) -> bool:
    value: object = protocol
    for name in path.split("."):
        value = getattr(value, name, None)
    return value is not None


def _holds_twice(names: tuple[str, ...]) -> bool:
    return len(set(names)) != len(names)


def _check_numbers(protocol: Protocol) -> str:
    interval, doses, hours = protocol.interval, protocol.doses, protocol.conflicts
    if not 0 < interval.earliest <= interval.target <= interval.latest <= _limit(protocol):
        return "interval must rise from earliest over target and latest to limit"
    if not 1 <= doses.infusions <= 10:
        return f"doses.infusions must be from 1 to 10, not {doses.infusions}"
    if not 0 < doses.reduced_gbq < doses.full_gbq:
        return "doses.reduced_gbq must lie between 0 and doses.full_gbq"
    if hours.site_opens >= hours.site_closes:
        return "conflicts.site_opens must be before conflicts.site_closes"
    if not protocol.labs.follow_up_then_months or (protocol.scans and not protocol.scans.ct_every_months):
        return "labs.follow_up_then_months, scans.ct_every_months must be above zero"
    return ""


def _limit(protocol: Protocol) -> int:
    """The limit of the interval in days from the last infusion."""
    interval = protocol.interval
    is_from_last = interval.limit_counts_from == "last-infusion"
    return interval.limit if is_from_last else interval.target + interval.limit


LARGEST_NUMBER = 9999  # days, weeks or months: no date leaves the calendar


def _check_spans(protocol: Protocol) -> str:
    for table in (getattr(protocol, field.name) for field in fields(protocol)):
        for key in (field.name for field in fields(table)) if is_dataclass(table) else ():
            value = getattr(table, key)
            numbers = value if isinstance(value, tuple) else (value,)
            if not key.endswith("_usd") and any(isinstance(n, int) and n > LARGEST_NUMBER for n in numbers):
                return f"{key} must be at most {LARGEST_NUMBER}, not {value}"
    return ""


def _check_reasons(protocol: Protocol) -> str:
    """Every item that is asked for has one reason, and its sentence names numbers that are there."""
    items = [reason.item for reason in protocol.reasons]
    for item in protocol.schedule.items:
        if items.count(item) != 1:
            return f"reasons must say once why {item} is asked for"
    for reason in protocol.reasons:
        for _, key, _, _ in Formatter().parse(reason.text):
            if key is not None and not _has(protocol, key):
                return f"the reason of {reason.item} names {{{key}}}, which is no key of this file"
    return ""
