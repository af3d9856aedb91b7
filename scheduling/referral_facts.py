"""What is known of a referral, from wherever it was entered, and what of it is missing. Nothing is stored."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from coordination.base import clock
from labs.models import LabResult
from patients.models import (
    Diagnosis,
    EligibilityEvidence,
    Patient,
    PriorTherapy,
    Referral,
    ReferralPaper,
)
from patients.rules.referral import (
    REQUIRED_LABS,
    Imaging,
    LabWithRange,
    ReferralFacts,
    Requirement,
    SsaHistory,
    missing_requirements,
)
from scheduling.eligibility_judgment import newest_results
from scheduling.models import Injection, Scan, Weight

Paper = ReferralPaper.Kind


def missing_from(referral: Referral) -> tuple[Requirement, ...]:
    """What a letter asks the practice for: only what is missing."""
    return missing_requirements(facts_of_referral(referral))


def facts_of_referral(referral: Referral) -> ReferralFacts:
    patient = referral.patient
    papers = {paper.kind: paper for paper in ReferralPaper.objects.known().filter(referral=referral)}
    weight = Weight.objects.known().filter(patient=patient).order_by("on", "pk").last()
    karnofsky = EligibilityEvidence.objects.newest().filter(patient=patient, criterion="karnofsky").first()
    return ReferralFacts(
        **_pathology(Diagnosis.objects.known().filter(patient=patient).first(), papers),
        sstr_imaging=_imaging(
            patient, Scan.Kind.SSTR_PET, papers, images=Paper.SSTR_IMAGES, report=Paper.SSTR_REPORT
        ),
        ct_or_mri=_imaging(
            patient, Scan.Kind.CT_MRI, papers, images=Paper.CT_MRI_IMAGES, report=Paper.CT_MRI_REPORT
        ),
        ssa=_ssa(patient, papers),
        labs=_labs(patient),
        weight_kg=weight.kg if weight else None,
        performance_status=karnofsky.value if karnofsky else "",
        allergies=patient.allergies,
        anticoagulated=patient.anticoagulated,
        referred_by=referral.referred_by_name or (referral.practice.name if referral.practice else ""),
        came_through=referral.came_through,
    )


def _pathology(diagnosis: Diagnosis | None, papers: Mapping[str, ReferralPaper]) -> dict[str, Any]:
    """The report itself has to be here, not only what somebody copied from it."""
    if diagnosis is None:
        return {}
    unknown = Diagnosis.Differentiation.UNKNOWN
    stages = (diagnosis.t_stage, diagnosis.n_stage, diagnosis.m_stage)
    return {
        "primary_site": diagnosis.primary_site,
        "tnm": " ".join(stage for stage in stages if stage) or diagnosis.stage_group,
        "functioning": {"yes": True, "no": False}.get(diagnosis.functioning),
        "pathology_on": diagnosis.pathology_on if Paper.PATHOLOGY_REPORT in papers else None,
        "differentiation": "" if diagnosis.differentiation == unknown else diagnosis.differentiation,
        "mitoses_per_2mm2": diagnosis.mitoses_per_2mm2,
        "ki67_percent": diagnosis.ki67_percent,
        "markers": diagnosis.markers,
        "grading_scheme": diagnosis.grading_scheme,
    }


def _imaging(
    patient: Patient, kind: str, papers: Mapping[str, ReferralPaper], *, images: str, report: str
) -> Imaging:
    scan = Scan.objects.known().filter(patient=patient, kind=kind).order_by("on", "pk").last()
    dated = next((papers[name].dated_on for name in (report, images) if name in papers), None)
    return Imaging(
        on=scan.on if scan else dated,
        has_images=images in papers or bool(scan and scan.images_received_on),
        has_report=report in papers or bool(scan and scan.report_received_on),
    )


def _ssa(patient: Patient, papers: Mapping[str, ReferralPaper]) -> SsaHistory:
    """A history that came without any analog in it says that none was ever given."""
    therapy = PriorTherapy.objects.known().filter(patient=patient, kind=PriorTherapy.Kind.SSA).last()
    given = Injection.objects.given().long_acting().filter(patient=patient).order_by("given_at").last()
    if therapy is None and given is None:
        return SsaHistory(never_given=Paper.SSA_HISTORY in papers)
    return SsaHistory(
        last_kind=given.get_drug_display() if given else (therapy.name if therapy else ""),
        last_on=clock.day_at(patient.site, given.given_at) if given and given.given_at else None,
        progressed=therapy.details if therapy else "",
    )


def _labs(patient: Patient) -> dict[str, LabWithRange]:
    results = newest_results(patient)
    return {
        name: LabWithRange(
            _collected_on(results[name], patient), bool(results[name].low or results[name].high)
        )
        for name in REQUIRED_LABS
        if name in results
    }


def _collected_on(result: LabResult, patient: Patient) -> date:
    return clock.day_at(patient.site, result.collected_at or result.received_at)
