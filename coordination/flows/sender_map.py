"""What a sender means by a word of its own, said by a person: from now on, and for what waits.

change the map -> read again what waits for it (or was read by what is withdrawn), each as a new version ->
close and open review items -> the patients' courses wait to be assessed. What was known before stays known:
the versions as they were read until then are kept.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.base import clock
from coordination.base.bulk_insert import add_rows
from coordination.base.models import ApiClient, User
from coordination.flows.lab_result import follow_up_results, lock_map, take_over_as
from labs.actions.judgments import judge_reading
from labs.actions.reception import Reception
from labs.actions.reviews import open_reviews, resolve_review
from labs.actions.store import read_again
from labs.models import LabReport, LabResult, ReviewItem, SenderMapEntry
from labs.sender_maps import NO_MAP, Maps, add_entry, maps_of, withdraw_entry
from patients.models import Patient

EntryKind = SenderMapEntry.Kind
WAITS_FOR_A_MAP = (
    ReviewItem.Kind.CODE_UNKNOWN,
    ReviewItem.Kind.UNIT_MISSING,
    ReviewItem.Kind.UNIT_UNKNOWN,
    ReviewItem.Kind.IMPLAUSIBLE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of one sender: a code, or a unit of one analyte, or one of the other kinds of an entry."""

    CODE: ClassVar[str] = EntryKind.CODE
    UNIT: ClassVar[str] = EntryKind.UNIT

    client: ApiClient
    laboratory: str
    kind: str
    sent: str
    analyte: str = ""


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What a change of a map did."""

    results: Sequence[LabResult]
    patients: Sequence[Patient]
    courses: Sequence[int]  # waiting to be assessed

    @property
    def usable(self) -> int:
        return sum(result.usable for result in self.results)


@transaction.atomic
def say_meaning(words: Iterable[tuple[Word, str]], *, because: str, by: User, now: datetime) -> ReadAgain:
    """What words of one sender mean, from now on and for what waits. One act, whatever it takes: a code, and
    the unit that comes with it."""
    said = list(words)
    client = said[0][0].client
    lock_map(client, change=True)
    concerned: dict[int, LabResult] = {}
    for word, means in said:
        concerned |= {result.pk: result for result in waiting_for(word)}
        before = add_entry(
            client,
            word.laboratory,
            word.kind,
            sent=word.sent,
            analyte=word.analyte,
            means=means,
            because=because,
            by=by,
            now=now,
        )
        if before:
            concerned |= {result.pk: result for result in read_by(before)}
    told = f"{by.full_name}: " + ", ".join(f"{word.sent or 'no unit'} is {means}" for word, means in said)
    return _read_again(concerned, client, because=f"{told}, for this sender.", by=by, now=now)


@transaction.atomic
def take_back_entry(entry: SenderMapEntry, *, by: User, because: str, now: datetime) -> ReadAgain:
    """An entry is not used from now on, and what was read by it waits again."""
    lock_map(entry.client, change=True)
    entry.refresh_from_db()
    concerned = {result.pk: result for result in read_by(entry)}
    withdraw_entry(entry, by=by, because=because, now=now)
    told = f"{by.full_name} withdrew that {entry.sent or 'no unit'} is {entry.means}: {because}"
    return _read_again(concerned, entry.client, because=told, by=by, now=now)


# --- which word ------------------------------------------------------------------------------------


def word_of(item: ReviewItem) -> Word | None:
    """The word of its sender that a review item waits for; None where no map can help."""
    result, client = item.result, item.report.client
    if result is None or client is None or item.resolved_at or item.kind not in WAITS_FOR_A_MAP:
        return None
    if item.kind == ReviewItem.Kind.CODE_UNKNOWN:
        return (
            Word(client, item.report.laboratory, EntryKind.CODE, result.sent_code)
            if result.sent_code
            else None
        )
    return unit_word_of(item, result.analyte or "")


def unit_word_of(item: ReviewItem, analyte: str) -> Word:
    """The unit of its result, as the unit of that analyte."""
    report: Any = item.report
    result: Any = item.result
    return Word(report.client, report.laboratory, EntryKind.UNIT, (result.unit or "").strip(), analyte)


def how_many_wait(words: Iterable[Word]) -> dict[Word | None, int]:
    """For each word, how many results of its sender wait for it."""
    wanted = set(words)
    if not wanted:
        return {}
    asked = ReviewItem.objects.open().filter(
        kind__in=WAITS_FOR_A_MAP, report__client__in={word.client for word in wanted}, patient__isnull=False
    )
    found = Counter(word_of(item) for item in asked.select_related("result", "report__client"))
    return {word: found[word] for word in wanted}


# --- which results ---------------------------------------------------------------------------------


def waiting_for(word: Word) -> QuerySet[LabResult]:
    """The results of a sender that wait in the review queue because of this word."""
    asked = ReviewItem.objects.open().filter(result=OuterRef("pk"), kind__in=WAITS_FOR_A_MAP)
    of_sender = LabResult.objects.filter(report__client=word.client, report__laboratory=word.laboratory)
    return of_sender.filter(Exists(asked), _said(word)).standing()


def _said(word: Word) -> Q:
    if word.kind == EntryKind.CODE:
        system, _, code = word.sent.partition("|")
        return Q(code="", loinc=code) if system == "LOINC" else Q(code=word.sent)
    if word.kind == EntryKind.UNIT:
        is_sent = Q(unit=word.sent) if word.sent else Q(unit=None) | Q(unit="")
        return is_sent & Q(analyte=word.analyte)
    return Q(pk__in=[])


def read_by(entry: SenderMapEntry) -> QuerySet[LabResult]:
    """The results that stand as this entry says."""
    return LabResult.objects.filter(Q(code_map=entry) | Q(unit_map=entry)).standing()


# --- read again ------------------------------------------------------------------------------------


def read_report_again(report: LabReport, *, by: User, now: datetime) -> ReadAgain:
    """The results of a report that has just found its patient, by its sender's map as it is now."""
    if report.client is None:
        return ReadAgain([], [], [])
    lock_map(report.client, change=False)
    concerned = {result.pk: result for result in LabResult.objects.filter(report=report).standing()}
    told = "Read by the map of its sender."
    return _read_again(concerned, report.client, because=told, by=by, now=now)


def _read_again(
    concerned: dict[int, LabResult], client: ApiClient, *, because: str, by: User, now: datetime
) -> ReadAgain:
    rows = _locked(concerned)
    anew = _new_readings(rows, maps_of(client), now=now)
    add_rows(list(anew.values()))
    asked = ReviewItem.objects.open().filter(result__in=anew)
    for item in asked:
        resolve_review(item, by=by, because=because, now=now)
    for row in rows:
        again = anew.get(row.pk)
        if again and row.patient and row.analyte != again.analyte:
            take_over_as(row.analyte, again, row.patient, now=now)
    courses: list[int] = []
    patients: list[Patient] = []
    by_patient = sorted(anew.values(), key=lambda row: row.patient_id or 0)
    for _, group in groupby(by_patient, key=lambda row: row.patient_id):
        results = list(group)
        patient = results[0].patient
        if patient is None:
            continue
        open_reviews([judge_reading(result) for result in results], now=now)
        courses += follow_up_results(results, patient, now=now)
        patients.append(patient)
    return ReadAgain(list(anew.values()), patients, courses)


def _locked(concerned: dict[int, LabResult]) -> list[LabResult]:
    """The results as they stand once nobody else can add a version of them."""
    patients = {result.patient_id for result in concerned.values() if result.patient_id}
    held = Patient.objects.filter(pk__in=patients).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(held.values_list("pk"))
    standing = LabResult.objects.filter(pk__in=concerned).standing()
    return list(standing.select_related("report", "patient__site").order_by("pk"))


def _new_readings(rows: Sequence[LabResult], maps: Maps, *, now: datetime) -> dict[int, LabResult]:
    """By the key of the reading that each takes the place of; without those that read as they did."""
    known: dict[tuple[str, str], list[LabResult]] = {}
    named = LabResult.objects.filter(
        source__in={row.source for row in rows}, source_id__in={row.source_id for row in rows}
    )
    for version in named.order_by("version"):
        known.setdefault((version.source, version.source_id), []).append(version)
    found = {}
    for row in rows:
        versions = known[row.source, row.source_id]
        reception = Reception(
            report=row.report,
            patient=row.patient,
            now=now,
            sender=maps.get(row.report.laboratory, NO_MAP),
            zone=clock.zone_of(row.patient.site) if row.patient else None,
        )
        again = read_again(row, versions, reception, version=len(versions) + 1)
        if (again.mapped_loinc, again.mapped_unit) != (row.mapped_loinc, row.mapped_unit):
            versions.append(again)
            found[row.pk] = again
    return found
