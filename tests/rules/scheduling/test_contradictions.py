"""Results that cannot be: collected when nobody could, a part above its whole, marked as an error."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from labs.rules.analytes import Analyte
from scheduling.course_file import write_answer
from scheduling.rules.answer import Assessment
from scheduling.rules.assess import assess
from scheduling.rules.facts import CourseFacts, ResultFact
from tests.rules.scheduling.courses import at, protocol
from tests.rules.scheduling.dose_courses import (
    DAYS,
    before_first,
    day,
    decision,
    dull,
    lab,
    proposal,
    state,
    timeline,
)

NOON = at(day(45))  # when `dull` is judged
DRAWN = at(day(44), 9)


def rejections(facts: CourseFacts) -> dict[str, str]:
    return {result.id: str(result.rejection) for result in timeline(facts).rejected}


def platelets(collected_at: datetime, received_at: datetime, **changes: Any) -> ResultFact:
    return lab(
        "platelets", "60", day(44), id="p", collected_at=collected_at, received_at=received_at, **changes
    )


def plain_date(on: date, **changes: Any) -> ResultFact:
    """As the course file reads it: at noon, received at the end of the day."""
    values: dict[str, Any] = {
        "id": "p",
        "collected_at": at(on),
        "received_at": at(on, 23, 59),
        "day_only": True,
    }
    return lab("platelets", "60", on, **(values | changes))


# --- time --------------------------------------------------------------------------------------------


@pytest.mark.hazard("H35")
@pytest.mark.parametrize(
    ("late", "is_rejected"),
    [(timedelta(0), False), (timedelta(minutes=10), False), (timedelta(minutes=10, seconds=1), True)],
)
def test_clocks_differ_by_ten_minutes_and_no_more(late: timedelta, *, is_rejected: bool) -> None:
    facts = dull(platelets(DRAWN + late, DRAWN))
    assert rejections(facts) == ({"p": "time"} if is_rejected else {})


@pytest.mark.parametrize(("seconds", "is_rejected"), [(0, False), (1, True)])
def test_what_is_still_to_be_drawn_has_no_result(seconds: int, *, is_rejected: bool) -> None:
    facts = dull(platelets(NOON + timedelta(seconds=seconds), NOON))
    assert rejections(facts) == ({"p": "time"} if is_rejected else {})
    assert state(facts, "thrombocytopenia") == ("cannot-tell" if is_rejected else "open")


def test_nobody_draws_blood_before_birth() -> None:
    born = date(1960, 5, 4)
    for on, reasons in ((born - timedelta(1), {"p": "time"}), (born, {})):
        assert rejections(dull(platelets(at(on, 0), at(on, 0)))) == reasons
        assert rejections(dull(plain_date(on))) == reasons
    unknown = replace(
        dull(platelets(at(date(1950, 1, 1)), NOON)), patient=replace(dull().patient, birth_date=None)
    )
    assert rejections(unknown) == {}


@pytest.mark.parametrize(
    ("received", "is_rejected"),
    [(at(day(43), 23, 59), True), (at(day(44), 0), False), (at(day(44), 9), False)],
)
def test_of_a_plain_date_the_days_are_compared(received: datetime, *, is_rejected: bool) -> None:
    assert rejections(dull(plain_date(day(44), received_at=received))) == (
        {"p": "time"} if is_rejected else {}
    )


def test_a_plain_date_of_tomorrow_is_rejected_and_one_of_today_is_not() -> None:
    assert rejections(dull(plain_date(day(46), received_at=at(day(45), 8)))) == {"p": "time"}
    assert rejections(dull(plain_date(day(45), received_at=at(day(45), 8)))) == {}


def test_a_plain_date_is_ordered_as_at_noon() -> None:
    found = timeline(
        dull(
            plain_date(day(40)),
            lab("platelets", "61", day(40), hour=11),
            lab("platelets", "62", day(40), hour=13),
        )
    ).in_interval(Analyte.PLATELETS, 1)
    assert [result.reading and result.reading.shown for result in found][:3] == ["61", "60", "62"]


def test_a_plain_date_of_an_infusion_belongs_after_it() -> None:
    """Whatever the hour of the start: never the baseline, and in the interval that begins there."""
    course = timeline(dull(plain_date(DAYS[0])))
    (found,) = [result for result in course.accepted if result.id == "p"]
    assert found.interval == 1
    base = course.baseline(Analyte.PLATELETS)
    assert base is not None
    assert base.id != "p"


def test_two_plain_dates_of_a_day_are_one_draw_and_a_clock_time_is_another() -> None:
    halves = [
        lab("wbc", "2.0", day(44), id="w", collected_at=at(day(44)), day_only=True),
        lab("neutrophils_pct", "40", day(44), id="n", collected_at=at(day(44)), day_only=True),
    ]
    facts = dull(*halves, neutrophils=None, wbc=None)
    (derived,) = timeline(facts).in_interval(Analyte.NEUTROPHILS, 1)
    assert (derived.id, derived.derived) == ("n", True)
    timed = dull(halves[0], replace(halves[1], day_only=False), neutrophils=None, wbc=None)
    assert timeline(timed).in_interval(Analyte.NEUTROPHILS, 1) == []


def test_a_misdated_result_is_no_panel_and_no_baseline() -> None:
    late = lab("platelets", "210", day(44), received_at=DRAWN - timedelta(minutes=11))
    assert proposal(dull(late, platelets=None)).missing == ("platelets",)


# --- a part above its whole --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("analyte", "value", "is_rejected"),
    [
        ("neutrophils", "5.1", False),  # 1.02 x 5.0
        ("neutrophils", "5.1001", True),
        ("lymphocytes", "5.1", False),
        ("lymphocytes", "5.1001", True),
        ("platelets", "210", False),
    ],
)
def test_a_part_may_be_a_fiftieth_above_its_whole(analyte: str, value: str, *, is_rejected: bool) -> None:
    facts = dull(lab(analyte, value, day(44), id="x"), **{"wbc": "5.0", analyte: None})  # type: ignore[arg-type]
    assert rejections(facts) == ({"x": "contradicts"} if is_rejected else {})


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ({"comparator": ">"}, {}),
        ({}, {"comparator": "<"}),
        ({"hour": 10}, {}),  # another draw
        ({}, {"status": "preliminary"}),
        ({}, {"unit": None}),
        ({}, {"day_only": True}),  # a plain date is never the draw of a clock time
    ],
)
def test_only_plain_usable_figures_of_one_draw_contradict_each_other(
    part: dict[str, Any], whole: dict[str, Any]
) -> None:
    results = lab("neutrophils", "9", day(40), id="x", **part), lab("wbc", "5", day(40), id="w", **whole)
    assert "x" not in rejections(dull(*results))


def test_a_preliminary_part_is_held_against_a_final_whole() -> None:
    results = lab("neutrophils", "9", day(40), id="x", status="preliminary"), lab("wbc", "5", day(40))
    assert rejections(dull(*results)) == {"x": "contradicts"}


def test_the_whole_stays_and_the_percentage_of_the_draw_gives_the_count() -> None:
    facts = dull(lab("neutrophils_pct", "38", day(44)), neutrophils="38", wbc="2.4")
    assert rejections(facts) == {f"neutrophils-{day(44)}-9": "contradicts"}
    (count,) = timeline(facts).in_interval(Analyte.NEUTROPHILS, 1)
    assert (count.derived, count.reading and count.reading.shown) == (True, "0.912")
    assert (state(facts, "anemia-neutropenia"), decision(facts)) == ("open", "hold")


def test_without_a_percentage_the_row_cannot_be_told() -> None:
    facts = dull(neutrophils="38", wbc="5")
    assert (state(facts, "anemia-neutropenia"), proposal(facts).missing) == ("cannot-tell", ("neutrophils",))


# --- marked by the laboratory ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "is_rejected"), [("error", True), ("unknown", True), ("", False), (" ", False)]
)
def test_an_absent_reason_leaves_no_value(reason: str, *, is_rejected: bool) -> None:
    facts = dull(lab("platelets", "205", day(44), hour=10, id="x", absent_reason=reason))
    assert rejections(facts) == ({"x": "value-unreadable"} if is_rejected else {})
    assert state(facts, "thrombocytopenia") == ("cannot-tell" if is_rejected else "clear")


def test_a_note_decides_nothing() -> None:
    assert decision(dull(lab("platelets", "205", day(44), hour=10, note="clumped"))) == "give 7.4"


# --- the order of the list ---------------------------------------------------------------------------


def answer_of(facts: CourseFacts) -> dict[str, Any]:
    assessment: Assessment = assess(facts, protocol(facts.protocol))
    return write_answer(assessment)


MIXED = (
    lab("platelets", "60", day(30), id="a"),
    lab("hemoglobin", "13", day(30), id="a", received_at=at(day(31))),  # the id is the platelets'
    lab("platelets", "70", day(30), id="b", replaces="a", received_at=at(day(32))),
    lab("platelets", "71", day(30), id="c", status="preliminary"),
    lab("neutrophils", "9", day(30), id="d"),
    lab("wbc", "5", day(30), id="e"),
    lab("neutrophils_pct", "40", day(30), id="f"),
    lab("platelets", "72", day(30), id="g", replaces="h", received_at=at(day(33))),
    lab("platelets", "73", day(30), id="h", replaces="g", received_at=at(day(33))),
    lab("creatinine", "1.3", day(44), id="i", hour=12),
    lab("ast", "30", day(44), id="j", high="0"),
    lab("ast", "31", day(44), id="k", unit=None),
)


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(len(dull(*MIXED).results))))
def test_the_order_in_which_results_are_listed_changes_nothing(order: list[int]) -> None:
    facts = dull(*MIXED)
    shuffled = replace(facts, results=tuple(facts.results[index] for index in order))
    assert answer_of(shuffled) == answer_of(facts)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(len(before_first().results) + 3)))
def test_nor_before_the_first_dose(order: list[int]) -> None:
    facts = before_first()
    on = facts.results[0].collected_at.date()
    more = (
        lab("platelets", "74", on, id="x", hour=8),
        lab("platelets", "74", on, id="y", hour=8),
        lab("albumin", "28", on, id="z", hour=10),
    )
    facts = replace(facts, results=(*facts.results, *more))
    shuffled = replace(facts, results=tuple(facts.results[index] for index in order))
    assert answer_of(shuffled) == answer_of(facts)
