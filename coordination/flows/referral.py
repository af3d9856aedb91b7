"""What a referral sets in motion.

receive -> is it complete? -> ask for exactly what is missing, or put it before the tumor board -> accept
(the course begins, with the protocol pinned) or decline. From then on it stands where its course stands.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.base.models import Practice, User
from coordination.flows.eligibility import newest_results
from coordination.flows.lab_result import lock_patient
from coordination.flows.reassess import reassess
from coordination.flows.start_course import start_course
from labs.models import LabResult
from patients import actions
from patients.models import (
    Diagnosis,
    EligibilityEvidence,
    Patient,
    PriorTherapy,
    Referral,
    ReferralPaper,
    TumorBoardDecision,
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
from scheduling.models import Course, Injection, Scan, Weight

Paper = ReferralPaper.Kind


@transaction.atomic
def receive(
    patient: Patient, *, practice: Practice | None, received_on: date, by: User | None, **details: Any
) -> Referral:
    """A practice refers a patient who is registered; `details` as `receive_referral` takes them."""
    lock_patient(patient)
    return actions.receive_referral(patient, practice=practice, received_on=received_on, by=by, **details)


@transaction.atomic
def check(referral: Referral, *, by: User) -> tuple[Requirement, ...]:
    """Is it complete? If so it goes to the board, else the practice is asked for what is missing."""
    referral = _locked(referral)
    missing = missing_from(referral)
    if missing:
        actions.ask_for_information(referral, by=by, because=_asked_for(missing))
    else:
        actions.send_to_board(referral, by=by, because="complete")
    return missing


@transaction.atomic
def accept(
    referral: Referral,
    *,
    by: User,
    now: datetime,
    first_on: date | None = None,
    protocol_key: str = "",
    in_spite_of: str = "",
) -> Course:
    """Take the patient on: the course begins, its first infusion planned where the day is known.

    Raises CareError where something is missing or the board did not offer treatment, unless
    `in_spite_of` says why all the same.
    """
    referral = _locked(referral)
    if not in_spite_of.strip():
        _ready_to_accept(referral)
    actions.accept_referral(referral, by=by, now=now, because=in_spite_of)
    if begun := Course.objects.current().filter(patient=referral.patient, referral=None).first():
        return _accepted_after_the_start(begun, referral, first_on=first_on, by=by, now=now)
    return start_course(referral.patient, first_on=first_on, by=by, now=now, protocol_key=protocol_key)


def _accepted_after_the_start(
    course: Course, referral: Referral, *, first_on: date | None, by: User, now: datetime
) -> Course:
    """A course that began without an acceptance now has one; why it began without stays with it."""
    if first_on:
        raise CareError("The course has begun already: move its first infusion instead.", "first_on")
    course.referral = referral
    course.save_by(by, because="referral accepted")
    reassess(course.pk, now=now)
    return course


@transaction.atomic
def decline(referral: Referral, *, by: User, now: datetime, because: str) -> None:
    actions.decline_referral(_locked(referral), by=by, now=now, because=because)


def _locked(referral: Referral) -> Referral:
    """The referral as it is once it is ours: of two who decide, the second finds it decided."""
    lock_patient(referral.patient)
    return Referral.objects.select_related("patient__site", "practice", "decided_by").get(pk=referral.pk)


def _ready_to_accept(referral: Referral) -> None:
    if missing := missing_from(referral):
        raise CareError(f"Still missing: {_asked_for(missing)}. Say why it is accepted all the same.")
    decision = TumorBoardDecision.objects.known().filter(referral=referral).first()
    if decision is None:
        raise CareError("The tumor board has not met on it. Say why it is accepted all the same.")
    if decision.outcome != TumorBoardDecision.Outcome.OFFER:
        raise CareError(
            f"The tumor board of {decision.met_on} said: {decision.get_outcome_display()}. "
            "Say why it is accepted all the same."
        )


def _asked_for(missing: tuple[Requirement, ...]) -> str:
    return "; ".join(requirement.words for requirement in missing)


# --- is it complete? ---------------------------------------------------------------------------------


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
