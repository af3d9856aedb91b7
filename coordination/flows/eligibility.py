"""What is known of a patient, held against the criteria of eligibility.

newest usable results, scan, pathology and what people said -> judge each criterion -> keep what has changed
as evidence. A criterion that is certainly not met keeps the first dose from being proposed.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from coordination.base import clock
from coordination.base.models import SiteSettings, User
from labs.models import LabResult
from labs.rules.analytes import Analyte
from labs.rules.reading import Reading, read_result
from labs.rules.renal import ADULT_AGE_YEARS, age_on, clearance
from patients import actions
from patients.models import Diagnosis, EligibilityEvidence, Patient, PriorTherapy, Referral
from patients.rules.eligibility import (
    CriterionAnswer,
    Evidence,
    Judgment,
    Measurement,
    judge_eligibility,
    site_thresholds,
)
from patients.rules.grade_group import Differentiation, GradeGroup, Group, grade_group
from scheduling.models import Scan, Weight
from scheduling.rules.days import add_months

SSTR_MONTHS = 6  # avidity shown within 6 months of treatment [H22]
MEASURED = {
    "hemoglobin": Analyte.HEMOGLOBIN,
    "platelets": Analyte.PLATELETS,
    "wbc": Analyte.WBC,
    "bilirubin": Analyte.BILIRUBIN,
}
SAID_BY_PEOPLE = frozenset({"extent", "need", "karnofsky"})
"""What no result shows: a person records it, and it is read back, not stored again."""


def judge(patient: Patient, *, on: date) -> tuple[CriterionAnswer, ...]:
    """Every criterion for treatment on a day; stores nothing."""
    settings = SiteSettings.objects.filter(site=patient.site_id).first()
    thresholds = site_thresholds(settings.eligibility_thresholds if settings else {})
    return judge_eligibility(_evidence(patient), on=on, thresholds=thresholds)


@transaction.atomic
def keep_evidence(
    patient: Patient, *, on: date, by: User | None, now: datetime, referral: Referral | None = None
) -> tuple[CriterionAnswer, ...]:
    """Judge, and store each answer that rests on something and differs from the one stored last."""
    answers = judge(patient, on=on)
    newest = {
        known.criterion: known for known in EligibilityEvidence.objects.newest().filter(patient=patient)
    }
    for answer in answers:
        last = newest.get(answer.criterion)
        if answer.criterion in SAID_BY_PEOPLE or answer.evidence_on is None or _is_known(answer, last):
            continue
        actions.record_evidence(
            patient,
            referral=referral,
            criterion=answer.criterion,
            answer=answer.answer,
            evidence_on=answer.evidence_on,
            expires_on=answer.expires_on,
            by=by,
            now=now,
            threshold=answer.threshold,
            source=answer.source,
            evidence=answer.text,
        )
    return answers


def _is_known(answer: CriterionAnswer, last: EligibilityEvidence | None) -> bool:
    if last is None:
        return False
    return (last.answer, last.evidence_on, last.evidence) == (
        answer.answer.value,
        answer.evidence_on,
        answer.text,
    )


def _evidence(patient: Patient) -> Evidence:
    said = {
        known.criterion: known
        for known in EligibilityEvidence.objects.newest().filter(
            patient=patient, criterion__in=SAID_BY_PEOPLE
        )
    }
    diagnosis = Diagnosis.objects.known().filter(patient=patient).first()
    return Evidence(
        measurements=dict(_measurements(patient, said.get("karnofsky"))),
        sstr_positive=_uptake(patient),
        needs_treatment=_need(patient, said.get("need")),
        extent=_extent(said.get("extent")),
        grade=_grade(diagnosis),
        grade_on=diagnosis.pathology_on if diagnosis else None,
    )


# --- figures -----------------------------------------------------------------------------------------


def newest_results(patient: Patient) -> Mapping[str, LabResult]:
    """The newest usable result of each analyte, as it stands."""
    results = LabResult.objects.filter(patient=patient).usable().standing().order_by("collected_at", "pk")
    return {result.analyte: result for result in results if result.analyte}


def _measurements(
    patient: Patient, karnofsky: EligibilityEvidence | None
) -> Iterator[tuple[str, Measurement]]:
    results = newest_results(patient)
    for criterion, analyte in MEASURED.items():
        if result := results.get(analyte):
            yield criterion, _measured(result, patient)
    if (creatinine := results.get(Analyte.CREATININE)) and (cleared := _cleared(creatinine, patient)):
        yield "creatinine-clearance", cleared
    if karnofsky and (percent := _number(karnofsky.value)) is not None:
        yield "karnofsky", Measurement(percent, karnofsky.evidence_on, "performance status")


def _reading(result: LabResult) -> Reading:
    reading = read_result(
        loinc=result.loinc,
        value=result.value,
        comparator=result.comparator,
        unit=result.unit,
        low=result.low,
        high=result.high,
    )
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


def _cleared(creatinine: LabResult, patient: Patient) -> Measurement | None:
    """Cockcroft-Gault with the newest weight; None where it is not validated or something is missing."""
    weight = Weight.objects.known().filter(patient=patient).order_by("on", "pk").last()
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


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        return None


# --- what reports and people say ---------------------------------------------------------------------


def _uptake(patient: Patient) -> Judgment | None:
    scan = (
        Scan.objects.known()
        .filter(patient=patient, kind=Scan.Kind.SSTR_PET, uptake__isnull=False)
        .order_by("on", "pk")
        .last()
    )
    if scan is None:
        return None
    holds = scan.uptake != Scan.Uptake.BELOW_LIVER
    return Judgment(holds, scan.on, "SSTR imaging", expires_on=add_months(scan.on, SSTR_MONTHS))


def _need(patient: Patient, said: EligibilityEvidence | None) -> Judgment | None:
    """Progression under a somatostatin analog, unless a person has said more."""
    if said:
        return Judgment(_holds(said), said.evidence_on, "clinic", said.expires_on)
    analog = PriorTherapy.objects.known().filter(patient=patient, kind=PriorTherapy.Kind.SSA).last()
    on = analog and (analog.ended_on or analog.on)
    return Judgment(analog.progressed, on, "history of therapy") if analog and on else None


def _extent(said: EligibilityEvidence | None) -> Judgment | None:
    """The criterion is met where the disease is not extensive."""
    if said is None:
        return None
    holds = _holds(said)
    return Judgment(None if holds is None else not holds, said.evidence_on, "imaging", said.expires_on)


def _holds(said: EligibilityEvidence) -> bool | None:
    return {"met": True, "not-met": False}.get(said.answer)


def _grade(diagnosis: Diagnosis | None) -> GradeGroup | None:
    if diagnosis is None:
        return None
    unknown = Diagnosis.Differentiation.UNKNOWN
    differentiation = diagnosis.differentiation
    return grade_group(
        mitoses_per_2mm2=diagnosis.mitoses_per_2mm2,
        ki67_percent=diagnosis.ki67_percent,
        differentiation=None if differentiation == unknown else Differentiation(differentiation),
        stated=None if diagnosis.grade == Diagnosis.Grade.UNKNOWN else Group(diagnosis.grade),
    )
