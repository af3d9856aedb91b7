"""Order a dose, confirm it, receive it, cancel it. The database refuses an order without a decision."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from coordination.base.errors import CareError
from coordination.base.models import User
from labs.models import LabResult
from scheduling.models import Cycle, DoseOrder, Signature

_REFUSALS = {
    "no_order_for_an_ended_course": "The course has ended: no dose is ordered.",
    "no_order_for_a_held_course": "The course is on hold: no dose is ordered until a prescriber resumes it.",
    "no_order_after_a_death": "The patient has died: no dose is ordered.",
    "no_order_without_a_signed_decision_to_give": "No signed decision to give this dose stands.",
    "cycle_has_one_standing_dose_order": "A dose for this infusion is already ordered.",
}


def place_order(
    cycle: Cycle, *, by: User, now: datetime, supplier: str = "", order_number: str = "", note: str = ""
) -> DoseOrder:
    """Order exactly what stands signed, calibrated for the planned day."""
    if cycle.planned_on is None:
        raise CareError("Plan the infusion first: the dose is calibrated for its day.", "planned_on")
    signature = Signature.objects.to_give(cycle.course, cycle.number).first()
    if signature is None or signature.activity_gbq is None:
        raise CareError(_REFUSALS["no_order_without_a_signed_decision_to_give"])
    order = DoseOrder(
        cycle=cycle,
        signature=signature,
        activity_gbq=signature.activity_gbq,
        calibration_on=cycle.planned_on,
        ordered_at=now,
        ordered_by=by,
        supplier=supplier,
        order_number=order_number,
        note=note,
    )
    try:
        with transaction.atomic():
            order.save_by(by, because="dose ordered")
    except IntegrityError as error:
        raise CareError(_refusal(error)) from error
    return order


def _refusal(error: IntegrityError) -> str:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name not in _REFUSALS:
        raise error
    return _REFUSALS[name]


def confirm_order(order: DoseOrder, *, by: User, now: datetime, order_number: str = "") -> None:
    if order.cancelled_at:
        raise CareError("This order was cancelled.")
    order.confirmed_at, order.confirmed_by = now, by
    order.order_number = order_number or order.order_number
    order.save_by(by, because="order confirmed")


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
    order.cancelled_at, order.cancelled_by, order.cancelled_because = now, by, because
    order.fee_usd = fee_usd
    order.waiver_evidence = waiver_evidence
    order.save_by(by, because=because)
