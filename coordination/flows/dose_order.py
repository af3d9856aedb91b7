"""What ordering a dose sets in motion.

order what stands signed -> the item is done -> assess. A dose is ordered two weeks ahead, before the panel
that decides about it: the prescriber then signs *ahead of the panel*, the results withdraw that signature
with the proposal they change, and the order waits for the next one or is cancelled in time.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from coordination.base import clock
from coordination.base.models import User
from coordination.flows.reassess import reassess
from labs.models import LabResult
from scheduling import actions
from scheduling.models import Course, Cycle, DoseOrder
from scheduling.protocols import get_protocol
from scheduling.rules.order_clock import cost_of_cancelling, order_clock


@transaction.atomic
def order_dose(
    cycle: Cycle, *, by: User, now: datetime, supplier: str = "", order_number: str = "", note: str = ""
) -> DoseOrder:
    """Raises CareError where no signed decision to give stands, or the course is held or has ended."""
    course = Course.objects.lock().get(pk=cycle.course_id)
    order = actions.place_order(
        cycle, by=by, now=now, supplier=supplier, order_number=order_number, note=note
    )
    reassess(course.pk, now=now)
    return order


@transaction.atomic
def cancel_dose(
    order: DoseOrder,
    *,
    by: User,
    because: str,
    now: datetime,
    waiver_evidence: LabResult | None = None,
) -> DoseOrder:
    """The fee is that of today; the dated result that made the patient ineligible waives it."""
    course = Course.objects.lock().get(pk=order.cycle.course_id)
    actions.cancel_order(
        order,
        by=by,
        because=because,
        now=now,
        fee_usd=fee_today(order, now=now, is_waived=waiver_evidence is not None),
        waiver_evidence=waiver_evidence,
    )
    reassess(course.pk, now=now)
    return order


def fee_today(order: DoseOrder, *, now: datetime, is_waived: bool = False) -> Decimal:
    """USD that cancelling costs on the site's day of `now` [ORD; setting]."""
    course = order.cycle.course
    protocol = get_protocol(course.protocol_key)
    dates = order_clock(order.cycle.number, order.calibration_on, protocol)
    today = clock.day_at(course.patient.site, now)
    return Decimal(cost_of_cancelling(today, dates, protocol.order, ineligible_by_testing=is_waived))
