"""The rows of people and courses that the bench is seeded with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

from django.db import models

from bench.assess import ANALYTES
from bench.names import SOURCE, SYSTEM, mrn, phone
from coordination.base.models import Practice, Site
from labs.models import LabReport, LabResult
from labs.rules.analytes import ANALYTE_OF
from patients.models import Authorization, Consent, Patient, PatientIdentifier, Responsibility
from scheduling.models import AdverseEvent, Course, Cycle, InfusionGiven, Injection, Scan, Weight

FULL_DAY = 160  # of the course: its fourth infusion is planned for day 168
CYCLES = 4
DRAWS = (-1, 20, 36, 55, 78, 92, 111, 134, 148, 158)  # with one on the day before each infusion
SMALL_PANEL = ANALYTES[:3]
SYLLABLES = (
    *("Ba", "Cor", "Del", "Fen", "Gra", "Hol", "Ine", "Jor", "Kel", "Lar", "Mon", "Nor"),
    *("Pru", "Quin", "Ros", "Sta", "Thel", "Ulf", "Vey", "Wim", "Yar", "Zeb", "Amp", "Bro"),
    *("Chi", "Dul", "Ekk", "Fro", "Gim", "Hys", "Ivo", "Jum", "Kra", "Lif", "Mux", "Nye"),
    *("Ogd", "Pax", "Rhu", "Sco", "Tiv", "Urb", "Vla", "Wex", "Ysk", "Zor", "Alb", "Eff"),
)
ENDINGS = ("berg", "dale", "field", "ham", "ley", "man", "more", "son", "ton", "well", "worth", "young")

Table = tuple[type[models.Model], tuple[str, ...], Iterable[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One course: when it began, and the day of the course that today is."""

    key: int
    first_on: date
    day: int
    random: Random

    @property
    def given(self) -> int:
        return sum(56 * cycle <= self.day for cycle in range(CYCLES))

    def on(self, day: int) -> date:
        return self.first_on + timedelta(days=day)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.on(day), datetime.min.time(), UTC) + timedelta(
            hours=hour + 6, minutes=minute
        )


def plans_of(courses: int, full: int, random: Random, today: date) -> list[_Plan]:
    plans = []
    for key in range(1, courses + 1):
        day = FULL_DAY if key <= full else (key * 7) % 240 - 10
        plans.append(_Plan(key, today - timedelta(days=day), day, Random(random.random())))
    return plans


def people_tables(keys: range, sites: list[Site], practices: list[Practice]) -> Iterator[Table]:
    surnames = ["".join(parts) for parts in product(SYLLABLES, [s.lower() for s in SYLLABLES], ENDINGS)]
    yield (
        Patient,
        ("id", "site", "family_name", "given_name", "birth_date", "sex", "phone", "referred_by"),
        (
            (
                key,
                sites[key % len(sites)].pk,
                surnames[key % len(surnames)],
                f"{SYLLABLES[key % 48]}{ENDINGS[key // 48 % 12]}",
                date(1940 + key % 40, 6, 20),
                ("female", "male")[key % 2],
                phone(key),
                practices[key % len(practices)].pk,
            )
            for key in keys
        ),
    )
    yield PatientIdentifier, ("patient", "system", "value"), ((key, SYSTEM, mrn(key)) for key in keys)


def course_tables(plans: list[_Plan], full: int, sites: list[Site]) -> Iterator[Table]:
    """Each table with its columns and rows; the keys of patients, reports and courses are the course's."""
    yield (
        Course,
        ("id", "patient", "protocol_key", "protocol_version", "started_anyway_because", "started_at"),
        ((plan.key, plan.key, "lutathera-us-2024", "1", "bench", plan.at(-40, 9)) for plan in plans),
    )
    yield (
        Cycle,
        ("id", "course", "number", "planned_on"),
        (
            (_cycle_key(plan, number), plan.key, number, plan.on(56 * (number - 1)))
            for plan in plans
            for number in range(1, CYCLES + 1)
        ),
    )
    yield (
        InfusionGiven,
        _INFUSION,
        (
            (
                *(_cycle_key(plan, cycle + 1), at, at + timedelta(minutes=40), "7.4", "7.4", at),
                *(at - timedelta(minutes=50), at - timedelta(minutes=35), at + timedelta(hours=4)),
            )
            for plan in plans
            for cycle in range(plan.given)
            for at in (plan.at(56 * cycle, 10),)
        ),
    )
    yield from _small_tables(plans)
    yield (
        LabReport,
        ("id", "site", "patient", "source", "message_key", "body_hash", "state", "applied_at"),
        (
            (
                plan.key,
                sites[plan.key % len(sites)].pk,
                plan.key,
                SOURCE,
                f"seed-{plan.key}",
                "0" * 64,
                LabReport.State.APPLIED,
                plan.at(-40, 9),
            )
            for plan in plans
        ),
    )
    yield LabResult, _RESULT, (row for plan in plans for row in _results(plan, full))


def _cycle_key(plan: _Plan, number: int) -> int:
    return plan.key * 10 + number


def _small_tables(plans: list[_Plan]) -> Iterator[Table]:
    past = {plan.key: plan.at(-40, 9) for plan in plans}
    yield (
        Weight,
        ("patient", "kg", "on", "recorded_at"),
        (
            (plan.key, 50 + plan.key % 60, plan.on(day), past[plan.key])
            for plan in plans
            for day in (-10, 46, 102, 158)
            if day <= plan.day
        ),
    )
    yield (
        AdverseEvent,
        ("patient", "term", "on", "grade", "resolved_on", "grade_now", "recorded_at"),
        ((p.key, "Fatigue", p.on(3), 2, p.on(9), 0, past[p.key]) for p in plans if p.day > 9),
    )
    yield (
        Injection,
        ("patient", "drug", "dose_mg", "given_at", "recorded_at"),
        (
            (plan.key, "octreotide-lar", 30, plan.at(56 * cycle, 16), past[plan.key])
            for plan in plans
            for cycle in range(plan.given)
            if 56 * cycle < plan.day
        ),
    )
    yield (
        Scan,
        ("patient", "kind", "on", "recorded_at"),
        (
            (plan.key, kind, plan.on(day), past[plan.key])
            for plan in plans
            for kind, day in (("sstr-pet", -40), ("ct-mri", 91))
        ),
    )
    yield (
        Authorization,
        ("patient", "starts_on", "ends_on", "doses", "recorded_at"),
        ((plan.key, plan.on(-20), plan.on(300), CYCLES, past[plan.key]) for plan in plans),
    )
    yield (
        Consent,
        ("patient", "given_on", "recorded_at"),
        ((plan.key, plan.on(-20), past[plan.key]) for plan in plans),
    )
    yield (
        Responsibility,
        ("patient", "item", "owner"),
        ((plan.key, "nadir-labs", "center") for plan in plans if plan.key % 4 == 0),
    )


_INFUSION = (
    *("cycle", "started_at", "ended_at", "activity_gbq", "signed_gbq", "recorded_at"),
    *("antiemetic_at", "amino_acids_started_at", "amino_acids_ended_at"),
)
_RESULT = (
    *("report", "patient", "source", "source_id", "loinc", "value", "unit", "low", "high", "status"),
    *("collected_at", "received_at", "analyte", "used_value", "used_text", "used_unit", "usable"),
)


def _results(plan: _Plan, full: int) -> Iterator[tuple[Any, ...]]:
    panel = ANALYTES if plan.key <= full else SMALL_PANEL
    for day in DRAWS:
        if day >= plan.day:
            return
        at = plan.at(day, 8, plan.random.randrange(60))
        for index, (loinc, unit, low, high, least, most, decimals) in enumerate(panel):
            value = str(Decimal(plan.random.randrange(least, most)).scaleb(-decimals))
            yield (
                *(plan.key, plan.key, SOURCE, f"c{plan.key}.{day}.{index}", loinc, value, unit, low, high),
                *("final", at, at + timedelta(hours=7), ANALYTE_OF[loinc], value, value, unit, True),
            )
