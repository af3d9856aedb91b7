"""Every act that rests on a decision is done on all that is known, or refused.

In each story a result has come in and no worker has looked at it yet.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Thread
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from coordination.base.errors import CareError, OutOfDate
from coordination.flows import decision, dose_order, lab_result
from coordination.flows.lab_result import enter_results
from coordination.flows.on_assessed import on_assessed
from coordination.flows.reassess import Outcome, reassess
from coordination.flows.record import record_infusion
from scheduling import actions
from scheduling.models import Course, DoseOrder, OrderAhead, Signature
from scheduling.rules.answer import Assessment
from tests.flows.courses import NOW, Care, care, cleared, panel

pytestmark = pytest.mark.django_db

FULL = Decimal("7.4")
LATER = NOW + timedelta(minutes=1)
WAIT = "New results are being assessed. Try again in a moment."


def decided() -> Care:
    here = cleared()
    decision.sign(here.proposal.public_id, by=here.prescriber, now=NOW)
    return here


def ordered(here: Care) -> DoseOrder:
    return dose_order.order_dose(here.cycle(2), by=here.navigator, now=NOW)


def low_platelets_wait(here: Care) -> None:
    """Stored, and nobody has assessed them."""
    report = panel(datetime(2025, 2, 28, 14, tzinfo=UTC), changed={"777-3": "62"})
    enter_results(report, patient=here.patient, by=here.navigator, now=LATER)


def still_waits(here: Care) -> bool:
    return Course.objects.get(pk=here.course.pk).assess_after is not None


# --- the acts ---------------------------------------------------------------------------------------


def test_no_dose_is_ordered_on_an_overtaken_signature_and_the_page_can_show_why() -> None:
    here = decided()
    low_platelets_wait(here)

    with pytest.raises(CareError, match="not approved"):
        ordered(here)

    assert not DoseOrder.objects.exists()
    assert here.proposal.action == "hold"  # the assessment stays, though the act was refused
    assert Signature.objects.get().withdrawn_at
    assert not still_waits(here)


def test_no_order_is_confirmed_on_an_overtaken_signature() -> None:
    here = decided()
    order = ordered(here)
    low_platelets_wait(here)

    with pytest.raises(CareError, match="not approved"):
        dose_order.confirm_dose(order, by=here.navigator, now=LATER, version=order.version)

    order.refresh_from_db()
    assert order.confirmed_at is None and not still_waits(here)


def test_no_order_is_changed_on_an_overtaken_signature() -> None:
    here = decided()
    order = ordered(here)
    low_platelets_wait(here)
    with pytest.raises(CareError, match="not approved"):
        dose_order.change_dose(order, by=here.navigator, now=LATER, version=order.version)


def test_nothing_is_ordered_or_permitted_ahead_once_the_results_are_stored() -> None:
    here = care()
    permit = partial(
        dose_order.allow_ahead, here.course, number=2, activity_gbq=FULL, by=here.prescriber, now=LATER
    )
    permit()
    low_platelets_wait(here)

    with pytest.raises(CareError, match="not approved"):
        ordered(here)
    assert OrderAhead.objects.get().ended_because.startswith("The recommendation changed: Hold")
    with pytest.raises(OutOfDate, match="no longer awaited"):
        permit()


def test_what_the_page_showed_is_not_signed_once_new_results_are_stored() -> None:
    here = cleared()
    opened = here.proposal.public_id
    low_platelets_wait(here)

    with pytest.raises(OutOfDate, match="New facts"):
        decision.sign(opened, by=here.prescriber, now=LATER)
    with pytest.raises(OutOfDate, match="New facts"):
        decision.override(
            opened,
            by=here.prescriber,
            now=LATER,
            action="give",
            activity_gbq=FULL,
            code="other",
            reason="seen",
        )

    assert not Signature.objects.exists()
    assert here.proposal.action == "hold"


def test_an_infusion_is_recorded_all_the_same_and_not_as_signed() -> None:
    here = decided()
    low_platelets_wait(here)
    given = record_infusion(
        here.cycle(2), started_at=LATER, ended_at=None, activity_gbq=FULL, by=here.navigator, now=LATER
    )
    assert (given.decision, given.signature) == ("none", None)


def test_what_was_read_of_the_course_before_is_read_again() -> None:
    """The page's own course says that it goes on; somebody has held it meanwhile."""
    here = decided()
    read_before = here.cycle(2)
    actions.hold_course(here.course, by=here.navigator, because="fever", now=NOW)
    given = record_infusion(
        read_before, started_at=LATER, ended_at=None, activity_gbq=FULL, by=here.navigator, now=LATER
    )
    assert given.decision == "hold"


def test_a_dose_is_ordered_for_the_day_that_is_planned_now() -> None:
    here = decided()
    read_before = here.cycle(2)
    moved = here.cycle(2)
    next_day = datetime(2025, 3, 12, tzinfo=UTC).date()
    actions.plan_infusion(moved, on=next_day, by=here.navigator, because="travels", version=moved.version)
    order = dose_order.order_dose(read_before, by=here.navigator, now=NOW)
    assert order.calibration_on == next_day


# --- confirming -------------------------------------------------------------------------------------


def test_an_order_of_another_activity_is_changed_before_it_is_confirmed() -> None:
    here = care()
    dose_order.allow_ahead(here.course, number=2, activity_gbq=FULL, by=here.prescriber, now=NOW)
    ordered(here)
    here.panel_arrives(datetime(2025, 2, 27, 14, tzinfo=UTC))
    decision.override(
        here.proposal.public_id,
        by=here.prescriber,
        now=NOW,
        action="give",
        activity_gbq=Decimal("3.7"),
        code="clinical-judgment",
        reason="frail",
    )
    order = DoseOrder.objects.get()
    with pytest.raises(CareError, match=r"^3\.7 GBq is approved, 7\.4 GBq is ordered\. Change the order"):
        dose_order.confirm_dose(order, by=here.navigator, now=NOW, version=order.version)


def test_an_order_that_is_signed_again_is_confirmed_under_the_new_signature() -> None:
    here = decided()
    order = ordered(here)
    here.panel_arrives(datetime(2025, 2, 28, 14, tzinfo=UTC), creatinine="2.4")
    decision.override(
        here.proposal.public_id,
        by=here.prescriber,
        now=NOW,
        action="give",
        activity_gbq=FULL,
        code="clinical-judgment",
        reason="dehydrated",
    )
    order.refresh_from_db()
    dose_order.confirm_dose(order, by=here.navigator, now=NOW, version=order.version)
    order.refresh_from_db()
    assert order.confirmed_at and order.signature == Signature.objects.standing().get()


def test_an_order_whose_infusion_was_given_is_not_confirmed() -> None:
    here = decided()
    order = ordered(here)
    start = datetime(2025, 3, 11, 15, tzinfo=UTC)
    later = start + timedelta(hours=5)
    record_infusion(
        here.cycle(2), started_at=start, ended_at=None, activity_gbq=FULL, by=here.navigator, now=later
    )
    with pytest.raises(CareError, match="The infusion was given"):
        dose_order.confirm_dose(order, by=here.navigator, now=later, version=order.version)


# --- where the flow should forget, the database does not -------------------------------------------


def order_it(here: Care) -> object:
    return ordered(here)


def confirm_it(here: Care) -> object:
    order = DoseOrder.objects.get()
    return dose_order.confirm_dose(order, by=here.navigator, now=LATER, version=order.version)


def sign_it(here: Care) -> object:
    return decision.sign(here.proposal.public_id, by=here.prescriber, now=LATER)


def permit_it(here: Care) -> object:
    cycle = here.cycle(2)
    return actions.allow_order_ahead(cycle, activity_gbq=FULL, by=here.prescriber, now=LATER)


def with_an_order() -> Care:
    here = decided()
    ordered(here)
    return here


@pytest.mark.hazard("H17")
@pytest.mark.parametrize(
    ("story", "act"),
    [(decided, order_it), (with_an_order, confirm_it), (cleared, sign_it), (care, permit_it)],
)
def test_the_database_refuses_while_the_course_waits_in_words_that_a_nurse_understands(
    story: Callable[[], Care], act: Callable[[Care], object]
) -> None:
    here = story()
    assessment = reassess(here.course.pk, now=NOW).assessment
    low_platelets_wait(here)
    forgotten = Outcome(assessment, is_new=False, is_withdrawn=False)

    with (
        patch("coordination.flows.on_assessed.reassess", return_value=forgotten),
        pytest.raises(CareError) as refused,
    ):
        act(here)

    assert str(refused.value) == WAIT
    assert still_waits(here)


# --- the locks --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_report_and_an_order_wait_for_each_other_in_one_order() -> None:
    """The report holds the patient and is about to mark the course; the order must not hold the course."""
    here = decided()
    endings: list[object] = []

    def order_meanwhile() -> None:
        try:
            endings.append(ordered(here))
        except CareError as refused:
            endings.append(str(refused))
        finally:
            connection.close()

    meanwhile = Thread(target=order_meanwhile)
    report = panel(datetime(2025, 2, 28, 14, tzinfo=UTC), changed={"777-3": "62"})
    mark = lab_result.mark_courses

    def slowly(*about: object, **how: object) -> object:
        meanwhile.start()
        meanwhile.join(0.3)
        return mark(*about, **how)  # type: ignore[arg-type]

    with patch.object(lab_result, "mark_courses", slowly), transaction.atomic():
        enter_results(report, patient=here.patient, by=here.navigator, now=LATER)
    meanwhile.join(10)

    assert endings == ["This dose is not approved: it needs a prescriber's signature, or an order ahead."]


def test_an_act_that_is_refused_is_undone_whole() -> None:
    here = decided()

    def half_done(assessment: Assessment) -> None:
        ordered(here)
        raise CareError("No.")

    with pytest.raises(CareError, match="No"):
        on_assessed(here.course, half_done, now=NOW)
    assert not DoseOrder.objects.exists()
