"""What needs somebody: what is on the list, where, in which order, for whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordination.base.access import Scope
from coordination.base.choices import Item, Owner, Role
from coordination.worklist import Group, Line, place, rows_of
from coordination.worklist.lines import Kind
from coordination.worklist.sources import WITH_THE_INFUSION
from scheduling.models import Action, DueItem, Signature
from scheduling.models.due_item import PASSING
from tests.coordination.conftest import TODAY, House, days, make_house
from tests.factories import (
    NOW,
    ConflictOverrideFactory,
    ContactLogFactory,
    CourseConflictFactory,
    CycleFactory,
    DoseOrderFactory,
    DueItemFactory,
    LabReportFactory,
    PracticeFactory,
    ProposalFactory,
    ReviewItemFactory,
    SignatureFactory,
    UserFactory,
)

LABS = "Baseline labs, cycle 1"


def item(house: House, **columns: object) -> DueItem:
    values = {"opens_on": days(-3), "target_on": days(-1), "closes_on": days(3), "owner": Owner.CENTER}
    return DueItemFactory(course=house.course, **(values | columns))


def test_decisions_alike_are_read_when_their_page_is_shown(house: House) -> None:
    """Same proposal of the same day: counted as one, listed each under its own patient, in order."""
    others = [CycleFactory(course__patient__site=house.site, number=1).course for _ in range(3)]
    for course in (house.course, *others):
        ProposalFactory(course=course, cycle_number=1, action=Action.HOLD, activity_gbq=None, made_at=NOW)
    found = house.listed(house.prescriber, kind=Kind.DECISION)
    patients = [entry.line.patient_id for entry in found.entries]
    assert patients == sorted(course.patient_id for course in (house.course, *others))
    assert [entry.line.patient_id for entry in found.entries[1:3]] == patients[1:3]


# --- where a line belongs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "target", "closes", "owner", "group"),
    [
        (-9, -5, -1, Owner.CENTER, Group.OVERDUE),
        (-9, -5, -1, Owner.REFERRING_PRACTICE, Group.OVERDUE),  # late is late, whoever has it
        (-9, -5, 0, Owner.CENTER, Group.TODAY),
        (-9, 0, 5, Owner.CENTER, Group.TODAY),
        (-9, 1, 5, Owner.CENTER, Group.WEEK),
        (-9, 7, 9, Owner.CENTER, Group.WEEK),
        (-9, 8, 9, Owner.CENTER, Group.LATER),
        (-9, 0, 5, Owner.REFERRING_PRACTICE, Group.WAITING),
        (-9, 3, 5, Owner.PATIENT, Group.WAITING),
        (-9, 3, 5, "", Group.WEEK),  # nobody has it: it needs me
        (-9, None, 0, Owner.CENTER, Group.TODAY),
        (-9, None, 7, Owner.CENTER, Group.WEEK),
        (0, None, None, Owner.CENTER, Group.TODAY),
    ],
)
def test_groups(opens: int, target: int | None, closes: int | None, owner: str, group: Group) -> None:
    def day(number: int | None) -> object:
        return None if number is None else days(number)

    line = Line(Kind.DUE, 1, 1, 1, "ct-mri", None, day(opens), day(target), day(closes), owner=owner)  # type: ignore[arg-type]
    assert place(line, today=TODAY, now=NOW, role=Role.NAVIGATOR) == group


def test_a_window_that_ends_at_a_moment_is_late_from_that_moment_on() -> None:
    line = Line(Kind.DUE, 1, 1, 1, "post-dose-lar", 1, TODAY, None, None, closes_at=NOW, owner=Owner.CENTER)
    assert place(line, today=TODAY, now=NOW, role=Role.NAVIGATOR) == Group.TODAY
    late = line._replace(closes_at=NOW - timedelta(minutes=1))
    assert place(late, today=TODAY, now=NOW, role=Role.NAVIGATOR) == Group.OVERDUE


def test_what_nobody_can_do_any_more_is_put_apart_and_counts_as_late_nowhere(house: House) -> None:
    item(house, item="confirm-labs", closes_on=days(-9), too_late=True)
    found = house.listed()
    assert [entry.group for entry in found.entries] == [Group.TOO_LATE]
    assert (found.needing_me, found.entries[0].days_late) == (0, 0)


def test_a_decision_waits_for_others_unless_one_prescribes() -> None:
    line = Line(Kind.DECISION, 1, 1, 1, "give", 1, TODAY, TODAY, days(3))
    assert place(line, today=TODAY, now=NOW, role=Role.NAVIGATOR) == Group.WAITING
    assert place(line, today=TODAY, now=NOW, role=Role.PRESCRIBER) == Group.TODAY


# --- due items -------------------------------------------------------------------------------------


def test_an_open_item_is_listed(house: House) -> None:
    item(house)
    assert house.words() == [("today", LABS)]


@pytest.mark.parametrize(
    "columns",
    [
        {"opens_on": days(1), "target_on": days(2)},
        {"done": True},
        {"cancelled_because": "course stopped"},
        {"not_done_at": NOW, "not_done_by": "nurse", "not_done_reason": "drawn elsewhere"},
        {"marked_done_at": NOW, "marked_done_by": "nurse"},
        {"waits": True},
        {"snoozed_until": days(1)},
        {"opens_on": None, "target_on": None, "closes_on": None},
        {"opens_on": None, "target_on": days(8), "closes_on": days(9)},
        *({"item": passing} for passing in (*PASSING, *WITH_THE_INFUSION)),
    ],
)
def test_what_needs_nobody_now_is_not_listed(house: House, columns: dict[str, object]) -> None:
    for name in ("not_done_by", "marked_done_by"):
        if name in columns:
            columns = columns | {name: house.navigator}
    item(house, **columns)
    assert house.words() == []


def test_the_list_agrees_with_the_state_of_each_item(house: House) -> None:
    """One reading of overdue: the list's group and the item's own state never differ."""
    for number, kind in enumerate(Item.values, start=1):
        for shift in (-12, -4, -1, 0, 1, 6):
            item(
                house,
                item=kind,
                sequence=number * 20 + shift,
                opens_on=days(shift - 3),
                target_on=days(shift),
                closes_on=days(shift + 2),
            )
    listed = {row.item.pk: row.entry.group for row in house.rows() if row.item}
    for each in DueItem.objects.all():
        state = each.state(now=NOW, today=TODAY)
        if each.item in (*PASSING, *WITH_THE_INFUSION) or state == "planned":
            assert each.pk not in listed
        else:
            assert (listed[each.pk] == Group.OVERDUE) == (state == "overdue")
            assert (listed[each.pk] in (Group.OVERDUE, Group.TODAY)) == (state in ("overdue", "due"))


def test_snoozed_comes_back_by_itself(house: House) -> None:
    item(house, snoozed_until=TODAY)
    assert house.words() == [("today", LABS)]


def test_snoozed_and_later_can_be_looked_at(house: House) -> None:
    item(house, snoozed_until=days(2))
    item(house, item="ct-mri", cycle_number=None, target_on=days(9), closes_on=days(20))
    assert house.words(group="snoozed") == [("snoozed", LABS)]
    assert house.words(group="later") == [("later", "CT or MRI")]


# --- decisions -------------------------------------------------------------------------------------


def test_an_unsigned_proposal_is_for_a_prescriber(house: House) -> None:
    CycleFactory(course=house.course, planned_on=days(40))
    ProposalFactory(course=house.course)
    assert house.words() == [("waiting", "Sign the dose, cycle 1")]
    assert house.words(house.prescriber) == [("today", "Sign the dose, cycle 1")]


@pytest.mark.parametrize("action", [Action.PENDING, Action.NONE])
def test_what_waits_for_labs_is_no_decision(house: House, action: str) -> None:
    cycle = None if action == Action.NONE else 1
    ProposalFactory(course=house.course, action=action, activity_gbq=None, cycle_number=cycle)
    assert house.words() == []


def test_a_signed_proposal_is_gone(house: House) -> None:
    SignatureFactory(proposal__course=house.course)
    assert house.words(house.prescriber) == []


def withdrawn(house: House, *, action: str = Action.PENDING) -> Signature:
    old = ProposalFactory(course=house.course)
    signature = SignatureFactory(proposal=old, signed_by=house.prescriber)
    signature.withdrawn_at, signature.withdrawn_because = NOW, "New facts changed the proposal."
    signature.save()
    old.superseded_at = NOW
    old.save(update_fields=["superseded_at"])
    ProposalFactory(course=house.course, action=action, activity_gbq=None, text="Labs awaited.")
    return signature


def test_a_withdrawn_signature_is_listed_once_and_first(house: House) -> None:
    item(house, closes_on=days(-1))
    withdrawn(house, action=Action.HOLD)
    assert [words for _, words in house.words(house.prescriber)] == [
        LABS,  # overdue comes before today
        "Signature withdrawn by new facts, cycle 1",
    ]
    [row] = [row for row in house.rows() if row.kind == Kind.WITHDRAWN]
    assert row.detail == "Signed by Pia Prescriber. Now: Labs awaited."


def test_a_withdrawn_signature_is_listed_though_labs_are_awaited(house: House) -> None:
    withdrawn(house)
    assert [words for _, words in house.words()] == ["Signature withdrawn by new facts, cycle 1"]


def test_a_dose_is_to_be_signed_by_the_day_it_must_be_ordered(house: House) -> None:
    CycleFactory(course=house.course, planned_on=days(37))  # Thu 13 Feb: order by Tue 28 Jan
    ProposalFactory(course=house.course)
    [row] = house.rows()
    assert str(row.closes) == "2025-01-28"


# --- conflicts, results, orders --------------------------------------------------------------------


def test_a_standing_block_is_listed_until_a_named_person_answers_it(house: House) -> None:
    conflict = CourseConflictFactory(course=house.course)
    CourseConflictFactory(course=house.course, severity="warn", digest="1" * 64)
    CourseConflictFactory(course=house.course, gone_at=NOW, digest="2" * 64)
    assert house.words() == [("today", "Infusions too close, cycle 2")]
    ConflictOverrideFactory(course=house.course, digest=conflict.digest)
    assert house.words() == []


def test_an_answer_to_an_earlier_conflict_does_not_answer_this_one(house: House) -> None:
    ConflictOverrideFactory(course=house.course, digest="3" * 64)
    CourseConflictFactory(course=house.course)
    assert len(house.words()) == 1


def test_a_result_for_nobody_is_seen_at_the_site_it_came_to(house: House) -> None:
    elsewhere = make_house()
    report = LabReportFactory(patient=None, site=house.site, state="parked")
    ReviewItemFactory(report=report, patient=None, kind="patient-unknown")
    assert house.words() == [("today", "Result: unknown patient")]
    assert elsewhere.words() == []


def ordered(house: House, **columns: object) -> object:
    cycle = CycleFactory(course=house.course, planned_on=days(14))
    proposal = ProposalFactory(course=house.course)
    signature = SignatureFactory(proposal=proposal, signed_by=house.prescriber)
    return DoseOrderFactory(cycle=cycle, signature=signature, **columns)


def test_an_order_that_stands_is_no_line(house: House) -> None:
    ordered(house)
    assert house.words() == []


def test_an_order_without_its_decision_says_what_is_at_stake(house: House) -> None:
    order = ordered(house)
    Signature.objects.update(withdrawn_at=NOW, withdrawn_because="new facts")
    [row] = [row for row in house.rows() if row.kind == Kind.ORDER]
    assert row.what == "Dose on order, not currently approved, cycle 1"
    assert str(row.closes) == "2025-01-11"
    assert row.detail == (
        "7.4 GBq for Tue 21 Jan. Free to cancel until Sat 11 Jan, 4 days left, then 500 USD."
    )
    order.cancelled_at, order.cancelled_by, order.cancelled_because = NOW, house.navigator, "hold"  # type: ignore[attr-defined]
    order.save()  # type: ignore[attr-defined]
    assert [row for row in house.rows() if row.kind == Kind.ORDER] == []


def test_an_order_for_another_day_is_at_risk(house: House) -> None:
    ordered(house, calibration_on=days(13))
    [row] = house.rows()
    assert row.what == "Dose on order for another day, cycle 1"
    assert "Planned for Tue 21 Jan" in row.detail


@pytest.mark.hazard("H27")
def test_an_order_of_a_held_course_is_at_risk(house: House) -> None:
    ordered(house)
    house.course.held_since, house.course.held_by, house.course.held_reason = (
        NOW,
        house.navigator,
        "platelets",
    )
    house.course.save()
    assert [row.line.subject for row in house.rows()] == ["decision"]


# --- order, filters, reach -------------------------------------------------------------------------


def test_overdue_first_then_urgency_then_lateness(house: House) -> None:
    item(house, item="ct-mri", cycle_number=None, closes_on=days(-20))
    item(house, item="pre-dose-labs", cycle_number=2, closes_on=days(-1))
    item(house, item="pre-dose-labs", cycle_number=3, closes_on=days(-9))
    CourseConflictFactory(course=house.course)
    assert house.words() == [
        ("overdue", "Labs before the dose, cycle 3"),
        ("overdue", "Labs before the dose, cycle 2"),
        ("overdue", "CT or MRI"),
        ("today", "Infusions too close, cycle 2"),
    ]


def test_a_held_course_asks_for_no_dose_and_is_not_forgotten(house: House) -> None:
    course = house.course
    course.held_since, course.held_by, course.held_reason = NOW, house.navigator, "platelets 56"
    course.save()
    item(house, item="dose-order", closes_on=days(-9))
    item(house, item="infusion", cycle_number=2, closes_on=days(-2))
    [row] = house.rows()
    assert (row.what, row.detail) == ("Infusion, cycle 2", "On hold: platelets 56")


def test_filters(house: House) -> None:
    lakeside = PracticeFactory(name="Lakeside Oncology")
    item(house, owner=Owner.REFERRING_PRACTICE, practice=lakeside)
    item(house, item="hand-back", cycle_number=None, assigned_to=house.navigator)
    CourseConflictFactory(course=house.course)
    assert [words for _, words in house.words(owner="referring-practice")] == [LABS]
    assert [words for _, words in house.words(assigned="me")] == ["Return to the referring physician"]
    assert len(house.words(assigned="nobody")) == 2
    assert [words for _, words in house.words(assigned=str(house.prescriber.pk))] == []
    assert [words for _, words in house.words(kind="conflict")] == ["Infusions too close, cycle 2"]
    assert [words for _, words in house.words(text="lakeside")] == [LABS]
    assert [words for _, words in house.words(text="BASELINE")] == [LABS]
    assert house.words(text="Whitcombe") == []  # a patient is never searched by URL
    assert [group for group, _ in house.words(group="waiting")] == ["waiting"]


def test_sorted_as_a_person_chooses(house: House) -> None:
    item(house, closes_on=days(5))
    item(house, item="ct-mri", cycle_number=None, closes_on=days(-5))
    item(house, item="hand-back", cycle_number=None, closes_on=days(-1))
    late = [words for _, words in house.words(sort="late")]
    assert late == ["CT or MRI", "Return to the referring physician", LABS]
    assert [words for _, words in house.words(sort="-late")] == late[::-1]
    assert len(house.words(sort="patient")) == len(house.words(sort="nonsense")) == 3


def test_nobody_sees_what_is_elsewhere(house: House) -> None:
    elsewhere = make_house()
    item(elsewhere)
    CourseConflictFactory(course=elsewhere.course)
    ProposalFactory(course=elsewhere.course)
    assert house.words() == []
    assert rows_of(list(elsewhere.listed().entries), Scope.of_user(house.navigator), now=NOW) == []
    assert UserFactory().sites.count() == 0
    assert len(house.listed(UserFactory()).entries) == 0


def test_counts_and_lines_agree(house: House) -> None:
    for shift in (-9, 0, 3):
        item(house, sequence=shift + 20, target_on=days(shift), closes_on=days(shift))
    found = house.listed()
    assert found.needing_me == 2
    for group in (Group.OVERDUE, Group.TODAY, Group.WEEK, Group.WAITING):
        assert found.groups[group] == len(house.words(group=group))
    assert sum(found.groups.values()) == len(found.entries) == len(house.rows())


def test_the_last_contact_stands_beside_the_line(house: House) -> None:
    item(house)
    ContactLogFactory(patient=house.patient, at=NOW - timedelta(days=9), outcome="left-message")
    ContactLogFactory(patient=house.patient, at=NOW - timedelta(days=2), outcome="no-answer")
    [row] = house.rows()
    assert row.contact is not None
    assert row.contact.outcome_word == "No answer"


def test_statements_do_not_grow_with_the_list(house: House) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            other = make_house()
            other.patient.site = house.site
            other.patient.save()
            item(other)
            CourseConflictFactory(course=other.course)
            withdrawn(other)
            ReviewItemFactory(report__patient=other.patient, report__site=house.site)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            house.rows()
        return len(queries)

    fill(1)
    few = statements()
    fill(4)
    assert statements() == few <= 18


def test_any_stretch_of_the_list_is_the_same_as_the_whole_cut(house: House) -> None:
    """Lines that differ only in whose they are come in bunches; a page may end inside one."""
    for _ in range(3):
        other = make_house()
        other.patient.site = house.site
        other.patient.save()
        item(other)
        item(other, sequence=2)
        item(other, item="ct-mri", cycle_number=None, closes_on=days(-2))
        CourseConflictFactory(course=other.course)
    entries = house.listed().entries
    whole = list(entries)
    assert len(entries) == len(whole) == len({(each.line.kind, each.line.pk) for each in whole}) == 12
    for start in range(13):
        for stop in range(start, 14):
            assert entries[start:stop] == whole[start:stop]
    assert [entries[place] for place in range(12)] == whole


def test_bunches_of_two_sites_keep_to_their_patients(house: House) -> None:
    west = make_house()
    west.site.timezone = "Pacific/Honolulu"
    west.site.save()
    both = UserFactory(sites=[house.site, west.site])
    for each in (house, west):
        item(each)
    rows = house.rows(both)
    at_sites = {row.line.patient_id: row.site for row in rows}
    assert at_sites == {house.patient.pk: house.site, west.patient.pk: west.site}
    assert [row.line.patient_id for row in house.rows(both, site=west.site.pk)] == [west.patient.pk]
    assert [row.line.patient_id for row in house.rows()] == [house.patient.pk]
    assert all(row.patient and row.patient.id == row.line.patient_id for row in rows)
