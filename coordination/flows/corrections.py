"""A result that changes after the infusion that relied on it: the dose is given, so a person is told.

What follows from the new value (the row, the occurrence, the next proposal) follows by itself. What is left
for people is that the prescriber who signed learns of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from coordination.base import clock
from labs.models import LabResult, ReviewItem
from patients.models import Patient
from scheduling.models import InfusionGiven
from scheduling.rules.formatting import analyte_words, day_words


def ask_about_given_doses(changed: Iterable[LabResult], patient: Patient, *, now: datetime) -> None:
    """Open a review item for each result whose earlier version an infusion was given on."""
    later = [result for result in changed if result.version > 1 or result.replaces]
    if not later:
        return
    given = _given(patient)
    earlier = _earlier_versions(later) if given else {}
    ReviewItem.objects.bulk_create(
        ReviewItem(
            report=result.report,
            result=result,
            patient=patient,
            kind=ReviewItem.Kind.CORRECTED,
            detail=detail,
            opened_at=now,
        )
        for result in later
        if (detail := _detail(result, earlier.get(result.pk, []), given, patient))
    )


def _given(patient: Patient) -> list[InfusionGiven]:
    of_patient = InfusionGiven.objects.known().filter(cycle__course__patient=patient)
    return list(of_patient.select_related("cycle", "signature__signed_by").order_by("started_at"))


def _earlier_versions(results: Sequence[LabResult]) -> dict[int, list[LabResult]]:
    """Of each result the versions before it and those of the other id it replaces, the newest last."""
    ids = {result.source_id for result in results} | {result.replaces for result in results}
    stored = LabResult.objects.filter(source=results[0].source, source_id__in=ids)
    found = list(stored.order_by("received_at", "version"))
    return {
        result.pk: [
            other for other in found if other.patient_id == result.patient_id and _is_earlier(other, result)
        ]
        for result in results
    }


def _is_earlier(other: LabResult, result: LabResult) -> bool:
    if other.source_id == result.source_id:
        return other.strand == result.strand and other.version < result.version
    return other.source_id == result.replaces and other.analyte == result.analyte


def _detail(
    result: LabResult, earlier: Sequence[LabResult], given: Sequence[InfusionGiven], patient: Patient
) -> str:
    """What was read when the infusion began, and what is said now; empty where nothing relied on it."""
    for version in reversed(earlier):
        infusion = next((i for i in given if _is_before(version, i)), None)
        if infusion and version.received_at <= infusion.started_at:
            return _words(version, result, infusion, patient) if _differ(version, result) else ""
    return ""


def _is_before(version: LabResult, infusion: InfusionGiven) -> bool:
    return version.collected_at is not None and version.collected_at <= infusion.started_at


def _differ(version: LabResult, result: LabResult) -> bool:
    """A version that no rule could use decided nothing."""
    return version.usable and _as_used(version) != _as_used(result)


def _as_used(result: LabResult) -> tuple[object, ...]:
    """82 and 82.0 are the same; a word has no number."""
    value = result.used_text if result.used_value is None else result.used_value
    return result.usable, result.analyte, result.used_comparator, value


def _words(version: LabResult, result: LabResult, infusion: InfusionGiven, patient: Patient) -> str:
    name = analyte_words(version.analyte or version.loinc).capitalize()
    drawn = day_words(clock.day_at(patient.site, version.collected_at)) if version.collected_at else ""
    on = day_words(clock.day_at(patient.site, infusion.started_at))
    now_said = f"now {_value(result)}" if result.usable else "now taken back"
    signed = f" {infusion.signature.signed_by.full_name} signed that dose." if infusion.signature else ""
    return (
        f"{name} of {drawn}: {_value(version)} when infusion {infusion.cycle.number} was given on {on},"
        f" {now_said}.{signed}"
    )


def _value(result: LabResult) -> str:
    return f"{result.used_comparator or ''}{result.used_text} {result.used_unit or ''}".strip()
