"""Ordering a dose: only under a standing decision, and what it costs to take it back."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coordination.base.errors import CareError
from coordination.flows import decision
from coordination.flows.dose_order import cancel_dose, order_dose
from scheduling import actions
from scheduling.models import DoseOrder, DueItem
from tests.flows.courses import NOW, Care, care, cleared

pytestmark = pytest.mark.django_db


def decided() -> Care:
    here = cleared()
    decision.sign(here.proposal.public_id, by=here.prescriber, now=NOW)
    return here


def test_what_stands_signed_is_ordered_and_the_item_is_done() -> None:
    here = decided()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    assert (order.activity_gbq, order.calibration_on) == (Decimal("7.4"), here.cycle(2).planned_on)
    assert DueItem.objects.get(course=here.course, item="dose-order", cycle_number=2).done


def test_no_dose_is_ordered_without_a_signed_decision() -> None:
    here = cleared()
    with pytest.raises(CareError, match="No signed decision"):
        order_dose(here.cycle(2), by=here.navigator, now=NOW)


def test_no_dose_is_ordered_for_a_course_on_hold() -> None:
    here = decided()
    actions.hold_course(here.course, by=here.navigator, because="fever", now=NOW)
    with pytest.raises(CareError, match="on hold"):
        order_dose(here.cycle(2), by=here.navigator, now=NOW)


def test_a_dose_is_not_ordered_twice() -> None:
    here = decided()
    order_dose(here.cycle(2), by=here.navigator, now=NOW)
    with pytest.raises(CareError, match="already ordered"):
        order_dose(here.cycle(2), by=here.navigator, now=NOW)


def test_a_prescriber_may_decide_ahead_of_the_panel_so_that_the_dose_is_ordered_in_time() -> None:
    here = care()
    decision.override(
        here.proposal.public_id,
        by=here.prescriber,
        now=NOW,
        action="give",
        activity_gbq=Decimal("7.4"),
        code="ahead-of-panel",
        reason="order by Tuesday; labs follow",
    )
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)

    here.panel_arrives(datetime(2025, 2, 27, 14, tzinfo=UTC), platelets="62")

    order = DoseOrder.objects.get(pk=order.pk)
    assert not order.signature.is_standing  # and so it is on the worklist, to be cancelled or signed anew


@pytest.mark.parametrize(
    ("at", "fee"),
    [
        (datetime(2025, 3, 1, 17, tzinfo=UTC), "0"),  # D-10, the last free day
        (datetime(2025, 3, 2, 17, tzinfo=UTC), "500"),
        (datetime(2025, 3, 9, 17, tzinfo=UTC), "500"),  # D-2
        (datetime(2025, 3, 10, 17, tzinfo=UTC), "2000"),
    ],
)
def test_a_cancelled_dose_costs_what_the_day_says(at: datetime, fee: str) -> None:
    here = decided()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    cancel_dose(order, by=here.navigator, because="fever", now=at)
    assert order.fee_usd == Decimal(fee)
