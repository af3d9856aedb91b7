"""What a changed course sets in motion.

facts -> assess -> store the proposal if it differs -> withdraw a signature that no longer stands
-> end an order ahead that the answer turned against -> due items -> conflicts -> results that the rules do
not believe -> where the referral stands. Safe to repeat: the second time nothing has changed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import JSONField, Value
from django.db.models.functions import Cast

from coordination.flows import result_reviews
from coordination.flows.referral_state import keep_up
from scheduling import conflicts, due_items, orders_ahead
from scheduling.answers import answer_of, signed_digest
from scheduling.course_file import write_answer, write_course
from scheduling.models import Action, Course, Proposal, Signature
from scheduling.models.course import CourseQuerySet
from scheduling.rules import answer as plain
from scheduling.rules.answer import Assessment, NextDose
from scheduling.rules.facts import CourseFacts
from scheduling.stored_rows import StoredProposal, stored_of


@dataclass(frozen=True, slots=True)
class Reassessment:
    """What an assessment changed: whether the proposal is a new one, and whether a signature fell."""

    assessment: Assessment
    is_new: bool
    is_withdrawn: bool


@transaction.atomic
def reassess(course_id: int, *, now: datetime) -> Reassessment:
    """Assess one course and make what is stored equal to the answer."""
    return _reassess(_with_patient(Course.objects.lock()).get(pk=course_id), now=now)


@transaction.atomic
def reassess_if_due(course_id: int, *, now: datetime) -> bool:
    """Assess a course if it is still waiting and nobody else is busy with it."""
    waiting = Course.objects.filter(pk=course_id).needing_assessment(now).lock_for_assessment()
    course = _with_patient(waiting).first()
    if course is None:
        return False
    _reassess(course, now=now)
    return True


def _with_patient(courses: CourseQuerySet) -> CourseQuerySet:
    return courses.select_related("patient__site", "referral")


def _reassess(course: Course, *, now: datetime) -> Reassessment:
    """The course is locked: four statements with that, and one more for each kind of change."""
    token = course.assess_token
    now = course.moment_of_assessment(now)
    facts, assessment = answer_of(course, as_of=now)
    stored = stored_of(course)
    digest = signed_digest(assessment)
    is_new = not _is_current(stored.proposal, digest, course)
    is_withdrawn = False
    if is_new:
        is_withdrawn = _withdraw(stored.proposal, facts, assessment, now=now)
        _store_proposal(course, facts, assessment, digest, stored.proposal, now=now)
    orders_ahead.reconcile(stored, assessment.next_dose, now=now)
    without_owner = due_items.reconcile(course, assessment, stored)
    conflicts.reconcile(course, assessment, stored, without_owner=without_owner, now=now)
    result_reviews.reconcile(course, assessment, stored, now=now)
    keep_up(course, facts)
    course.settle(token=token, now=now)
    return Reassessment(assessment, is_new, is_withdrawn)


def _is_current(current: StoredProposal | None, digest: str, course: Course) -> bool:
    """The part that a signature is about, and what it was read by, are what they were."""
    return current is not None and (current.digest, current.protocol_version) == (
        digest,
        course.protocol_version,
    )


def _store_proposal(
    course: Course,
    facts: CourseFacts,
    assessment: Assessment,
    digest: str,
    current: StoredProposal | None,
    *,
    now: datetime,
) -> None:
    if current:
        Proposal.objects.filter(pk=current.id).update(superseded_at=now)
    dose = assessment.next_dose
    Proposal.objects.bulk_create(
        [
            Proposal(
                course=course,
                cycle_number=dose.cycle,
                action=dose.action.value,
                activity_gbq=dose.activity_gbq,
                text=dose.text,
                protocol_key=course.protocol_key,
                protocol_version=course.protocol_version,
                protocol_digest=course.protocol.digest,
                ctcae=assessment.ctcae,
                document=_json(write_answer(assessment)),
                facts=_json(write_course(facts)),
                digest=digest,
                as_of=assessment.as_of,
                made_at=now,
            )
        ]
    )


def _json(document: dict[str, Any]) -> Any:
    """A document, written once and fast."""
    return Cast(Value(msgspec.json.encode(document).decode()), JSONField())


def _withdraw(
    signed: StoredProposal | None, facts: CourseFacts, assessment: Assessment, *, now: datetime
) -> bool:
    """New facts that change the answer withdraw the signature."""
    if signed is None or signed.signature_key is None or signed.withdrawn_at:
        return False
    dose = assessment.next_dose
    if _is_used_up(signed, facts, dose):
        return False
    Signature.objects.filter(pk=signed.signature_key).update(
        withdrawn_at=now, withdrawn_because=f"New facts changed the proposal. It became: {dose.text}"
    )
    return True


def _is_used_up(signed: StoredProposal, facts: CourseFacts, dose: NextDose) -> bool:
    """What was signed has been done: its dose was given, or the course was stopped as it says."""
    if signed.signed_action == Action.STOP:
        return dose.action is plain.DoseAction.NONE
    return any(given.started_at for given in facts.infusions if given.cycle == signed.cycle_number)
