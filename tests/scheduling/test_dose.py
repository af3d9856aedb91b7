"""The dose through its pages: order ahead, order, give, correct, and what must be answered afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination import worklist
from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import User
from coordination.flows import decision, dose_order
from coordination.flows.reassess import reassess
from coordination.flows.record import correct_infusion, record_infusion
from coordination.worklist import Kind
from labs.models import LabResult
from scheduling.models import (
    ConflictNotice,
    ConflictOverride,
    Course,
    CourseConflict,
    DoseOrder,
    DueItem,
    InfusionGiven,
    OrderAhead,
)
from tests.base.objects import Place, new_place
from tests.patients.stories import NOW, mid_course


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def awaited(place: Place) -> Course:
    """Infusion 2 is planned, and its labs are not all in."""
    return mid_course(place, platelets="200", complete=False)


@pytest.fixture
def navigator(place: Place) -> User:
    return place.user(Role.NAVIGATOR)


@pytest.fixture
def prescriber(place: Place) -> User:
    return place.user(Role.PRESCRIBER)


def page(user: User, name: str, course: Course, *more: object) -> tuple[Client, str]:
    client = Client()
    client.force_login(user)
    return client, reverse(name, args=[course.patient.public_id, *more])


def get(user: User, name: str, course: Course, *more: object) -> str:
    client, url = page(user, name, course, *more)
    return " ".join(client.get(url).content.decode().split())


def post(user: User, name: str, course: Course, *more: object, **data: object) -> Any:
    client, url = page(user, name, course, *more)
    return client.post(url, {"patient": str(course.patient.public_id), **data})


def lines(place: Place, user: User) -> list[Any]:
    scope = Scope(sites=(place.site,))
    found = worklist.listed(scope, viewer_id=user.pk, role=user.role, now=NOW)
    return worklist.rows_of(list(found.entries), scope, now=NOW)


# --- order ahead -----------------------------------------------------------------------------------


def allow(prescriber: User, course: Course, activity: str = "7.4", **more: str) -> Any:
    proposal = course.proposals.current().get()
    sent = {"proposal": str(proposal.public_id), "activity_gbq": activity, **more}
    return post(prescriber, "order-ahead", course, course.public_id, **sent)


def test_a_prescriber_orders_ahead_and_every_page_says_so(
    place: Place, awaited: Course, prescriber: User, navigator: User
) -> None:
    assert "Order ahead" in get(prescriber, "patient", awaited)
    assert "Order ahead" in get(prescriber, "dose-order", awaited, awaited.public_id, 2)
    assert allow(prescriber, awaited, reason="slot on Tuesday").status_code == 302
    ahead = OrderAhead.objects.get()
    assert (ahead.allowed_by, ahead.activity_gbq, ahead.reason) == (
        prescriber,
        Decimal("7.4"),
        "slot on Tuesday",
    )

    said = f"{prescriber.full_name} ordered 7.4 GBq ahead of the labs"
    assert said in get(navigator, "patient", awaited)
    assert f"7.4 GBq, {prescriber.full_name}" in get(navigator, "dose-order", awaited, awaited.public_id, 2)
    client = Client()
    client.force_login(navigator)
    assert "ordered ahead by" in client.get(reverse("readiness")).content.decode()
    [order] = [row for row in lines(place, navigator) if row.line.subject == "dose-order"]
    assert order.detail == f"Order ahead: 7.4 GBq, {prescriber.full_name}"


def test_without_one_today_says_what_the_order_needs(place: Place, awaited: Course, navigator: User) -> None:
    [order] = [row for row in lines(place, navigator) if row.line.subject == "dose-order"]
    assert order.detail == "Not currently approved: sign it, or order ahead while labs are awaited"


def test_the_activity_is_chosen_never_assumed(awaited: Course, prescriber: User) -> None:
    assert allow(prescriber, awaited, activity="").status_code == 422
    assert not OrderAhead.objects.exists()


def test_a_page_opened_before_the_labs_came_is_told(place: Place, prescriber: User) -> None:
    course = mid_course(place, platelets="200")
    answer = allow(prescriber, course)
    assert answer.status_code == 409
    assert "Labs are no longer awaited" in answer.content.decode()


def test_it_is_withdrawn_with_a_reason_and_the_order_is_on_today(
    place: Place, awaited: Course, prescriber: User, navigator: User
) -> None:
    allow(prescriber, awaited)
    post(navigator, "dose-order", awaited, awaited.public_id, 2, act="place")
    assert not [row for row in lines(place, navigator) if row.kind == Kind.ORDER]
    assert "Withdraw order ahead" in get(prescriber, "order-ahead", awaited, awaited.public_id)
    assert post(prescriber, "order-ahead", awaited, awaited.public_id).status_code == 422
    post(prescriber, "order-ahead", awaited, awaited.public_id, because="patient travels")
    ended = OrderAhead.objects.get()
    assert (ended.ended_by, ended.ended_because) == (prescriber, "patient travels")
    [order] = [row for row in lines(place, navigator) if row.kind == Kind.ORDER]
    assert order.what == "Dose on order, not currently approved, cycle 2"
    assert order.detail.endswith("patient travels")


# --- the order -------------------------------------------------------------------------------------


def test_an_order_is_placed_confirmed_and_cancelled_with_the_result_that_waives_its_fee(
    awaited: Course, prescriber: User, navigator: User
) -> None:
    at = (awaited, awaited.public_id, 2)
    assert post(navigator, "dose-order", *at, act="place").status_code == 422
    allow(prescriber, awaited)
    assert post(navigator, "dose-order", *at, act="place", supplier="Radiopharmacy").status_code == 302
    order = DoseOrder.objects.get()
    post(navigator, "dose-order", *at, act="confirm", version=order.version, order_number="A1")
    order.refresh_from_db()
    assert (order.confirmed_by, order.order_number) == (navigator, "A1")

    low = LabResult.objects.filter(patient=awaited.patient, analyte="platelets").latest("collected_at")
    assert str(low.public_id) in get(navigator, "dose-order", *at)
    sent = {"because": "platelets", "waiver_evidence": str(low.public_id)}
    post(navigator, "dose-order", *at, act="cancel", version=order.version, **sent)
    order.refresh_from_db()
    assert (order.waiver_evidence, order.fee_usd, order.cancelled_because) == (low, 0, "platelets")
    assert "Qualifying lab result" in get(navigator, "dose-order", *at)


def test_a_result_that_is_not_offered_waives_nothing(
    awaited: Course, prescriber: User, navigator: User
) -> None:
    allow(prescriber, awaited)
    order = dose_order.order_dose(awaited.cycles.get(number=2), by=navigator, now=NOW)
    answer = post(
        navigator,
        "dose-order",
        *(awaited, awaited.public_id, 2),
        act="cancel",
        version=order.version,
        because="fever",
        waiver_evidence="7b6b0d3c-0000-4000-8000-000000000000",
    )
    assert answer.status_code == 422
    order.refresh_from_db()
    assert order.cancelled_at is None


def test_another_activity_signed_is_on_today_until_the_order_is_changed(
    place: Place, awaited: Course, prescriber: User, navigator: User
) -> None:
    allow(prescriber, awaited)
    order = dose_order.order_dose(awaited.cycles.get(number=2), by=navigator, now=NOW)
    decision.override(
        awaited.proposals.current().get().public_id,
        by=prescriber,
        now=NOW,
        action="give",
        activity_gbq=Decimal("3.7"),
        code="clinical-judgment",
        reason="frail",
    )
    [line] = [row for row in lines(place, navigator) if row.kind == Kind.ORDER]
    assert line.what == "Dose on order with another activity than signed, cycle 2"
    at = (awaited, awaited.public_id, 2)
    assert "To 3.7 GBq" in get(navigator, "dose-order", *at)
    order.refresh_from_db()
    assert post(navigator, "dose-order", *at, act="change", version=order.version).status_code == 302
    order.refresh_from_db()
    assert order.activity_gbq == Decimal("3.7")
    assert not [row for row in lines(place, navigator) if row.kind == Kind.ORDER]


def test_the_order_of_an_infusion_that_was_given_offers_no_cancelling(
    awaited: Course, prescriber: User, navigator: User
) -> None:
    allow(prescriber, awaited)
    order = dose_order.order_dose(awaited.cycles.get(number=2), by=navigator, now=NOW)
    given(awaited, navigator)
    at = (awaited, awaited.public_id, 2)
    assert "The order can't be changed or cancelled." in get(navigator, "dose-order", *at)
    answer = post(navigator, "dose-order", *at, act="cancel", version=order.version, because="mistake")
    assert answer.status_code == 422
    order.refresh_from_db()
    assert order.cancelled_at is None


def test_a_dose_ordered_for_an_infusion_given_elsewhere_is_on_today(
    place: Place, awaited: Course, prescriber: User, navigator: User
) -> None:
    allow(prescriber, awaited)
    dose_order.order_dose(awaited.cycles.get(number=2), by=navigator, now=NOW)
    given(awaited, navigator, elsewhere=True)
    [line] = [row for row in lines(place, navigator) if row.kind == Kind.ORDER]
    assert line.what == "Dose on order, not currently approved, cycle 2"
    assert "Cancel order" in get(navigator, "dose-order", awaited, awaited.public_id, 2)


# --- the infusion ----------------------------------------------------------------------------------

DAY = "2025-03-05"


def given(course: Course, by: User, **said: Any) -> InfusionGiven:
    start = NOW - timedelta(hours=5)
    values: dict[str, Any] = {"started_at": start, "ended_at": None, "activity_gbq": Decimal("7.4")}
    return record_infusion(course.cycles.get(number=2), by=by, now=NOW, **(values | said))


def typed(course: Course, **more: str) -> dict[str, str]:
    return {
        "cycle": str(course.cycles.get(number=2).public_id),
        "started_at": f"{DAY}T05:00",
        "ended_at": f"{DAY}T05:30",
        "antiemetic_at": f"{DAY}T04:00",
        "amino_acids_started_at": f"{DAY}T04:30",
        "amino_acids_ended_at": f"{DAY}T09:00",
        "activity_gbq": "7.4",
        "residual_gbq": "3.07",
        **more,
    }


def test_the_day_is_recorded_and_what_was_administered_is_shown(awaited: Course, navigator: User) -> None:
    assert post(navigator, "record-infusion", awaited, **typed(awaited)).status_code == 302
    infusion = InfusionGiven.objects.get(cycle__number=2)
    assert (infusion.residual_gbq, infusion.decision) == (Decimal("3.07"), "none")
    assert infusion.antiemetic_at and infusion.antiemetic_at.hour == 9  # 04:00 in New York
    assert "4.33 GBq administered (3.07 left over)" in get(navigator, "patient", awaited)
    records = get(navigator, "patient-records", awaited)
    assert "4.33 GBq administered (7.4 GBq" not in records
    assert "4.33 GBq administered (7.4 measured − 3.07 left over)" in records
    assert "antiemetic 04:00; amino acids 04:30 to 09:00" in records


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"residual_gbq": "7.5"}, "residual_gbq"),
        ({"residual_gbq": "-0.1"}, "residual_gbq"),
        ({"activity_gbq": ""}, "activity_gbq"),
        ({"amino_acids_ended_at": f"{DAY}T04:29"}, "amino_acids_ended_at"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    awaited: Course, navigator: User, wrong: dict[str, str], field: str
) -> None:
    answer = post(navigator, "record-infusion", awaited, **typed(awaited, **wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]


def test_a_correction_through_the_page_keeps_the_rest(awaited: Course, navigator: User) -> None:
    start = NOW - timedelta(hours=5, seconds=-37)  # an import knows seconds; the page shows minutes
    wrong = given(awaited, navigator, started_at=start, note="left\narm", residual_gbq=Decimal("0.1"))
    at = (awaited, awaited.public_id, 2)
    shown = get(navigator, "correct-infusion", *at)
    assert 'value="0.100"' in shown or 'value="0.1"' in shown
    sent = {
        "record": str(wrong.public_id),
        "started_at": f"{DAY}T05:00",
        "activity_gbq": "7.4",
        "residual_gbq": "0.1",
        "antiemetic_at": f"{DAY}T04:00",
        "note": "left\r\narm",
    }
    assert post(navigator, "correct-infusion", *at, **sent).status_code == 422  # no reason
    assert post(navigator, "correct-infusion", *at, **sent, because="forgotten").status_code == 302
    right = InfusionGiven.objects.known().get(cycle__number=2)
    assert (right.started_at, right.note, right.residual_gbq) == (start, "left\narm", Decimal("0.1"))
    assert right.antiemetic_at is not None
    stale = post(navigator, "correct-infusion", *at, **sent | {"antiemetic_at": ""}, because="late")
    assert stale.status_code == 409


def test_an_infusion_that_was_not_given_cannot_be_corrected(awaited: Course, navigator: User) -> None:
    assert post(navigator, "correct-infusion", awaited, awaited.public_id, 2).status_code == 404


# --- given without a decision ----------------------------------------------------------------------


def unsigned_dose(course: Course, by: User) -> CourseConflict:
    given(course, by)
    return CourseConflict.objects.standing().get(code="given-without-decision")


def test_it_is_put_before_a_prescriber_and_who_was_told_is_kept(
    place: Place, awaited: Course, prescriber: User, navigator: User
) -> None:
    conflict = unsigned_dose(awaited, navigator)
    told = ConflictNotice.objects.filter(conflict=conflict)
    assert {prescriber.pk, navigator.pk} <= set(told.values_list("user", flat=True))
    assert set(told.values_list("told_at", flat=True)) == {NOW}

    for user, group in ((prescriber, "today"), (navigator, "waiting")):
        [row] = [row for row in lines(place, user) if row.line.subject == conflict.code]
        assert (row.entry.group, row.owner) == (group, "Prescriber")
        assert row.what == "Given without a signature to give, cycle 2"


def test_people_are_told_once(awaited: Course, navigator: User) -> None:
    unsigned_dose(awaited, navigator)
    before = ConflictNotice.objects.count()
    reassess(awaited.pk, now=NOW + timedelta(minutes=5))
    assert ConflictNotice.objects.count() == before


def test_only_a_prescriber_answers_it_and_says_who_was_told(
    awaited: Course, prescriber: User, navigator: User
) -> None:
    conflict = unsigned_dose(awaited, navigator)
    at = (awaited, awaited.public_id)
    shown = get(navigator, "patient", awaited)
    assert "A prescriber answers this." in shown
    assert "on Today since" in shown and prescriber.full_name in shown
    sent = {"digest": conflict.digest, "reason": "Given in error, no harm"}
    told = {"told": "Patient and referring oncologist, Mar 5, 11:00"}
    assert post(navigator, "answer-conflict", *at, **sent, **told).status_code == 403
    refused = post(prescriber, "answer-conflict", *at, **sent)
    assert refused.status_code == 422 and refused.context["form"].errors["told"]
    assert post(prescriber, "answer-conflict", *at, **sent, **told).status_code == 302
    answer = ConflictOverride.objects.get()
    assert (answer.recorded_by, answer.told) == (prescriber, told["told"])
    assert f"Told: {told['told']}" in get(navigator, "patient", awaited)


def test_one_given_elsewhere_is_put_before_nobody(awaited: Course, navigator: User) -> None:
    given(awaited, navigator, elsewhere=True)
    assert not CourseConflict.objects.filter(code="given-without-decision").exists()
    assert not ConflictNotice.objects.exists()


@pytest.mark.hazard("H26")
def test_late_amino_acids_and_a_large_rest_are_conflicts_with_words(awaited: Course, navigator: User) -> None:
    sent = typed(awaited, amino_acids_started_at=f"{DAY}T04:31", antiemetic_at=f"{DAY}T04:32")
    post(navigator, "record-infusion", awaited, **sent | {"amino_acids_ended_at": f"{DAY}T08:29"})
    shown = get(navigator, "patient", awaited)
    for words in (
        "Amino acids started too late",
        "Amino acids stopped too early",
        "Antiemetic after the amino acids began",
        "Given without a signature to give",
    ):
        assert words in shown


# --- never recorded --------------------------------------------------------------------------------


@pytest.mark.hazard("H26")
def test_what_was_never_recorded_stays_on_today_until_somebody_records_it(
    place: Place, awaited: Course, navigator: User
) -> None:
    item = DueItem.objects.get(course=awaited, item="antiemetic", cycle_number=1)
    assert item.state(now=NOW, today=NOW.date()) == "not-recorded"
    rows = {row.line.subject: row for row in lines(place, navigator) if row.line.cycle == 1}
    assert rows["antiemetic"].detail.startswith("The infusion was given without a record of it")
    assert rows["consent"].detail == rows["antiemetic"].detail
    page = get(navigator, "patient-schedule", awaited)
    assert "Not recorded" in page
    link = reverse("correct-infusion", args=[awaited.patient.public_id, awaited.public_id, 1])
    client = Client()
    client.force_login(navigator)
    assert link in client.get(reverse("due-item", args=[item.public_id])).content.decode()


def test_recording_the_time_settles_it(awaited: Course, navigator: User) -> None:
    first = InfusionGiven.objects.get(cycle__number=1)
    correct_infusion(
        first,
        changes={"antiemetic_at": first.started_at - timedelta(hours=1)},
        because="charted later",
        by=navigator,
        now=NOW,
    )
    item = DueItem.objects.get(course=awaited, item="antiemetic", cycle_number=1)
    assert item.state(now=NOW, today=NOW.date()) == "done"
    other = DueItem.objects.get(course=awaited, item="amino-acids", cycle_number=1)
    assert other.state(now=NOW, today=NOW.date()) == "not-recorded"


def test_marked_not_done_it_leaves_the_list_and_is_not_asked_for_again(
    place: Place, awaited: Course, navigator: User
) -> None:
    item = DueItem.objects.get(course=awaited, item="antiemetic", cycle_number=1)
    worklist.mark_not_done(item, because="not charted", by=navigator, version=item.version, now=NOW)
    reassess(awaited.pk, now=NOW)
    item.refresh_from_db()
    assert item.state(now=NOW, today=NOW.date()) == "not-done"
    assert not [row for row in lines(place, navigator) if row.line.subject == "antiemetic"]


def test_it_is_no_longer_marked_done_by_hand(place: Place, awaited: Course, navigator: User) -> None:
    item = DueItem.objects.get(course=awaited, item="antiemetic", cycle_number=1)
    with pytest.raises(Exception, match="its own record"):
        worklist.mark_done(item, by=navigator, version=item.version, now=NOW)
