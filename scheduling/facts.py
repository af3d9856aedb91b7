"""What the database knows of a course, as the plain values that `assess` reads.

A constant number of statements, whatever the course holds. With `as_of` it is what was known then: recorded
by that moment and not yet taken back. `assess` itself leaves out what was given or received later.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import holidays

from coordination.base import clock
from coordination.base.models import Site, SiteClosure, SiteSettings
from labs.models import LabResult
from patients.models import Authorization, EligibilityEvidence, Patient, PriorTherapy
from scheduling.models import (
    AdverseEvent,
    Attribution,
    BaselinePin,
    Confirmation,
    Course,
    Cycle,
    Draw,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Scan,
    Transfusion,
    Weight,
)
from scheduling.rules import facts as plain
from scheduling.rules.days import zone_named


def facts_of(course: Course, as_of: datetime | None = None) -> plain.CourseFacts:
    """Every fact of a course, as it was known at `as_of` (default: now)."""
    moment = as_of or clock.now()
    patient = course.patient
    site = patient.site
    zone = zone_named(site.timezone)
    infusions = _infusions(course, moment)
    return plain.CourseFacts(
        id=str(course.public_id),
        as_of=moment.astimezone(zone),
        timezone=site.timezone,
        protocol=course.protocol_key,
        patient=plain.PatientFacts(
            sex=patient.sex,
            birth_date=patient.birth_date,
            pregnancy_possible=patient.pregnancy_possible,
            anticoagulated=patient.anticoagulated,
        ),
        settings=_settings(course, site),
        weights=_read(plain.Weight, Weight, patient, moment, "kg", "on"),
        eligibility_unmet=_eligibility_unmet(patient, moment),
        infusions=infusions,
        results=_results(patient, moment),
        adverse_events=_adverse_events(patient, moment),
        transfusions=_read(plain.Transfusion, Transfusion, patient, moment, "product", "on"),
        attributions=tuple(
            plain.Attribution(*row)
            for row in Attribution.objects.filter(course=course)
            .known_at(moment)
            .order_by("recorded_at", "pk")
            .values_list("row", "cycle_number", "related", "reason")
        ),
        confirmations=tuple(
            plain.Confirmation(*row)
            for row in Confirmation.objects.filter(course=course)
            .known_at(moment)
            .order_by("recorded_at", "pk")
            .values_list("row", "on", "resolved")
        ),
        injections=_read(
            plain.Injection, Injection, patient, moment, "drug", "dose_mg", "given_at", "planned_on"
        ),
        scans=_read(plain.Scan, Scan, patient, moment, "kind", "on"),
        liver_directed=_liver_directed(patient, moment),
        pregnancy_tests=_read(plain.PregnancyTest, PregnancyTest, patient, moment, "on", "result"),
        authorizations=_authorizations(patient, moment),
        closed_days=_closed_days(site, infusions, moment.astimezone(zone).date()),
        draws=_read(plain.Draw, Draw, patient, moment, "at", "urgent"),
        baseline_pins=tuple(
            plain.BaselinePin(analyte, result_id(source_id, version))
            for analyte, source_id, version in BaselinePin.objects.filter(course=course)
            .known_at(moment)
            .values_list("analyte", "result__source_id", "result__version")
        ),
        stopped=_stopped(course, moment),
        progressed_on=course.progressed_on,
        died_on=_died_on(patient, moment),
    )


def _read(
    kind: type[Any], model: type[Any], patient: Patient, moment: datetime, *names: str
) -> tuple[Any, ...]:
    rows = model.objects.filter(patient=patient).known_at(moment).order_by("pk").values_list(*names)
    return tuple(kind(**dict(zip(names, row, strict=True))) for row in rows)


def _settings(course: Course, site: Site) -> plain.Settings:
    """The course's own choices, else the site's; None leaves the protocol's."""
    names = ("nadir", "recurrence_scope", "ctcae", "confirm_labs", "interim_ssa")
    of_site = SiteSettings.objects.filter(site=site).values(*names).first() or dict.fromkeys(names)
    chosen = {name: getattr(course, name) for name in names}
    return plain.Settings(**{name: of_site[name] if chosen[name] is None else chosen[name] for name in names})


def _infusions(course: Course, moment: datetime) -> tuple[plain.Infusion, ...]:
    given = {
        row[0]: row[1:]
        for row in InfusionGiven.objects.filter(cycle__course=course)
        .known_at(moment)
        .order_by("pk")
        .values_list("cycle_id", "started_at", "ended_at", "activity_gbq", "signed_gbq")
    }
    cycles = Cycle.objects.filter(course=course).order_by("number").values_list("pk", "number", "planned_on")
    return tuple(
        plain.Infusion(number, planned_on, *given.get(pk, (None, None, None, None)))
        for pk, number, planned_on in cycles
        if planned_on or pk in given
    )


# --- results ---------------------------------------------------------------------------------------


def result_id(source_id: str, version: int) -> str:
    """Each version apart: the first keeps the sender's id, a later one says which it is."""
    return source_id if version == 1 else f"{source_id}#{version}"


_RESULT = (
    "source",
    "source_id",
    "version",
    "loinc",
    "value",
    "collected_at",
    "received_at",
    "status",
    "comparator",
    "unit",
    "low",
    "high",
    "replaces__source_id",
    "replaces__version",
)


def _results(patient: Patient, moment: datetime) -> tuple[plain.ResultFact, ...]:
    """Each version received by then, chained so that the one that stands replaces the one before it.

    A result without a collection time cannot be placed in the course; it waits in the review queue.
    """
    rows = (
        LabResult.objects.filter(patient=patient, collected_at__isnull=False)
        .in_order_of_standing(as_of=moment)
        .values_list(*_RESULT)
    )
    chained: list[plain.ResultFact] = []
    for _, versions in groupby(rows, key=itemgetter(0, 1)):
        chained += _chain(list(versions))
    return tuple(sorted(chained, key=lambda result: (result.collected_at, result.received_at)))


def _chain(versions: list[tuple[Any, ...]]) -> Iterable[plain.ResultFact]:
    """The first of `versions` stands; each replaces the next, the last what its sender says it replaces."""
    ids = [result_id(row[1], row[2]) for row in versions]
    for index, row in enumerate(versions):
        (_, _, _, loinc, value, collected_at, received_at, status, comparator, unit, low, high, *other) = row
        replaces = ids[index + 1] if index + 1 < len(ids) else _other_id(other)
        yield plain.ResultFact(
            id=ids[index],
            loinc=loinc,
            value=value,
            collected_at=collected_at,
            received_at=received_at,
            status=status,
            comparator=comparator,
            unit=unit,
            low=low,
            high=high,
            replaces=replaces,
        )


def _other_id(other: list[Any]) -> str | None:
    source_id, version = other
    return None if source_id is None else result_id(source_id, version)


# --- the rest --------------------------------------------------------------------------------------


def _eligibility_unmet(patient: Patient, moment: datetime) -> tuple[str, ...]:
    """The criteria whose newest evidence says *not met*."""
    newest: dict[str, str] = {}
    rows = (
        EligibilityEvidence.objects.filter(patient=patient)
        .known_at(moment)
        .order_by("evidence_on", "recorded_at", "pk")
        .values_list("criterion", "answer")
    )
    newest.update(rows)
    return tuple(criterion for criterion, answer in newest.items() if answer == "not-met")


def _adverse_events(patient: Patient, moment: datetime) -> tuple[plain.AdverseEvent, ...]:
    return tuple(
        plain.AdverseEvent(
            id=str(event.public_id),
            term=event.term,
            on=event.on,
            grade=event.grade,
            hematologic=event.hematologic,
            hypersensitivity=event.hypersensitivity,
            resolved_on=event.resolved_on,
            grade_now=event.grade_now,
        )
        for event in AdverseEvent.objects.filter(patient=patient).known_at(moment).order_by("pk")
    )


def _liver_directed(patient: Patient, moment: datetime) -> tuple[plain.LiverDirected, ...]:
    """The arterial ones; one without a day cannot be placed."""
    rows = PriorTherapy.objects.filter(patient=patient).arterial().known_at(moment).order_by("pk")
    return tuple(plain.LiverDirected(kind, on) for kind, on in rows.values_list("kind", "on") if on)


def _authorizations(patient: Patient, moment: datetime) -> tuple[plain.Authorization, ...]:
    granted = Authorization.objects.filter(patient=patient, state=Authorization.State.GRANTED)
    rows = granted.known_at(moment).order_by("pk").values_list("starts_on", "ends_on", "doses")
    return tuple(plain.Authorization(start, end, doses) for start, end, doses in rows if start and end)


def _stopped(course: Course, moment: datetime) -> plain.Stopped | None:
    if course.stopped_on is None or (course.ended_at and course.ended_at > moment):
        return None
    return plain.Stopped(course.stopped_on, course.stopped_reason)


def _died_on(patient: Patient, moment: datetime) -> date | None:
    recorded_at = patient.died_recorded_at
    return None if recorded_at and recorded_at > moment else patient.died_on


def _closed_days(site: Site, infusions: tuple[plain.Infusion, ...], today: date) -> tuple[date, ...]:
    """The site's closures and public holidays, from the first infusion to half a year from now."""
    days = [
        plain_day
        for infusion in infusions
        if (plain_day := infusion.planned_on or (infusion.started_at and infusion.started_at.date()))
    ]
    first = min([today, *days]) - timedelta(days=30)
    last = max([today, *days]) + timedelta(days=183)
    closures = SiteClosure.objects.filter(site=site, on__range=(first, last)).values_list("on", flat=True)
    public = public_holidays(site.country, site.subdivision, first.year, last.year)
    return tuple(sorted({*closures, *(day for day in public if first <= day <= last)}))


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, first_year: int, last_year: int) -> tuple[date, ...]:
    """The public holidays of a country (and its part) on working days; none where the package knows none."""
    try:
        known = holidays.country_holidays(
            country, subdiv=subdivision or None, years=range(first_year, last_year + 1)
        )
    except NotImplementedError:
        return ()
    return tuple(sorted(known))
