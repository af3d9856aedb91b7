"""The dates by which a dose is ordered or cancelled, what cancelling costs, and how activity decays.

Source: the manufacturer's US ordering page [ORD]; every number is a setting of the protocol.
docs/clinical/order.md.
"""

from datetime import date, timedelta
from decimal import Context, Decimal

from scheduling.rules.answer import OrderClock
from scheduling.rules.protocol import WEEKDAYS, OrderRules, Protocol
from scheduling.rules.timeline import Timeline

_DECAY = Context(prec=34)


def order_by(calibration: date, order: OrderRules) -> date:
    """The order weekday of the week (Monday to Sunday) `weeks_before` weeks before the calibration week."""
    monday = calibration - timedelta(calibration.weekday())
    return monday + timedelta(WEEKDAYS.index(order.weekday) - 7 * order.weeks_before)


def order_clock(cycle: int, calibration: date, protocol: Protocol) -> OrderClock:
    """The clock of one dose; the calibration date is the day of the infusion."""
    order = protocol.order
    free_until = calibration - timedelta(order.free_cancel_days)
    return OrderClock(
        cycle=cycle,
        calibration=calibration,
        order_by=order_by(calibration, order),
        free_cancel_until=free_until,
        late_cancel_until=calibration - timedelta(order.late_cancel_days),
        latest_useful_lab_date=free_until - timedelta(1),
    )


def order_clocks(timeline: Timeline) -> tuple[OrderClock, ...]:
    """A clock for each planned infusion of the protocol that is not given; none once no more will be."""
    if timeline.has_ended:
        return ()
    most = timeline.protocol.doses.infusions
    return tuple(
        order_clock(infusion.cycle, infusion.planned_on, timeline.protocol)
        for infusion in timeline.waiting
        if infusion.planned_on and infusion.cycle <= most
    )


def cost_of_cancelling(
    on: date, clock: OrderClock, order: OrderRules, *, ineligible_by_testing: bool = False
) -> int:
    """What an ordered dose costs in USD if it is cancelled on that day.

    The price of an unused dose is waived when pre-treatment testing made the patient ineligible: keep the
    dated result that caused the hold as evidence.
    """
    if on <= clock.free_cancel_until:
        return 0
    if on <= clock.late_cancel_until:
        return order.late_fee_usd
    return 0 if ineligible_by_testing else order.unused_fee_usd


def activity_at(gbq: Decimal, hours: Decimal, half_life_hours: Decimal) -> Decimal:
    """Activity in GBq, unrounded, `hours` after calibration (before it: negative hours)."""
    halvings = _DECAY.divide(hours, half_life_hours)
    return _DECAY.multiply(gbq, _DECAY.power(Decimal(2), -halvings))
