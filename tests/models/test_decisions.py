"""Who may sign, and what a dose order rests on (hazards H17 and H19)."""

from datetime import date
from decimal import Decimal

import pytest

from coordination.base.choices import Role
from patients.models import Patient
from scheduling.models import Course, DoseOrder, Proposal, Signature
from tests import factories as make
from tests.factories import NOW
from tests.models.refusals import refused_by

pytestmark = pytest.mark.django_db

NO_DECISION = "no_order_without_a_signed_decision_to_give"


@pytest.mark.hazard("H19")
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PRESCRIBER, Role.REFERRER)])
def test_only_a_prescriber_signs(role: Role) -> None:
    somebody = make.UserFactory(role=role)

    assert refused_by(lambda: make.SignatureFactory(signed_by=somebody)) == "only_a_prescriber_signs"


def test_a_prescriber_who_has_left_does_not_sign() -> None:
    gone = make.PrescriberFactory(is_active=False)

    assert refused_by(lambda: make.SignatureFactory(signed_by=gone)) == "only_a_prescriber_signs"


def test_a_superseded_proposal_is_not_signed() -> None:
    old = make.ProposalFactory(superseded_at=NOW)

    refusal = refused_by(lambda: make.SignatureFactory(proposal=old))

    assert refusal == "only_the_current_proposal_is_signed"


def test_a_dose_is_ordered_under_a_standing_decision_to_give_it() -> None:
    order = make.DoseOrderFactory()

    assert DoseOrder.objects.standing().get() == order
    assert Signature.objects.to_give(order.cycle.course, order.cycle.number).get() == order.signature


def test_no_dose_is_ordered_under_a_decision_to_hold() -> None:
    cycle = make.CycleFactory()
    hold = make.SignatureFactory(
        proposal__course=cycle.course, proposal__action="hold", proposal__activity_gbq=None
    )

    assert refused_by(lambda: make.DoseOrderFactory(cycle=cycle, signature=hold)) == NO_DECISION


def test_no_dose_is_ordered_under_the_decision_for_another_cycle() -> None:
    signature = make.SignatureFactory()
    second = make.CycleFactory(course=signature.proposal.course, number=2)

    assert refused_by(lambda: make.DoseOrderFactory(cycle=second, signature=signature)) == NO_DECISION


def test_no_dose_is_ordered_under_the_decision_for_another_patient() -> None:
    signature = make.SignatureFactory()

    assert (
        refused_by(lambda: make.DoseOrderFactory(cycle=make.CycleFactory(), signature=signature))
        == NO_DECISION
    )


def test_no_dose_is_ordered_under_a_withdrawn_signature() -> None:
    cycle = make.CycleFactory()
    signature = make.SignatureFactory(proposal__course=cycle.course)
    Signature.objects.update(withdrawn_at=NOW, withdrawn_because="platelets 62")

    assert refused_by(lambda: make.DoseOrderFactory(cycle=cycle, signature=signature)) == NO_DECISION


def test_no_dose_is_ordered_under_a_superseded_proposal() -> None:
    cycle = make.CycleFactory()
    signature = make.SignatureFactory(proposal__course=cycle.course)
    Proposal.objects.update(superseded_at=NOW)

    assert refused_by(lambda: make.DoseOrderFactory(cycle=cycle, signature=signature)) == NO_DECISION


@pytest.mark.hazard("H17")
def test_no_dose_is_ordered_for_a_stopped_course() -> None:
    cycle = make.CycleFactory()
    Course.objects.update(
        ended_at=NOW, stopped_on=date(2025, 1, 7), stopped_by=make.UserFactory(), stopped_reason="recurrence"
    )

    assert refused_by(lambda: make.DoseOrderFactory(cycle=cycle)) == "no_order_for_an_ended_course"


def test_no_dose_is_ordered_for_a_course_on_hold() -> None:
    cycle = make.CycleFactory()
    Course.objects.update(held_since=NOW, held_by=make.UserFactory(), held_reason="fever")

    assert refused_by(lambda: make.DoseOrderFactory(cycle=cycle)) == "no_order_for_a_held_course"


def test_no_dose_is_ordered_after_a_death() -> None:
    cycle = make.CycleFactory()
    Patient.objects.update(died_on=date(2025, 1, 6), died_recorded_at=NOW)

    assert refused_by(lambda: make.DoseOrderFactory(cycle=cycle)) == "no_order_after_a_death"


def test_an_order_can_be_cancelled_and_annotated_after_a_stop_but_not_revived() -> None:
    order = make.DoseOrderFactory()
    nurse = make.UserFactory()
    Course.objects.update(
        ended_at=NOW, stopped_on=date(2025, 1, 7), stopped_by=nurse, stopped_reason="recurrence"
    )
    orders = DoseOrder.objects.filter(pk=order.pk)

    orders.update(cancelled_at=NOW, cancelled_by=nurse, cancelled_because="stopped")
    orders.update(note="told the supplier", fee_usd=Decimal(0))

    revive = {"cancelled_at": None, "cancelled_by": None, "cancelled_because": ""}
    assert refused_by(lambda: orders.update(**revive)) == "no_order_for_an_ended_course"


def test_an_order_does_not_change_its_activity_once_its_decision_has_gone() -> None:
    order = make.DoseOrderFactory()
    Signature.objects.update(withdrawn_at=NOW, withdrawn_because="platelets 62")

    assert refused_by(lambda: DoseOrder.objects.update(activity_gbq=Decimal("3.7"))) == NO_DECISION
    assert order.pk
