"""What only a prescriber decides: sign, override, attribute, confirm, pin a baseline."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.base.models import User
from labs.models import LabResult
from scheduling.actions.refusals import BEING_ASSESSED, constraint_of
from scheduling.models import Action, Attribution, BaselinePin, Confirmation, Course, Proposal, Signature
from scheduling.protocols import get_protocol

DECISIONS = (Action.GIVE, Action.HOLD, Action.STOP)


def sign_proposal(proposal: Proposal, *, by: User, now: datetime) -> Signature:
    """Accept what is proposed. The caller holds the course's lock."""
    _may_sign(proposal, by)
    if proposal.action not in DECISIONS:
        raise CareError(
            f"Nothing is proposed to accept ({proposal.action}): decide, with a reason.", "action"
        )
    return _sign(
        Signature(
            proposal=proposal,
            signed_by=by,
            signed_at=now,
            decision=Signature.Decision.ACCEPT,
            action=proposal.action,
            activity_gbq=proposal.activity_gbq,
            document=_frozen(proposal),
        )
    )


def override_proposal(
    proposal: Proposal,
    *,
    by: User,
    now: datetime,
    action: str,
    activity_gbq: Decimal | None,
    code: str,
    reason: str,
) -> Signature:
    """Decide otherwise than proposed, or where nothing is proposed: with a code and a reason."""
    _may_sign(proposal, by)
    if action not in DECISIONS:
        raise CareError("Decide to give, hold or stop.", "action")
    if code not in Signature.OverrideCode.values:
        raise CareError("Choose the kind of reason.", "code")
    if not reason.strip():
        raise CareError("Say why you decide otherwise.", "reason")
    doses = get_protocol(proposal.protocol_key, proposal.protocol_version).doses
    if action == Action.GIVE and activity_gbq not in (doses.full_gbq, doses.reduced_gbq):
        raise CareError(f"The protocol has {doses.full_gbq} and {doses.reduced_gbq} GBq.", "activity_gbq")
    return _sign(
        Signature(
            proposal=proposal,
            signed_by=by,
            signed_at=now,
            decision=Signature.Decision.OVERRIDE,
            action=action,
            activity_gbq=activity_gbq if action == Action.GIVE else None,
            override_code=code,
            override_reason=reason,
            document=_frozen(proposal),
        )
    )


def _may_sign(proposal: Proposal, by: User) -> None:
    if by.role != Role.PRESCRIBER:
        raise NotPermitted("Only a prescriber signs.")
    if proposal.superseded_at:
        raise OutOfDate("New facts have changed the proposal since you opened it: look again.")
    signature = Signature.objects.filter(proposal=proposal).select_related("signed_by").first()
    if signature:
        raise _already_signed(signature)
    if proposal.action == Action.NONE:
        raise CareError("There is no dose to decide.")


def _already_signed(signature: Signature) -> OutOfDate:
    return OutOfDate(f"{signature.signed_by} signed this first: {signature.get_action_display()}.")


def _sign(signature: Signature) -> Signature:
    try:
        with transaction.atomic():
            signature.save(force_insert=True)
    except IntegrityError as error:
        first = Signature.objects.filter(proposal=signature.proposal).select_related("signed_by").first()
        if first:
            raise _already_signed(first) from error
        if constraint_of(error) == "no_decision_while_the_course_waits_to_be_assessed":
            raise CareError(BEING_ASSESSED) from error
        raise OutOfDate("New facts have changed the proposal since you opened it: look again.") from error
    return signature


def _frozen(proposal: Proposal) -> dict[str, object]:
    return {"answer": proposal.document, "facts": proposal.facts, "digest": proposal.digest}


# --- what the dose table cannot know ---------------------------------------------------------------


def attribute_episode(
    course: Course, *, row: str, cycle_number: int, related: bool, reason: str, by: User, now: datetime
) -> Attribution:
    _judges(by)
    _row_of(course, row)
    if not reason.strip():
        raise CareError("Say why it is related, or not.", "reason")
    for earlier in Attribution.objects.known().filter(course=course, row=row, cycle_number=cycle_number):
        earlier.recorded_in_error_at = now
        earlier.recorded_in_error_by = by
        earlier.recorded_in_error_because = f"judged anew: {reason}"
        earlier.save_by(by, because=reason)
    attribution = Attribution(
        course=course,
        row=row,
        cycle_number=cycle_number,
        related=related,
        reason=reason,
        recorded_by=by,
        recorded_at=now,
    )
    attribution.save_by(by, because=reason)
    return attribution


def confirm_row(
    course: Course, *, row: str, on: date, resolved: bool, reason: str, by: User, now: datetime
) -> Confirmation:
    _judges(by)
    _row_of(course, row)
    confirmation = Confirmation(
        course=course, row=row, on=on, resolved=resolved, reason=reason, recorded_by=by, recorded_at=now
    )
    confirmation.save_by(by, because=reason)
    return confirmation


def pin_baseline(
    course: Course, *, analyte: str, result: LabResult, reason: str, by: User, now: datetime
) -> BaselinePin:
    _judges(by)
    if result.patient_id != course.patient_id or result.analyte != analyte or not result.usable:
        raise CareError(f"Choose a usable {analyte} result of this patient.", "result")
    if not reason.strip():
        raise CareError("Say why another baseline holds.", "reason")
    for earlier in BaselinePin.objects.known().filter(course=course, analyte=analyte):
        earlier.recorded_in_error_at = now
        earlier.recorded_in_error_by = by
        earlier.recorded_in_error_because = f"pinned anew: {reason}"
        earlier.save_by(by, because=reason)
    pin = BaselinePin(
        course=course, analyte=analyte, result=result, reason=reason, recorded_by=by, recorded_at=now
    )
    pin.save_by(by, because=reason)
    return pin


def _judges(by: User) -> None:
    if by.role != Role.PRESCRIBER:
        raise NotPermitted("Only a prescriber judges this.")


def _row_of(course: Course, row: str) -> None:
    if row not in course.protocol.rows.names:
        raise CareError(f"The protocol has no row {row!r}.", "row")
