"""The manufacturer's US ordering page [ORD], in its own numbers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from scheduling.rules.facts import StoppedFact
from scheduling.rules.order_clock import activity_at, cost_of_cancelling, order_clock, order_clocks
from tests.rules.scheduling.courses import (
    D1,
    D2,
    D3,
    D4,
    conflicts,
    course,
    given,
    planned,
    protocol,
    timeline,
)

HALF_LIFE = Decimal("159.53")


def clock(calibration: date):
    return order_clock(2, calibration, protocol())


def test_the_example_of_the_ordering_page():
    dates = clock(date(2025, 3, 13))

    assert dates.order_by == date(2025, 2, 25)
    assert dates.free_cancel_until == date(2025, 3, 3)
    assert dates.late_cancel_until == date(2025, 3, 11)
    assert dates.latest_useful_lab_date == date(2025, 3, 2)


@pytest.mark.parametrize(
    ("calibration", "order_by"),
    [
        (date(2025, 3, 10), date(2025, 2, 25)),  # Monday
        (date(2025, 3, 16), date(2025, 2, 25)),  # Sunday of the same week
        (date(2025, 3, 17), date(2025, 3, 4)),
        (date(2025, 1, 9), date(2024, 12, 24)),  # across the year
    ],
)
def test_order_by_the_tuesday_two_weeks_before_the_week(calibration, order_by):
    assert clock(calibration).order_by == order_by


@for_all(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_order_is_a_tuesday_13_to_19_days_ahead(calibration):
    order_by = clock(calibration).order_by

    assert order_by.weekday() == 1
    assert 13 <= (calibration - order_by).days <= 19


@pytest.mark.hazard("H27")
@pytest.mark.parametrize(
    ("on", "cost"),
    [
        (date(2025, 3, 3), 0),
        (date(2025, 3, 4), 500),
        (date(2025, 3, 11), 500),
        (date(2025, 3, 12), 2000),
    ],
)
def test_cost_of_cancelling(on, cost):
    assert cost_of_cancelling(on, clock(date(2025, 3, 13)), protocol().order) == cost


@pytest.mark.parametrize(("on", "cost"), [(date(2025, 3, 11), 500), (date(2025, 3, 12), 0)])
def test_an_unused_dose_is_waived_when_testing_made_the_patient_ineligible(on, cost):
    dates = clock(date(2025, 3, 13))

    assert cost_of_cancelling(on, dates, protocol().order, ineligible_by_testing=True) == cost


@pytest.mark.parametrize(
    ("hours", "gbq"), [(0, "7.40"), (24, "6.67"), (48, "6.01"), (72, "5.41"), (-24, "8.21")]
)
def test_activity_decays(hours, gbq):
    assert round(activity_at(Decimal("7.4"), Decimal(hours), HALF_LIFE), 2) == Decimal(gbq)


def test_after_one_half_life_half_is_left():
    assert activity_at(Decimal("7.4"), HALF_LIFE, HALF_LIFE) == Decimal("3.7")


def test_planned_infusions_not_yet_given_have_a_clock():
    facts = course(D1 + timedelta(30), given(1, D1), planned(2, D2), planned(3, D3))

    assert [(order.cycle, order.calibration) for order in order_clocks(timeline(facts))] == [(2, D2), (3, D3)]


def test_a_projected_infusion_has_no_clock():
    assert order_clocks(timeline(course(D1 + timedelta(30), given(1, D1)))) == ()


@pytest.mark.parametrize(
    "end", [{"stopped": StoppedFact(D1 + timedelta(20))}, {"died_on": D1 + timedelta(20)}]
)
def test_nothing_is_ordered_once_the_course_has_ended(end):
    facts = replace(course(D1 + timedelta(30), given(1, D1), planned(2, D2)), **end)

    assert order_clocks(timeline(facts)) == ()


def test_a_fifth_dose_has_no_clock_and_the_conflict_says_what_is_wrong():
    four = [given(n, day) for n, day in enumerate((D1, D2, D3, D4), start=1)]
    facts = course(D4 + timedelta(30), *four, planned(5, D4 + timedelta(56)))

    assert order_clocks(timeline(facts)) == ()
    assert [conflict.cycle for conflict in conflicts(facts, "too-many-doses")] == [5]
