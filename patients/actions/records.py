"""What is recorded about a patient's disease, other therapy, paperwork and the answer to treatment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from coordination.base.errors import CareError
from coordination.base.models import Fact, User
from patients.models import (
    Authorization,
    Consent,
    Diagnosis,
    Education,
    EligibilityEvidence,
    Patient,
    PriorTherapy,
    Referral,
    ResponseAssessment,
    TumorBoardDecision,
)

F = TypeVar("F", bound=Fact)


def _record(fact: F, *, by: User | None, now: datetime, because: str = "recorded") -> F:
    fact.recorded_by = by
    fact.recorded_at = now
    fact.save_by(by, because=because)
    return fact


def _in_order(first: date | None, second: date | None, field: str) -> None:
    if first and second and second < first:
        raise CareError("The end lies before the beginning.", field)


def record_diagnosis(
    patient: Patient, *, primary_site: str, by: User | None, now: datetime, **details: Any
) -> Diagnosis:
    """The tumor as pathology and imaging describe it; `details` are the fields of Diagnosis."""
    if not primary_site.strip():
        raise CareError("Name the primary site, or say unknown.", "primary_site")
    return _record(Diagnosis(patient=patient, primary_site=primary_site, **details), by=by, now=now)


def record_therapy(
    patient: Patient,
    *,
    kind: str,
    by: User | None,
    now: datetime,
    on: date | None = None,
    ended_on: date | None = None,
    planned: bool = False,
    name: str = "",
    progressed: bool | None = None,
    details: str = "",
    cycles: int | None = None,
    cumulative_gbq: Decimal | None = None,
) -> PriorTherapy:
    """Another therapy: before this course, beside it, or planned."""
    _in_order(on, ended_on, "ended_on")
    return _record(
        PriorTherapy(
            patient=patient,
            kind=kind,
            on=on,
            ended_on=ended_on,
            planned=planned,
            name=name,
            progressed=progressed,
            details=details,
            cycles=cycles,
            cumulative_gbq=cumulative_gbq,
        ),
        by=by,
        now=now,
    )


def record_authorization(
    patient: Patient,
    *,
    state: str,
    by: User | None,
    now: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    payer: str = "",
    number: str = "",
    doses: int | None = None,
    note: str = "",
) -> Authorization:
    """What was asked of a payer, and what it said."""
    if state == Authorization.State.GRANTED and not (starts_on and ends_on):
        raise CareError("Say from which day to which it was granted.", "ends_on")
    _in_order(starts_on, ends_on, "ends_on")
    return _record(
        Authorization(
            patient=patient,
            state=state,
            starts_on=starts_on,
            ends_on=ends_on,
            payer=payer,
            number=number,
            doses=doses,
            note=note,
        ),
        by=by,
        now=now,
    )


def give_consent(
    patient: Patient,
    *,
    given_on: date,
    by: User | None,
    now: datetime,
    kind: str = Consent.Kind.TREATMENT,
    form_version: str = "",
) -> Consent:
    return _record(
        Consent(patient=patient, kind=kind, given_on=given_on, form_version=form_version), by=by, now=now
    )


def withdraw_consent(consent: Consent, *, on: date, by: User, because: str) -> None:
    _in_order(consent.given_on, on, "on")
    if consent.withdrawn_on:
        raise CareError(f"This consent was withdrawn on {consent.withdrawn_on}.")
    consent.withdrawn_on = on
    consent.save_by(by, because=because or "withdrawn")


def teach(
    patient: Patient,
    *,
    on: date,
    by: User | None,
    now: datetime,
    topic: str = Education.Topic.TREATMENT,
    language: str = "en",
    taught_by: str = "",
    understood: bool | None = None,
) -> Education:
    return _record(
        Education(
            patient=patient,
            topic=topic,
            on=on,
            language=language,
            taught_by=taught_by,
            understood=understood,
        ),
        by=by,
        now=now,
        because="taught",
    )


def record_evidence(
    patient: Patient,
    *,
    criterion: str,
    answer: str,
    evidence_on: date,
    by: User | None,
    now: datetime,
    referral: Referral | None = None,
    expires_on: date | None = None,
    **said: str,
) -> EligibilityEvidence:
    """What is known of one criterion; `said` holds value, threshold, source and evidence as words."""
    _in_order(evidence_on, expires_on, "expires_on")
    return _record(
        EligibilityEvidence(
            patient=patient,
            referral=referral,
            criterion=criterion,
            answer=answer,
            evidence_on=evidence_on,
            expires_on=expires_on,
            **said,
        ),
        by=by,
        now=now,
    )


def decide_at_board(
    patient: Patient,
    *,
    met_on: date,
    outcome: str,
    by: User | None,
    now: datetime,
    referral: Referral | None = None,
    rationale: str = "",
    conditions: str = "",
    attendees: Sequence[str] = (),
    dissent: str = "",
    deferred_for: str = "",
    comes_back_on: date | None = None,
    bad_berka_score: Decimal | None = None,
    bad_berka_components: Mapping[str, Any] | None = None,
) -> TumorBoardDecision:
    """What a board decided. A deferral names its question, and the day it comes back."""
    is_deferred = outcome == TumorBoardDecision.Outcome.DEFER
    if is_deferred and not deferred_for.strip():
        raise CareError("Say for which question it is deferred.", "deferred_for")
    if not is_deferred and (deferred_for or comes_back_on):
        raise CareError("Only a deferred decision comes back.", "deferred_for")
    return _record(
        TumorBoardDecision(
            patient=patient,
            referral=referral,
            met_on=met_on,
            outcome=outcome,
            rationale=rationale,
            conditions=conditions,
            attendees=list(attendees),
            dissent=dissent,
            deferred_for=deferred_for,
            comes_back_on=comes_back_on,
            bad_berka_score=bad_berka_score,
            bad_berka_components=dict(bad_berka_components or {}),
        ),
        by=by,
        now=now,
    )


def assess_response(
    patient: Patient,
    *,
    on: date,
    outcome: str,
    by: User | None,
    now: datetime,
    basis: str = "",
    first_scan_only: bool = False,
) -> ResponseAssessment:
    """How the tumor answered. What a progression means for the schedule is the course's affair."""
    return _record(
        ResponseAssessment(
            patient=patient, on=on, outcome=outcome, basis=basis, first_scan_only=first_scan_only
        ),
        by=by,
        now=now,
    )
