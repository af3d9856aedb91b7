"""Ordering a dose: only under a standing decision, and what it costs to take it back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.flows import decision
from coordination.flows.dose_order import (
    allow_ahead,
    cancel_dose,
    change_dose,
    confirm_dose,
    order_dose,
    withdraw_ahead,
)
from coordination.flows.lab_result import enter_results
from coordination.flows.record import record_infusion
from labs.models import LabResult
from scheduling import actions
from scheduling.models import DoseOrder, DueItem, OrderAhead, Signature
from tests.flows.courses import NOW, Care, care, cleared, panel
from tests.models.refusals import refused_by

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
    with pytest.raises(CareError, match="not approved"):
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


# --- ahead of the panel ----------------------------------------------------------------------------

FULL, REDUCED = Decimal("7.4"), Decimal("3.7")
PANEL_AT = datetime(2025, 2, 27, 14, tzinfo=UTC)


def ahead(here: Care, activity: Decimal = FULL) -> OrderAhead:
    return allow_ahead(here.course, number=2, activity_gbq=activity, by=here.prescriber, now=NOW)


def ordered_ahead() -> tuple[Care, DoseOrder]:
    here = care()
    ahead(here)
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    confirm_dose(order, by=here.navigator, now=NOW, version=order.version)
    return here, standing()


def standing() -> DoseOrder:
    return DoseOrder.objects.with_permit().get(cancelled_at=None)


def test_while_labs_are_awaited_a_prescriber_permits_the_order_and_nothing_else() -> None:
    _, order = ordered_ahead()
    assert (order.activity_gbq, order.permitted, order.signed) == (FULL, True, False)
    assert (order.signature, order.ahead) == (None, OrderAhead.objects.get())
    assert not Signature.objects.exists()


def test_only_a_prescriber_orders_ahead() -> None:
    here = care()
    with pytest.raises(NotPermitted):
        allow_ahead(here.course, number=2, activity_gbq=FULL, by=here.navigator, now=NOW)


def test_only_an_activity_of_the_protocol_is_ordered_ahead() -> None:
    here = care()
    with pytest.raises(CareError) as refused:
        ahead(here, Decimal("5.55"))
    assert refused.value.field == "activity_gbq"


def test_nothing_is_ordered_ahead_once_the_labs_are_in() -> None:
    with pytest.raises(OutOfDate, match="no longer awaited"):
        ahead(cleared())


def test_nothing_is_ordered_ahead_on_hold_or_twice() -> None:
    here = care()
    ahead(here)
    with pytest.raises(OutOfDate, match="already ordered"):
        ahead(here)
    actions.hold_course(here.course, by=here.navigator, because="fever", now=NOW)
    with pytest.raises(CareError, match="on hold"):
        ahead(here)


def test_signing_the_same_activity_leaves_the_order_as_it_was() -> None:
    here, _ = ordered_ahead()
    here.panel_arrives(PANEL_AT)
    assert standing().permitted  # the same activity is recommended
    signature = decision.sign(here.proposal.public_id, by=here.prescriber, now=NOW)
    order = standing()
    assert (order.permitted, order.signature, order.confirmed_at) == (True, signature, NOW)
    assert OrderAhead.objects.get().ended_because == "signed: give 7.4 GBq"


@pytest.mark.hazard("H18")
def test_signing_another_activity_opens_the_order_again_until_it_is_changed_and_confirmed() -> None:
    here, _ = ordered_ahead()
    here.panel_arrives(PANEL_AT)
    decision.override(
        here.proposal.public_id,
        by=here.prescriber,
        now=NOW,
        action="give",
        activity_gbq=REDUCED,
        code="clinical-judgment",
        reason="frail",
    )
    order = standing()
    assert (order.permitted, order.signed, order.confirmed_at) == (False, True, None)

    change_dose(order, by=here.navigator, now=NOW, version=order.version)
    order = standing()
    assert (order.activity_gbq, order.permitted, order.confirmed_at) == (REDUCED, True, None)


def test_a_hold_ends_the_order_ahead_and_the_order_is_not_approved() -> None:
    here, _ = ordered_ahead()
    here.panel_arrives(PANEL_AT, platelets="62")
    ended = OrderAhead.objects.get()
    assert ended.ended_by is None and ended.ended_because.startswith("The recommendation changed: Hold")
    assert not standing().permitted
    assert ended.history.first().history_change_reason == ended.ended_because


def test_a_recommendation_of_another_activity_ends_it_too() -> None:
    """A resolved toxicity recommends 3.7 GBq: nobody orders 7.4 on a permission given before it."""
    here, _ = ordered_ahead()
    here.panel_arrives(datetime(2025, 2, 20, 14, tzinfo=UTC), platelets="62")
    here.panel_arrives(PANEL_AT)
    assert here.proposal.activity_gbq == REDUCED
    assert OrderAhead.objects.get().ended_at and not standing().permitted


def test_a_withdrawn_order_ahead_permits_nothing() -> None:
    here = care()
    withdraw_ahead(ahead(here), by=here.prescriber, because="patient travels", now=NOW)
    with pytest.raises(CareError, match="not approved"):
        order_dose(here.cycle(2), by=here.navigator, now=NOW)


def test_only_a_prescriber_withdraws_it_and_says_why() -> None:
    here = care()
    permit = ahead(here)
    with pytest.raises(NotPermitted):
        withdraw_ahead(permit, by=here.navigator, because="no", now=NOW)
    with pytest.raises(CareError) as refused:
        withdraw_ahead(permit, by=here.prescriber, because=" ", now=NOW)
    assert refused.value.field == "because"


def test_facts_that_nobody_has_assessed_yet_refuse_the_order() -> None:
    here = care()
    ahead(here)
    report = panel(PANEL_AT, changed={"777-3": "40"})
    enter_results(report, patient=here.patient, by=here.navigator, now=NOW)
    with pytest.raises(CareError, match="not approved"):
        order_dose(here.cycle(2), by=here.navigator, now=NOW)


def test_the_database_refuses_an_order_on_an_ended_order_ahead() -> None:
    here = care()
    permit = ahead(here)
    withdraw_ahead(permit, by=here.prescriber, because="travels", now=NOW)
    order = DoseOrder(
        cycle=here.cycle(2),
        ahead=permit,
        activity_gbq=FULL,
        calibration_on=date(2025, 3, 11),
        ordered_at=NOW,
        ordered_by=here.navigator,
    )
    assert refused_by(order.save) == "no_order_without_a_signed_decision_to_give"


# --- cancelling ------------------------------------------------------------------------------------


def test_an_order_whose_infusion_was_given_is_not_cancelled() -> None:
    here = decided()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    given = datetime(2025, 3, 11, 15, tzinfo=UTC)
    later = given + timedelta(hours=5)
    record_infusion(
        here.cycle(2), started_at=given, ended_at=None, activity_gbq=FULL, by=here.navigator, now=later
    )
    with pytest.raises(CareError, match="was given"):
        cancel_dose(order, by=here.navigator, because="mistake", now=later)
    with pytest.raises(CareError, match="was given"):
        change_dose(order, by=here.navigator, now=later, version=order.version)
    assert DoseOrder.objects.get().cancelled_at is None


def test_a_dose_that_was_not_used_because_it_was_given_elsewhere_can_be_cancelled() -> None:
    here = decided()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    given = datetime(2025, 3, 11, 15, tzinfo=UTC)
    later = given + timedelta(hours=5)
    record_infusion(
        here.cycle(2),
        started_at=given,
        ended_at=None,
        activity_gbq=FULL,
        elsewhere=True,
        by=here.navigator,
        now=later,
    )
    cancel_dose(order, by=here.navigator, because="given elsewhere", now=later)
    assert DoseOrder.objects.get().cancelled_at == later


def test_a_qualifying_result_is_kept_and_waives_the_fee_of_an_unused_dose() -> None:
    here = decided()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    low = LabResult.objects.filter(patient=here.patient, loinc="777-3").latest("collected_at")
    at = datetime(2025, 3, 10, 17, tzinfo=UTC)
    cancelled = cancel_dose(order, by=here.navigator, because="platelets", now=at, waiver_evidence=low)
    assert (cancelled.fee_usd, cancelled.waiver_evidence) == (Decimal(0), low)


def test_the_result_of_another_patient_waives_nothing() -> None:
    here, other = decided(), cleared()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    foreign = LabResult.objects.filter(patient=other.patient).first()
    with pytest.raises(CareError) as refused:
        cancel_dose(order, by=here.navigator, because="platelets", now=NOW, waiver_evidence=foreign)
    assert refused.value.field == "waiver_evidence"


def test_a_stale_edit_of_an_order_is_told() -> None:
    here = decided()
    order = order_dose(here.cycle(2), by=here.navigator, now=NOW)
    confirm_dose(order, by=here.navigator, now=NOW, version=order.version)
    with pytest.raises(OutOfDate):
        cancel_dose(order, by=here.navigator, because="fever", now=NOW, version=order.version)


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
    cancelled = cancel_dose(order, by=here.navigator, because="fever", now=at)
    assert cancelled.fee_usd == Decimal(fee)
