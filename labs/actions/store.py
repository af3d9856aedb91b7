"""Store each result of a report as a new version, once; read a stored version again."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from coordination.base.bulk_insert import add_rows
from labs.actions.judgments import judge_stored
from labs.actions.readings import use_reading
from labs.actions.reception import Reception, StoredAs, StoredResult, Versions
from labs.incoming import LATEST_COLLECTION_AHEAD, IncomingResult
from labs.models import LabResult
from patients.models import Patient


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
    return judge_stored(stored, known)


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
    use_reading(row, reception, versions)
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
    use_reading(anew, reception, versions)
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
