"""What a changed course sets in motion.

facts -> assess -> store the proposal if it differs -> withdraw a signature that no longer stands
-> due items -> conflicts -> where the referral stands. Safe to repeat: the second time nothing has changed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction

from coordination.flows.referral_state import keep_up
from scheduling import conflicts, due_items
from scheduling.course_file import write_answer, write_course
from scheduling.facts import facts_of
from scheduling.models import Action, Course, Proposal, Signature
from scheduling.protocols import get_protocol, protocol_digest
from scheduling.rules import answer as plain
from scheduling.rules.answer import Assessment, NextDose
from scheduling.rules.assess import assess
from scheduling.rules.facts import CourseFacts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an assessment changed."""

    assessment: Assessment
    proposal: Proposal
    is_new: bool
    withdrawn: Signature | None


def answer_of(course: Course, *, as_of: datetime) -> tuple[CourseFacts, Assessment]:
    """What the rules say of a course as it was known at `as_of`; stores nothing."""
    facts = facts_of(course, as_of)
    return facts, assess(facts, get_protocol(course.protocol_key))


@transaction.atomic
def reassess(course_id: int, *, now: datetime) -> Outcome:
    """Assess one course and make what is stored equal to the answer."""
    course = Course.objects.select_related("patient__site", "referral").lock().get(pk=course_id)
    token = course.assess_token
    facts, assessment = answer_of(course, as_of=now)
    proposal, withdrawn, is_new = _store_proposal(course, facts, assessment, now=now)
    due_items.reconcile(course, assessment)
    conflicts.reconcile(course, assessment, now=now)
    keep_up(course, facts)
    course.settle(token=token, now=now)
    return Outcome(assessment, proposal, is_new, withdrawn)


@transaction.atomic
def reassess_if_due(course_id: int, *, now: datetime) -> bool:
    """Assess a course if it is still waiting and nobody else is busy with it."""
    waiting = Course.objects.filter(pk=course_id).needing_assessment(now).lock_for_assessment()
    if not waiting.exists():
        return False
    reassess(course_id, now=now)
    return True


def _store_proposal(
    course: Course, facts: CourseFacts, assessment: Assessment, *, now: datetime
) -> tuple[Proposal, Signature | None, bool]:
    """The current proposal; a new one only where the part that a signature is about has changed."""
    digest = digest_of(assessment)
    current = Proposal.objects.current().filter(course=course).select_related("signature").first()
    if current and current.digest == digest and current.protocol_version == course.protocol_version:
        return current, None, False
    withdrawn = None
    if current:
        withdrawn = _withdraw(current, assessment, now=now)
        current.superseded_at = now
        current.save(update_fields=["superseded_at"])
    dose = assessment.next_dose
    proposal = Proposal.objects.create(
        course=course,
        cycle_number=dose.cycle,
        action=dose.action.value,
        activity_gbq=dose.activity_gbq,
        text=dose.text,
        protocol_key=course.protocol_key,
        protocol_version=course.protocol_version,
        protocol_digest=protocol_digest(course.protocol_key),
        ctcae=assessment.ctcae,
        document=write_answer(assessment),
        facts=write_course(facts),
        digest=digest,
        as_of=assessment.as_of,
        made_at=now,
    )
    return proposal, withdrawn, True


def digest_of(assessment: Assessment) -> str:
    """Over what a prescriber signs: the decision, its rows and what they rest on; not over the day."""
    dose = assessment.next_dose
    rows = [(row.row, row.state.value, row.grade, row.occurrence, row.because) for row in dose.rows]
    signed_about = [
        dose.cycle,
        dose.action.value,
        None if dose.activity_gbq is None else str(dose.activity_gbq),
        rows,
        dose.missing,
        dose.notes,
        assessment.protocol,
        assessment.ctcae,
    ]
    return hashlib.sha256(msgspec.json.encode(signed_about)).hexdigest()


def _withdraw(current: Proposal, assessment: Assessment, *, now: datetime) -> Signature | None:
    """New facts that change the answer withdraw the signature."""
    signature: Signature | None = getattr(current, "signature", None)
    if signature is None or signature.withdrawn_at:
        return None
    dose = assessment.next_dose
    if _is_used_up(signature, current, dose):
        return None
    signature.withdrawn_at = now
    signature.withdrawn_because = f"New facts changed the proposal. Now: {dose.text}"
    signature.save(update_fields=["withdrawn_at", "withdrawn_because"])
    return signature


def _is_used_up(signature: Signature, signed: Proposal, dose: NextDose) -> bool:
    """What was signed has been done: its dose was given, or the course was stopped as it says."""
    if signature.action == Action.STOP:
        return dose.action is plain.Action.NONE
    return dose.cycle is not None and signed.cycle_number is not None and dose.cycle > signed.cycle_number
