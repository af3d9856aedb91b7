"""What a signature sets in motion.

sign what is proposed, or decide otherwise with a reason -> a signed stop stops the course, a signed hold
holds it, a signed dose lifts a hold -> it takes the place of an order ahead -> assess. Two people signing at
once: one wins, the other is told.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from coordination.base import clock
from coordination.base.models import User
from coordination.flows.reassess import reassess
from scheduling import actions
from scheduling.models import Action, Course, Proposal, Signature


@transaction.atomic
def sign(proposal_id: UUID, *, by: User, now: datetime) -> Signature:
    """Accept a proposal as it stands. Raises OutOfDate when it changed or was signed meanwhile."""
    proposal = _locked(proposal_id)
    signature = actions.sign_proposal(proposal, by=by, now=now)
    _act_on(signature, proposal.course, by=by, now=now)
    return signature


@transaction.atomic
def override(
    proposal_id: UUID,
    *,
    by: User,
    now: datetime,
    action: str,
    activity_gbq: Decimal | None,
    code: str,
    reason: str,
) -> Signature:
    """Decide otherwise than proposed. Raises OutOfDate when it changed or was signed meanwhile."""
    proposal = _locked(proposal_id)
    signature = actions.override_proposal(
        proposal, by=by, now=now, action=action, activity_gbq=activity_gbq, code=code, reason=reason
    )
    _act_on(signature, proposal.course, by=by, now=now)
    return signature


def _locked(proposal_id: UUID) -> Proposal:
    """The proposal as it is once its course is ours: others wait, then find it signed."""
    course_id = Proposal.objects.values_list("course_id", flat=True).get(public_id=proposal_id)
    Course.objects.lock().get(pk=course_id)
    return Proposal.objects.select_related("course__patient__site").get(public_id=proposal_id)


def _act_on(signature: Signature, course: Course, *, by: User, now: datetime) -> None:
    because = signature.override_reason or _as_reason(signature.proposal.text)
    if signature.action == Action.STOP:
        on = clock.day_at(course.patient.site, now)
        actions.stop_course(course, by=by, because=because, on=on, now=now)
    elif signature.action == Action.HOLD and not course.held_since:
        actions.hold_course(course, by=by, because=because, now=now)
    elif signature.action == Action.GIVE and course.held_since:
        actions.resume_course(course, by=by, because=because)
    actions.follow_signature(signature, by=by, now=now)
    reassess(course.pk, now=now)


def _as_reason(proposed: str) -> str:
    """What was proposed, without the word that the hold or the stop says itself."""
    bare = proposed.removeprefix("Hold: ").removeprefix("Stop: ")
    return f"{bare[:1].upper()}{bare[1:]}"
