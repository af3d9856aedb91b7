"""The review queue: open, close and resolve what a person must look at."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from coordination.base.errors import CareError
from coordination.base.models import User
from labs.actions.reception import StoredAs, StoredResult
from labs.models import LabResult, ReviewItem
from labs.rules.analytes import Analyte
from labs.rules.reading import Rejection

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
