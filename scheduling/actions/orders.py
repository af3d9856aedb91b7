"""Order a dose, change it, confirm it, receive it, cancel it; and allow an order ahead of the panel.

The database refuses an order that no signature to give the dose and no order ahead permits, and everything
that rests on a decision while new results wait to be assessed.
"""

from datetime import datetime
from decimal import Decimal

from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.base.models import User
from labs.models import LabResult
from scheduling.actions.refusals import BEING_ASSESSED, in_words
from scheduling.models import Action, Cycle, DoseOrder, OrderAhead, Signature

_NOT_PERMITTED = "This dose is not approved: it needs a prescriber's signature, or an order ahead."
_GIVEN = "The infusion was given: its order can't be {}."
_REFUSALS = {
    "no_order_while_the_course_waits_to_be_assessed": BEING_ASSESSED,
    "no_decision_while_the_course_waits_to_be_assessed": BEING_ASSESSED,
    "no_order_for_an_ended_course": "The course has ended: no dose is ordered.",
    "no_order_for_a_held_course": "The course is on hold: no dose is ordered until a prescriber resumes it.",
    "no_order_after_a_death": "The patient has died: no dose is ordered.",
    "no_order_without_a_signed_decision_to_give": _NOT_PERMITTED,
    "cycle_has_one_standing_dose_order": "A dose for this infusion is already ordered.",
    "no_cancelling_of_a_dose_that_was_given": _GIVEN.format("cancelled"),
}


# --- ahead of the panel ----------------------------------------------------------------------------


def allow_order_ahead(
    cycle: Cycle, *, activity_gbq: Decimal, by: User, now: datetime, reason: str = ""
) -> OrderAhead:
    """Permit the order of a dose before its panel is in; the caller has asked that labs are awaited."""
    _a_prescriber(by)
    doses = cycle.course.protocol.doses
    if activity_gbq not in (doses.full_gbq, doses.reduced_gbq):
        raise CareError(f"The protocol has {doses.full_gbq} and {doses.reduced_gbq} GBq.", "activity_gbq")
    if standing := OrderAhead.objects.not_ended().filter(cycle=cycle).select_related("allowed_by").first():
        raise OutOfDate(f"{standing.allowed_by} has already ordered {_gbq(standing.activity_gbq)} ahead.")
    ahead = OrderAhead(
        cycle=cycle, activity_gbq=activity_gbq, allowed_at=now, allowed_by=by, reason=reason.strip()
    )
    with in_words(_REFUSALS):
        ahead.save_by(by, because=reason.strip() or "ordered ahead")
    return ahead


def end_order_ahead(ahead: OrderAhead, *, by: User | None, because: str, now: datetime) -> None:
    """It permits no order any more; `by` is None where the recommendation turned against it."""
    if by and by.role != Role.PRESCRIBER:
        raise NotPermitted("Only a prescriber withdraws an order ahead.")
    if not because.strip():
        raise CareError("Say why it is withdrawn.", "because")
    if ahead.ended_at:
        raise OutOfDate(f"It has ended already: {ahead.ended_because}")
    ahead.ended_at, ahead.ended_by, ahead.ended_because = now, by, because.strip()
    ahead.save_by(by, because=because.strip())


def follow_signature(signature: Signature, *, by: User, now: datetime) -> None:
    """A signature takes the place of the order ahead.

    An order of the activity that was signed stays as it is; one of another activity is open again, to be
    changed and confirmed.
    """
    course, number = signature.proposal.course_id, signature.proposal.cycle_number
    if number is None:
        return
    said = f"signed: {signature.action}"
    if signature.activity_gbq:
        said = f"{said} {_gbq(signature.activity_gbq)}"
    for ahead in OrderAhead.objects.not_ended().filter(cycle__course=course, cycle__number=number):
        ahead.ended_at, ahead.ended_by, ahead.ended_because = now, by, said
        ahead.save_by(by, because=said)
    order = DoseOrder.objects.standing().filter(cycle__course=course, cycle__number=number).first()
    if order is None or signature.action != Action.GIVE:
        return
    if order.activity_gbq == signature.activity_gbq:
        order.signature = signature
        order.save_by(by, because=said)
    elif order.confirmed_at:
        order.confirmed_at, order.confirmed_by = None, None
        order.save_by(by, because=f"{said}, {_gbq(order.activity_gbq)} ordered: to be changed and confirmed")


def _a_prescriber(by: User) -> None:
    if by.role != Role.PRESCRIBER:
        raise NotPermitted("Only a prescriber orders ahead.")


def _gbq(activity: Decimal) -> str:
    return f"{activity.normalize():f} GBq"


# --- the order -------------------------------------------------------------------------------------


def place_order(
    cycle: Cycle, *, by: User, now: datetime, supplier: str = "", order_number: str = "", note: str = ""
) -> DoseOrder:
    """Order exactly what is permitted, calibrated for the planned day."""
    order = DoseOrder(
        cycle=cycle, ordered_at=now, ordered_by=by, supplier=supplier, order_number=order_number, note=note
    )
    _as_permitted(order)
    _save(order, by=by, because="dose ordered")
    return order


def change_order(order: DoseOrder, *, by: User, order_number: str = "") -> None:
    """Make a standing order what is permitted now, for the day now planned; to be confirmed again."""
    _stands(order)
    if used_its_dose(order.cycle):
        raise CareError(_GIVEN.format("changed"))
    before = (order.activity_gbq, order.calibration_on)
    _as_permitted(order)
    if before == (order.activity_gbq, order.calibration_on):
        raise CareError("The order is already for this activity and day.")
    order.confirmed_at, order.confirmed_by = None, None
    order.order_number = order_number or order.order_number
    _save(order, by=by, because=f"changed from {_gbq(before[0])} for {before[1]}")


def _as_permitted(order: DoseOrder) -> None:
    """The activity of what permits the dose; on the planned day."""
    if order.cycle.planned_on is None:
        raise CareError("Plan the infusion first: the dose is calibrated for its day.", "planned_on")
    order.activity_gbq, order.calibration_on = _take_permit(order), order.cycle.planned_on


def _take_permit(order: DoseOrder) -> Decimal:
    """Put the order under the standing signature, else the order ahead; return its activity in GBq."""
    cycle = order.cycle
    permit: Signature | OrderAhead | None
    permit = order.signature = Signature.objects.to_give(cycle.course, cycle.number).first()
    if permit is None:
        permit = order.ahead = OrderAhead.objects.standing().filter(cycle=cycle).first()
    if permit is None or permit.activity_gbq is None:
        raise CareError(_NOT_PERMITTED)
    return permit.activity_gbq


def _save(order: DoseOrder, *, by: User, because: str) -> None:
    with in_words(_REFUSALS):
        order.save_by(by, because=because)


def _stands(order: DoseOrder) -> None:
    if order.cancelled_at:
        raise CareError("This order was cancelled.")


def used_its_dose(cycle: Cycle) -> bool:
    """The infusion was given here: one given elsewhere did not use the dose that was ordered."""
    return cycle.infusion is not None and not cycle.infusion.elsewhere


def confirm_order(order: DoseOrder, *, by: User, now: datetime, order_number: str = "") -> None:
    """The supplier has confirmed it. Refused where the dose is no longer approved as it is ordered."""
    _stands(order)
    if used_its_dose(order.cycle):
        raise CareError(_GIVEN.format("changed"))
    permitted = _take_permit(order)
    if permitted != order.activity_gbq:
        raise CareError(
            f"{_gbq(permitted)} is approved, {_gbq(order.activity_gbq)} is ordered. Change the order first."
        )
    order.confirmed_at, order.confirmed_by = now, by
    order.order_number = order_number or order.order_number
    _save(order, by=by, because="order confirmed")


def receive_vial(
    order: DoseOrder, *, by: User, now: datetime, vial_number: str, assayed_gbq: Decimal | None
) -> None:
    order.received_at = now
    order.vial_number = vial_number
    if assayed_gbq is not None:
        order.assayed_gbq, order.assayed_at = assayed_gbq, now
    order.save_by(by, because="vial received")


def cancel_order(
    order: DoseOrder,
    *,
    by: User,
    because: str,
    now: datetime,
    fee_usd: Decimal | None = None,
    waiver_evidence: LabResult | None = None,
) -> None:
    """The dated result that made the patient ineligible is kept as the evidence for a waiver."""
    if order.cancelled_at:
        raise CareError("This order was already cancelled.")
    if not because.strip():
        raise CareError("Say why the dose is cancelled.", "because")
    if waiver_evidence and waiver_evidence.patient_id != order.cycle.course.patient_id:
        raise CareError("Choose a result of this patient.", "waiver_evidence")
    order.cancelled_at, order.cancelled_by, order.cancelled_because = now, by, because
    order.fee_usd = fee_usd
    order.waiver_evidence = waiver_evidence
    _save(order, by=by, because=because)
