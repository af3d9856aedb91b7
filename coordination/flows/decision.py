"""What a signature sets in motion.

assess -> sign what is proposed, or decide otherwise with a reason -> a signed stop stops the course, a
signed hold holds it, a signed dose lifts a hold -> it takes the place of an order ahead -> assess. Two people
signing at once: one wins, the other is told.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from coordination.base import clock
from coordination.base.models import User
from coordination.flows.on_assessed import on_assessed
from scheduling import actions
from scheduling.models import Action, Course, Proposal, Signature
from scheduling.rules.answer import Assessment


def sign_proposal(proposal_id: UUID, *, by: User, now: datetime) -> Signature:
    """Accept a proposal as it stands. Raises OutOfDate when it changed or was signed meanwhile."""
    return _decide(proposal_id, lambda proposal: actions.sign_proposal(proposal, by=by, now=now), by, now)


def override_proposal(
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

    def act(proposal: Proposal) -> Signature:
        return actions.override_proposal(
            proposal, by=by, now=now, action=action, activity_gbq=activity_gbq, code=code, reason=reason
        )

    return _decide(proposal_id, act, by, now)


def _decide(
    proposal_id: UUID, sign_it: Callable[[Proposal], Signature], by: User, now: datetime
) -> Signature:
    """The proposal is read once its course is ours: others wait, then find it signed."""

    def act(assessment: Assessment) -> Signature:
        proposal = Proposal.objects.select_related("course__patient__site").get(public_id=proposal_id)
        signature = sign_it(proposal)
        _act_on(signature, proposal.course, by=by, now=now)
        return signature

    course = Course.objects.select_related("patient").get(proposals__public_id=proposal_id)
    return on_assessed(course, act, now=now)


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


def _as_reason(proposed: str) -> str:
    """What was proposed, without the word that the hold or the stop says itself."""
    bare = proposed.removeprefix("Hold: ").removeprefix("Stop: ")
    return f"{bare[:1].upper()}{bare[1:]}"
