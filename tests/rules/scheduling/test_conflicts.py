"""The conflicts of docs/clinical/conflicts.md, each on both sides of its boundary."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from scheduling.rules.answer import Severity
from scheduling.rules.conflicts import find_conflicts
from scheduling.rules.facts import (
    AuthorizationFact,
    DrawFact,
    InjectionFact,
    LiverDirectedFact,
    PatientFacts,
    PregnancyTestFact,
    ScanFact,
    Settings,
    StoppedFact,
)
from tests.rules.scheduling.courses import (
    D1,
    D2,
    D3,
    D4,
    NEW_YORK,
    at,
    conflicts,
    course,
    given,
    lar,
    panel,
    planned,
    timeline,
)


def days(number: int) -> timedelta:
    return timedelta(number)


def codes(facts):
    return [conflict.code for conflict in find_conflicts(timeline(facts))]


DAY_20 = D1 + days(20)
AFTER_FOUR = D4 + days(20)


def two(today=DAY_20, second=D2, **facts):
    """One infusion given, the second planned."""
    return course(today, given(1, D1), planned(2, second), **facts)


def with_injection(injection, **changes):
    facts = two(**changes)
    return replace(facts, injections=(*facts.injections, injection))


def four_given(today=AFTER_FOUR, **facts):
    infusions = [given(n, day) for n, day in enumerate((D1, D2, D3, D4), start=1)]
    return course(today, *infusions, **facts)


def test_a_dull_course_has_no_conflicts():
    assert codes(two()) == []
    assert codes(four_given()) == []
    assert codes(course(D1 - days(20), planned(1, D1))) == []
    assert codes(course(D1)) == []


# --- long-acting analogs before an infusion ------------------------------------------------------------


@pytest.mark.hazard("H23")
@pytest.mark.parametrize(("before", "legal"), [(28, []), (27, [D2 + days(1)]), (1, [D2 + days(27)])])
@pytest.mark.parametrize("drug", ["octreotide-lar", "lanreotide", "other-long-acting"])
def test_washout_of_28_days(drug, before, legal):
    injection = lar(at(D2 - days(before)), drug)
    found = conflicts(with_injection(injection, today=D2 - days(1), second=D2), "lar-within-washout")

    assert [day for conflict in found for day in conflict.legal] == legal


@pytest.mark.parametrize(("before", "count"), [(30, 0), (29, 1)])
def test_washout_of_30_days_in_the_eu(before, count):
    facts = with_injection(lar(at(D2 - days(before))), today=D2 - days(1))
    found = conflicts(facts, "lar-within-washout", "lutathera-eu")

    assert len(found) == count


def test_washout_says_the_dates_and_the_way_out():
    injection = InjectionFact("lanreotide", planned_on=D2 - days(21))
    (found,) = conflicts(with_injection(injection), "lar-within-washout")

    assert (found.severity, found.cycle) == (Severity.BLOCK, 2)
    assert found.text == (
        "Lanreotide planned on Feb 18, 2025 is 21 days before infusion 2 planned on Mar 11, 2025. "
        "Long-acting SSA needs a 28-day washout: infuse on Mar 18, 2025 or later."
    )


def test_the_newest_injection_decides_the_legal_day():
    facts = with_injection(lar(at(D2 - days(20))))
    facts = replace(facts, injections=(lar(at(D2 - days(10))), *facts.injections), as_of=at(D2 - days(1)))
    (found,) = conflicts(facts, "lar-within-washout")

    assert found.legal == (D2 + days(18),)


@pytest.mark.parametrize(("hour", "count"), [(9, 1), (10, 0), (16, 0)])
def test_on_the_day_itself_only_when_given_before_the_start(hour, count):
    facts = course(D1 + days(1), given(1, D1), injections=(lar(at(D1, hour)),))

    assert len(conflicts(facts, "lar-within-washout")) == count


def test_an_injection_planned_for_the_day_itself_is_the_post_dose_one():
    facts = with_injection(InjectionFact("octreotide-lar", planned_on=D2))

    assert conflicts(facts, "lar-within-washout") == []


def test_given_on_the_day_and_the_infusion_not_started():
    facts = with_injection(lar(at(D2, 8)), today=D2)

    assert len(conflicts(facts, "lar-within-washout")) == 1


def test_what_was_done_conflicts_as_well_as_what_is_planned():
    facts = course(D2 + days(1), given(1, D1), given(2, D2), injections=(lar(at(D2 - days(5))),))

    assert [conflict.cycle for conflict in conflicts(facts, "lar-within-washout")] == [2]


def test_a_projected_infusion_does_not_conflict():
    facts = course(D1 + days(40), given(1, D1), injections=(lar(at(D1 + days(35))),))

    assert conflicts(facts, "lar-within-washout") == []


# --- short-acting octreotide ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_at", "count"),
    [
        (at(D1 - days(1), 10, 0), 0),
        (at(D1 - days(1), 10, 1), 1),
        (at(D1, 9, 59), 1),
        (at(D1, 10, 1), 0),
    ],
)
def test_short_acting_24_hours_exactly_is_legal(given_at, count):
    injections = (lar(at(D1, 16)), lar(given_at, "octreotide-short"))
    found = conflicts(course(D1 + days(1), given(1, D1), injections=injections), "short-acting-within-24h")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, 1)] * count


@pytest.mark.parametrize(("hour", "count"), [(10, 0), (11, 1)])
def test_short_acting_in_real_hours_across_the_spring_change(hour, count):
    """From 10:00 on Saturday to 11:00 on the Sunday of the change are 24 hours."""
    sunday = date(2025, 3, 9)
    facts = course(
        sunday,
        given(1, sunday, started_at=at(sunday, 11)),
        injections=(lar(at(sunday - days(1), hour), "octreotide-short"),),
    )

    assert len(conflicts(facts, "short-acting-within-24h")) == count


# --- the injection after the infusion ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_at", "count"),
    [
        (at(D1, 14, 39), 1),
        (at(D1, 14, 40), 0),
        (at(D1 + days(1), 10, 0), 0),
        (at(D1 + days(1), 10, 1), 1),
        (at(D1 + days(7), 12, 0), 1),
        (at(D1 + days(8), 12, 0), 0),  # no longer the post-dose injection
    ],
)
def test_post_dose_window_both_ends_are_inside(given_at, count):
    facts = course(D1 + days(9), given(1, D1), injections=(lar(given_at),))

    assert len(conflicts(facts, "lar-outside-window")) == count


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    ("saturday", "given_at", "count"),
    [
        (date(2025, 3, 8), datetime(2025, 3, 9, 11, 0, tzinfo=NEW_YORK), 0),
        (date(2025, 3, 8), datetime(2025, 3, 9, 11, 1, tzinfo=NEW_YORK), 1),
        (date(2025, 11, 1), datetime(2025, 11, 2, 9, 0, tzinfo=NEW_YORK), 0),
        (date(2025, 11, 1), datetime(2025, 11, 2, 9, 1, tzinfo=NEW_YORK), 1),
    ],
)
def test_24_real_hours_across_a_clock_change(saturday, given_at, count):
    facts = course(saturday + days(2), given(1, saturday), injections=(lar(given_at),))

    assert len(conflicts(facts, "lar-outside-window")) == count


def test_without_an_end_what_is_less_than_4_hours_after_the_start_is_certainly_too_early():
    infusion = given(1, D1, ended_at=None)
    early = course(D1 + days(1), infusion, injections=(lar(at(D1, 13, 59)),))
    perhaps = course(D1 + days(1), infusion, injections=(lar(at(D1, 14, 0)),))

    assert len(conflicts(early, "lar-outside-window")) == 1
    assert conflicts(perhaps, "lar-outside-window") == []


FRIDAY = date(2025, 3, 14)


def friday(start, end, **facts):
    return course(
        FRIDAY,
        given(1, FRIDAY, started_at=start, ended_at=end),
        hour=16,
        **({"injections": ()} | facts),
    )


@pytest.mark.hazard("H34")
@pytest.mark.parametrize(
    ("end", "count"),
    [((12, 59), 0), ((13, 0), 1)],  # open from 16:59 for a minute; at 17:00 the site closes
)
def test_window_closed_from_friday_evening_to_saturday(end, count):
    facts = friday(at(FRIDAY, 12), at(FRIDAY, *end))
    found = conflicts(facts, "lar-window-closed-day")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.BLOCK, 1)] * count


@pytest.mark.parametrize(("hour", "minute", "count"), [(8, 0, 1), (8, 1, 0)])
def test_window_that_ends_as_the_site_opens_is_closed(hour, minute, count):
    thursday = FRIDAY - days(1)
    facts = course(
        thursday,
        given(1, thursday, started_at=at(thursday, hour, minute), ended_at=at(thursday, 14)),
        hour=15,
        injections=(),
    )

    assert len(conflicts(facts, "lar-window-closed-day")) == count


def test_a_closed_friday_shuts_the_window_of_thursday_afternoon():
    thursday = FRIDAY - days(1)
    infusion = given(1, thursday, started_at=at(thursday, 14), ended_at=at(thursday, 14, 40))
    facts = course(thursday, infusion, hour=15, injections=())

    assert conflicts(facts, "lar-window-closed-day") == []
    assert len(conflicts(replace(facts, closed_days=(FRIDAY,)), "lar-window-closed-day")) == 1


def test_an_injection_that_was_given_settles_the_closed_window():
    facts = friday(at(FRIDAY, 14), at(FRIDAY, 14, 40), injections=(lar(at(FRIDAY, 15)),))

    assert conflicts(facts, "lar-window-closed-day") == []


# --- blood draws ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn_at", "count"),
    [
        (at(D1, 10, 0), 0),  # confirm-labs
        (at(D1, 10, 1), 1),
        (at(D1 + days(7), 23, 59), 1),
        (at(D1 + days(8), 0, 0), 0),
        (at(D1 - days(1), 12), 0),
    ],
)
def test_no_routine_draw_from_the_start_to_day_7(drawn_at, count):
    found = conflicts(two(draws=(DrawFact(drawn_at),)), "routine-draw-in-precautions")

    assert [(c.severity, c.cycle, c.legal) for c in found] == [(Severity.BLOCK, 1, (D1 + days(8),))] * count


@pytest.mark.parametrize(("day", "count"), [(0, 0), (1, 1), (7, 1), (8, 0)])
def test_draws_around_a_planned_infusion(day, count):
    """On the day itself the draw may come before the start, which is not known."""
    facts = two(draws=(DrawFact(at(D2 + days(day))),))

    assert len(conflicts(facts, "routine-draw-in-precautions")) == count


def test_urgent_draws_are_never_blocked():
    assert codes(two(draws=(DrawFact(at(D1 + days(3)), urgent=True),))) == []


# --- intervals -----------------------------------------------------------------------------------------


@pytest.mark.hazard("H23")
@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (48, [("interval-short", Severity.BLOCK, 49)]),
        (49, []),
        (63, []),
        (64, [("interval-long", Severity.WARN, 63)]),
        (112, [("interval-long", Severity.WARN, 63)]),
        (113, [("interval-long", Severity.WARN, 63), ("interval-beyond-limit", Severity.BLOCK, 112)]),
    ],
)
@pytest.mark.parametrize("key", ["lutathera-us-2024", "lutathera-eu"])
def test_intervals(key, interval, expected):
    second = D1 + days(interval)
    facts = two(second=second)
    found = [
        (c.code, c.severity, (c.legal[0] - D1).days)
        for c in find_conflicts(timeline(facts, key))
        if c.code.startswith("interval")
    ]

    assert found == expected


@pytest.mark.parametrize(("interval", "count"), [(111, 0), (112, 1)])
def test_the_limit_of_2018_is_day_111(interval, count):
    facts = two(second=D1 + days(interval))
    found = conflicts(facts, "interval-beyond-limit", "lutathera-us-2018")

    assert [c.legal for c in found] == [(D1 + days(111),)] * count


def test_a_given_interval_conflicts_and_a_projected_one_does_not():
    early = course(D1 + days(41), given(1, D1), given(2, D1 + days(40)))
    unplanned = course(D1 + days(200), given(1, D1))

    assert [c.cycle for c in conflicts(early, "interval-short")] == [2]
    assert codes(unplanned) == []


def test_without_the_infusion_between_there_is_no_interval():
    facts = course(D1 + days(20), given(1, D1), planned(3, D1 + days(40)))

    assert conflicts(facts, "interval-short") == []


@pytest.mark.parametrize("end", [{"stopped": StoppedFact(D1 + days(10))}, {"died_on": D1 + days(10)}])
def test_once_stopped_planned_infusions_do_not_conflict(end):
    facts = replace(two(second=D1 + days(15)), **end)

    assert codes(facts) == []


# --- receptor imaging ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "scan", "count"),
    [
        (date(2025, 1, 14), date(2024, 7, 14), 0),
        (date(2025, 1, 14), date(2024, 7, 13), 1),
        (date(2025, 2, 28), date(2024, 8, 28), 0),
        (date(2025, 2, 28), date(2024, 8, 27), 1),
        (date(2024, 8, 30), date(2024, 2, 29), 0),  # clamped in a leap year
        (date(2025, 1, 14), date(2025, 1, 14), 0),
        (date(2025, 1, 14), date(2025, 1, 15), 1),
    ],
)
def test_imaging_of_the_last_six_calendar_months(first, scan, count):
    authorized = (AuthorizationFact(first, first + days(300)),)
    facts = course(
        first - days(60), planned(1, first), scans=(ScanFact("sstr-pet", scan),), authorizations=authorized
    )
    found = conflicts(facts, "sstr-pet-expired")

    assert [(c.severity, c.cycle, c.legal) for c in found] == [(Severity.BLOCK, 1, ())] * count


def test_ct_is_no_receptor_imaging_and_later_cycles_need_none():
    facts = course(D1 - days(5), planned(1, D1), scans=(ScanFact("ct-mri", D1 - days(10)),))

    assert len(conflicts(facts, "sstr-pet-expired")) == 1
    assert conflicts(four_given(today=date(2026, 1, 1)), "sstr-pet-expired") == []


@pytest.mark.parametrize(
    ("scan", "count"),
    [(D4, 0), (D4 + days(1), 1), (date(2025, 9, 30), 1), (date(2025, 10, 1), 0)],
)
def test_response_pet_not_before_three_calendar_months(scan, count):
    facts = four_given()
    facts = replace(facts, scans=(*facts.scans, ScanFact("sstr-pet", scan)))
    found = conflicts(facts, "response-pet-early")

    expected = [(Severity.WARN, None, (date(2025, 10, 1),))] * count
    assert [(c.severity, c.cycle, c.legal) for c in found] == expected


def test_response_pet_after_an_early_stop_counts_from_the_last_given():
    scans = (ScanFact("sstr-pet", date(2024, 12, 1)), ScanFact("sstr-pet", date(2025, 4, 13)))
    running = two(scans=scans)
    stopped = replace(running, stopped=StoppedFact(D1 + days(20)))

    assert conflicts(running, "response-pet-early") == []
    assert [c.legal for c in conflicts(stopped, "response-pet-early")] == [(date(2025, 4, 14),)]


# --- blood tests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "count"), [(14, 0), (15, 1)])
def test_labs_older_than_14_days_on_the_planned_day(age, count):
    facts = two(today=D2 - days(13), results=panel(D2 - days(age)))
    found = conflicts(facts, "labs-expired")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, 2)] * count


@pytest.mark.parametrize(("today", "count"), [(15, 0), (14, 1)])
def test_labs_expire_from_the_day_their_panel_opens(today, count):
    facts = two(today=D2 - days(today), results=panel(D1 + days(36)))

    assert len(conflicts(facts, "labs-expired")) == count


@pytest.mark.parametrize(("drawn", "count"), [(7, 0), (8, 1)])
def test_only_a_panel_complete_since_day_8_can_expire(drawn, count):
    facts = two(today=D2 - days(13), results=panel(D1 + days(drawn)))

    assert len(conflicts(facts, "labs-expired")) == count


def test_one_old_analyte_expires_the_panel_and_a_missing_one_does_not():
    old, new = panel(D1 + days(36)), panel(D2 - days(13), without="albumin")
    one_old = two(today=D2 - days(12), results=(*old, *new))
    one_missing = two(today=D2 - days(12), results=panel(D1 + days(36), without="albumin"))

    (found,) = conflicts(one_old, "labs-expired")
    assert found.text.startswith("Albumin from Feb 19, 2025 will be more than 14 days old")
    assert conflicts(one_missing, "labs-expired") == []


@pytest.mark.parametrize(("received", "count"), [(10, 0), (9, 1)])
def test_labs_received_after_free_cancellation(received, count):
    facts = two(today=D2 - days(8), results=panel(D2 - days(12), received_on=D2 - days(received)))
    found = conflicts(facts, "labs-after-free-cancel")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, 2)] * count


@pytest.mark.parametrize(("today", "count"), [(10, 0), (9, 1)])
def test_missing_labs_warn_from_the_day_after_free_cancellation(today, count):
    facts = two(today=D2 - days(today), results=panel(D2 - days(12), without="ast"))

    assert len(conflicts(facts, "labs-after-free-cancel")) == count


def test_a_result_corrected_later_had_been_received_in_time():
    drawn = panel(D2 - days(12))
    corrected = replace(drawn[0], value="190", status="corrected", received_at=at(D2 - days(5)))
    facts = two(today=D2 - days(4), results=(*drawn, corrected))

    assert conflicts(facts, "labs-after-free-cancel") == []


@pytest.mark.parametrize(
    ("today", "drawn", "count"),
    [(-1, 12, 0), (0, 12, 1), (0, 2, 1), (0, 1, 0), (0, 0, 0), (3, 2, 1)],
)
def test_confirm_labs_on_the_day_of_the_infusion(today, drawn, count):
    facts = two(today=D2 + days(today), hour=16, results=panel(D2 - days(drawn)))
    found = conflicts(facts, "confirm-labs-missing")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, 2)] * count


def test_confirm_labs_only_where_the_site_repeats_them():
    facts = replace(two(today=D2), settings=Settings(confirm_labs=False))

    assert conflicts(facts, "confirm-labs-missing") == []


# --- pregnancy -----------------------------------------------------------------------------------------


def woman(today, *tests, possible=True, **facts):
    return course(
        today,
        planned(1, D1),
        patient=PatientFacts("female", date(1990, 6, 1), pregnancy_possible=possible),
        pregnancy_tests=tests,
        **facts,
    )


@pytest.mark.hazard("H26")
@pytest.mark.parametrize(("today", "count"), [(2, 0), (1, 1), (0, 1), (-3, 1)])
def test_pregnancy_status_is_missed_from_the_day_before(today, count):
    found = conflicts(woman(D1 - days(today)), "pregnancy-status-missing")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.BLOCK, 1)] * count


@pytest.mark.parametrize(
    ("test", "count"),
    [
        (PregnancyTestFact(D1 - days(8), "negative"), 1),
        (PregnancyTestFact(D1 - days(7), "negative"), 0),
        (PregnancyTestFact(D1, "negative"), 0),
        (PregnancyTestFact(D1 - days(2), "positive"), 1),
    ],
)
def test_a_negative_test_of_the_last_week(test, count):
    assert len(conflicts(woman(D1, test), "pregnancy-status-missing")) == count


def test_no_test_is_needed_where_pregnancy_is_not_possible():
    assert conflicts(woman(D1 - days(1), possible=False), "pregnancy-status-missing") == []


@pytest.mark.parametrize(
    ("tests", "count"),
    [
        ([("negative", 3)], 0),
        ([("positive", 3)], 1),
        ([("indeterminate", 3)], 1),
        ([("positive", 3), ("negative", 2)], 0),
        ([("positive", 2), ("negative", 2)], 1),
        ([("negative", 3), ("positive", -1)], 0),  # not yet
    ],
)
def test_the_newest_pregnancy_test_must_be_negative(tests, count):
    today = D1 - days(2)
    found = conflicts(
        woman(today, *(PregnancyTestFact(D1 - days(ago), result) for result, ago in tests)),
        "pregnancy-positive",
    )

    assert [(c.severity, c.cycle) for c in found] == [(Severity.BLOCK, 1)] * count


def test_a_positive_test_blocks_a_next_infusion_only_while_one_is_to_come():
    tests = (PregnancyTestFact(D4 + days(5), "positive"),)

    assert conflicts(four_given(pregnancy_tests=tests), "pregnancy-positive") == []
    unplanned = course(
        D1 + days(9), given(1, D1), pregnancy_tests=(PregnancyTestFact(D1 + days(8), "positive"),)
    )
    assert [c.cycle for c in conflicts(unplanned, "pregnancy-positive")] == [2]


# --- doses ---------------------------------------------------------------------------------------------


@pytest.mark.hazard("H24")
@pytest.mark.parametrize("fifth", [planned(5, D4 + days(56)), given(5, D4 + days(56))])
def test_a_fifth_infusion(fifth):
    facts = four_given(today=D4 + days(57))
    found = conflicts(replace(facts, infusions=(*facts.infusions, fifth)), "too-many-doses")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.BLOCK, 5)]


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2025, 3, 7), 0),
        (date(2025, 3, 8), 1),
        (date(2025, 3, 9), 1),
        (date(2025, 3, 10), 0),
        (date(2025, 3, 12), 1),
    ],
)
def test_calibration_on_a_weekend_or_closed_day(day, count):
    found = conflicts(two(second=day, closed_days=(date(2025, 3, 12),)), "calibration-day-closed")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, 2)] * count


def test_an_infusion_given_on_a_closed_day_is_past_asking():
    facts = course(D1 + days(1), given(1, D1), closed_days=(D1,))

    assert conflicts(facts, "calibration-day-closed") == []


@pytest.mark.hazard("H18")
@pytest.mark.parametrize(
    ("activity", "signed", "expected"),
    [
        ("6.66", "7.4", None),  # 10 % exactly
        ("8.14", "7.4", None),
        ("6.659", "7.4", ()),
        ("8.141", "7.4", ()),
        ("5.921", "7.4", ()),
        ("5.92", "7.4", ("medical-event",)),  # 20 % exactly
        ("8.88", "7.4", ("medical-event",)),
        ("8.879", "7.4", ()),
        ("7.4", "3.7", ("medical-event",)),
        ("3.33", "3.7", None),
    ],
)
def test_activity_against_the_signed_one(activity, signed, expected):
    infusion = given(1, D1, activity_gbq=Decimal(activity), signed_gbq=Decimal(signed))
    found = conflicts(course(D1 + days(1), infusion), "activity-mismatch")

    assert [(c.severity, c.cycle, c.flags) for c in found] == (
        [] if expected is None else [(Severity.BLOCK, 1, expected)]
    )


def test_an_ordered_activity_is_compared_too():
    ordered = replace(planned(2, D2), activity_gbq=Decimal("7.4"), signed_gbq=Decimal("3.7"))
    facts = course(D1 + days(20), given(1, D1), ordered)

    assert [c.cycle for c in conflicts(facts, "activity-mismatch")] == [2]
    assert conflicts(replace(facts, stopped=StoppedFact(D1 + days(19))), "activity-mismatch") == []


@pytest.mark.hazard("H28")
@pytest.mark.parametrize(
    ("measured", "residual", "expected"),
    [
        ("7.4", None, None),  # not known: nothing was left
        ("7.4", "0.74", None),  # exactly 10 % of the signed one
        ("7.4", "0.741", ()),
        ("7.4", "1.479", ()),
        ("7.4", "1.48", ("medical-event",)),  # exactly 20 %
        ("8.2", "0.8", None),  # what went in is what was signed
        ("7.4", "7.4", ("medical-event",)),
    ],
)
def test_what_was_left_over_did_not_go_in(measured, residual, expected):
    infusion = given(1, D1, activity_gbq=Decimal(measured), residual_gbq=residual and Decimal(residual))
    found = conflicts(course(D1 + days(1), infusion), "activity-mismatch")

    assert [c.flags for c in found] == ([] if expected is None else [expected])


def test_what_is_left_of_a_planned_dose_is_not_known_yet():
    later = given(2, D2, planned_on=D2, residual_gbq=Decimal(3))
    facts = course(D1 + days(20), given(1, D1), later)

    assert conflicts(facts, "activity-mismatch") == []


@pytest.mark.parametrize("decision", ["hold", "stop", "none"])
def test_a_dose_given_without_a_standing_give_is_for_a_prescriber(decision):
    (found,) = conflicts(course(D1 + days(1), given(1, D1, decision=decision)), "given-without-decision")

    assert (found.severity, found.cycle, found.legal) == (Severity.BLOCK, 1, ())


@pytest.mark.parametrize("decision", ["give", None])
def test_a_signed_give_and_one_that_nobody_knows_are_no_conflict(decision):
    assert conflicts(course(D1 + days(1), given(1, D1, decision=decision)), "given-without-decision") == []


def test_a_decision_conflicts_once_the_dose_is_given():
    facts = course(D1, given(1, D1, decision="hold"), hour=9)

    assert conflicts(facts, "given-without-decision") == []
    assert len(conflicts(replace(facts, as_of=at(D1, 10)), "given-without-decision")) == 1


def test_neither_is_asked_of_a_dose_given_elsewhere():
    infusion = given(1, D1, decision="hold", residual_gbq=Decimal(3), elsewhere=True)

    assert codes(course(D1 + days(1), infusion)) == []


def own_times(antiemetic=None, start=None, end=None, **changes):
    """Of an infusion from 10:00 to 10:40."""
    times = {
        "antiemetic_at": antiemetic and at(D1, *antiemetic),
        "amino_acids_started_at": start and at(D1, *start),
        "amino_acids_ended_at": end and at(D1, *end),
    }
    found = find_conflicts(timeline(course(D1 + days(1), given(1, D1, **times, **changes))))
    return [(c.code, c.severity) for c in found]


LATE = ("amino-acids-late", Severity.BLOCK)
SHORT = ("amino-acids-short", Severity.WARN)
ANTIEMETIC_LATE = ("antiemetic-late", Severity.WARN)


@pytest.mark.parametrize(
    ("antiemetic", "start", "end", "expected"),
    [
        ((9, 30), (9, 30), (13, 40), []),  # 30 min, 3 h and the same minute are legal
        (None, (9, 31), None, [LATE]),
        (None, (10, 5), None, [LATE]),  # after the start
        (None, (9, 0), (13, 39), [SHORT]),
        (None, (9, 0), None, []),  # their end is not known yet
        ((9, 31), (9, 30), None, [ANTIEMETIC_LATE]),
        ((9, 31), None, None, []),
        ((9, 32), (9, 31), (13, 39), [LATE, SHORT, ANTIEMETIC_LATE]),
    ],
)
def test_amino_acids_from_half_an_hour_before_to_three_hours_after(antiemetic, start, end, expected):
    assert own_times(antiemetic, start, end) == expected
    assert own_times(antiemetic, start, end, elsewhere=True) == expected


def test_a_second_less_is_too_little():
    late = given(1, D1, amino_acids_started_at=at(D1, 9, 30) + timedelta(seconds=1))
    short = given(
        1,
        D1,
        amino_acids_started_at=at(D1, 9),
        amino_acids_ended_at=at(D1, 13, 40) - timedelta(seconds=1),
    )

    assert codes(course(D1 + days(1), late)) == ["amino-acids-late"]
    assert codes(course(D1 + days(1), short)) == ["amino-acids-short"]


def test_only_what_was_recorded_by_now_conflicts():
    running = given(
        1, D1, amino_acids_started_at=at(D1, 9), amino_acids_ended_at=at(D1, 13), antiemetic_at=at(D1, 12, 30)
    )
    facts = course(D1, running)

    assert codes(facts) == []
    assert codes(replace(facts, as_of=at(D1, 12, 30))) == ["antiemetic-late"]
    assert codes(replace(facts, as_of=at(D1, 13))) == ["amino-acids-short", "antiemetic-late"]


def test_medicines_given_before_the_start_conflict_while_the_infusion_waits():
    waiting = replace(planned(1, D1), antiemetic_at=at(D1, 9), amino_acids_started_at=at(D1, 8, 30))

    assert len(conflicts(course(D1, waiting, hour=10), "antiemetic-late")) == 1


@pytest.mark.parametrize("figures", [(None, Decimal("7.4")), (Decimal("7.4"), None)])
def test_without_one_of_the_two_activities_there_is_nothing_to_compare(figures):
    infusion = given(1, D1, activity_gbq=figures[0], signed_gbq=figures[1])

    assert conflicts(course(D1 + days(1), infusion), "activity-mismatch") == []


@pytest.mark.parametrize(
    ("spans", "count"),
    [
        ([(0, 56)], 0),
        ([(0, 55)], 1),
        ([(0, 55), (56, 90)], 0),
        ([(0, 40), (60, 90)], 1),
        ([], 0),  # never authorized: the item is overdue
        ([(57, 90)], 0),
    ],
)
def test_authorization_ends_before_a_planned_infusion(spans, count):
    facts = two(
        authorizations=tuple(AuthorizationFact(D1 + days(start), D1 + days(end)) for start, end in spans)
    )
    found = conflicts(facts, "authorization-expires")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, 2)] * count


# --- liver-directed therapy ----------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "count"), [(84, 0), (83, 1), (0, 1)])
@pytest.mark.parametrize("kind", ["TARE", "SIRT", "TACE"])
def test_liver_directed_less_than_84_days_before(kind, before, count):
    facts = two(liver_directed=(LiverDirectedFact(kind, D1 - days(before)),))
    found = conflicts(facts, "liver-directed-overlap")

    assert [(c.severity, c.cycle) for c in found] == [(Severity.WARN, None)] * count


@pytest.mark.parametrize(("after_last", "count"), [(-1, 1), (0, 1), (1, 0)])
def test_liver_directed_up_to_the_last_infusion(after_last, count):
    facts = four_given(liver_directed=(LiverDirectedFact("TARE", D4 + days(after_last)),))

    assert len(conflicts(facts, "liver-directed-overlap")) == count


@pytest.mark.parametrize(("after_last", "count"), [(0, 1), (1, 0)])
def test_liver_directed_after_an_early_stop(after_last, count):
    facts = two(
        stopped=StoppedFact(D1 + days(20)), liver_directed=(LiverDirectedFact("TARE", D1 + days(after_last)),)
    )

    assert len(conflicts(facts, "liver-directed-overlap")) == count


def test_while_the_last_infusion_has_no_day_a_booked_therapy_lies_within_the_course():
    assert len(
        conflicts(two(liver_directed=(LiverDirectedFact("TARE", D2 + days(30)),)), "liver-directed-overlap")
    )


def test_every_conflict_is_one_plain_sentence():
    worst = course(
        D2 + days(3),
        given(1, D1, activity_gbq=Decimal(5)),
        planned(2, D1 + days(40)),
        planned(5, D1 + days(46)),
        scans=(),
        authorizations=(AuthorizationFact(D1, D1),),
        draws=(DrawFact(at(D1 + days(3))),),
        injections=(lar(at(D1, 11)), lar(at(D1 - days(1), 20), "octreotide-short"), lar(at(D1 + days(30)))),
        liver_directed=(LiverDirectedFact("TACE", D1),),
        pregnancy_tests=(PregnancyTestFact(D1, "positive"),),
        patient=PatientFacts("female", date(1990, 6, 1), pregnancy_possible=True),
    )
    texts = [conflict.text for conflict in find_conflicts(timeline(worst))]

    assert len(texts) >= 13
    assert all(text.endswith(".") and "None" not in text and "\n" not in text for text in texts)
