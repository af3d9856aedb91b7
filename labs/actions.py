"""What changes results: storing a version, opening and resolving what a person must look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

from coordination.base.bulk_insert import add_rows
from coordination.base.errors import CareError
from coordination.base.models import User
from labs.incoming import LATEST_COLLECTION_AHEAD, IncomingResult
from labs.models import LabReport, LabResult, ReviewItem
from labs.rules.analytes import ANALYTE_OF, Analyte
from labs.rules.numbers import EXACT
from labs.rules.reading import Reading, Rejection
from labs.sender_maps import NO_MAP, SenderMap, read_by_map
from patients.models import Patient

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
        "704-7", "26444-0", "706-2", "30180-4", "71695-1", "53115-2", "776-5", "26507-4",
        "30376-8",  # the rest of a blood count
        "58410-2", "57021-8", "24323-8", "51990-0",  # panels
    }
)  # fmt: skip


COMMENTED = frozenset(
    {
        *(Analyte.PLATELETS, Analyte.HEMOGLOBIN, Analyte.WBC, Analyte.NEUTROPHILS, Analyte.NEUTROPHILS_PCT),
        *(Analyte.LYMPHOCYTES, Analyte.CREATININE, Analyte.BILIRUBIN, Analyte.ALBUMIN),
        *(Analyte.AST, Analyte.ALT, Analyte.INR, Analyte.PROTHROMBIN_ACTIVITY, Analyte.HCG),
    }
)
"""What decides on a dose: a laboratory's comment on one of these is read by a person."""


class StoredAs(StrEnum):
    """What became of one incoming result."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class StoredResult:
    """`reason` says why no rule uses it or its limits (a kind of ReviewItem); empty where none is needed.

    `ended_final`: it withdraws a result that was final.
    """

    result: LabResult
    state: StoredAs
    reason: str = ""
    ended_final: bool = False


@dataclass(frozen=True, slots=True)
class Reception:
    """What is the same for every result of a report that is stored."""

    report: LabReport
    patient: Patient | None
    now: datetime
    sender: SenderMap = NO_MAP
    zone: tzinfo | None = None  # the patient's site's
    reported_at: datetime | None = None
    filler_order: str = ""
    placer_order: str = ""
    by: User | None = None


Versions = dict[str, list[LabResult]]


def store_results(reception: Reception, incoming: Sequence[IncomingResult]) -> list[StoredResult]:
    """Store each result as a new version, once; in a constant number of statements, however many they are.

    The caller holds the patient's lock, so that versions are counted one after the other.
    """
    known = _known_versions(reception.report.source, incoming)
    replaced = _replaced_by(reception, incoming)
    stored: list[tuple[LabResult, StoredAs]] = []
    new: list[LabResult] = []
    for result in incoming:
        versions = known.setdefault(result.id, [])
        row = _row(reception, result, versions, replaces=replaced.get(result.id, ""))
        same = next((version for version in versions if _is_same(version, row)), None)
        if same and _is_withdrawn_again(row, versions):
            same = None
        if same:
            stored.append((same, StoredAs.UNCHANGED))
            continue
        is_first = all(version.patient_id != row.patient_id for version in versions)
        versions.append(row)
        new.append(row)
        stored.append((row, StoredAs.CREATED if is_first else StoredAs.UPDATED))
    add_rows(new)
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


def _replaced_by(reception: Reception, incoming: Sequence[IncomingResult]) -> dict[str, str]:
    """Which other result each says that it replaces; one of a ring of three or more replaces none.

    Of two that name each other the queryset sees that neither counts, whenever the second one comes.
    """
    naming = {each.id: each.replaces for each in incoming if each.replaces and each.replaces != each.id}
    if not naming:
        return {}
    stored = LabResult.objects.filter(source=reception.report.source, patient=reception.patient)
    graph = dict(stored.exclude(replaces="").values_list("source_id", "replaces")) | naming
    return {name: replaces for name, replaces in naming.items() if _ring_of(name, graph) <= SHORTEST_RING}


SHORTEST_RING = 2


def _ring_of(name: str, graph: dict[str, str]) -> int:
    """How many results the ring has that `name` is part of; 0 where it is in none."""
    at, steps = graph.get(name), 1
    while at is not None and at != name and steps <= len(graph):
        at, steps = graph.get(at), steps + 1
    return steps if at == name else 0


def _row(
    reception: Reception, incoming: IncomingResult, versions: Sequence[LabResult], *, replaces: str
) -> LabResult:
    code, loinc = incoming.code, incoming.loinc
    if incoming.status in LabResult.ENDING and not (code or loinc):
        own = next((version for version in reversed(versions) if not version.strand), None)
        code, loinc = (own.code, own.loinc) if own else ("", "")
    patient = reception.patient
    row = LabResult(
        report=reception.report,
        patient=None if _is_of_another(patient, versions) else patient,
        source=reception.report.source,
        source_id=incoming.id,
        version=len(versions) + 1,
        replaces=replaces,
        code=code,
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
        day_only=incoming.day_only,
        placer_order=reception.placer_order,
        filler_order=reception.filler_order,
        collected_at=incoming.collected_at,
        collected_text=incoming.collected_text,
        reported_at=_report_time(reception),
        received_at=reception.now,
        entered_by=reception.by,
    )
    _use(row, reception, versions)
    return row


def _report_time(reception: Reception) -> datetime | None:
    """A report time in the future would outrank every later correction: it counts as absent."""
    at = reception.reported_at
    return None if at and at > reception.now + LATEST_COLLECTION_AHEAD else at


def read_again(
    row: LabResult, versions: Sequence[LabResult], reception: Reception, *, version: int
) -> LabResult:
    """What the same words mean by the sender's map as it is now: a new row, which is not stored yet.

    It stands in the order of its sender where the version that it reads stands.
    """
    anew = LabResult(
        version=version,
        reading_of_id=row.reading_of_id or row.pk,
        received_at=reception.now,
        reported_at=row.reported_at or row.received_at,
        **{name: getattr(row, name) for name in _TAKEN_OVER},
    )
    _use(anew, reception, versions)
    return anew


_TAKEN_OVER = (
    *("report", "patient", "source", "source_id", "replaces", "code", "loinc", "code_text", "value"),
    *("comparator", "unit", "low", "high", "range_text", "status", "absent_reason", "note", "filler_order"),
    *("placer_order", "collected_at", "collected_text", "day_only", "entered_by"),
)


def _is_of_another(patient: Patient | None, versions: Sequence[LabResult]) -> bool:
    """A result known of somebody else, who has not lost it: nobody may be assumed, and a person is asked."""
    if patient is None:
        return False
    held: dict[int, str] = {
        version.patient_id: version.status for version in versions if version.patient_id is not None
    }
    others = [status for owner, status in held.items() if owner != patient.pk]
    return any(status not in LabResult.ENDING for status in others)


# --- what the rules read of it ---------------------------------------------------------------------


def _use(row: LabResult, reception: Reception, versions: Sequence[LabResult]) -> None:
    """Fill in what the rules read of it, or why none may."""
    read_by_map(row, reception.sender)
    row.analyte = ANALYTE_OF.get(row.used_loinc)
    row.strand = _strand(row, versions)
    reading = _read(row, reception)
    if isinstance(reading, Rejection):
        row.usable, row.rejection = False, reading.value
        return
    row.usable = row.status in LabResult.FINAL and row.collected_at is not None
    row.rejection = None
    row.limits_failed = reading.limits_failed
    row.used_text = reading.display_value
    row.used_comparator = reading.comparator
    row.used_unit = reading.unit
    row.used_value = None if reading.sent is None else _ten_decimals(reading.canonical)


def _strand(row: LabResult, versions: Sequence[LabResult]) -> str:
    """Empty where the id is this analyte's: that of the first version with a known code."""
    as_read = {version.reading_of_id or version.pk: version for version in versions}
    if row.reading_of_id:
        del as_read[row.reading_of_id]
    owners = (version.analyte for version in as_read.values() if version.analyte and not version.strand)
    owner = next(owners, None)
    if owner is None or row.analyte == owner or (row.status in LabResult.ENDING and not row.analyte):
        return ""
    return row.analyte or "unknown"


def _read(row: LabResult, reception: Reception) -> Reading | Rejection:
    """The first reason against it, in the order of the clinical rules, section 10."""
    if row.status not in (*LabResult.FINAL, "preliminary"):
        return Rejection.STATUS
    reading = row.read()
    if reading in (Rejection.CODE, Rejection.VALUE):
        return reading
    if isinstance(reading, Reading) and len(reading.display_value) > LONGEST_USED_TEXT:
        return Rejection.VALUE
    if isinstance(reading, Reading) and reading.analyte is Analyte.WEIGHT and reading.comparator:
        return Rejection.VALUE  # no rule can use a weight below or above a figure
    if row.strand:
        return Rejection.ID_REUSED
    return Rejection.TIME if _cannot_be(row, reception) else reading


def _cannot_be(row: LabResult, reception: Reception) -> bool:
    """Collected before the patient was born, or after it was received; of a day alone the day is compared."""
    at, patient = row.collected_at, reception.patient
    if at is None:
        return False
    born, on = patient.birth_date if patient else None, at.astimezone(reception.zone).date()
    if born is not None and on < born:
        return True
    if row.day_only:
        return on > row.received_at.astimezone(reception.zone).date()
    return at > row.received_at + LATEST_COLLECTION_AHEAD


def _ten_decimals(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0000000001"), context=EXACT)


_AS_SENT = attrgetter(
    "patient_id",
    "code",
    "loinc",
    "value",
    "comparator",
    "unit",
    "low",
    "high",
    "range_text",
    "status",
    "absent_reason",
    "note",
    "collected_at",
    "collected_text",
    "day_only",
    "reported_at",
    "replaces",
)


def _is_same(version: LabResult, row: LabResult) -> bool:
    """The same words about the same patient: a parked copy does not stand for one that found its patient."""
    return bool(_AS_SENT(version) == _AS_SENT(row))


def _is_withdrawn_again(row: LabResult, versions: Sequence[LabResult]) -> bool:
    """A withdrawal in the words of an earlier one, after the result had been sent once more.

    It may be the old message sent again: nobody can tell, so the result is not used.
    """
    if row.status not in LabResult.ENDING or row.reported_at is not None:
        return False
    own = [version for version in versions if version.strand == row.strand]
    return bool(own) and own[-1].status not in LabResult.ENDING


def _judged(stored: Sequence[tuple[LabResult, StoredAs]], known: Versions) -> list[StoredResult]:
    contested = {
        row.pk
        for row, state in stored
        if state is not StoredAs.UNCHANGED and row.patient_id and len(known[row.source_id]) > 1
    }
    if contested:
        standing = LabResult.objects.filter(pk__in=contested).standing()
        contested -= set(standing.values_list("pk", flat=True))
    return [
        _judge(row, state, is_older=row.pk in contested, ended_final=_ends_a_final_one(row, known))
        for row, state in stored
    ]


def _ends_a_final_one(row: LabResult, known: Versions) -> bool:
    return row.status in LabResult.ENDING and any(
        version.status in LabResult.FINAL
        for version in known[row.source_id]
        if version.strand == row.strand and version.patient_id == row.patient_id
    )


def _judge(row: LabResult, state: StoredAs, *, is_older: bool, ended_final: bool) -> StoredResult:
    if state is StoredAs.UNCHANGED:
        return StoredResult(row, state)
    if is_older:
        return StoredResult(row, StoredAs.SUPERSEDED)
    if row.patient_id is None and row.report.patient_id is not None:
        return StoredResult(row, StoredAs.REVIEW, ReviewItem.Kind.WRONG_PATIENT)
    if reason := _why_unusable(row):
        return StoredResult(row, StoredAs.REVIEW, reason)
    return StoredResult(
        row, state, ReviewItem.Kind.LIMITS if row.limits_failed else "", ended_final=ended_final
    )


def _why_unusable(row: LabResult) -> str:
    """Why no rule uses a final or preliminary result; empty where a rule may, or its status says enough."""
    if row.rejection and row.rejection != Rejection.STATUS:
        return row.rejection
    if row.collected_at is None and row.rejection is None:
        return ReviewItem.Kind.TIME
    return ""


# --- the review queue ------------------------------------------------------------------------------


def judge_reading(row: LabResult) -> StoredResult:
    """A new reading of what was sent, as one that was just received would be judged."""
    return _judge(row, StoredAs.UPDATED, is_older=False, ended_final=False)


def open_reviews(stored: Iterable[StoredResult], *, now: datetime) -> None:
    """An item for each thing that a person must look at, and none for a version that no longer stands."""
    asked = [(each.result, kind) for each in stored for kind in _kinds_of_review(each)]
    seen = _comments_read([result for result, kind in asked if kind == ReviewItem.Kind.NOTE])
    ReviewItem.objects.bulk_create(
        review_of(result, kind, now=now)
        for result, kind in asked
        if kind != ReviewItem.Kind.NOTE or (result.source_id, result.note) not in seen
    )


def review_of(result: LabResult, kind: str, *, now: datetime) -> ReviewItem:
    """A question about one result, which is not stored yet."""
    return ReviewItem(
        report_id=result.report_id,
        result=result,
        patient_id=result.report.patient_id,
        kind=kind,
        detail=_detail(result, kind),
        opened_at=now,
    )


def _kinds_of_review(each: StoredResult) -> list[str]:
    result = each.result
    if each.state is StoredAs.SUPERSEDED and _may_be_the_newer(result):
        return [ReviewItem.Kind.STATUS]
    if each.state in (StoredAs.UNCHANGED, StoredAs.SUPERSEDED):
        return []
    kinds = [each.reason or _kind_by_status(each)]
    if each.reason == Rejection.CODE and result.used_loinc in SEEN_BUT_NOT_REVIEWED:
        kinds = []
    if each.reason == ReviewItem.Kind.LIMITS:
        kinds.append(_kind_by_status(each))
    if result.note.strip() and result.analyte in COMMENTED and result.status not in LabResult.ENDING:
        kinds.append(ReviewItem.Kind.NOTE)
    return list(filter(None, kinds))


def _may_be_the_newer(result: LabResult) -> bool:
    """A usable result that a corrected one outranks, of which its sender does not say that it is older."""
    return result.usable and result.reported_at is None and result.analyte in COMMENTED


def _kind_by_status(each: StoredResult) -> str:
    result = each.result
    if result.status == "preliminary":
        return ReviewItem.Kind.PRELIMINARY
    is_taken_back = result.status == "entered-in-error" and each.state is StoredAs.UPDATED
    return ReviewItem.Kind.STATUS if is_taken_back or each.ended_final else ""


def _comments_read(commented: Sequence[LabResult]) -> set[tuple[str, str]]:
    """The comments that a person has read with an earlier version: nobody is asked twice about the same."""
    later = [result for result in commented if result.version > 1]
    if not later:
        return set()
    read = ReviewItem.objects.filter(
        kind=ReviewItem.Kind.NOTE,
        resolved_by__isnull=False,
        result__source=later[0].source,
        result__source_id__in={result.source_id for result in later},
    )
    return set(read.values_list("result__source_id", "result__note"))


def _detail(result: LabResult, kind: str) -> str:
    name = result.code_text or result.analyte or result.loinc or "a result"
    return {
        ReviewItem.Kind.CODE_UNKNOWN: f"No rule knows the code {result.sent_code or '(none)'} ({name}).",
        ReviewItem.Kind.VALUE_UNREADABLE: f"The value of {name} is not a number.",
        ReviewItem.Kind.UNIT_MISSING: f"{name} came without a unit.",
        ReviewItem.Kind.UNIT_UNKNOWN: f"The unit {result.unit!r} of {name} is not known for its code.",
        ReviewItem.Kind.IMPLAUSIBLE: f"The value of {name} is outside what is plausible in its unit.",
        ReviewItem.Kind.TIME: _time_detail(result, name),
        ReviewItem.Kind.ID_REUSED: (
            f"{name} came under the number of another test, which it does not replace."
            " Ask the laboratory which of the two is right."
        ),
        ReviewItem.Kind.CONTRADICTS: f"{name} is higher than the WBC of its draw, of which it is a part.",
        ReviewItem.Kind.LIMITS: (
            f"The reference range of {name} ({result.range_words}) cannot be right and is not used;"
            " the value is."
        ),
        ReviewItem.Kind.NOTE: f"The laboratory comments on {name}: {result.note.strip()}",
        ReviewItem.Kind.PRELIMINARY: f"{name} is preliminary: it may warn, never clear or hold a dose.",
        ReviewItem.Kind.STATUS: _status_detail(result, name),
        ReviewItem.Kind.WRONG_PATIENT: f"{name} was sent before for another patient, and not taken back.",
    }[ReviewItem.Kind(kind)]


def _status_detail(result: LabResult, name: str) -> str:
    if result.status not in LabResult.ENDING:
        return (
            f"{name} ({result.value}) came as {result.status} after a corrected result and is not used."
            " Ask the laboratory which of the two counts."
        )
    if result.strand:
        return f"A withdrawal of {name} came under the number of another test: nothing was withdrawn."
    return f"{name} was withdrawn by its sender; decisions that used it are void."


def _time_detail(result: LabResult, name: str) -> str:
    if result.collected_at is None:
        return f"{name} has no collection time that a rule can use."
    return f"{name} was collected before the patient was born, or after it was received: check the date."


def close_reviews_of_older_versions(stored: Iterable[StoredResult], *, now: datetime) -> None:
    """A newer version that stands settles the questions that were open about the older ones."""
    newer = {
        (each.result.source_id, each.result.strand): each.result
        for each in stored
        if each.result.version > 1 and each.state not in (StoredAs.UNCHANGED, StoredAs.SUPERSEDED)
        if each.result.patient_id
    }
    if not newer:
        return
    source = next(iter(newer.values())).source
    asked = ReviewItem.objects.open().filter(
        result__source=source, result__source_id__in={source_id for source_id, _ in newer}
    )
    for item in asked.select_related("result"):
        old: Any = item.result
        result = newer.get((old.source_id, old.strand))
        if result and old.version < result.version:
            close_review(item, because=f"Version {result.version} of the result arrived.", now=now)


def close_review(item: ReviewItem, *, because: str, now: datetime) -> None:
    """A question that settled itself: nobody has looked."""
    item.resolved_at, item.resolution = now, because
    item.save_by(None, because=because)


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
