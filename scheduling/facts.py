"""What the database knows of a course, as the plain values that `assess` reads.

One statement, whatever the course holds. With `as_of` it is what was known then: recorded by that moment and
not yet taken back. `assess` itself leaves out what was given or received later.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from coordination.base import clock
from patients.models import Patient
from patients.models.authorization import last_day
from scheduling.closed_days import closed_days
from scheduling.eligibility import doubts, own_bounds
from scheduling.facts_statement import FACTS_OF_COURSE, RESULTS_OF_PATIENT, SETTINGS, KnownFacts, OwnRecordRow
from scheduling.models import Course
from scheduling.protocols import DEFAULT_PROTOCOL
from scheduling.result_chains import ResultIds, result_facts
from scheduling.rules import facts as plain
from scheduling.rules.days import zone_named


def facts_of(
    course: Course, as_of: datetime | None = None, *, moved: Mapping[int, date] = MappingProxyType({})
) -> plain.CourseFacts:
    """Every fact of a course, as it was known at `as_of` (default: now).

    `moved`: as if the infusions of these numbers were planned for these days.
    """
    moment = as_of or clock.now()
    patient = course.patient
    site = patient.site
    known = FACTS_OF_COURSE.ask(course=course.pk, patient=patient.pk, site=site.pk, moment=moment)
    here = moment.astimezone(zone_named(site.timezone))
    infusions = _infusions(known, moved)
    unmet, unsure = _eligibility(known, infusions, here)
    ids = ResultIds.among((row.source, row.source_id) for row in known.results)
    return plain.CourseFacts(
        id=str(course.public_id),
        as_of=here,
        timezone=site.timezone,
        protocol=course.protocol_key,
        protocol_version=course.protocol_version,
        protocol_digest=course.protocol_digest,
        patient=plain.PatientFacts(
            sex=patient.sex,
            birth_date=patient.birth_date,
            pregnancy_possible=patient.pregnancy_possible,
            anticoagulated=patient.anticoagulated,
        ),
        settings=_settings(course, known),
        weights=tuple(plain.WeightFact(*msgspec.structs.astuple(row)) for row in known.weights),
        eligibility_unmet=unmet,
        eligibility_unsure=unsure,
        infusions=infusions,
        results=result_facts(known.results, ids),
        adverse_events=tuple(
            plain.AdverseEventFact(*msgspec.structs.astuple(row)) for row in known.adverse_events
        ),
        transfusions=known.transfusions,
        attributions=known.attributions,
        confirmations=known.confirmations,
        injections=known.injections,
        scans=known.scans,
        liver_directed=known.liver_directed,
        pregnancy_tests=known.pregnancy_tests,
        authorizations=_authorizations(known),
        consents=_own(known.consents),
        education=_own(known.education),
        closed_days=closed_days(site, infusions, here.date(), known.closures),
        draws=known.draws,
        baseline_pins=tuple(
            plain.BaselinePinFact(pin.analyte, ids.of(pin.source, pin.source_id, pin.version))
            for pin in known.pins
        ),
        stopped=_stopped(course, moment),
        progressed_on=course.progressed_on,
        died_on=_died_on(patient, moment),
    )


def facts_without_course(patient: Patient, moment: datetime) -> plain.CourseFacts:
    """The patient and the results, for what the rules say of results alone."""
    known = RESULTS_OF_PATIENT.ask(patient=patient.pk, moment=moment)
    ids = ResultIds.among((row.source, row.source_id) for row in known.results)
    site = patient.site
    return plain.CourseFacts(
        id=str(patient.public_id),
        as_of=moment.astimezone(zone_named(site.timezone)),
        timezone=site.timezone,
        protocol=DEFAULT_PROTOCOL,
        patient=plain.PatientFacts(sex=patient.sex, birth_date=patient.birth_date),
        results=result_facts(known.results, ids),
    )


def _settings(course: Course, known: KnownFacts) -> plain.Settings:
    """The course's own choices, else the site's; None leaves the protocol's."""
    default = known.settings[0] if known.settings else plain.Settings()
    chosen = (_chosen(getattr(course, name), getattr(default, name)) for name in SETTINGS)
    return msgspec.structs.replace(plain.Settings(*chosen), others=own_bounds(known.chosen))


def _chosen(own: Any, of_site: Any) -> Any:
    return of_site if own is None else own


def _infusions(known: KnownFacts, moved: Mapping[int, date]) -> tuple[plain.InfusionFact, ...]:
    """One for each cycle that is planned or given; what was given does not move."""
    given = {row.cycle_id: row for row in known.given}
    infusions = []
    for cycle in known.cycles:
        if row := given.get(cycle.id):
            _, *columns = msgspec.structs.astuple(row)
            infusions.append(plain.InfusionFact(cycle.number, cycle.planned_on, *columns))
        elif planned_on := moved.get(cycle.number, cycle.planned_on):
            infusions.append(plain.InfusionFact(cycle.number, planned_on))
    return tuple(infusions)


def _eligibility(
    known: KnownFacts, infusions: tuple[plain.InfusionFact, ...], here: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria not met, and those that cannot be told, for the first infusion; after it none is asked."""
    if any(infusion.started_at and infusion.started_at <= here for infusion in infusions):
        return (), ()
    today = here.date()
    planned = next((infusion.planned_on for infusion in infusions if infusion.cycle == 1), None)
    return doubts(known, on=max(planned or today, today), today=today)


def _authorizations(known: KnownFacts) -> tuple[plain.AuthorizationFact, ...]:
    """Up to the day before a withdrawal; none that was withdrawn before it began."""
    lasting = ((row, last_day(row.ends_on, row.withdrawn)) for row in known.authorizations)
    return tuple(
        plain.AuthorizationFact(row.starts_on, last, row.doses)
        for row, last in lasting
        if last >= row.starts_on
    )


def _own(rows: Iterable[OwnRecordRow]) -> tuple[plain.ConsentOrEducationFact, ...]:
    return tuple(plain.ConsentOrEducationFact(row.on, row.withdrawn) for row in rows)


def _stopped(course: Course, moment: datetime) -> plain.StoppedFact | None:
    if course.stopped_on is None or (course.ended_at and course.ended_at > moment):
        return None
    return plain.StoppedFact(course.stopped_on, course.stopped_reason)


def _died_on(patient: Patient, moment: datetime) -> date | None:
    recorded_at = patient.died_recorded_at
    return None if recorded_at and recorded_at > moment else patient.died_on
