"""What became of each stored result, and why no rule uses it."""

from collections.abc import Sequence

from labs.actions.reception import StoredAs, StoredResult, Versions
from labs.models import LabResult, ReviewItem
from labs.rules.reading import Rejection


def judge_stored(stored: Sequence[tuple[LabResult, StoredAs]], known: Versions) -> list[StoredResult]:
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


def judge_reading(row: LabResult) -> StoredResult:
    """A new reading of what was sent, as one that was just received would be judged."""
    return _judge(row, StoredAs.UPDATED, is_older=False, ended_final=False)
