"""Signing: who may, what follows, and what withdraws it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.flows import decision
from coordination.flows.record import record
from scheduling import actions
from scheduling.models import Action, Course, Signature
from tests.factories import PrescriberFactory
from tests.flows.courses import NOW, Care, care, cleared

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=3)


def signed(here: Care) -> Signature:
    return decision.sign(here.proposal.public_id, by=here.prescriber, now=NOW)


def test_a_prescriber_signs_what_is_proposed() -> None:
    here = cleared()

    signature = signed(here)

    assert (signature.action, signature.activity_gbq) == (Action.GIVE, Decimal("7.4"))
    assert signature.document["answer"]["next_dose"]["action"] == "give"
    assert signature.document["facts"]["format"] == "prrt-course/1"
    assert signature.is_standing


@pytest.mark.hazard("H19")
def test_a_navigator_does_not_sign() -> None:
    here = cleared()
    with pytest.raises(NotPermitted):
        decision.sign(here.proposal.public_id, by=here.navigator, now=NOW)


def test_the_second_to_sign_is_told_who_was_first() -> None:
    here = cleared()
    signed(here)
    with pytest.raises(OutOfDate, match=str(here.prescriber)):
        decision.sign(here.proposal.public_id, by=PrescriberFactory.create(), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_wins_and_the_other_is_told() -> None:
    here = cleared()
    proposal, people = here.proposal.public_id, [here.prescriber, PrescriberFactory.create()]
    gate, endings = Barrier(2), []

    def sign(person: object) -> None:
        gate.wait()
        try:
            decision.sign(proposal, by=person, now=NOW)  # type: ignore[arg-type]
            endings.append("signed")
        except OutOfDate:
            endings.append("told")
        finally:
            connection.close()

    threads = [Thread(target=sign, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(endings) == ["signed", "told"]
    assert Signature.objects.count() == 1


def test_nothing_is_signed_while_the_panel_is_awaited() -> None:
    here = care()
    assert here.proposal.action == Action.PENDING
    with pytest.raises(CareError, match="with a reason"):
        signed(here)


@pytest.mark.hazard("H01")
def test_a_lower_count_withdraws_the_signature_and_says_why() -> None:
    here = cleared()
    signature = signed(here)

    here.panel_arrives(datetime(2025, 2, 28, 14, tzinfo=UTC), now=LATER, platelets="62")

    signature.refresh_from_db()
    assert here.proposal.action == Action.HOLD
    assert signature.withdrawn_at == LATER
    assert "62" in signature.withdrawn_because
    assert not signature.is_standing


def test_the_same_answer_from_a_newer_panel_leaves_no_signature_hanging() -> None:
    here = cleared()
    signature = signed(here)

    here.panel_arrives(datetime(2025, 2, 28, 14, tzinfo=UTC), now=LATER)

    signature.refresh_from_db()
    assert signature.is_standing


def test_giving_the_dose_uses_the_signature_up_and_does_not_withdraw_it() -> None:
    here = cleared()
    signature = signed(here)
    started = datetime(2025, 3, 11, 14, tzinfo=UTC)

    record(
        here.patient,
        lambda: actions.record_infusion(
            here.cycle(2),
            started_at=started,
            ended_at=started + timedelta(minutes=40),
            activity_gbq=Decimal("7.4"),
            by=here.navigator,
            now=started + timedelta(hours=1),
        ),
        now=started + timedelta(hours=1),
    )

    signature.refresh_from_db()
    assert signature.withdrawn_at is None
    assert here.proposal.cycle_number == 3


def test_a_stale_page_cannot_sign_what_has_changed() -> None:
    here = cleared()
    opened = here.proposal.public_id
    here.panel_arrives(datetime(2025, 2, 28, 14, tzinfo=UTC), now=LATER, platelets="62")
    with pytest.raises(OutOfDate, match="New facts"):
        decision.sign(opened, by=here.prescriber, now=LATER)


def test_a_signed_hold_holds_the_course_and_a_signed_dose_lifts_it() -> None:
    here = care()
    here.panel_arrives(datetime(2025, 2, 27, 14, tzinfo=UTC), platelets="62")
    signed(here)
    assert Course.objects.get(pk=here.course.pk).is_on_hold

    here.panel_arrives(datetime(2025, 3, 10, 13, tzinfo=UTC), now=NOW + timedelta(days=10))
    decision.sign(here.proposal.public_id, by=here.prescriber, now=NOW + timedelta(days=10))

    assert here.proposal.signature.activity_gbq == Decimal("3.7")
    assert not Course.objects.get(pk=here.course.pk).is_on_hold


def test_an_override_to_stop_stops_the_course_and_stands() -> None:
    here = cleared()

    signature = decision.override(
        here.proposal.public_id,
        by=here.prescriber,
        now=NOW,
        action="stop",
        activity_gbq=None,
        code="clinical-judgment",
        reason="new liver metastases",
    )

    signature.refresh_from_db()
    course = Course.objects.get(pk=here.course.pk)
    assert course.stopped_reason == "new liver metastases"
    assert signature.withdrawn_at is None
    assert here.proposal.action == Action.NONE


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"code": "because"}, "code"),
        ({"action": "pending"}, "action"),
        ({"activity_gbq": Decimal("1.85")}, "activity_gbq"),
    ],
)
def test_an_override_names_the_field_that_is_wrong(changed: dict[str, object], field: str) -> None:
    here = cleared()
    given = {
        "action": "give",
        "activity_gbq": Decimal("3.7"),
        "code": "clinical-judgment",
        "reason": "frail",
    } | changed
    with pytest.raises(CareError) as refused:
        decision.override(here.proposal.public_id, by=here.prescriber, now=NOW, **given)  # type: ignore[arg-type]
    assert refused.value.field == field
