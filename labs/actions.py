"""What changes results: storing a version, opening and resolving what a person must look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from coordination.base.errors import CareError
from coordination.base.models import User
from labs.incoming import IncomingResult
from labs.models import LabReport, LabResult, ReviewItem
from labs.rules.analytes import ANALYTE_OF
from labs.rules.reading import Reading, Rejection, read_result
from patients.models import Patient

CLOCK_SKEW = timedelta(minutes=10)

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
    result: LabResult
    state: Stored


def store_results(
    report: LabReport,
    patient: Patient | None,
    incoming: Sequence[IncomingResult],
    *,
    reported_at: datetime | None,
    now: datetime,
    by: User | None = None,
) -> list[StoredResult]:
    """Store each result as a new version, once; in a constant number of statements where all are new.

    The caller holds the patient's lock, so that versions are counted one after the other.
    """
    known: dict[str, list[LabResult]] = {}
    ids = [result.id for result in incoming]
    for version in LabResult.objects.filter(source=report.source, source_id__in=ids).order_by("version"):
        known.setdefault(version.source_id, []).append(version)
    stored: list[StoredResult] = []
    new: list[LabResult] = []
    for result in incoming:
        versions = known.setdefault(result.id, [])
        row = _row(report, patient, result, versions, reported_at=reported_at, now=now, by=by)
        same = next((version for version in versions if _is_same(version, row)), None)
        if same:
            stored.append(StoredResult(same, Stored.UNCHANGED))
            continue
        versions.append(row)
        new.append(row)
        stored.append(StoredResult(row, Stored.CREATED if len(versions) == 1 else Stored.UPDATED))
    LabResult.objects.bulk_create(new)
    return [_judged(each, known, reading_new=new) for each in stored]


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
    in_future = collected_at is not None and collected_at > now + CLOCK_SKEW
    row = LabResult(
        report=report,
        patient=patient,
        source=report.source,
        source_id=incoming.id,
        version=len(versions) + 1,
        loinc=incoming.loinc,
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
        reported_at=reported_at,
        received_at=now,
        entered_by=by,
    )
    use(row)
    return row


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
    return value.quantize(Decimal("0.0000000001"))


_AS_SENT = (
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
    "reported_at",
)


def _is_same(version: LabResult, row: LabResult) -> bool:
    return all(getattr(version, name) == getattr(row, name) for name in _AS_SENT)


def _judged(
    each: StoredResult, known: dict[str, list[LabResult]], *, reading_new: Sequence[LabResult]
) -> StoredResult:
    result = each.result
    if each.state is Stored.UNCHANGED:
        return each
    if len(known[result.source_id]) > 1 and not _stands(result):
        return StoredResult(result, Stored.SUPERSEDED)
    if _reason_for_review(result):
        return StoredResult(result, Stored.REVIEW)
    return each


def _stands(result: LabResult) -> bool:
    return LabResult.objects.filter(pk=result.pk).standing().exists()


def _reason_for_review(result: LabResult) -> str:
    """Why no rule uses a final or preliminary result; empty where a rule may, or its status says enough."""
    if result.rejection and result.rejection != Rejection.STATUS:
        return result.rejection
    if result.collected_at is None and result.rejection is None:
        return ReviewItem.Kind.TIME
    return ""


# --- the review queue ------------------------------------------------------------------------------


def open_reviews(report: LabReport, stored: Iterable[StoredResult], *, now: datetime) -> None:
    """One item for each result that no rule may use, and none for a version that no longer stands."""
    items = []
    for each in stored:
        if each.state in (Stored.UNCHANGED, Stored.SUPERSEDED):
            continue
        if kind := _kind_of_review(each):
            items.append(
                ReviewItem(
                    report=report,
                    result=each.result,
                    patient=each.result.patient,
                    kind=kind,
                    detail=_detail(each.result, kind),
                    opened_at=now,
                )
            )
    ReviewItem.objects.bulk_create(items)


def _kind_of_review(each: StoredResult) -> str:
    result = each.result
    if reason := _reason_for_review(result):
        unremarkable = reason == Rejection.CODE and result.loinc in SEEN_BUT_NOT_REVIEWED
        return "" if unremarkable else reason
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
    }[ReviewItem.Kind(kind)]


def close_reviews_of_older_versions(stored: Iterable[StoredResult], *, now: datetime) -> None:
    """A newer version settles the questions that were open about the older ones."""
    newer = [each.result for each in stored if each.state in (Stored.UPDATED, Stored.REVIEW)]
    for result in newer:
        if result.version == 1:
            continue
        older = ReviewItem.objects.open().filter(
            result__source=result.source,
            result__source_id=result.source_id,
            result__version__lt=result.version,
        )
        for item in older:
            item.resolved_at = now
            item.resolution = f"Version {result.version} of the result arrived."
            item.save_by(None, because=item.resolution)


def resolve_review(item: ReviewItem, *, by: User, because: str, now: datetime) -> None:
    if item.resolved_at:
        raise CareError(f"This was already resolved on {item.resolved_at:%Y-%m-%d}: {item.resolution}")
    if not because.strip():
        raise CareError("Say what you did about it.", "because")
    item.resolved_at = now
    item.resolved_by = by
    item.resolution = because
    item.save_by(by, because=because)


def assign_patient(report: LabReport, patient: Patient, *, by: User, because: str, now: datetime) -> None:
    """A person says whose a parked report is; its results belong to that patient from now on."""
    if report.state != LabReport.State.PARKED:
        raise CareError("This report already belongs to a patient.", "patient")
    report.patient = patient
    report.state = LabReport.State.APPLIED
    report.applied_at = now
    report.save(update_fields=["patient", "state", "applied_at"])
    LabResult.objects.filter(report=report, patient=None).update(patient=patient)
    for item in ReviewItem.objects.open().filter(report=report, result=None):
        resolve_review(item, by=by, because=because, now=now)
    for item in ReviewItem.objects.open().filter(report=report, patient=None):
        item.patient = patient
        item.save_by(by, because=because)
