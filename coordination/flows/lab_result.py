"""What a laboratory report sets in motion.

keep the message -> whose is it -> store each result once, as a version -> review queue for what no rule may
use -> a weight becomes a weight, a pregnancy test a pregnancy test -> the patient's courses wait to be
assessed. Everything is committed before the sender is told; delivery order never matters.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Q, QuerySet
from msgspec import Struct

from coordination.base import clock
from coordination.base.models import ApiClient, Site, User
from coordination.base.prepared_queries import PreparedQueries, argument
from coordination.flows.corrections import ask_about_given_doses
from coordination.flows.result_reviews import ask_without_course
from labs.actions.reception import Reception, StoredAs, StoredResult
from labs.actions.reviews import close_reviews_of_older_versions, open_reviews
from labs.actions.store import store_results
from labs.incoming import IncomingReport, PatientKey, with_days_of
from labs.models import BY_HAND, LabReport, LabResult, ReviewItem, SenderMapEntry
from labs.rules.analytes import Analyte
from labs.sender_maps import ENTRY, NO_MAP, MapEntry, SenderMap, maps_from
from patients.models import Patient, PatientIdentifier
from scheduling import actions as scheduling
from scheduling.models import Course

LOCK_OF_A_SOURCE, LOCK_OF_A_MAP = 4701, 4702  # namespaces of ours among the advisory locks
NEEDED_OF_A_PATIENT = tuple(
    f"patient__{name}" for name in ("public_id", "site_id", "family_name", "birth_date", "merged_into_id")
)


class _InUse(Struct, frozen=True):
    entries: list[MapEntry]


def _entries() -> dict[str, QuerySet[Any, Any]]:
    of_client = SenderMapEntry.objects.current().filter(client=argument("client", BigIntegerField()))
    return {"entries": of_client.order_by().values(*ENTRY)}


_MAP = PreparedQueries("map_of_sender", _InUse, _entries)


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


def receive_report(
    incoming: IncomingReport, *, client: ApiClient, sites: Iterable[Site], now: datetime
) -> Receipt:
    """Keep one report from a machine, whatever it says."""
    return receive_reports([incoming], client=client, sites=sites, now=now)[0]


@transaction.atomic(savepoint=False)
def receive_reports(
    incoming: Sequence[IncomingReport], *, client: ApiClient, sites: Iterable[Site], now: datetime
) -> list[Receipt]:
    """Keep reports from a machine, all or none. Safe to repeat: the second time nothing changes."""
    if not incoming:
        return []
    here = list(sites)
    lock_map(client, change=False)
    maps = maps_from(_MAP.ask(client=client.pk).entries)
    senders = [maps.get(report.laboratory, NO_MAP) for report in incoming]
    keys = [_named_by(sender, report.patient) for sender, report in zip(senders, incoming, strict=True)]
    identities = identify(keys, client=client, sites=here)
    if not all(identity.patient for identity in identities):
        lock_source(client)
    return [
        _receive(report, identity, sender, client=client, sites=here, now=now)
        for report, identity, sender in zip(incoming, identities, senders, strict=True)
    ]


def _named_by(sender: SenderMap, key: PatientKey) -> PatientKey:
    """The patient's number under the authority that the sender means."""
    system = sender.authorities.get(key.system)
    return replace(key, system=system) if system else key


def _receive(
    incoming: IncomingReport,
    identity: Identity,
    sender: SenderMap,
    *,
    client: ApiClient,
    sites: Sequence[Site],
    now: datetime,
) -> Receipt:
    patient = identity.patient
    site = _site_of(patient, sites)
    incoming = with_days_of(incoming, site.timezone if site else client.timezone)
    report = _keep(
        LabReport(
            site=site,
            client=client,
            source=incoming.source,
            laboratory=incoming.laboratory,
            message_key=incoming.message_key,
            body=incoming.body,
            body_hash=incoming.body_hash,
            patient=patient,
            state=LabReport.State.APPLIED if patient else LabReport.State.PARKED,
            problem=identity.detail,
            received_at=now,
            applied_at=now if patient else None,
        )
    )
    if patient is None:
        _ask_whose(report, identity, now=now)
    reception = _reception(report, incoming, site, sender, now=now)
    stored, courses = _store(reception, incoming)
    return Receipt(report, identity, stored, courses)


def _site_of(patient: Patient | None, sites: Sequence[Site]) -> Site | None:
    """The patient's, who is at one of the sender's sites; of an unknown patient the sender's first."""
    known = (site for site in sites if patient is None or site.pk == patient.site_id)
    return next(known, None)


def _reception(
    report: LabReport,
    incoming: IncomingReport,
    site: Site | None,
    sender: SenderMap = NO_MAP,
    *,
    now: datetime,
    by: User | None = None,
) -> Reception:
    return Reception(
        report=report,
        patient=report.patient,
        now=now,
        sender=sender,
        zone=clock.zone_of(site) if site else None,
        reported_at=incoming.reported_at,
        filler_order=incoming.filler_order,
        placer_order=incoming.placer_order,
        by=by,
    )


def _keep(report: LabReport) -> LabReport:
    """Store the message once: the same one again finds its row, which stays as it was."""
    LabReport.objects.bulk_create(
        [report],
        update_conflicts=True,
        unique_fields=["source", "message_key", "body_hash"],
        update_fields=["body_hash"],
    )
    return report


@transaction.atomic
def store_typed_results(incoming: IncomingReport, *, patient: Patient, by: User, now: datetime) -> Receipt:
    """Results typed by a person for a patient they have open; the caller assesses before it answers."""
    lock_patient(patient)
    report = LabReport.objects.create(
        site=patient.site,
        source=BY_HAND,
        laboratory=incoming.laboratory,
        message_key=incoming.message_key,
        body=incoming.body,
        body_hash=incoming.body_hash,
        patient=patient,
        state=LabReport.State.APPLIED,
        received_at=now,
        applied_at=now,
    )
    reception = _reception(report, incoming, patient.site, now=now, by=by)
    stored, courses = _store(reception, incoming)
    return Receipt(report, Identity(patient), stored, courses)


# --- identity --------------------------------------------------------------------------------------


def identify(keys: Sequence[PatientKey], *, client: ApiClient, sites: Sequence[Site]) -> list[Identity]:
    """Find patients by number; never by name, and not against the birth date or family name sent.

    Whom it finds it locks, in the same statement and always in one order: one report of a patient is stored
    after the other, and two batches wait for each other, never on each other.
    """
    here = [site.pk for site in sites]
    named = (
        PatientIdentifier.objects.filter(_any_of(keys), patient__site_id__in=here)
        .select_related("patient")
        .only("system", "value", *NEEDED_OF_A_PATIENT)
        .order_by("patient_id")
        .select_for_update(of=("patient",), no_key=True)
    )
    known: dict[tuple[str, str], Patient | None] = {
        (found.system, found.value): found.patient for found in named
    }
    merged = {patient.merged_into_id for patient in known.values() if patient and patient.merged_into_id}
    if merged:
        locked = Patient.objects.filter(pk__in=merged, site_id__in=here).order_by("pk")
        others = locked.select_for_update(of=("self",), no_key=True).in_bulk()
        known = {
            number: others.get(patient.merged_into_id) if patient and patient.merged_into_id else patient
            for number, patient in known.items()
        }
    return [_identity(key, known.get((key.system, key.value)), client) for key in keys]


def _any_of(keys: Sequence[PatientKey]) -> Q:
    numbers: dict[str, set[str]] = {}
    for key in keys:
        numbers.setdefault(key.system, set()).add(key.value)
    return reduce(or_, (Q(system=system, value__in=values) for system, values in numbers.items()))


def _identity(key: PatientKey, patient: Patient | None, client: ApiClient) -> Identity:
    if client.mrn_systems and key.system not in client.mrn_systems:
        return _unknown(f"Numbers of {key.system} are not taken from {client}.")
    if patient is None:
        return _unknown("No patient with this number is known here.")
    if key.birth_date and patient.birth_date and key.birth_date != patient.birth_date:
        return _contradiction("birth_date")
    if key.family_name and not _is_same_name(key.family_name, patient.family_name):
        return _contradiction("family_name")
    return Identity(patient)


def _unknown(detail: str) -> Identity:
    return Identity(None, ReviewItem.Kind.PATIENT_UNKNOWN, detail, "value")


def _contradiction(name: str) -> Identity:
    words = name.replace("_", " ")
    return Identity(None, ReviewItem.Kind.IDENTITY_MISMATCH, f"The {words} differs from the record.", name)


def _is_same_name(sent: str, known: str) -> bool:
    """Accents, case, blanks, and the shapes of apostrophe and hyphen do not make another name."""
    return _folded(sent) == _folded(known)


_APOSTROPHES = "'\u2019\u2018\u02bc\u02b9\u0060\u00b4\u2032\uff07"
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad\ufe63\uff0d"
_SHAPES = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_HYPHENS, "-"))
_LETTERS = str.maketrans(
    {"\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u0131": "i", "\u00e6": "ae", "\u0153": "oe"}
)
"""Letters that are written with a stroke or joined, and come without it from systems that lack them."""


def _folded(name: str) -> str:
    """The same for every way to write a name, composed or decomposed letters among them."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.translate(_SHAPES).casefold())
        if not unicodedata.combining(letter)
    )
    return re.sub(r"\s*-\s*", "-", " ".join(plain.translate(_LETTERS).split()))


def _ask_whose(report: LabReport, identity: Identity, *, now: datetime) -> None:
    """One question for one message, however often its sender tries again."""
    asked = ReviewItem.objects.open().filter(
        report__source=report.source, report__body_hash=report.body_hash, kind=identity.problem, result=None
    )
    if not asked.exists():
        ReviewItem.objects.create(report=report, kind=identity.problem, detail=identity.detail, opened_at=now)


# --- storing ---------------------------------------------------------------------------------------


def _store(reception: Reception, incoming: IncomingReport) -> tuple[list[StoredResult], Sequence[int]]:
    """The caller holds the patient's lock; without a patient, the source's."""
    patient, now = reception.patient, reception.now
    stored = store_results(reception, incoming.results)
    open_reviews(stored, now=now)
    close_reviews_of_older_versions(stored, now=now)
    changed = [each for each in stored if each.state is not StoredAs.UNCHANGED and each.result.patient_id]
    if patient is None or not changed:
        return stored, ()
    standing = [each.result for each in changed if each.state is not StoredAs.SUPERSEDED]
    return stored, follow_up_results(standing, patient, now=now)


def follow_up_results(standing: Sequence[LabResult], patient: Patient, *, now: datetime) -> Sequence[int]:
    """What new versions that stand set in motion for their patient; returns the courses that wait."""
    ask_about_given_doses(standing, patient, now=now)
    take_over(standing, patient, now=now)
    courses = mark_courses(patient, now=now)
    if not courses:
        ask_without_course(patient, standing, now=now)
    return courses


def lock_patient(patient: Patient) -> None:
    """One change for a patient after the other: versions are counted, and courses marked, in order."""
    locked = Patient.objects.filter(pk=patient.pk).select_for_update(of=("self",), no_key=True)
    locked.values_list("pk").get()


def lock_source(client: ApiClient) -> None:
    """Without a patient to lock, one report of a sender after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_OF_A_SOURCE, client.pk])


def lock_map(client: ApiClient, *, change: bool) -> None:
    """A report is read by one state of its sender's map: who changes the map waits for the reports, and they
    for it, until the transaction ends."""
    lock = "pg_advisory_xact_lock" if change else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s, %s)", [LOCK_OF_A_MAP, client.pk])


def mark_courses(patient: Patient, *, now: datetime) -> Sequence[int]:
    """The patient's courses wait to be assessed; returns which."""
    return Course.objects.mark_dirty_of(patient, now)


def take_over(results: Iterable[LabResult], patient: Patient, *, now: datetime) -> None:
    """A weight that arrives as a result becomes a weight; a word for hCG becomes a pregnancy test."""
    for result in results:
        take_over_as(result.analyte or _withdrawn_analyte(result), result, patient, now=now)


def _withdrawn_analyte(result: LabResult) -> str | None:
    """A withdrawal needs no code that we know: it is one of the analyte to which its id belongs."""
    if result.status not in LabResult.ENDING or result.strand:
        return None
    own = LabResult.objects.filter(
        source=result.source, source_id=result.source_id, strand="", analyte__isnull=False
    )
    return own.order_by("version").values_list("analyte", flat=True).first()


def take_over_as(analyte: str | None, result: LabResult, patient: Patient, *, now: datetime) -> None:
    """What stood as that analyte before is taken back; what the result says instead is taken over."""
    if analyte == Analyte.WEIGHT:
        scheduling.take_weight(result, patient, now=now)
    elif analyte == Analyte.HCG:
        scheduling.take_pregnancy_test(result, patient, now=now)
