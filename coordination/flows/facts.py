"""What recording, correcting or taking back a fact of a patient sets in motion.

The patient is locked -> a row that changes is read again -> the action stores one change -> assess. Infusions
and typed results have stories of their own (`flows.record`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from coordination.base.models import Fact, Practice, User
from coordination.flows.record import record_fact
from patients import actions as patient_actions
from patients.models import Patient, ResponseAssessment
from scheduling import actions
from scheduling.models import AdverseEvent, AdverseEventInquiry, Course, Cycle, InfusionGiven, Weight

F = TypeVar("F", bound=Fact)


def _teach(patient: Patient, **said: Any) -> object:
    return patient_actions.teach(patient, language=patient.language, **said)


RECORD: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "injection": actions.record_injection,
        "scan": actions.record_scan,
        "weight": actions.record_weight,
        "adverse-event": actions.record_adverse_event,
        "inquiry": actions.record_inquiry,
        "transfusion": actions.record_transfusion,
        "pregnancy-test": actions.record_pregnancy_test,
        "draw": actions.plan_draw,
        "response": actions.record_response,
        "consent": patient_actions.give_consent,
        "education": _teach,
        "authorization": patient_actions.record_authorization,
        "evidence": patient_actions.record_evidence,
        "attribution": actions.attribute_episode,
        "confirmation": actions.confirm_row,
        "baseline": actions.pin_baseline,
    }
)
"""The action that stores each kind of fact. All take who it is about, `by`, `now`, and what was said."""


def record(kind: str, about: Patient | Course | Cycle, /, *, by: User, now: datetime, **said: Any) -> object:
    """Store a fact of this kind about a patient, a course or an infusion, then assess. Raises CareError."""
    return record_fact(_patient_of(about), lambda: RECORD[kind](about, by=by, now=now, **said), now=now)


def correct(fact: F, *, because: str, by: User, now: datetime, changes: Mapping[str, Any]) -> F:
    """Record a paper again with `changes`; the record before stays. Raises CareError."""

    def act() -> F:
        same: F = _afresh(fact)
        return patient_actions.correct_fact(same, by=by, because=because, now=now, **changes)

    return record_fact(_patient_of(fact), act, now=now)


def withdraw(paper: Any, *, on: date, because: str, by: User, now: datetime) -> None:
    """From a day on a consent, a teaching or an authorization counts no more. Raises CareError."""

    def act() -> None:
        patient_actions.withdraw_paper(_afresh(paper), on=on, because=because, by=by, now=now)

    record_fact(_patient_of(paper), act, now=now)


def take_back(fact: Fact, *, because: str, by: User, now: datetime) -> None:
    """It was recorded in error: it stays, struck through, with who said so and why. Raises CareError."""
    is_response = isinstance(fact, ResponseAssessment)
    action: Callable[..., None] = actions.take_back_response if is_response else actions.record_in_error
    record_fact(_patient_of(fact), lambda: action(_afresh(fact), by=by, because=because, now=now), now=now)


def call_off(plan: Any, *, because: str, by: User, now: datetime) -> None:
    """A planned injection or draw will not happen; the plan stays on the list. Raises CareError."""

    def act() -> None:
        actions.cancel_plan(_afresh(plan), by=by, because=because, now=now)

    record_fact(_patient_of(plan), act, now=now)


def confirm_weight(weight: Weight, *, by: User, now: datetime) -> None:
    """A weight that jumps is right. Raises OutOfDate where it changed meanwhile."""
    record_fact(weight.patient, lambda: actions.confirm_weight(_afresh(weight), by=by, now=now), now=now)


def doubt_weight(weight: Weight, *, because: str, by: User, now: datetime) -> None:
    """The confirmation of a weight that jumps is taken back. Raises OutOfDate where it changed meanwhile."""

    def act() -> None:
        actions.take_back_confirmation(_afresh(weight), by=by, because=because)

    record_fact(weight.patient, act, now=now)


def follow_up_event(event: AdverseEvent, *, by: User, now: datetime, **how: Any) -> None:
    """How an adverse event is now: `grade_now` (CTCAE), `resolved_on`, `note`. Raises CareError."""

    def act() -> None:
        actions.follow_up_adverse_event(_afresh(event), by=by, now=now, **how)

    record_fact(event.patient, act, now=now)


def agree_tasks(
    patient: Patient,
    *,
    items: Sequence[str],
    owner: str,
    practice: Practice | None,
    because: str,
    read: int,
    by: User,
    now: datetime,
) -> None:
    """Who does what from now on. Raises OutOfDate where somebody agreed otherwise since `read`."""

    def act() -> None:
        patient_actions.share_out(
            patient, items=items, owner=owner, practice=practice, because=because, read=read, by=by
        )

    record_fact(patient, act, now=now)


def _afresh(row: Any) -> Any:
    """As it is now that the patient is locked."""
    return type(row)._default_manager.get(pk=row.pk)


def _patient_of(about: Any) -> Patient:
    if isinstance(about, Patient):
        return about
    if isinstance(about, Cycle):
        return about.course.patient
    if isinstance(about, InfusionGiven | AdverseEventInquiry):
        return about.cycle.course.patient
    patient: Patient = about.patient
    return patient
