"""A valid, dull course: infusions on schedule, everything done in time. A test states only what matters."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.rules.answer import Conflict, DueItemAnswer
from scheduling.rules.build_timeline import build_timeline
from scheduling.rules.conflicts import find_conflicts
from scheduling.rules.facts import (
    AuthorizationFact,
    CourseFacts,
    InfusionFact,
    InjectionFact,
    PatientFacts,
    ResultFact,
    ScanFact,
    WeightFact,
)
from scheduling.rules.planner import plan_items
from scheduling.rules.protocol import Protocol
from scheduling.rules.protocol_file import read_protocol
from scheduling.rules.timeline import Timeline

PROTOCOLS = Path(__file__).resolve().parents[3] / "scheduling" / "protocols"
NEW_YORK = ZoneInfo("America/New_York")

D1 = date(2025, 1, 14)  # a Tuesday
D2 = date(2025, 3, 11)
D3 = date(2025, 5, 6)
D4 = date(2025, 7, 1)

PANEL = {  # analyte: LOINC, value, unit
    "platelets": ("777-3", "200", "10*9/L"),
    "hemoglobin": ("718-7", "13", "g/dL"),
    "neutrophils": ("751-8", "4", "10*9/L"),
    "wbc": ("6690-2", "6", "10*9/L"),
    "creatinine": ("2160-0", "0.9", "mg/dL"),
    "bilirubin": ("1975-2", "0.5", "mg/dL"),
    "albumin": ("1751-7", "40", "g/L"),
    "ast": ("1920-8", "20", "U/L"),
    "alt": ("1742-6", "20", "U/L"),
}


@cache
def protocol(key: str = "lutathera-us-2024") -> Protocol:
    name = f"{key}/1.toml"
    return read_protocol((PROTOCOLS / name).read_text(), name=name)


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)


def given(cycle: int, on: date, **changes: Any) -> InfusionFact:
    """Given from 10:00 to 10:40."""
    values: dict[str, Any] = {
        "planned_on": on,
        "started_at": at(on, 10),
        "ended_at": at(on, 10, 40),
        "activity_gbq": Decimal("7.4"),
        "signed_gbq": Decimal("7.4"),
    }
    return InfusionFact(cycle, **(values | changes))


def planned(cycle: int, on: date) -> InfusionFact:
    return InfusionFact(cycle, planned_on=on)


def lar(moment: datetime, drug: str = "octreotide-lar") -> InjectionFact:
    return InjectionFact(drug, Decimal(30), given_at=moment)


def panel(on: date, *, without: str = "", received_on: date | None = None) -> tuple[ResultFact, ...]:
    """The whole panel, drawn at 9:00 on one day."""
    return tuple(
        ResultFact(
            id=f"{analyte}-{on}",
            loinc=loinc,
            value=value,
            unit=unit,
            collected_at=at(on, 9),
            received_at=at(received_on or on, 15),
            status="final",
        )
        for analyte, (loinc, value, unit) in PANEL.items()
        if analyte != without
    )


def course(today: date, *infusions: InfusionFact, hour: int = 12, **facts: Any) -> CourseFacts:
    """PET and authorization are in order, and each given infusion has its injection six hours later."""
    values: dict[str, Any] = {
        "weights": (WeightFact(Decimal(70), D1 - timedelta(7)),),
        "injections": tuple(
            lar(infusion.started_at + timedelta(hours=6)) for infusion in infusions if infusion.started_at
        ),
        "scans": (ScanFact("sstr-pet", date(2024, 12, 1)),),
        "authorizations": (AuthorizationFact(date(2024, 12, 20), date(2026, 2, 18), 4),),
        "patient": PatientFacts("male", date(1960, 5, 4)),
    }
    return CourseFacts(
        id="course",
        as_of=at(today, hour),
        timezone="America/New_York",
        protocol="lutathera-us-2024",
        infusions=infusions,
        **(values | facts),
    )


def timeline(facts: CourseFacts, key: str = "lutathera-us-2024") -> Timeline:
    return build_timeline(facts, protocol(key))


def items(facts: CourseFacts, item: str, key: str = "lutathera-us-2024") -> list[DueItemAnswer]:
    return [due for due in plan_items(timeline(facts, key)) if due.item == item]


def item_of(
    facts: CourseFacts, item: str, cycle: int | None, key: str = "lutathera-us-2024"
) -> DueItemAnswer:
    (found,) = [due for due in items(facts, item, key) if due.cycle == cycle]
    return found


def conflicts(facts: CourseFacts, code: str, key: str = "lutathera-us-2024") -> list[Conflict]:
    return [found for found in find_conflicts(timeline(facts, key)) if found.code == code]
