"""What is recorded about a patient's disease, other therapy, paperwork and the answer to treatment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from coordination.base import clock
from coordination.base.errors import CareError, OutOfDate
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
from patients.models.withdrawable import WithdrawableFact

F = TypeVar("F", bound=Fact)
W = TypeVar("W", Consent, Education, Authorization)


def _record(fact: F, *, by: User | None, now: datetime, because: str = "recorded") -> F:
    _can_be(fact, now=now)
    fact.recorded_by = by
    fact.recorded_at = now
    fact.save_by(by, because=because)
    return fact


def _in_order(first: date | None, second: date | None, field: str) -> None:
    if first and second and second < first:
        raise CareError("The end lies before the beginning.", field)


def _can_be(fact: Fact, *, now: datetime) -> None:
    """Refuse what cannot be of a paper or a piece of evidence, and name the field."""
    match fact:
        case Authorization():
            if fact.state == Authorization.State.GRANTED and not (fact.starts_on and fact.ends_on):
                lacking = "ends_on" if fact.starts_on else "starts_on"
                raise CareError("A granted authorization needs both dates.", lacking)
            _in_order(fact.starts_on, fact.ends_on, "ends_on")
        case Consent():
            _has_been(fact.given_on, "given_on", fact.patient, now)
            _in_order(fact.given_on, fact.withdrawn_on, "withdrawn_on")
        case Education():
            _has_been(fact.on, "on", fact.patient, now)
            _in_order(fact.on, fact.withdrawn_on, "withdrawn_on")
        case EligibilityEvidence():
            _has_been(fact.evidence_on, "evidence_on", fact.patient, now)
            _in_order(fact.evidence_on, fact.expires_on, "expires_on")


def _has_been(on: date, field: str, patient: Patient, now: datetime) -> None:
    if on > clock.day_at(patient.site, now):
        raise CareError("This day is in the future.", field)
    if patient.birth_date and on < patient.birth_date:
        raise CareError("This day is before the date of birth.", field)


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
    note: str = "",
) -> Consent:
    return _record(
        Consent(patient=patient, kind=kind, given_on=given_on, form_version=form_version, note=note),
        by=by,
        now=now,
    )


def withdraw_paper(paper: W, *, on: date, by: User, because: str, now: datetime) -> None:
    """From a day on a consent, a teaching or an authorization counts no more; that it was given stays.

    Raises OutOfDate where somebody has withdrawn or corrected it meanwhile.
    """
    if not because.strip():
        raise CareError("Enter a reason.", "because")
    if paper.recorded_in_error_at:
        raise OutOfDate(paper.changed_meanwhile("this record"))
    if paper.withdrawn_on:
        raise OutOfDate(f"{paper.withdrawn_by or 'A report'} already withdrew it on {paper.withdrawn_on}.")
    if not isinstance(paper, Authorization):  # a payer may say from which day on it will not pay
        _has_been(on, "on", paper.patient, now)
    paper.withdrawn_on, paper.withdrawn_at = on, now
    paper.withdrawn_by, paper.withdrawn_because = by, because
    _withdrawn_after_it_began(paper)
    paper.save_by(by, because=because)


def _withdrawn_after_it_began(paper: WithdrawableFact) -> None:
    match paper:
        case Consent():
            _in_order(paper.given_on, paper.withdrawn_on, "on")
        case Education():
            _in_order(paper.on, paper.withdrawn_on, "on")


OWN_TO_A_RECORD = frozenset(
    {
        *("id", "public_id", "recorded_at", "recorded_by"),
        *("recorded_in_error_at", "recorded_in_error_by", "recorded_in_error_because"),
    }
)


def correct_fact(fact: F, *, by: User, because: str, now: datetime, **changes: Any) -> F:
    """Record a fact again with `changes`. The record before stays, and says who corrected it and why.

    Raises OutOfDate where somebody has corrected it or taken it back meanwhile.
    """
    if not because.strip():
        raise CareError("Enter a reason.", "because")
    if fact.recorded_in_error_at:
        raise OutOfDate(fact.changed_meanwhile("this record"))
    kept = {field.name for field in fact._meta.concrete_fields} - OWN_TO_A_RECORD
    before = {name: getattr(fact, name) for name in kept}
    if all(before[name] == value for name, value in changes.items()):
        raise CareError("Nothing was changed.")
    fact.recorded_in_error_at, fact.recorded_in_error_by = now, by
    fact.recorded_in_error_because = f"Corrected: {because}"
    fact.save_by(by, because=fact.recorded_in_error_because)
    return _record(type(fact)(**before | changes), by=by, now=now, because=because)


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
    note: str = "",
) -> Education:
    return _record(
        Education(
            patient=patient,
            topic=topic,
            on=on,
            language=language,
            taught_by=taught_by,
            understood=understood,
            note=note,
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
