"""A patient in the middle of a course, built as the product builds one: by actions and flows.

Today is NOW: infusion 1 was given on 14 January 2025, infusion 2 is planned for 18 March.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.flows.reassess import reassess
from coordination.flows.record import record_fact, type_results
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from patients.models import Authorization, CareTeamMember, Patient
from scheduling import actions
from scheduling.models import ContactLog, Course, Cycle
from tests.base.objects import Place

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2025, 3, 5, 15, 0, tzinfo=UTC)  # Wednesday, 10:00 in New York
TODAY = date(2025, 3, 5)
FIRST = date(2025, 1, 14)
SECOND = date(2025, 3, 18)

# analyte: LOINC, unit, low, high
TESTS = {
    "platelets": ("777-3", "10*9/L", "150", "400"),
    "hemoglobin": ("718-7", "g/dL", "12.0", "16.0"),
    "neutrophils": ("751-8", "10*9/L", "1.8", "7.5"),
    "wbc": ("6690-2", "10*9/L", "4.0", "11.0"),
    "lymphocytes": ("731-0", "10*9/L", "1.0", "4.0"),
    "creatinine": ("2160-0", "mg/dL", "0.6", "1.1"),
    "bilirubin": ("1975-2", "mg/dL", "0.2", "1.2"),
    "albumin": ("1751-7", "g/dL", "3.5", "5.0"),
    "ast": ("1920-8", "U/L", "10", "40"),
    "alt": ("1742-6", "U/L", "10", "45"),
    "alp": ("6768-6", "U/L", "40", "130"),
}
BASELINE = {
    "platelets": "212",
    "hemoglobin": "12.4",
    "neutrophils": "4.1",
    "wbc": "6.2",
    "lymphocytes": "1.4",
    "creatinine": "0.9",
    "bilirubin": "0.6",
    "albumin": "4.1",
    "ast": "28",
    "alt": "31",
    "alp": "96",
}


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=NEW_YORK)


def draw(patient: Patient, on: date, *, by: User, **other: str) -> None:
    """A whole panel drawn on a day, typed and assessed."""
    type_results(panel(on, **other), patient=patient, by=by, now=at(on, 15))


def panel(on: date, **other: str) -> IncomingReport:
    """A whole panel drawn on a day; `other` values differ from the baseline. An empty one is left out."""
    values = {**BASELINE, **other}
    key = uuid4()
    results = tuple(
        IncomingResult(
            id=f"{key}.{name}",
            loinc=TESTS[name][0],
            code_text=name,
            value=value,
            unit=TESTS[name][1],
            low=TESTS[name][2],
            high=TESTS[name][3],
            collected_at=at(on),
        )
        for name, value in values.items()
        if value
    )
    return IncomingReport("by-hand", str(key), "", key.hex * 2, PatientKey("", ""), results=results)


def plan(course: Course, number: int, on: date, *, by: User, now: datetime) -> None:
    cycle = course.cycles.get(number=number)
    actions.plan_infusion(cycle, on=on, by=by, because="planned", version=cycle.version)
    reassess(course.pk, now=now)


def give(course: Course, number: int, on: date, *, by: User) -> None:
    cycle = Cycle.objects.get(course=course, number=number)
    record_fact(
        course.patient,
        partial(
            actions.record_infusion,
            cycle,
            started_at=at(on, 10),
            ended_at=at(on, 10, 40),
            activity_gbq=Decimal("7.4"),
            by=by,
            now=at(on, 12),
        ),
        now=at(on, 12),
    )


def people(place: Place) -> tuple[User, User]:
    """A navigator and a prescriber of the place."""
    return place.user(Role.NAVIGATOR), place.user(Role.PRESCRIBER)


def mid_course(place: Place, *, platelets: str = "62", complete: bool = True) -> Course:
    """Infusion 1 was given seven weeks ago; the labs for infusion 2 came two days ago."""
    navigator, prescriber = people(place)
    patient = place.patient
    patient.phone, patient.allergies = "555-0142", "Iodinated contrast"
    patient.save()
    CareTeamMember.objects.create(
        patient=patient, name="Dr. Lena Moss", part=CareTeamMember.Part.REFERRING_ONCOLOGIST, phone="555-0177"
    )
    Authorization.objects.create(
        patient=patient,
        payer="Payer",
        starts_on=FIRST - timedelta(days=30),
        ends_on=FIRST + timedelta(days=300),
        doses=4,
        recorded_at=at(FIRST - timedelta(days=30)),
    )
    before = at(FIRST - timedelta(days=25))
    course = actions.start_course(
        patient, first_on=FIRST, by=prescriber, now=before, anyway_because="transferred"
    )
    record_fact(
        patient,
        partial(
            actions.record_scan,
            patient,
            kind="sstr-pet",
            on=FIRST - timedelta(days=40),
            by=navigator,
            now=before,
        ),
        now=before,
    )
    record_fact(
        patient,
        partial(
            actions.record_weight,
            patient,
            kg=Decimal(70),
            on=FIRST - timedelta(days=8),
            by=navigator,
            now=before,
        ),
        now=before,
    )
    draw(patient, FIRST - timedelta(days=12), by=navigator)
    give(course, 1, FIRST, by=navigator)
    record_fact(
        patient,
        partial(
            actions.record_injection,
            patient,
            drug="octreotide-lar",
            dose_mg=Decimal(30),
            given_at=at(FIRST, 16),
            by=navigator,
            now=at(FIRST, 17),
        ),
        now=at(FIRST, 17),
    )
    record_fact(
        patient,
        partial(
            actions.record_adverse_event,
            patient,
            term="Nausea",
            on=FIRST,
            grade=2,
            resolved_on=FIRST + timedelta(days=2),
            by=navigator,
            now=at(FIRST + timedelta(days=3)),
        ),
        now=at(FIRST + timedelta(days=3)),
    )
    plan(course, 2, SECOND, by=navigator, now=at(FIRST + timedelta(days=4)))
    draw(patient, FIRST + timedelta(days=30), by=navigator, platelets="101", wbc="4.4", neutrophils="2.6")
    missing = {} if complete else {"albumin": "", "ast": ""}
    draw(patient, TODAY - timedelta(days=1), by=navigator, platelets=platelets, hemoglobin="11.1", **missing)
    actions.log_contact(
        patient,
        channel=ContactLog.Channel.PHONE,
        with_whom="practice nurse",
        outcome=ContactLog.Outcome.REACHED,
        by=navigator,
        at=at(TODAY - timedelta(days=1), 16),
        now=at(TODAY - timedelta(days=1), 16),
        note="Labs were drawn this morning.",
    )
    reassess(course.pk, now=NOW)
    course.refresh_from_db()
    return course
