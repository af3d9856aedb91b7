"""The schedule of docs/clinical/schedule.md: windows in the source's days, and what moves an item."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from scheduling.rules.answer import ItemState
from scheduling.rules.facts import (
    AuthorizationFact,
    ConsentOrEducationFact,
    InjectionFact,
    PatientFacts,
    PregnancyTestFact,
    ScanFact,
    Settings,
    StoppedFact,
)
from scheduling.rules.formatting import day_words
from scheduling.rules.planner import plan_items
from tests.rules.scheduling.courses import (
    D1,
    D2,
    D3,
    D4,
    NEW_YORK,
    PANEL,
    at,
    course,
    given,
    item_of,
    items,
    lar,
    panel,
    planned,
    timeline,
)

PLANNED, OPEN, DUE, OVERDUE, DONE, CANCELLED, NOT_RECORDED = ItemState


def days(number: int) -> timedelta:
    return timedelta(number)


def four_given(**facts):
    infusions = [given(n, day) for n, day in enumerate((D1, D2, D3, D4), start=1)]
    return course(facts.pop("today", D4 + days(40)), *infusions, **facts)


# --- windows -------------------------------------------------------------------------------------------

WINDOWS = [  # item, cycle, days from D(1) = day 0: opens, target, closes
    ("infusion", 2, 49, 56, 63),
    ("infusion", 3, 105, 112, 119),
    ("infusion", 4, 161, 168, 175),
    ("baseline-labs", 1, -14, -12, -11),
    ("education", 1, None, -14, -1),
    ("consent", 1, None, -14, -1),
    ("authorization", 1, None, -14, -1),
    ("pre-dose-labs", 2, 42, 44, 45),
    ("confirm-labs", 1, -1, -1, 0),
    ("confirm-labs", 2, 55, 55, 56),
    ("lar-last-before", 1, None, None, -28),
    ("lar-last-before", 4, None, None, 140),
    ("antiemetic", 1, 0, None, None),
    ("amino-acids", 2, 56, None, None),
    ("radiation-precautions", 1, 0, None, 7),
    ("nadir-labs", 1, 28, 36, 42),
]


@pytest.mark.parametrize(("item", "cycle", "opens", "target", "closes"), WINDOWS)
def test_windows_count_from_the_infusion(item, cycle, opens, target, closes):
    due = item_of(course(D1 - days(20), planned(1, D1)), item, cycle)

    def on(number):
        return None if number is None else D1 + days(number)

    assert (due.opens, due.target, due.closes) == (on(opens), on(target), on(closes))


def test_windows_hang_on_the_actual_date_not_on_the_first_grid():
    late = D2 + days(6)
    due = item_of(course(late + days(8), given(1, D1), given(2, late)), "infusion", 3)

    assert (due.opens, due.target, due.closes) == (late + days(49), late + days(56), late + days(63))


def test_a_planned_date_moves_what_hangs_on_it():
    moved = D2 + days(3)
    facts = course(D1 + days(10), given(1, D1), planned(2, moved))

    assert item_of(facts, "pre-dose-labs", 2).opens == moved - days(14)
    assert item_of(facts, "infusion", 2).target == D2
    assert item_of(facts, "infusion", 3).target == moved + days(56)


@pytest.mark.parametrize(("interval", "opens"), [(22, 8), (23, 9)])
def test_pre_dose_labs_never_open_before_day_8(interval, opens):
    facts = course(D1 + days(1), given(1, D1), planned(2, D1 + days(interval)))

    assert item_of(facts, "pre-dose-labs", 2).opens == D1 + days(opens)


def test_the_order_is_due_on_its_tuesday():
    due = item_of(course(D1, given(1, D1), planned(2, date(2025, 3, 13))), "dose-order", 2)

    assert due.target == due.closes == date(2025, 2, 25)


def test_the_eu_washout_is_30_days():
    due = item_of(course(D1 - days(20), planned(1, D1)), "lar-last-before", 1, "lutathera-eu")

    assert due.closes == D1 - days(30)


def test_without_any_date_everything_is_listed_and_nothing_is_dated():
    due = plan_items(timeline(course(D1)))

    assert {item.state for item in due} == {PLANNED, OPEN}
    assert all(item.opens is item.target is item.closes is None for item in due)
    assert {item.item for item in due if item.state is OPEN} == {"lar-last-before", "short-acting-stop"}


def test_cycles_and_items_of_the_default_protocol():
    facts = replace(course(D1 - days(20), planned(1, D1)), settings=Settings(interim_ssa=True))
    due = plan_items(timeline(facts))

    def cycles(item):
        return [entry.cycle for entry in due if entry.item == item]

    assert cycles("infusion") == cycles("pre-dose-labs") == [2, 3, 4]
    assert cycles("nadir-labs") == cycles("interim-ssa") == [1, 2, 3]
    for item in ("dose-order", "confirm-labs", "lar-last-before", "short-acting-stop", "antiemetic"):
        assert cycles(item) == [1, 2, 3, 4]
    assert cycles("pregnancy-test") == []
    assert cycles("hand-back") == []


def test_a_site_may_switch_off_what_is_its_choice():
    facts = replace(course(D1, planned(1, D1)), settings=Settings(confirm_labs=False))

    assert items(facts, "confirm-labs") == []
    assert items(facts, "interim-ssa") == []


# --- states by the clock -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "state"),
    [(48, PLANNED), (49, OPEN), (55, OPEN), (56, DUE), (63, DUE), (64, OVERDUE)],
)
def test_infusion_states(today, state):
    assert item_of(course(D1 + days(today), given(1, D1)), "infusion", 2).state is state


@pytest.mark.parametrize(("today", "state"), [(-15, PLANNED), (-14, DUE), (-1, DUE), (0, OVERDUE)])
def test_a_column_without_a_date_does_not_move_the_state(today, state):
    assert item_of(course(D1 + days(today), planned(1, D1)), "education", 1).state is state


@pytest.mark.parametrize(("today", "state"), [(-1, PLANNED), (0, OPEN), (300, OPEN)])
def test_medicines_open_on_the_day_and_never_grow_overdue(today, state):
    assert item_of(course(D1 + days(today), planned(1, D1)), "antiemetic", 1).state is state


@pytest.mark.parametrize("item", ["infusion", "dose-order"])
def test_done_by_the_infusion(item):
    facts = course(D2, given(1, D1), given(2, D2), hour=11)

    assert item_of(facts, item, 2).state is DONE
    assert item_of(facts, item, 3).state is not DONE


@pytest.mark.parametrize("item", ["education", "consent", "antiemetic", "amino-acids"])
def test_an_infusion_given_without_a_record_leaves_it_unrecorded(item):
    assert item_of(course(D1, given(1, D1)), item, 1).state is NOT_RECORDED
    assert item_of(course(D1 + days(300), given(1, D1)), item, 1).state is NOT_RECORDED
    elsewhere = replace(given(1, D1), elsewhere=True)
    assert item_of(course(D1, elsewhere), item, 1).state is DONE


@pytest.mark.parametrize(
    ("on", "withdrawn", "state"),
    [(-14, None, DONE), (0, None, DONE), (1, None, NOT_RECORDED), (-9, 0, NOT_RECORDED), (-9, 1, DONE)],
)
def test_consent_and_education_are_held_on_the_day_of_the_first_infusion(on, withdrawn, state):
    record = ConsentOrEducationFact(D1 + days(on), None if withdrawn is None else D1 + days(withdrawn))
    facts = course(D1 + days(2), given(1, D1), consents=(record,), education=(record,))

    assert item_of(facts, "consent", 1).state is state
    assert item_of(facts, "education", 1).state is state


def test_medicines_are_done_by_their_own_times():
    start = given(1, D1).started_at
    infusion = replace(given(1, D1), antiemetic_at=start, amino_acids_started_at=start)

    assert item_of(course(D1 + days(1), infusion), "antiemetic", 1).state is DONE
    assert item_of(course(D1 + days(1), infusion), "amino-acids", 1).state is DONE


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [(0, 0, DONE), (1, 90, DUE), (-90, -1, DUE), (-5, 5, DONE)],
)
def test_authorization_must_cover_the_first_infusion(start, end, state):
    facts = course(
        D1 - days(10),
        planned(1, D1),
        authorizations=(AuthorizationFact(D1 + days(start), D1 + days(end)),),
    )

    assert item_of(facts, "authorization", 1).state is state


@pytest.mark.parametrize(
    ("first", "scan", "state"),
    [
        (date(2025, 2, 28), date(2024, 8, 28), DONE),  # six calendar months exactly
        (date(2025, 2, 28), date(2024, 8, 27), OPEN),
        (date(2025, 2, 28), date(2024, 8, 31), DONE),
        (date(2025, 8, 31), date(2025, 2, 28), DONE),  # 31 August less six months is 28 February
        (date(2025, 8, 31), date(2025, 2, 27), OPEN),
    ],
)
def test_receptor_imaging_within_six_calendar_months(first, scan, state):
    facts = course(first - days(5), planned(1, first), scans=(ScanFact("sstr-pet", scan),))

    assert item_of(facts, "sstr-pet", 1).state is state


def test_a_booked_scan_is_not_a_done_one():
    today = D1 - days(5)
    facts = course(today, planned(1, D1), scans=(ScanFact("sstr-pet", today + days(1)),))

    assert item_of(facts, "sstr-pet", 1).state is OPEN


@pytest.mark.parametrize(
    ("test", "state"),
    [
        (PregnancyTestFact(D1 - days(7), "negative"), DONE),
        (PregnancyTestFact(D1 - days(8), "negative"), DUE),
        (PregnancyTestFact(D1 - days(1), "negative"), DONE),
        (PregnancyTestFact(D1, "negative"), DUE),  # tomorrow's test has not been done
        (PregnancyTestFact(D1 - days(2), "positive"), DUE),
        (PregnancyTestFact(D1 - days(2), "indeterminate"), DUE),
    ],
)
def test_a_negative_pregnancy_test_within_a_week(test, state):
    facts = course(
        D1 - days(1),
        planned(1, D1),
        patient=PatientFacts("female", date(1990, 6, 1), pregnancy_possible=True),
        pregnancy_tests=(test,),
    )
    due = item_of(facts, "pregnancy-test", 1)

    assert due.state is state
    assert (due.opens, due.target, due.closes) == (D1 - days(7), D1 - days(1), D1)


# --- limits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "state"), [(-28, OPEN), (-27, DONE)])
def test_a_limit_is_open_until_its_day_has_passed(today, state):
    assert item_of(course(D1 + days(today), planned(1, D1)), "lar-last-before", 1).state is state


def test_short_acting_stop_has_no_time_before_the_start_is_known():
    due = item_of(course(D1, planned(1, D1)), "short-acting-stop", 1)

    assert (due.state, due.closes) == (OPEN, None)


def test_short_acting_stop_counts_real_hours_across_the_clock_change():
    """11:00 on the morning after the spring change is 24 h after 10:00 the day before."""
    sunday = date(2025, 3, 9)
    facts = course(sunday, given(1, sunday, started_at=at(sunday, 11), ended_at=None), hour=12)
    due = item_of(facts, "short-acting-stop", 1)

    assert due.closes == datetime(2025, 3, 8, 10, tzinfo=NEW_YORK)
    assert due.state is DONE


# --- the injection after the infusion ------------------------------------------------------------------


def post_dose(now, *injections, day=D1, **changes):
    facts = replace(course(day, given(1, day, **changes)), injections=injections, as_of=now)
    return item_of(facts, "post-dose-lar", 1)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (at(D1, 14, 39), PLANNED),
        (at(D1, 14, 40), OPEN),
        (at(D1 + days(1), 10, 0), OPEN),
        (at(D1 + days(1), 10, 1), OVERDUE),
    ],
)
def test_post_dose_window_moves_by_the_minute(now, state):
    due = post_dose(now)

    assert due.state is state
    assert (due.opens, due.closes) == (at(D1, 14, 40), at(D1 + days(1), 10))


@pytest.mark.parametrize(
    ("given_at", "state"),
    [
        (at(D1, 9, 59), OVERDUE),  # before the start: not the post-dose one
        (at(D1, 10, 0), DONE),
        (at(D1 + days(7), 23, 59), DONE),
        (at(D1 + days(8), 0, 0), OVERDUE),
    ],
)
def test_the_first_injection_from_the_start_to_day_7_is_the_post_dose_one(given_at, state):
    assert post_dose(at(D1 + days(9)), lar(given_at)).state is state


def test_short_acting_is_no_post_dose_injection():
    assert post_dose(at(D1 + days(2)), lar(at(D1, 16), "octreotide-short")).state is OVERDUE


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    ("saturday", "closes"),
    [
        (date(2025, 3, 8), datetime(2025, 3, 9, 11, tzinfo=NEW_YORK)),
        (date(2025, 11, 1), datetime(2025, 11, 2, 9, tzinfo=NEW_YORK)),
    ],
)
def test_the_window_is_in_real_hours_across_a_clock_change(saturday, closes):
    due = post_dose(at(saturday, 12), day=saturday)

    assert due.closes == closes
    assert due.closes.utcoffset() == closes.utcoffset()


def test_the_window_opens_when_the_end_is_known():
    due = post_dose(at(D1, 20), ended_at=None)

    assert (due.opens, due.state) == (None, PLANNED)
    assert due.closes == at(D1 + days(1), 10)


def test_before_the_infusion_its_followers_stay_planned():
    facts = replace(course(D1 + days(60), planned(1, D1)), settings=Settings(interim_ssa=True))

    for item in ("post-dose-lar", "radiation-precautions", "nadir-labs", "interim-ssa"):
        assert item_of(facts, item, 1).state is PLANNED
    due = item_of(facts, "post-dose-lar", 1)
    assert due.opens is due.closes is None


@pytest.mark.parametrize(("today", "state"), [(0, OPEN), (7, OPEN), (8, DONE)])
def test_precautions_are_done_when_they_have_closed(today, state):
    facts = course(D1 + days(today), given(1, D1))

    assert item_of(facts, "radiation-precautions", 1).state is state


# --- laboratory ----------------------------------------------------------------------------------------


def labs(item, cycle, *results, today, infusions, **settings):
    facts = course(today, *infusions, results=tuple(r for part in results for r in part))
    return item_of(replace(facts, settings=Settings(**settings)), item, cycle)


@pytest.mark.parametrize(("drawn", "state"), [(41, OVERDUE), (42, DONE), (55, DONE), (56, DONE)])
def test_pre_dose_labs_count_from_the_day_they_open(drawn, state):
    due = labs(
        "pre-dose-labs",
        2,
        panel(D1 + days(drawn)),
        today=D2 + days(1),
        infusions=(given(1, D1), planned(2, D2)),
    )

    assert due.state is state


def test_pre_dose_labs_count_until_the_infusion_starts():
    infusions = (given(1, D1), given(2, D2, started_at=at(D2, 9)))
    late = labs(
        "pre-dose-labs", 2, panel(D2 + days(1)), today=D2 + days(2), infusions=(given(1, D1), given(2, D2))
    )
    on_the_minute = labs("pre-dose-labs", 2, panel(D2), today=D2 + days(2), infusions=infusions)

    assert late.state is OVERDUE
    assert on_the_minute.state is DONE


@pytest.mark.parametrize("analyte", PANEL)
def test_a_partial_panel_names_what_is_missing(analyte):
    due = labs(
        "pre-dose-labs",
        2,
        panel(D2 - days(12), without=analyte),
        today=D2 - days(11),
        infusions=(given(1, D1), planned(2, D2)),
    )

    assert (due.state, due.missing) == (DUE, (analyte,))


def test_a_panel_may_come_in_parts():
    due = labs(
        "pre-dose-labs",
        2,
        panel(D2 - days(13), without="albumin"),
        [result for result in panel(D2 - days(12)) if result.loinc == "1751-7"],
        today=D2 - days(11),
        infusions=(given(1, D1), planned(2, D2)),
    )

    assert (due.state, due.missing) == (DONE, ())


@pytest.mark.parametrize("change", [{"status": "preliminary"}, {"status": "cancelled"}, {"unit": "g/mL"}])
def test_only_final_and_usable_results_count(change):
    drawn = [replace(r, **change) if r.loinc == "718-7" else r for r in panel(D2 - days(12))]
    due = labs("pre-dose-labs", 2, drawn, today=D2 - days(11), infusions=(given(1, D1), planned(2, D2)))

    assert due.missing == ("hemoglobin",)


def test_a_derived_neutrophil_count_completes_the_panel():
    percentage = replace(panel(D2 - days(12))[2], id="pct", loinc="770-8", value="60", unit="%")
    due = labs(
        "pre-dose-labs",
        2,
        panel(D2 - days(12), without="neutrophils"),
        [percentage],
        today=D2 - days(11),
        infusions=(given(1, D1), planned(2, D2)),
    )

    assert due.state is DONE


@pytest.mark.parametrize(("drawn", "state"), [(27, OVERDUE), (28, DONE), (55, DONE), (57, OVERDUE)])
def test_nadir_labs_count_until_the_next_infusion(drawn, state):
    due = labs(
        "nadir-labs",
        1,
        panel(D1 + days(drawn)),
        today=D2 + days(5),
        infusions=(given(1, D1), given(2, D2)),
    )

    assert due.state is state


@pytest.mark.parametrize(("drawn", "state"), [(-15, OVERDUE), (-14, DONE), (0, DONE), (1, OVERDUE)])
def test_baseline_labs_count_until_the_first_infusion(drawn, state):
    due = labs("baseline-labs", 1, panel(D1 + days(drawn)), today=D1 + days(5), infusions=(given(1, D1),))

    assert due.state is state


@pytest.mark.parametrize(("drawn", "state"), [(54, DUE), (55, DONE)])
def test_confirm_labs_count_from_the_day_before(drawn, state):
    due = labs(
        "confirm-labs",
        2,
        panel(D1 + days(drawn)),
        today=D2,
        infusions=(given(1, D1), planned(2, D2)),
    )

    assert due.state is state


# --- the interim injection -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_on", "state"), [(7, OVERDUE), (8, DONE), (28, DONE), (55, DONE), (57, OVERDUE)]
)
def test_the_interim_injection_lies_between_two_infusions(given_on, state):
    facts = course(D2 + days(5), given(1, D1), given(2, D2), injections=(lar(at(D1 + days(given_on))),))
    due = item_of(replace(facts, settings=Settings(interim_ssa=True)), "interim-ssa", 1)

    assert due.state is state
    assert due.opens == due.target == due.closes == D1 + days(28)


# --- the whole course ----------------------------------------------------------------------------------


def test_ct_every_three_months_up_to_the_first_after_today():
    on_the_day = items(course(date(2025, 7, 14), given(1, D1)), "ct-mri")
    the_day_before = items(course(date(2025, 7, 13), given(1, D1)), "ct-mri")

    assert [item.target for item in on_the_day] == [date(2025, month, 14) for month in (4, 7, 10)]
    assert [item.target for item in the_day_before] == [date(2025, month, 14) for month in (4, 7)]


def test_months_are_counted_from_the_first_infusion_and_clamp():
    targets = [item.target for item in items(course(date(2025, 9, 1), given(1, date(2025, 1, 31))), "ct-mri")]

    assert targets == [date(2025, 4, 30), date(2025, 7, 31), date(2025, 10, 31)]


@pytest.mark.parametrize(
    ("scan", "states"),
    [
        (date(2025, 3, 30), (OVERDUE, DUE)),
        (date(2025, 3, 31), (DONE, DUE)),
        (date(2025, 6, 29), (DONE, DUE)),
        (date(2025, 6, 30), (OVERDUE, DONE)),
    ],
)
def test_a_ct_belongs_to_the_window_that_opened_last(scan, states):
    facts = course(date(2025, 7, 14), given(1, D1), scans=(ScanFact("ct-mri", scan),))

    assert tuple(item.state for item in items(facts, "ct-mri"))[:2] == states


# --- after the last infusion ---------------------------------------------------------------------------


def test_after_last_items_wait_for_the_last_infusion():
    three = course(D3 + days(40), given(1, D1), given(2, D2), given(3, D3), planned(4, D4))

    for item in (
        "post-treatment-labs",
        "maintenance-lar",
        "response-sstr-pet",
        "follow-up-labs",
        "hand-back",
    ):
        assert items(three, item) == []
        assert len(items(four_given(), item)) >= 1


@pytest.mark.parametrize(
    ("item", "opens", "target", "closes"),
    [
        ("post-treatment-labs", D4 + days(28), D4 + days(35), D4 + days(42)),
        ("response-sstr-pet", date(2025, 10, 1), None, date(2025, 11, 12)),
        ("follow-up-labs", date(2025, 9, 17), date(2025, 10, 1), date(2025, 10, 15)),
        ("hand-back", D4 + days(35), None, D4 + days(42)),
        ("maintenance-lar", D4 + days(25), D4 + days(28), D4 + days(31)),
    ],
)
def test_after_last_windows(item, opens, target, closes):
    due = item_of(four_given(today=D4 + days(20)), item, None)

    assert (due.opens, due.target, due.closes) == (opens, target, closes)


@pytest.mark.parametrize(("drawn", "state"), [(27, OVERDUE), (28, DONE), (77, DONE), (78, OVERDUE)])
def test_post_treatment_labs_count_until_the_first_follow_up_opens(drawn, state):
    """D(4) + 3 months - 14 days is day 78."""
    facts = four_given(today=D4 + days(79), results=panel(D4 + days(drawn)))

    assert item_of(facts, "post-treatment-labs", None).state is state


def test_follow_up_at_3_6_12_months_then_yearly():
    facts = four_given(today=date(2028, 7, 1))

    assert [item.target for item in items(facts, "follow-up-labs")] == [
        date(2025, 10, 1),
        date(2026, 1, 1),
        date(2026, 7, 1),
        date(2027, 7, 1),
        date(2028, 7, 1),
        date(2029, 7, 1),
    ]


@pytest.mark.parametrize(
    ("scan", "state"), [(date(2025, 9, 30), OPEN), (date(2025, 10, 1), DONE), (date(2025, 10, 20), OPEN)]
)
def test_response_pet_not_sooner_than_three_months(scan, state):
    facts = four_given(today=date(2025, 10, 10), scans=(ScanFact("sstr-pet", scan),))

    assert item_of(facts, "response-sstr-pet", None).state is state


def maintenance(*given_on, today, **facts):
    injections = (lar(at(D4, 16)), *(lar(at(day)) for day in given_on))
    return [
        (item.target, item.state)
        for item in items(four_given(today=today, injections=injections, **facts), "maintenance-lar")
    ]


def test_each_maintenance_injection_hangs_on_the_one_given():
    late = D4 + days(33)

    assert maintenance(late, today=late + days(1)) == [
        (D4 + days(28), DONE),
        (late + days(28), PLANNED),
    ]


def test_without_the_one_given_there_is_no_next():
    assert maintenance(today=D4 + days(200)) == [(D4 + days(28), OVERDUE)]


@pytest.mark.parametrize(("after", "state"), [(24, PLANNED), (25, OPEN), (28, DUE), (31, DUE), (32, OVERDUE)])
def test_maintenance_states(after, state):
    assert maintenance(today=D4 + days(after)) == [(D4 + days(28), state)]


@pytest.mark.parametrize(("progressed", "count"), [(27, 0), (28, 1)])
def test_maintenance_until_progression_its_day_included(progressed, count):
    found = maintenance(today=D4 + days(40), progressed_on=D4 + days(progressed))

    assert len(found) == count


@pytest.mark.parametrize(
    ("previous", "count"),
    [(date(2026, 6, 16), 2), (date(2026, 6, 17), 1)],
)
def test_maintenance_until_18_months_after_the_first_dose(previous, count):
    """18 calendar months after 2025-01-14 is 2026-07-14."""
    assert len(maintenance(previous, today=previous + days(1))) == count


def test_before_an_injection_after_the_last_start_maintenance_has_no_date():
    (due,) = items(four_given(injections=()), "maintenance-lar")

    assert (due.target, due.state) == (None, PLANNED)


def test_two_injections_on_one_day_are_one_step():
    twice = D4 + days(28)

    assert maintenance(twice, twice, today=twice)[1:] == [(twice + days(28), PLANNED)]


def test_a_planned_injection_is_not_the_one_given():
    facts = four_given(
        today=D4 + days(30),
        injections=(lar(at(D4, 16)), InjectionFact("lanreotide", planned_on=D4 + days(29))),
    )

    assert [item.state for item in items(facts, "maintenance-lar")] == [DUE]


# --- stop and death ------------------------------------------------------------------------------------


DAY_34 = D2 + days(34)


def stopped_after_two(today=DAY_34, **facts):
    stopped = StoppedFact(D2 + days(30), "progression")
    return course(today, given(1, D1), given(2, D2), planned(3, D3), stopped=stopped, **facts)


def test_a_stop_cancels_what_serves_a_next_infusion_with_the_reason():
    due = [item for item in plan_items(timeline(stopped_after_two())) if item.cycle in (3, 4)]

    assert {item.state for item in due} == {CANCELLED, DONE}
    assert [item.item for item in due if item.state is DONE] == ["lar-last-before"]  # it had passed
    assert {item.reason for item in due if item.state is CANCELLED} == {
        f"course stopped on {day_words(D2 + days(30))}: progression"
    }


def test_after_a_stop_follow_up_runs_from_the_last_given():
    facts = stopped_after_two()

    assert item_of(facts, "post-treatment-labs", None).target == D2 + days(35)
    assert item_of(facts, "response-sstr-pet", None).opens == date(2025, 6, 11)
    assert item_of(facts, "nadir-labs", 2).state is OPEN
    assert [item.state for item in items(facts, "ct-mri")] == [DUE, PLANNED]


def test_a_stop_in_the_future_has_not_happened():
    assert item_of(stopped_after_two(today=D2 + days(29)), "infusion", 3).state is PLANNED


def test_what_was_done_before_the_stop_stays_done():
    facts = stopped_after_two(today=D3, results=panel(D3 - days(13)))

    assert item_of(facts, "pre-dose-labs", 3).state is DONE


def test_stopped_before_the_first_infusion_leaves_no_follow_up():
    facts = course(D1, planned(1, D1), stopped=StoppedFact(D1 - days(1)))
    due = plan_items(timeline(facts))

    assert {item.state for item in due if item.item == "ct-mri"} == {CANCELLED}
    assert not [item for item in due if item.item == "hand-back"]


def test_after_a_death_every_item_that_is_not_done_is_cancelled():
    due = plan_items(timeline(four_given(died_on=D4 + days(10))))

    assert {item.state for item in due} == {DONE, CANCELLED}
    assert {item.reason for item in due if item.state is CANCELLED} == {
        f"patient died on {day_words(D4 + days(10))}"
    }


def test_after_a_death_series_are_listed_to_the_first_after_it():
    facts = four_given(today=date(2032, 1, 1), died_on=date(2025, 8, 1))

    assert [item.target for item in items(facts, "follow-up-labs")] == [date(2025, 10, 1)]


@pytest.mark.parametrize(("died", "state"), [(7, CANCELLED), (8, DONE)])
def test_precautions_that_a_death_ended_were_not_done(died, state):
    facts = course(D1 + days(20), given(1, D1), died_on=D1 + days(died))

    assert item_of(facts, "radiation-precautions", 1).state is state


def test_a_death_does_not_open_the_time_after_the_last():
    facts = course(D2 + days(20), given(1, D1), given(2, D2), died_on=D2 + days(10))

    assert items(facts, "hand-back") == []
