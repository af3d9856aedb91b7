"""What ordering a dose sets in motion.

assess -> order what is permitted -> the item is done -> assess. A dose is ordered two weeks ahead, before the
panel that decides about it: while labs are awaited, a prescriber's *order ahead* permits the order. Signing
the same activity later leaves the order as it is, another one opens it again; a hold, a stop or a review ends
the order ahead, and the order is on Today until it is signed for, changed or cancelled in time.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from coordination.base import clock
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from coordination.flows.on_assessed import on_assessed
from labs.models import LabResult
from scheduling import actions
from scheduling.models import Course, Cycle, DoseOrder, OrderAhead
from scheduling.rules.answer import Assessment, DoseAction, NextDose
from scheduling.rules.order_clock import cost_of_cancelling, order_clock


def allow_ahead(
    course: Course, *, number: int, activity_gbq: Decimal, by: User, now: datetime, reason: str = ""
) -> OrderAhead:
    """Permit the order of the next dose while its labs are awaited.

    Raises OutOfDate where the recommendation is another by now, CareError where the course is held or over.
    """

    def act(assessment: Assessment) -> OrderAhead:
        _labs_are_awaited(Course.objects.get(pk=course.pk), number, assessment.next_dose)
        cycle = Cycle.objects.select_related("course").get(course=course, number=number)
        return actions.allow_order_ahead(cycle, activity_gbq=activity_gbq, by=by, now=now, reason=reason)

    return on_assessed(course, act, now=now)


def _labs_are_awaited(course: Course, number: int, dose: NextDose) -> None:
    if course.ended_at:
        raise CareError("The course has ended: no dose is ordered.")
    if course.held_since:
        raise CareError("The course is on hold: no dose is ordered until a prescriber resumes it.")
    if dose.cycle != number or dose.action is not DoseAction.PENDING:
        raise OutOfDate(f"Labs are no longer awaited. Now: {dose.text}")


def withdraw_ahead(ahead: OrderAhead, *, by: User, because: str, now: datetime) -> None:
    """The dose may not be ordered; an order that was placed is on Today until it is signed or cancelled."""

    def act(assessment: Assessment) -> None:
        fresh = OrderAhead.objects.select_related("cycle__course").get(pk=ahead.pk)
        actions.end_order_ahead(fresh, by=by, because=because, now=now)

    on_assessed(ahead.cycle.course, act, now=now)


def order_dose(
    cycle: Cycle, *, by: User, now: datetime, supplier: str = "", order_number: str = "", note: str = ""
) -> DoseOrder:
    """Raises CareError where, by all that is known, neither a signature nor an order ahead permits it."""

    def act(assessment: Assessment) -> DoseOrder:
        fresh = Cycle.objects.select_related("course__patient__site").get(pk=cycle.pk)
        return actions.place_order(
            fresh, by=by, now=now, supplier=supplier, order_number=order_number, note=note
        )

    return on_assessed(cycle.course, act, now=now)


def change_dose(order: DoseOrder, *, by: User, now: datetime, version: int, order_number: str = "") -> None:
    """Make the order what is permitted now, for the planned day; the supplier confirms it again."""

    def act(order: DoseOrder) -> None:
        actions.change_order(order, by=by, order_number=order_number)

    _change(order, act, version=version, now=now)


def confirm_dose(order: DoseOrder, *, by: User, now: datetime, version: int, order_number: str = "") -> None:
    """The supplier has confirmed it; refused where by all that is known the dose is not approved any more."""

    def act(order: DoseOrder) -> None:
        actions.confirm_order(order, by=by, now=now, order_number=order_number)

    _change(order, act, version=version, now=now)


def cancel_dose(
    order: DoseOrder,
    *,
    by: User,
    because: str,
    now: datetime,
    waiver_evidence: LabResult | None = None,
    version: int | None = None,
) -> DoseOrder:
    """The fee is that of today; the dated result that made the patient ineligible waives it."""

    def act(order: DoseOrder) -> None:
        actions.cancel_order(
            order,
            by=by,
            because=because,
            now=now,
            fee_usd=fee_today(order, now=now, is_waived=waiver_evidence is not None),
            waiver_evidence=waiver_evidence,
        )

    return _change(order, act, version=version, now=now)


def _change(
    order: DoseOrder, act: Callable[[DoseOrder], None], *, version: int | None, now: datetime
) -> DoseOrder:
    """Do `act` on the order as it is once its course is ours. Raises OutOfDate on a stale edit."""

    def on_fresh(assessment: Assessment) -> DoseOrder:
        fresh = DoseOrder.objects.select_related("cycle__course__patient__site").get(pk=order.pk)
        if version is not None and not fresh.next_version(version):
            raise OutOfDate(f"{fresh.changed_meanwhile('this order')} Look again.")
        act(fresh)
        return fresh

    return on_assessed(order.cycle.course, on_fresh, now=now)


def fee_today(order: DoseOrder, *, now: datetime, is_waived: bool = False) -> Decimal:
    """USD that cancelling costs on the site's day of `now` [ORD; setting]."""
    course = order.cycle.course
    protocol = course.protocol
    dates = order_clock(order.cycle.number, order.calibration_on, protocol)
    today = clock.day_at(course.patient.site, now)
    return Decimal(cost_of_cancelling(today, dates, protocol.order, ineligible_by_testing=is_waived))
