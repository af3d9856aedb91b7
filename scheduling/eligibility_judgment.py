"""What is known of a patient, held against the criteria of eligibility, as the pages and letters show it.

Nothing is stored: the assessment of a course reads the same evidence, and results for themselves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.base.words import STATUSES
from labs.models import LabResult
from labs.rules.analytes import Analyte
from labs.rules.reading import Reading
from labs.rules.renal import ADULT_AGE_YEARS, age_on, clearance
from patients.models import Patient
from patients.rules.eligibility.criteria import BY_RESULTS, KARNOFSKY, Answer, CriterionAnswer
from patients.rules.eligibility.evidence import Measurement
from patients.rules.eligibility.figures import compare
from patients.rules.eligibility.judgments import percent
from scheduling import eligibility
from scheduling.eligibility import thresholds_of
from scheduling.models import Weight

HIGHEST_KPS = 100
MEASURED = {
    "hemoglobin": Analyte.HEMOGLOBIN,
    "platelets": Analyte.PLATELETS,
    "wbc": Analyte.WBC,
    "bilirubin": Analyte.BILIRUBIN,
}


def judge_with_results(patient: Patient, *, on: date, now: datetime) -> tuple[CriterionAnswer, ...]:
    """Every criterion for treatment on a day."""
    return eligibility.judge_criteria(patient, on=on, now=now, measurements=dict(_measurements(patient, now)))


def answer_to_store(patient: Patient, *, criterion: str, answer: str, value: str) -> str:
    """The answer that goes with what a person typed; a performance status is held against the threshold.

    Raises CareError, naming the field, where the two contradict each other or something is missing.
    """
    if criterion == KARNOFSKY:
        return _performance_answer(patient, answer, value)
    if not answer:
        raise CareError("Choose an answer.", "answer")
    if criterion in BY_RESULTS and answer != Answer.NOT_MET:
        raise CareError("Lab results decide this. Only “Not met” can be recorded.", "answer")
    return answer


def _performance_answer(patient: Patient, answer: str, value: str) -> str:
    figure = percent(value)
    if figure is None or not 0 <= figure <= HIGHEST_KPS:
        if answer == Answer.CANNOT_TELL and not value:
            return answer
        raise CareError("Enter the KPS as a figure from 0 to 100.", "value")
    threshold = next(each for each in thresholds_of(patient.site) if each.criterion == KARNOFSKY)
    measured = Measurement(figure, date.min, "")
    decided = compare(replace(threshold, valid_days=None), measured, on=date.min).answer
    if answer and answer != decided:
        said = STATUSES[decided].word.lower()
        raise CareError(f"KPS {value} (need {threshold.words}) is “{said}”.", "answer")
    return decided


# --- figures -----------------------------------------------------------------------------------------


def newest_results(patient: Patient, as_of: datetime | None = None) -> Mapping[str, LabResult]:
    """The newest usable result of each analyte, as it stands, or as it stood at a moment."""
    results = LabResult.objects.filter(patient=patient).usable().standing(as_of)
    if as_of:
        results = results.received_by(as_of)
    results = results.order_by("collected_at", "pk")
    return {result.analyte: result for result in results if result.analyte}


def _measurements(patient: Patient, now: datetime) -> Iterator[tuple[str, Measurement]]:
    results = newest_results(patient, now)
    for criterion, analyte in MEASURED.items():
        if result := results.get(analyte):
            yield criterion, _measured(result, patient)
    if (creatinine := results.get(Analyte.CREATININE)) and (cleared := _cleared(creatinine, patient, now)):
        yield "creatinine-clearance", cleared


def _reading(result: LabResult) -> Reading:
    reading = result.read()
    if not isinstance(reading, Reading):
        raise TypeError(f"{result} is usable, yet cannot be read: {reading}")
    return reading


def _day(result: LabResult, patient: Patient) -> date:
    if result.collected_at is None:
        raise TypeError(f"{result} is usable, yet has no time")
    return clock.day_at(patient.site, result.collected_at)


def _measured(result: LabResult, patient: Patient) -> Measurement:
    """In the canonical unit; a multiple of the upper limit is taken in the unit that was sent."""
    reading, on = _reading(result), _day(result, patient)
    if reading.analyte == Analyte.BILIRUBIN:
        return Measurement(reading.sent or Decimal(0), on, "laboratory", reading.comparator, reading.high)
    return Measurement(
        reading.numerator or Decimal(0), on, "laboratory", reading.comparator, divisor=reading.div
    )


def _cleared(creatinine: LabResult, patient: Patient, now: datetime) -> Measurement | None:
    """Cockcroft-Gault with the newest weight; None where it is not validated or something is missing."""
    weight = Weight.objects.known_at(now).filter(patient=patient).order_by("on", "pk").last()
    on = _day(creatinine, patient)
    if weight is None or patient.birth_date is None or patient.sex not in ("female", "male"):
        return None
    age = age_on(patient.birth_date, on)
    if age < ADULT_AGE_YEARS:
        return None
    found = clearance(
        age_years=age,
        weight_kg=weight.kg,
        creatinine=_reading(creatinine),
        female=patient.sex == Patient.Sex.FEMALE,
    )
    return Measurement(
        found.numerator, on, "creatinine and weight", found.comparator, divisor=found.denominator
    )
