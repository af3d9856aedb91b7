"""What changes results: storing a version, opening and resolving what a person must look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

from coordination.base.errors import CareError
from coordination.base.models import User
from labs.incoming import IncomingResult
from labs.models import LabReport, LabResult, ReviewItem
from labs.rules.analytes import ANALYTE_OF
from labs.rules.numbers import EXACT
from labs.rules.reading import Reading, Rejection, read_result
from patients.models import Patient

CLOCK_SKEW = timedelta(minutes=10)
LONGEST_USED_TEXT = 80
WHOSE = (ReviewItem.Kind.PATIENT_UNKNOWN, ReviewItem.Kind.IDENTITY_MISMATCH)

SEEN_BUT_NOT_REVIEWED = frozenset(
    {
        # Companions of the panels that rules read: kept and shown, and no person has to look at each.
        "2345-7", "2339-0", "14749-6",  # glucose
        "2075-0", "2028-9", "1963-8", "33037-3", "10466-1",  # chloride, CO2, bicarbonate, anion gap
        "2885-2", "10834-0", "1759-0",  # protein, globulin, albumin/globulin
        "3097-3", "1968-7", "49765-1",  # urea/creatinine, direct bilirubin, calcium in blood
        "4544-3", "20570-8", "789-8", "26453-1", "787-2", "785-6", "786-4", "788-0", "21000-5", "32623-1",
        "736-9", "26478-8", "742-7", "26484-6", "5905-5", "26485-3", "711-2", "26449-9", "713-8", "26450-7",
        "704-7", "26444-0", "706-2", "30180-4", "71695-1", "53115-2",  # the rest of a blood count
        "58410-2", "57021-8", "24323-8", "51990-0",  # panels
    }
)  # fmt: skip


class Stored(StrEnum):
    """What became of one incoming result."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class StoredResult:
    """`reason` says why no rule uses it (a kind of ReviewItem); empty where a rule may, or none is needed."""

    result: LabResult
    state: Stored
    reason: str = ""


Versions = dict[str, list[LabResult]]


def store_results(
    report: LabReport,
    patient: Patient | None,
    incoming: Sequence[IncomingResult],
    *,
    reported_at: datetime | None,
    now: datetime,
    by: User | None = None,
    filler_order: str = "",
    placer_order: str = "",
) -> list[StoredResult]:
    """Store each result as a new version, once; in a constant number of statements, however many they are.

    The caller holds the patient's lock, so that versions are counted one after the other. A report time
    in the future would outrank every later correction: it counts as absent.
    """
    if reported_at and reported_at > now + CLOCK_SKEW:
        reported_at = None
    known = _known_versions(report.source, incoming)
    stored: list[tuple[LabResult, Stored]] = []
    new: list[LabResult] = []
    for result in incoming:
        versions = known.setdefault(result.id, [])
        row = _row(report, patient, result, versions, reported_at=reported_at, now=now, by=by)
        row.filler_order, row.placer_order = filler_order, placer_order
        same = next((version for version in versions if _is_same(version, row)), None)
        if same:
            stored.append((same, Stored.UNCHANGED))
            continue
        is_first = all(version.patient_id != row.patient_id for version in versions)
        versions.append(row)
        new.append(row)
        stored.append((row, Stored.CREATED if is_first else Stored.UPDATED))
    LabResult.objects.bulk_create(new)
    return _judged(stored, known)


def _known_versions(source: str, incoming: Sequence[IncomingResult]) -> Versions:
    """What is stored under the ids of a report."""
    ids = {result.id for result in incoming}
    known: Versions = {}
    stored = LabResult.objects.filter(source=source, source_id__in=ids)
    if not stored.exists():  # the usual case, and half the price
        return known
    for version in stored.order_by("version"):
        known.setdefault(version.source_id, []).append(version)
    return known


def _row(
    report: LabReport,
    patient: Patient | None,
    incoming: IncomingResult,
    versions: Sequence[LabResult],
    *,
    reported_at: datetime | None,
    now: datetime,
    by: User | None,
) -> LabResult:
    collected_at = incoming.collected_at
    in_future = collected_at is not None and not incoming.day_only and collected_at > now + CLOCK_SKEW
    loinc = incoming.loinc
    if incoming.status in LabResult.ENDING and not loinc and versions:
        loinc = versions[-1].loinc
    row = LabResult(
        report=report,
        patient=None if _is_of_another(patient, versions) else patient,
        source=report.source,
        source_id=incoming.id,
        version=len(versions) + 1,
        replaces="" if incoming.replaces in (None, incoming.id) else incoming.replaces,
        loinc=loinc,
        code_text=incoming.code_text,
        value=incoming.value,
        comparator=incoming.comparator,
        unit=incoming.unit,
        low=incoming.low,
        high=incoming.high,
        range_text=incoming.range_text,
        status=incoming.status,
        absent_reason=incoming.absent_reason,
        note=incoming.note,
        collected_at=None if in_future else collected_at,
        collected_text=collected_at.isoformat() if in_future and collected_at else incoming.collected_text,
        day_only=incoming.day_only,
        reported_at=reported_at,
        received_at=now,
        entered_by=by,
    )
    use(row)
    return row


def _is_of_another(patient: Patient | None, versions: Sequence[LabResult]) -> bool:
    """A result known of somebody else, who has not lost it: nobody may be assumed, and a person is asked."""
    if patient is None:
        return False
    held: dict[int, str] = {
        version.patient_id: version.status for version in versions if version.patient_id is not None
    }
    others = [status for owner, status in held.items() if owner != patient.pk]
    return any(status not in LabResult.ENDING for status in others)


def use(row: LabResult) -> None:
    """Fill in what the rules read of it, or why none may."""
    is_final = row.status in LabResult.FINAL
    row.analyte = ANALYTE_OF.get(row.loinc)
    reading: Reading | Rejection = Rejection.STATUS
    if is_final or row.status == "preliminary":
        reading = read_result(
            loinc=row.loinc,
            value=row.value,
            comparator=row.comparator,
            unit=row.unit,
            low=row.low,
            high=row.high,
        )
    if not isinstance(reading, Rejection) and len(reading.display_value) > LONGEST_USED_TEXT:
        reading = Rejection.VALUE
    if isinstance(reading, Rejection):
        row.usable, row.rejection = False, reading.value
        return
    row.usable = is_final and row.collected_at is not None
    row.rejection = None
    row.used_text = reading.display_value
    row.used_comparator = reading.comparator
    row.used_unit = reading.unit
    row.used_value = None if reading.sent is None else _ten_decimals(reading.canonical)


def _ten_decimals(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0000000001"), context=EXACT)


_AS_SENT = attrgetter(
    "patient_id",
    "loinc",
    "value",
    "comparator",
    "unit",
    "low",
    "high",
    "status",
    "absent_reason",
    "collected_at",
    "collected_text",
    "day_only",
    "reported_at",
    "replaces",
)


def _is_same(version: LabResult, row: LabResult) -> bool:
    """The same words about the same patient: a parked copy does not stand for one that found its patient."""
    return bool(_AS_SENT(version) == _AS_SENT(row))


def _judged(stored: Sequence[tuple[LabResult, Stored]], known: Versions) -> list[StoredResult]:
    contested = {
        row.pk
        for row, state in stored
        if state is not Stored.UNCHANGED and row.patient_id and len(known[row.source_id]) > 1
    }
    if contested:
        standing = LabResult.objects.filter(pk__in=contested).standing()
        contested -= set(standing.values_list("pk", flat=True))
    return [_judge(row, state, is_older=row.pk in contested) for row, state in stored]


def _judge(row: LabResult, state: Stored, *, is_older: bool) -> StoredResult:
    if state is Stored.UNCHANGED:
        return StoredResult(row, state)
    if is_older:
        return StoredResult(row, Stored.SUPERSEDED)
    if row.patient_id is None and row.report.patient_id is not None:
        return StoredResult(row, Stored.REVIEW, ReviewItem.Kind.WRONG_PATIENT)
    if reason := _why_unusable(row):
        return StoredResult(row, Stored.REVIEW, reason)
    return StoredResult(row, state)


def _why_unusable(row: LabResult) -> str:
    """Why no rule uses a final or preliminary result; empty where a rule may, or its status says enough."""
    if row.rejection and row.rejection != Rejection.STATUS:
        return row.rejection
    if row.collected_at is None and row.rejection is None:
        return ReviewItem.Kind.TIME
    return ""


# --- the review queue ------------------------------------------------------------------------------


def open_reviews(report: LabReport, stored: Iterable[StoredResult], *, now: datetime) -> None:
    """One item for each result that no rule may use, and none for a version that no longer stands."""
    ReviewItem.objects.bulk_create(
        ReviewItem(
            report=report,
            result=each.result,
            patient=report.patient,
            kind=kind,
            detail=_detail(each.result, kind),
            opened_at=now,
        )
        for each in stored
        if (kind := _kind_of_review(each))
    )


def _kind_of_review(each: StoredResult) -> str:
    result = each.result
    if each.state in (Stored.UNCHANGED, Stored.SUPERSEDED):
        return ""
    if each.reason:
        unremarkable = each.reason == Rejection.CODE and result.loinc in SEEN_BUT_NOT_REVIEWED
        return "" if unremarkable else each.reason
    if result.status == "preliminary":
        return ReviewItem.Kind.PRELIMINARY
    if result.status == "entered-in-error" and each.state is Stored.UPDATED:
        return ReviewItem.Kind.STATUS
    return ""


def _detail(result: LabResult, kind: str) -> str:
    name = result.code_text or result.analyte or result.loinc or "a result"
    return {
        ReviewItem.Kind.CODE_UNKNOWN: f"No rule knows the code {result.loinc or '(none)'} ({name}).",
        ReviewItem.Kind.VALUE_UNREADABLE: f"The value of {name} is not a number.",
        ReviewItem.Kind.UNIT_MISSING: f"{name} came without a unit.",
        ReviewItem.Kind.UNIT_UNKNOWN: f"The unit {result.unit!r} of {name} is not known for its code.",
        ReviewItem.Kind.IMPLAUSIBLE: f"The value of {name} is outside what is plausible in its unit.",
        ReviewItem.Kind.TIME: f"{name} has no collection time that a rule can use.",
        ReviewItem.Kind.PRELIMINARY: f"{name} is preliminary: it may warn, never clear or hold a dose.",
        ReviewItem.Kind.STATUS: f"{name} was withdrawn by its sender; decisions that used it are void.",
        ReviewItem.Kind.WRONG_PATIENT: f"{name} was sent before for another patient, and not taken back.",
    }[ReviewItem.Kind(kind)]


def close_reviews_of_older_versions(stored: Iterable[StoredResult], *, now: datetime) -> None:
    """A newer version that stands settles the questions that were open about the older ones."""
    newer = {
        each.result.source_id: each.result
        for each in stored
        if each.result.version > 1 and each.state not in (Stored.UNCHANGED, Stored.SUPERSEDED)
        if each.result.patient_id
    }
    if not newer:
        return
    source = next(iter(newer.values())).source
    asked = ReviewItem.objects.open().filter(result__source=source, result__source_id__in=newer)
    for item in asked.select_related("result"):
        result = newer[item.result.source_id]  # type: ignore[union-attr]
        if item.result.version < result.version:  # type: ignore[union-attr]
            item.resolved_at = now
            item.resolution = f"Version {result.version} of the result arrived."
            item.save_by(None, because=item.resolution)


def resolve_review(item: ReviewItem, *, by: User, because: str, now: datetime) -> None:
    if item.resolved_at:
        who = f" by {item.resolved_by}" if item.resolved_by else ""
        raise CareError(f"This was already resolved{who} on {item.resolved_at:%Y-%m-%d}: {item.resolution}")
    if not because.strip():
        raise CareError("Say what you did about it.", "because")
    item.resolved_at = now
    item.resolved_by = by
    item.resolution = because
    item.save_by(by, because=because)


def assign_patient(report: LabReport, patient: Patient, *, by: User, because: str, now: datetime) -> None:
    """A person says whose a parked report is; its results belong to that patient from now on."""
    if report.state != LabReport.State.PARKED:
        settled = ReviewItem.objects.filter(report=report, resolved_by__isnull=False).first()
        who = f": {settled.resolution}" if settled else "."
        raise CareError(f"This report already belongs to a patient{who}", "patient")
    report.patient = patient
    report.state = LabReport.State.APPLIED
    report.applied_at = now
    report.save(update_fields=["patient", "state", "applied_at"])
    LabResult.objects.filter(report=report, patient=None).update(patient=patient)
    for item in ReviewItem.objects.open().filter(report=report, kind__in=WHOSE):
        resolve_review(item, by=by, because=because, now=now)
    for item in ReviewItem.objects.open().filter(report=report, patient=None):
        item.patient = patient
        item.save_by(by, because=because)
