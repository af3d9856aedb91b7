"""What a laboratory report sets in motion.

keep the message -> whose is it -> store each result once, as a version -> review queue for what no rule may
use -> a weight becomes a weight, a pregnancy test a pregnancy test -> the patient's courses wait to be
assessed. Everything is committed before the sender is told; delivery order never matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from coordination.base.models import ApiClient, Site, User
from labs.actions import (
    Stored,
    StoredResult,
    assign_patient,
    close_reviews_of_older_versions,
    open_reviews,
    store_results,
)
from labs.incoming import IncomingReport, PatientKey
from labs.models import BY_HAND, LabReport, LabResult, ReviewItem
from labs.rules.analytes import Analyte
from patients.models import Patient, PatientIdentifier
from scheduling import actions as scheduling
from scheduling.models import Course


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a report is; without a patient, `problem` says why nobody may be assumed."""

    patient: Patient | None
    problem: str = ""  # a kind of ReviewItem
    detail: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    report: LabReport
    identity: Identity
    results: Sequence[StoredResult]
    courses: Sequence[int]  # waiting to be assessed


@transaction.atomic
def receive_report(
    incoming: IncomingReport, *, client: ApiClient, sites: Iterable[Site], now: datetime
) -> Receipt:
    """Keep a report from a machine, whatever it says. Safe to repeat: the second time nothing changes."""
    here = list(sites)
    identity = identify(incoming.patient, client=client, sites=here)
    patient = identity.patient
    report = LabReport.objects.create(
        site=patient.site if patient else (here[0] if here else None),
        client=client,
        source=incoming.source,
        message_key=incoming.message_key,
        body=incoming.body,
        body_hash=incoming.body_hash,
        patient=patient,
        state=LabReport.State.APPLIED if patient else LabReport.State.PARKED,
        problem=identity.detail,
        received_at=now,
        applied_at=now if patient else None,
    )
    if patient is None:
        _ask_whose(report, identity, now=now)
    stored, courses = _store(report, patient, incoming, now=now)
    return Receipt(report, identity, stored, courses)


@transaction.atomic
def enter_results(incoming: IncomingReport, *, patient: Patient, by: User, now: datetime) -> Receipt:
    """Results typed by a person for a patient they have open; the caller assesses before it answers."""
    report = LabReport.objects.create(
        site=patient.site,
        source=BY_HAND,
        message_key=incoming.message_key,
        body=incoming.body,
        body_hash=incoming.body_hash,
        patient=patient,
        state=LabReport.State.APPLIED,
        received_at=now,
        applied_at=now,
    )
    stored, courses = _store(report, patient, incoming, now=now, by=by)
    return Receipt(report, Identity(patient), stored, courses)


@transaction.atomic
def settle_identity(
    report: LabReport, patient: Patient, *, by: User, because: str, now: datetime
) -> Sequence[int]:
    """A person says whose a parked report is: its results count from now on."""
    lock_patient(patient)
    assign_patient(report, patient, by=by, because=because, now=now)
    _take_over(LabResult.objects.filter(report=report).standing(), patient, now=now)
    return mark_courses(patient, now=now)


# --- identity --------------------------------------------------------------------------------------


def identify(key: PatientKey, *, client: ApiClient, sites: Sequence[Site]) -> Identity:
    """Find the patient by number; never by name, and not against the birth date or family name sent."""
    if client.mrn_systems and key.system not in client.mrn_systems:
        return _unknown(f"Numbers of {key.system} are not taken from {client}.")
    found = (
        PatientIdentifier.objects.filter(system=key.system, value=key.value, patient__site__in=sites)
        .select_related("patient__site", "patient__merged_into__site")
        .first()
    )
    if found is None:
        return _unknown("No patient with this number is known here.")
    patient = found.patient.merged_into or found.patient
    if key.birth_date and patient.birth_date and key.birth_date != patient.birth_date:
        return _contradiction("birth_date")
    if key.family_name and not _is_same_name(key.family_name, patient.family_name):
        return _contradiction("family_name")
    return Identity(patient)


def _unknown(detail: str) -> Identity:
    return Identity(None, ReviewItem.Kind.PATIENT_UNKNOWN, detail, "patient.value")


def _contradiction(name: str) -> Identity:
    return Identity(
        None, ReviewItem.Kind.IDENTITY_MISMATCH, f"{name} differs from the record", f"patient.{name}"
    )


def _is_same_name(sent: str, known: str) -> bool:
    return sent.strip().casefold() == known.strip().casefold()


def _ask_whose(report: LabReport, identity: Identity, *, now: datetime) -> None:
    ReviewItem.objects.create(report=report, kind=identity.problem, detail=identity.detail, opened_at=now)


# --- storing ---------------------------------------------------------------------------------------


def _store(
    report: LabReport,
    patient: Patient | None,
    incoming: IncomingReport,
    *,
    now: datetime,
    by: User | None = None,
) -> tuple[list[StoredResult], Sequence[int]]:
    if patient:
        lock_patient(patient)
    stored = store_results(
        report, patient, incoming.results, reported_at=incoming.reported_at, now=now, by=by
    )
    open_reviews(report, stored, now=now)
    close_reviews_of_older_versions(stored, now=now)
    if patient is None or all(each.state is Stored.UNCHANGED for each in stored):
        return stored, ()
    _take_over(_standing_now(stored), patient, now=now)
    return stored, mark_courses(patient, now=now)


def _standing_now(stored: Iterable[StoredResult]) -> list[LabResult]:
    return [each.result for each in stored if each.state not in (Stored.UNCHANGED, Stored.SUPERSEDED)]


def lock_patient(patient: Patient) -> None:
    """One report of a patient after the other: versions are counted, and courses marked, in order."""
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)


def mark_courses(patient: Patient, *, now: datetime) -> Sequence[int]:
    """The patient's courses wait to be assessed; returns which."""
    courses = Course.objects.filter(patient=patient)
    courses.mark_dirty(now)
    return list(courses.values_list("pk", flat=True))


def _take_over(results: Iterable[LabResult], patient: Patient, *, now: datetime) -> None:
    """A weight that arrives as a result becomes a weight; a word for hCG becomes a pregnancy test."""
    for result in results:
        if result.analyte == Analyte.WEIGHT:
            scheduling.take_weight(result, patient, now=now)
        elif result.analyte == Analyte.HCG:
            scheduling.take_pregnancy_test(result, patient, now=now)
