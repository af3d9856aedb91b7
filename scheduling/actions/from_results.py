"""Take a weight or a pregnancy test from a laboratory result."""

from collections.abc import Iterable
from datetime import date, datetime

from coordination.base import clock
from coordination.base.models import Fact
from labs.models import LabResult
from labs.rules.hcg import NEGATIVE, POSITIVE, pregnancy_of
from labs.rules.reading import Rejection
from patients.models import Patient
from scheduling.actions.recording import save_fact
from scheduling.models import PregnancyTest, Weight


def take_weight(result: LabResult, patient: Patient, *, now: datetime) -> None:
    """A usable weight that arrived as a result; a version that was withdrawn takes its weight along."""
    _take_back(
        Weight.objects.known().filter(
            result__source=result.source, result__source_id=result.source_id, patient=patient
        ),
        result,
        now=now,
    )
    if result.usable and result.used_value is not None and result.collected_at and not result.used_comparator:
        on = _local_day(result.collected_at, patient)
        save_fact(
            Weight(patient=patient, kg=result.used_value, on=on, result=result),
            by=None,
            now=now,
        )


_SAID = {NEGATIVE: PregnancyTest.Result.NEGATIVE, POSITIVE: PregnancyTest.Result.POSITIVE}


def take_pregnancy_test(result: LabResult, patient: Patient, *, now: datetime) -> None:
    """A word or a figure for hCG is a test, as the rules read it; in a man it is a tumor marker."""
    _take_back(
        PregnancyTest.objects.known().filter(
            lab_result__source=result.source, lab_result__source_id=result.source_id, patient=patient
        ),
        result,
        now=now,
    )
    reading = result.read()
    is_marker = patient.sex == "male" and not patient.pregnancy_possible
    if not result.usable or not result.collected_at or isinstance(reading, Rejection) or is_marker:
        return
    said = _SAID.get(pregnancy_of(reading), PregnancyTest.Result.UNCLEAR)
    on = _local_day(result.collected_at, patient)
    save_fact(PregnancyTest(patient=patient, on=on, result=said, lab_result=result), by=None, now=now)


def _take_back(facts: Iterable[Fact], result: LabResult, *, now: datetime) -> None:
    for fact in facts:
        fact.recorded_in_error_at = now
        fact.recorded_in_error_by = None
        fact.recorded_in_error_because = f"its result was replaced by version {result.version}"
        fact.save_by(None, because=fact.recorded_in_error_because)


def _local_day(at: datetime, patient: Patient) -> date:
    return clock.day_at(patient.site, at)
