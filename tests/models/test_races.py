"""Two people at once: one wins, the other is told (hazard H17, and two signatures on one proposal).

Each story runs the second act in a thread of its own, which has to wait for the first to be committed.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from scheduling.models import Course, DoseOrder, Signature
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def refused_meanwhile(first: Callable[[], object], second: Callable[[], object]) -> str:
    """Begin `first`, let `second` run into it, commit `first`; return why `second` was refused."""

    def run_second() -> None:
        try:
            second()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as other:
        with transaction.atomic():
            first()
            waiting: Future[None] = other.submit(run_second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        with pytest.raises(IntegrityError) as refusal:
            waiting.result(timeout=10)
    return refusal.value.__cause__.diag.constraint_name


def order_of(signature: Signature, cycle: object) -> Callable[[], object]:
    ready = make.DoseOrderFactory.build(cycle=cycle, signature=signature, ordered_by=make.UserFactory())
    return ready.save


@pytest.mark.hazard("H17")
def test_an_order_that_meets_a_stop_is_refused() -> None:
    cycle, doctor = make.CycleFactory(), make.PrescriberFactory()
    order = order_of(make.SignatureFactory(proposal__course=cycle.course), cycle)

    refusal = refused_meanwhile(
        lambda: Course.objects.update(
            ended_at=NOW, stopped_on=date(2025, 1, 7), stopped_by=doctor, stopped_reason="recurrence"
        ),
        order,
    )

    assert refusal == "no_order_for_an_ended_course"
    assert not DoseOrder.objects.exists()


def test_an_order_that_meets_a_withdrawal_is_refused() -> None:
    cycle = make.CycleFactory()
    order = order_of(make.SignatureFactory(proposal__course=cycle.course), cycle)

    refusal = refused_meanwhile(
        lambda: Signature.objects.update(withdrawn_at=NOW, withdrawn_because="platelets 62"), order
    )

    assert refusal == "no_order_without_a_signed_decision_to_give"
    assert not DoseOrder.objects.exists()


def test_of_two_orders_for_one_cycle_the_second_is_refused() -> None:
    cycle = make.CycleFactory()
    signature = make.SignatureFactory(proposal__course=cycle.course)

    refusal = refused_meanwhile(order_of(signature, cycle), order_of(signature, cycle))

    assert refusal == "cycle_has_one_standing_dose_order"
    assert DoseOrder.objects.count() == 1


def test_of_two_signatures_on_one_proposal_the_second_is_refused() -> None:
    proposal = make.ProposalFactory()
    one, other = make.PrescriberFactory(), make.PrescriberFactory()

    refusal = refused_meanwhile(
        make.SignatureFactory.build(proposal=proposal, signed_by=one).save,
        make.SignatureFactory.build(proposal=proposal, signed_by=other).save,
    )

    assert refusal == "scheduling_signature_proposal_id_key"
    assert Signature.objects.get().signed_by == one
