"""Fill a throw-away database with courses, fast: COPY, not the product's own actions.

Every course has its own values, dates and names, dated relative to today. The first `FULL` are four days
from their fourth infusion and have 120 results; the others are spread over all phases and have what came
in so far of a smaller panel.
"""

import csv
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import product
from random import Random
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, models, transaction

from bench.assess import ANALYTES
from bench.names import SOURCE, SYSTEM, TOKEN, ZONE_OF_SITES, mrn, phone
from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import ApiClient, Practice, Site, SiteSettings, User, UserSession
from coordination.base.sessions import SessionStore
from coordination.flows.reassess import reassess
from labs.models import LabReport, LabResult
from labs.rules.analytes import ANALYTE_OF
from patients.models import Authorization, Consent, Patient, PatientIdentifier, Responsibility
from scheduling.models import (
    AdverseEvent,
    Course,
    CourseConflict,
    Cycle,
    DueItem,
    InfusionGiven,
    Injection,
    Proposal,
    Scan,
    Weight,
)

FULL = 2_000
FULL_DAY = 160  # of the course: its fourth infusion is planned for day 168
CYCLES = 4
DRAWS = (-1, 20, 36, 55, 78, 92, 111, 134, 148, 158)  # with one on the day before each infusion
SMALL_PANEL = ANALYTES[:3]
CLIENT_SCOPES = ["results:write", "patients:read", "courses:read"]
SYLLABLES = (
    *("Ba", "Cor", "Del", "Fen", "Gra", "Hol", "Ine", "Jor", "Kel", "Lar", "Mon", "Nor"),
    *("Pru", "Quin", "Ros", "Sta", "Thel", "Ulf", "Vey", "Wim", "Yar", "Zeb", "Amp", "Bro"),
    *("Chi", "Dul", "Ekk", "Fro", "Gim", "Hys", "Ivo", "Jum", "Kra", "Lif", "Mux", "Nye"),
    *("Ogd", "Pax", "Rhu", "Sco", "Tiv", "Urb", "Vla", "Wex", "Ysk", "Zor", "Alb", "Eff"),
)
ENDINGS = ("berg", "dale", "field", "ham", "ley", "man", "more", "son", "ton", "well", "worth", "young")


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measures need to know of the data."""

    courses: int
    patients: int
    full: int
    results: int
    session_key: str
    seconds: float


def seed(courses: int, *, patients: int = 0, full: int = FULL, number: int = 4) -> Seeded:
    """Fill an empty, migrated database with `courses` courses; the same number makes the same values.

    The first `full` of them are assessed, the others get the derived rows of one of those. Of `patients`
    those beyond the courses have a name, a number and a phone, and no course.
    """
    began = time.monotonic()
    sites, practices, session_key = _people_and_places()
    random = Random(number)
    today = clock.today(sites[0])
    full = min(courses, full)
    plans = _plans(courses, full, random, today)
    people = range(1, max(courses, patients) + 1)
    for model, columns, rows in (*_people(people, sites, practices), *_tables(plans, full, sites)):
        copy(model, columns, rows)
    for key in range(1, full + 1):
        reassess(key, now=clock.now())
    _derive_the_rest(full, courses)
    _sign()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as a database that has been running for a while
    return Seeded(
        courses=courses,
        patients=len(people),
        full=full,
        results=LabResult.objects.count(),
        session_key=session_key,
        seconds=time.monotonic() - began,
    )


@transaction.atomic
def _people_and_places() -> tuple[list[Site], list[Practice], str]:
    from coordination.base.api_clients import hash_of

    sites = [
        Site.objects.create(key=f"bench-{place}", name=f"Center {place}", timezone=ZONE_OF_SITES)
        for place in ("north", "south")
    ]
    for site in sites:
        SiteSettings.objects.create(site=site)
    practices = [Practice.objects.create(name=f"Oncology Practice {number}") for number in range(50)]
    navigator = User.objects.create_user(username="bench", full_name="Bench Navigator", role=Role.NAVIGATOR)
    navigator.sites.set(sites)
    client = ApiClient.objects.create(
        name="Bench EHR", scopes=CLIENT_SCOPES, token_hash=hash_of(TOKEN), mrn_systems=[]
    )
    client.sites.set(sites)
    return sites, practices, sign_in(navigator)


def sign_in(user: User) -> str:
    """Return the key of a session in which `user` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def open_again(session_key: str) -> None:
    """Seeded data may be older than a session lasts."""
    now = clock.now()
    UserSession.objects.filter(session_key=session_key).update(
        last_seen_at=now, expire_date=now + timedelta(days=1)
    )


# --- rows ------------------------------------------------------------------------------------------

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


def _plans(courses: int, full: int, random: Random, today: date) -> list[_Plan]:
    plans = []
    for key in range(1, courses + 1):
        day = FULL_DAY if key <= full else (key * 7) % 240 - 10
        plans.append(_Plan(key, today - timedelta(days=day), day, Random(random.random())))
    return plans


def _people(keys: range, sites: list[Site], practices: list[Practice]) -> Iterator[Table]:
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


def _tables(plans: list[_Plan], full: int, sites: list[Site]) -> Iterator[Table]:
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


# --- derived rows ----------------------------------------------------------------------------------


def _derive_the_rest(full: int, courses: int) -> None:
    """Courses beyond the first `full` get the derived rows of one of those, dated by their own course.

    What they hold is of the right number, size and spread in time; nobody compares it with their facts.
    """
    if full in (0, courses):
        return
    with connection.cursor() as cursor:
        for model in (DueItem, CourseConflict, Proposal):
            cursor.execute(_copy_of_derived(model), [full, courses, full, full])
        cursor.execute("UPDATE scheduling_course SET assessed_at = now() WHERE id > %s", [full])


def _copy_of_derived(model: type[models.Model]) -> str:
    shift = "(other_cycle.planned_on - own_cycle.planned_on)"
    expressions = {}
    for field in model._meta.concrete_fields:
        name = f'derived."{field.column}"'
        if field.primary_key:
            continue
        if field.name == "public_id":
            name = "gen_random_uuid()"
        elif field.name == "course":
            name = "other.id"
        elif isinstance(field, models.DateTimeField) and field.name.rpartition("_")[0] in EDGES:
            name = f"{name} + {shift} * interval '1 day'"
        elif isinstance(field, models.DateField) and field.name.rpartition("_")[0] in EDGES:
            name = f"{name} + {shift}"
        expressions[field.column] = name
    columns = ", ".join(f'"{column}"' for column in expressions)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {", ".join(expressions.values())}'
        " FROM scheduling_course own"
        " JOIN scheduling_course other ON other.id > %s AND other.id <= %s"
        " AND (other.id - 1) %% %s + 1 = own.id"
        " JOIN scheduling_cycle own_cycle ON own_cycle.course_id = own.id AND own_cycle.number = 1"
        " JOIN scheduling_cycle other_cycle ON other_cycle.course_id = other.id AND other_cycle.number = 1"
        f' JOIN "{model._meta.db_table}" derived ON derived.course_id = own.id'
        " WHERE own.id <= %s"
    )


def _sign() -> None:
    """Nine of ten doses to give are signed, as where prescribers sign the day after."""
    prescriber = User.objects.create_user(
        username="bench-prescriber", full_name="Bench Prescriber", role=Role.PRESCRIBER
    )
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED, [prescriber.pk])


_SIGNED = """
    INSERT INTO scheduling_signature
        (public_id, proposal_id, signed_by_id, signed_at, decision, action, activity_gbq, override_code,
         override_reason, document, withdrawn_because)
    SELECT gen_random_uuid(), id, %s, now(), 'accept', action, activity_gbq, '', '', '{}', ''
    FROM scheduling_proposal
    WHERE superseded_at IS NULL AND action = 'give' AND course_id %% 10 <> 0
"""
EDGES = frozenset({"opens", "target", "closes"})


# --- COPY ------------------------------------------------------------------------------------------

ROWS_AT_ONCE = 50_000


def copy(model: type[models.Model], names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows by COPY: the named fields from `rows`, the others from the model's defaults."""
    table = model._meta.db_table
    given = [model._meta.get_field(name) for name in names]
    others = [
        field
        for field in model._meta.concrete_fields
        if field not in given and not field.primary_key and (field.has_default() or not field.null)
    ]
    columns = ", ".join(f'"{field.column}"' for field in [*given, *others])  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        batch = StringIO()
        writer = csv.writer(batch)

        def send() -> None:
            batch.seek(0)
            cursor.copy_expert(f"COPY \"{table}\" ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')", batch)
            batch.seek(0)
            batch.truncate()

        for written, row in enumerate(rows, start=1):
            writer.writerow([*map(_text, row), *(_text(field.get_default()) for field in others)])
            if written % ROWS_AT_ONCE == 0:
                send()
        send()
        if "id" in names:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{table}\"", [table]
            )


def _text(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case dict():
            return json.dumps(value)
        case list():
            return f"{{{','.join(map(str, value))}}}"
        case datetime():
            return value.isoformat()
    return str(value)
