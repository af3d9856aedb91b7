"""The dose-modification table, row by row: each boundary on both sides, in the source's numbers.

Source: docs/clinical/dose-table.md [H22 t3, PI18, PI24, CT5, CT6].
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from scheduling.rules.facts import (
    AttributionFact,
    BaselinePinFact,
    ConfirmationFact,
    CourseFacts,
    PatientFacts,
    ResultFact,
    Settings,
    TransfusionFact,
    WeightFact,
)
from scheduling.rules.formatting import day_words
from tests.rules.scheduling.courses import at, given, planned
from tests.rules.scheduling.dose_courses import (
    BASELINE_ON,
    DAYS,
    EU,
    LAB,
    PANEL_DAY,
    US_2018,
    US_2024,
    day,
    decision,
    drawn_later,
    dull,
    event,
    lab,
    panel,
    proposal,
    red_cells,
    row,
    state,
)

THROMBOCYTOPENIA, BLOOD, RENAL, HEPATIC = "thrombocytopenia", "anemia-neutropenia", "renal", "hepatic"
OTHER, HYPERSENSITIVITY = "other", "hypersensitivity"
LATE = 42  # the first day whose fall is not one of mid-cycle: D(n)-14 and D(n-1)+42


def with_results(facts: CourseFacts, *results: ResultFact) -> CourseFacts:
    return replace(facts, results=(*facts.results, *results))


def without(facts: CourseFacts, analyte: str, on: date) -> CourseFacts:
    code = LAB[analyte][0]
    return replace(
        facts,
        results=tuple(r for r in facts.results if r.loinc != code or r.collected_at.date() != on),
    )


def test_a_dull_course_is_clear_in_every_row() -> None:
    rows = proposal(dull()).rows
    assert {answer.row: answer.state.value for answer in rows} == dict.fromkeys(
        (THROMBOCYTOPENIA, BLOOD, RENAL, HEPATIC, HYPERSENSITIVITY, OTHER), "clear"
    )
    assert all(answer.occurrence == 0 and answer.because == () for answer in rows)


# --- where each row fires: the newest value of the interval, on both sides ---------------------------


@pytest.mark.parametrize(
    ("name", "analyte", "value", "expected"),
    [
        (THROMBOCYTOPENIA, "platelets", "75", "clear"),
        (THROMBOCYTOPENIA, "platelets", "74.9", "open"),
        (THROMBOCYTOPENIA, "platelets", "149", "clear"),
        (BLOOD, "hemoglobin", "8.0", "clear"),
        (BLOOD, "hemoglobin", "7.9", "open"),
        (BLOOD, "neutrophils", "1.0", "clear"),
        (BLOOD, "neutrophils", "0.99", "open"),
        (RENAL, "creatinine", "1.39", "clear"),
        (RENAL, "creatinine", "1.40", "open"),
        (HEPATIC, "bilirubin", "3.6", "clear"),
        (HEPATIC, "bilirubin", "3.61", "open"),
        (OTHER, "ast", "200", "clear"),
        (OTHER, "ast", "200.1", "open"),
        (OTHER, "alt", "200", "clear"),
        (OTHER, "alt", "200.1", "open"),
        (OTHER, "alp", "600", "clear"),
        (OTHER, "alp", "600.1", "cannot-tell"),
        (OTHER, "ggt", "300", "clear"),
        (OTHER, "ggt", "300.1", "cannot-tell"),
    ],
)
def test_a_row_fires_from_its_boundary_on(name: str, analyte: str, value: str, expected: str) -> None:
    values: dict[str, Any] = {analyte: value}
    assert state(dull(**values), name) == expected


@pytest.mark.parametrize(
    ("version", "value", "expected"),
    [
        ("5.0", "0.7", "open"),
        ("4.03", "0.7", "open"),
        ("6.0", "0.7", "clear"),
        ("6.0", "0.5", "clear"),
        ("6.0", "0.49", "open"),
    ],
)
def test_neutrophils_fire_by_the_version_chosen(version: str, value: str, expected: str) -> None:
    assert state(dull(neutrophils=value, settings=Settings(ctcae=version)), BLOOD) == expected


def test_an_abnormal_baseline_moves_the_grades_of_ast() -> None:
    facts = dull(ast="250")
    assert state(facts, OTHER) == "open"
    abnormal = with_results(without(facts, "ast", BASELINE_ON), lab("ast", "100", BASELINE_ON))
    assert state(abnormal, OTHER) == "clear"  # 2.5 x baseline is grade 1 under 5.0
    assert state(replace(abnormal, settings=Settings(ctcae="6.0")), OTHER) == "open"  # > 2.0 x baseline


# --- resolved, or not yet ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "analyte", "fell", "now", "expected"),
    [
        (THROMBOCYTOPENIA, "platelets", "60", "75", "resolved"),
        (THROMBOCYTOPENIA, "platelets", "60", "74.9", "open"),
        (BLOOD, "hemoglobin", "7.0", "8.0", "resolved"),
        (BLOOD, "hemoglobin", "7.0", "7.9", "open"),
        (BLOOD, "neutrophils", "0.6", "1.0", "resolved"),
        (BLOOD, "neutrophils", "0.6", "0.99", "open"),
        (RENAL, "creatinine", "1.5", "1.10", "resolved"),
        (RENAL, "creatinine", "1.5", "1.11", "cannot-tell"),
        (RENAL, "creatinine", "1.5", "1.39", "cannot-tell"),
        (RENAL, "creatinine", "1.5", "1.40", "open"),
        (HEPATIC, "bilirubin", "4.0", "1.2", "resolved"),
        (HEPATIC, "bilirubin", "4.0", "1.21", "cannot-tell"),
        (HEPATIC, "bilirubin", "4.0", "3.6", "cannot-tell"),
        (OTHER, "ast", "300", "200", "resolved"),
        (OTHER, "alt", "300", "201", "open"),
    ],
)
def test_a_row_resolves_at_its_boundary(name: str, analyte: str, fell: str, now: str, expected: str) -> None:
    values: dict[str, Any] = {analyte: now}
    found = row(dull(lab(analyte, fell, day(LATE)), **values), name)
    assert (found.state.value, found.occurrence) == (expected, 1)


def test_bilirubin_is_back_within_ten_percent_of_an_abnormal_baseline() -> None:
    for now, expected in (("2.2", "resolved"), ("2.21", "cannot-tell")):
        facts = without(dull(bilirubin=now), "bilirubin", BASELINE_ON)
        facts = with_results(
            facts,
            lab("bilirubin", "2.0", BASELINE_ON),
            lab("albumin", "28", day(LATE)),
            lab("inr", "1.8", day(LATE)),
        )
        assert state(facts, HEPATIC) == expected


def test_the_whole_row_must_be_back() -> None:
    facts = dull(lab("hemoglobin", "7", day(LATE)), lab("neutrophils", "0.8", day(LATE)), neutrophils="0.9")
    assert state(facts, BLOOD) == "open"
    facts = dull(lab("hemoglobin", "7", day(LATE)), lab("neutrophils", "0.8", day(LATE)))
    assert state(facts, BLOOD) == "resolved"


# --- kidneys -----------------------------------------------------------------------------------------


def old_man(creatinine: str, baseline: str = "1.20", kg: str = "72") -> CourseFacts:
    facts = without(dull(creatinine=creatinine), "creatinine", BASELINE_ON)
    return replace(
        with_results(facts, lab("creatinine", baseline, BASELINE_ON)),
        patient=PatientFacts("male", date(1944, 5, 4)),  # 80 years old
        weights=(WeightFact(Decimal(kg), BASELINE_ON), WeightFact(Decimal(kg), day(PANEL_DAY))),
    )


@pytest.mark.hazard("H10")
def test_a_clearance_of_exactly_40_is_not_below_40() -> None:
    assert state(old_man("1.50"), RENAL) == "clear"
    assert state(old_man("1.51"), RENAL) == "open"


def test_the_clearance_is_shown_to_one_decimal_half_up() -> None:
    assert proposal(old_man("1.51")).crcl_ml_min == Decimal("39.7")


def test_a_clearance_that_was_low_before_the_first_infusion_tells_nothing() -> None:
    assert state(old_man("1.52", baseline="1.51"), RENAL) == "cannot-tell"
    assert state(old_man("1.52", baseline="1.50"), RENAL) == "open"  # 40.00 was not below 40


def test_a_rise_fires_although_the_clearance_was_low_before() -> None:
    assert state(old_man("2.2", baseline="1.51"), RENAL) == "open"


@pytest.mark.parametrize(("kg", "expected"), [("45", "open"), ("45.01", "clear")])
def test_a_clearance_of_60_percent_of_baseline_fires(kg: str, expected: str) -> None:
    weights = (WeightFact(Decimal(75), BASELINE_ON), WeightFact(Decimal(kg), day(PANEL_DAY), confirmed=True))
    assert state(replace(dull(), weights=weights), RENAL) == expected


@pytest.mark.parametrize(("kg", "expected"), [("67.5", "resolved"), ("67.4", "cannot-tell")])
def test_the_clearance_is_back_at_90_percent(kg: str, expected: str) -> None:
    weights = (WeightFact(Decimal(75), BASELINE_ON), WeightFact(Decimal(kg), day(PANEL_DAY)))
    facts = dull(lab("creatinine", "1.5", day(LATE)))
    assert state(replace(facts, weights=weights), RENAL) == expected


@pytest.mark.parametrize(("days", "expected"), [(63, "clear"), (64, "cannot-tell")])
def test_a_weight_serves_for_63_days(days: int, expected: str) -> None:
    on = day(PANEL_DAY - days)
    weights = (WeightFact(Decimal(75), on),)
    facts = replace(dull(), weights=weights)
    # The baseline of 2 January needs its weight too: the same one, before or after it.
    assert state(facts, RENAL) == expected


@pytest.mark.parametrize("sex", [None, "other", "unknown"])
def test_without_a_validated_sex_the_clearance_arms_cannot_be_told(sex: str | None) -> None:
    patient = PatientFacts(sex, date(1960, 5, 4))
    assert state(replace(dull(), patient=patient), RENAL) == "cannot-tell"
    assert state(replace(dull(creatinine="1.4"), patient=patient), RENAL) == "open"


def test_under_18_the_clearance_arms_cannot_be_told() -> None:
    for born, expected in ((date(2007, 2, 28), "cannot-tell"), (date(2007, 1, 2), "clear")):
        assert state(replace(dull(), patient=PatientFacts("male", born)), RENAL) == expected


def test_without_a_baseline_the_baseline_arms_cannot_be_told() -> None:
    assert state(without(dull(), "creatinine", BASELINE_ON), RENAL) == "cannot-tell"
    assert state(without(dull(creatinine="3"), "creatinine", BASELINE_ON), RENAL) == "open"  # CrCl < 40


def test_a_pinned_baseline_serves_instead_of_the_latest() -> None:
    earlier = lab("creatinine", "0.80", date(2024, 12, 10))
    facts = with_results(dull(creatinine="1.12"), earlier)
    facts = replace(facts, weights=(WeightFact(Decimal(75), date(2024, 12, 10)), *facts.weights))
    assert state(facts, RENAL) == "clear"
    pinned = replace(facts, baseline_pins=(BaselinePinFact("creatinine", earlier.id),))
    assert state(pinned, RENAL) == "open"


# --- liver -------------------------------------------------------------------------------------------


def hypoalbuminemic(*tests: ResultFact, albumin: str = "29", key: str = US_2024) -> str:
    return state(dull(*tests, albumin=albumin), HEPATIC, key)


@pytest.mark.parametrize(
    ("key", "analyte", "value", "albumin", "expected"),
    [
        (US_2024, "inr", "1.5", "29.9", "clear"),
        (US_2024, "inr", "1.51", "29.9", "open"),
        (US_2024, "inr", "1.51", "30", "clear"),
        (US_2018, "prothrombin_activity", "70", "29.9", "clear"),
        (US_2018, "prothrombin_activity", "69.9", "29.9", "open"),
        (US_2018, "prothrombin_activity", "60", "30", "clear"),
        (EU, "prothrombin_activity", "69.9", "29.9", "open"),
    ],
)
def test_albumin_counts_together_with_the_coagulation_test(
    key: str, analyte: str, value: str, albumin: str, expected: str
) -> None:
    assert hypoalbuminemic(lab(analyte, value, day(PANEL_DAY)), albumin=albumin, key=key) == expected


@pytest.mark.parametrize("key", [US_2018, US_2024])
def test_the_other_coagulation_test_serves_where_the_own_is_absent(key: str) -> None:
    own, other = ("prothrombin_activity", "inr") if key == US_2018 else ("inr", "prothrombin_activity")
    bad, good = {"inr": "1.6", "prothrombin_activity": "60"}, {"inr": "1.0", "prothrombin_activity": "100"}
    on = day(PANEL_DAY)
    assert hypoalbuminemic(lab(other, bad[other], on), key=key) == "open"
    assert hypoalbuminemic(lab(other, bad[other], on), lab(own, good[own], on, hour=17), key=key) == "clear"
    assert (
        hypoalbuminemic(lab(other, bad[other], on), lab(own, good[own], day(PANEL_DAY - 8)), key=key)
        == "open"
    )


@pytest.mark.parametrize(("days", "expected"), [(-8, "cannot-tell"), (-7, "open"), (0, "open"), (1, "open")])
def test_a_coagulation_test_counts_within_seven_days(days: int, expected: str) -> None:
    assert hypoalbuminemic(lab("inr", "1.6", day(PANEL_DAY + days), hour=0)) == expected


@pytest.mark.parametrize(("days", "expected"), [(7, "open"), (8, "cannot-tell")])
def test_a_coagulation_test_counts_seven_days_after_too(days: int, expected: str) -> None:
    facts = replace(dull(lab("inr", "1.6", day(PANEL_DAY + days)), albumin="29"), as_of=at(day(60)))
    assert state(facts, HEPATIC) == expected


def test_the_nearest_coagulation_test_counts_and_of_two_equally_near_the_later() -> None:
    on = PANEL_DAY
    assert hypoalbuminemic(lab("inr", "1.6", day(on - 2)), lab("inr", "1.0", day(on - 1))) == "clear"
    assert hypoalbuminemic(lab("inr", "1.0", day(on - 2)), lab("inr", "1.6", day(on - 1))) == "open"
    early, late = lab("inr", "1.0", day(on), hour=7), lab("inr", "1.6", day(on), hour=11)
    assert hypoalbuminemic(early, late) == "cannot-tell"  # two of one day that disagree
    facts = replace(dull(lab("inr", "1.0", day(on - 1)), lab("inr", "1.6", day(on + 1)), albumin="29"))
    assert state(replace(facts, as_of=at(day(on + 2))), HEPATIC) == "open"


def test_a_coagulation_test_of_before_the_infusion_may_be_the_nearest() -> None:
    facts = replace(dull(lab("albumin", "29", day(3)), lab("inr", "1.6", day(-1))), as_of=at(day(5)))
    facts = replace(facts, results=tuple(r for r in facts.results if r.collected_at <= at(day(5))))
    assert state(facts, HEPATIC) == "open"


def test_under_anticoagulation_the_inr_says_nothing() -> None:
    patient = PatientFacts("male", date(1960, 5, 4), anticoagulated=True)
    facts = replace(dull(lab("inr", "2.6", day(PANEL_DAY)), albumin="29"), patient=patient)
    assert state(facts, HEPATIC) == "cannot-tell"
    assert state(facts, HEPATIC, US_2018) == "cannot-tell"  # the other test, accepted, is the INR
    activity = lab("prothrombin_activity", "60", day(PANEL_DAY))
    assert state(with_results(facts, activity), HEPATIC, US_2018) == "open"
    assert state(replace(facts, results=dull().results), HEPATIC) == "clear"


def test_without_a_coagulation_test_a_low_albumin_cannot_be_told() -> None:
    assert hypoalbuminemic() == "cannot-tell"
    assert hypoalbuminemic(albumin="30") == "clear"


def test_bilirubin_above_an_abnormal_baseline_cannot_be_told() -> None:
    facts = without(dull(bilirubin="4.0"), "bilirubin", BASELINE_ON)
    assert state(with_results(facts, lab("bilirubin", "1.3", BASELINE_ON)), HEPATIC) == "cannot-tell"
    assert state(with_results(facts, lab("bilirubin", "1.2", BASELINE_ON)), HEPATIC) == "open"
    assert state(facts, HEPATIC) == "open"  # no baseline: the row for a normal one


def test_bilirubin_above_a_baseline_that_may_have_been_abnormal_cannot_be_told() -> None:
    facts = without(dull(bilirubin="4.0"), "bilirubin", BASELINE_ON)
    unsure = lab("bilirubin", "1.0", BASELINE_ON, comparator=">")
    assert state(with_results(facts, unsure), HEPATIC) == "cannot-tell"


def test_bilirubin_without_its_own_limit_cannot_be_told() -> None:
    facts = without(dull(), "bilirubin", day(PANEL_DAY))
    assert state(with_results(facts, lab("bilirubin", "0.6", day(PANEL_DAY), high=None)), HEPATIC) == (
        "cannot-tell"
    )


# --- red cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_after", "expected"),
    [(0, "cannot-tell"), (14, "cannot-tell"), (15, "resolved")],
)
def test_hemoglobin_for_14_days_after_red_cells_proves_nothing(days_after: int, expected: str) -> None:
    facts = replace(dull(), transfusions=(red_cells(day(PANEL_DAY - days_after)),))
    found = row(facts, BLOOD)
    assert (found.state.value, found.occurrence, found.grade) == (expected, 1, 3)


def test_grade_3_after_red_cells_fires_all_the_same() -> None:
    facts = replace(dull(hemoglobin="7.9"), transfusions=(red_cells(day(PANEL_DAY - 3)),))
    assert state(facts, BLOOD) == "open"


def test_no_hemoglobin_since_the_red_cells_is_still_open() -> None:
    facts = replace(dull(), transfusions=(red_cells(day(PANEL_DAY + 1)),))
    assert state(facts, BLOOD) == "open"


def test_the_newest_red_cells_count() -> None:
    transfusions = (red_cells(day(PANEL_DAY - 3)), red_cells(day(PANEL_DAY - 20)))
    assert state(replace(dull(), transfusions=transfusions), BLOOD) == "cannot-tell"


def test_red_cells_of_before_the_infusion_blind_the_counts_after_it() -> None:
    facts = replace(
        dull(lab("hemoglobin", "7.5", day(3)), lab("hemoglobin", "9.0", day(9))),
        transfusions=(red_cells(day(-5)),),
        as_of=at(day(10)),
    )
    facts = replace(facts, results=tuple(r for r in facts.results if r.collected_at <= at(day(10))))
    assert state(facts, BLOOD) == "cannot-tell"
    assert state(replace(facts, transfusions=(red_cells(day(-6)),)), BLOOD) == "resolved"


def test_platelets_transfused_are_no_red_cells() -> None:
    assert state(replace(dull(), transfusions=(TransfusionFact("platelets", day(30)),)), BLOOD) == "clear"


def test_red_cells_on_the_day_of_the_infusion_belong_to_the_interval_that_begins() -> None:
    facts = replace(dull(infusions=2), transfusions=(red_cells(DAYS[1]),))
    found = row(facts, BLOOD)
    assert (found.state.value, found.occurrence) == ("resolved", 1)
    facts = replace(facts, transfusions=(red_cells(day(55)),))
    found = row(facts, BLOOD)
    assert (found.state.value, found.occurrence) == ("clear", 1)


# --- white cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wbc", "neutrophils", "expected"),
    [
        ("2.0", "1.2", "clear"),  # WBC grade 2
        ("1.9", "1.5", "clear"),  # neutrophils grade 1: lymphopenia alone
        ("1.9", "1.49", "cannot-tell"),  # grade 2 as well
    ],
)
def test_wbc_grade_3_by_lymphopenia_alone_is_nothing(wbc: str, neutrophils: str, expected: str) -> None:
    assert state(dull(wbc=wbc, neutrophils=neutrophils), OTHER) == expected


def test_neutrophils_of_that_draw_come_before_those_of_that_day() -> None:
    on = day(PANEL_DAY)
    facts = dull(lab("neutrophils", "1.2", on, hour=15), wbc="1.9", neutrophils="1.6")
    assert state(facts, OTHER) == "clear"
    facts = dull(lab("neutrophils", "1.6", on, hour=15), wbc="1.9", neutrophils=None)
    assert state(facts, OTHER) == "clear"
    facts = dull(lab("neutrophils", "1.6", day(PANEL_DAY - 1)), wbc="1.9", neutrophils=None)
    assert state(facts, OTHER) == "cannot-tell"


def test_a_preliminary_neutrophil_count_may_unsettle_what_explained_the_wbc() -> None:
    on = day(PANEL_DAY)
    later = lab("neutrophils", "1.6", on, hour=15)
    facts = dull(later, wbc="1.9", neutrophils=None)
    assert state(facts, OTHER) == "clear"
    beside = lab("neutrophils", "1.2", on, status="preliminary")
    assert state(with_results(facts, beside), OTHER) == "cannot-tell"
    percentage = lab("neutrophils_pct", "63", on, status="preliminary")  # 1.197 of that draw
    assert state(with_results(facts, percentage), OTHER) == "cannot-tell"


def test_lymphocytes_never_change_a_dose() -> None:
    assert decision(dull(lab("lymphocytes", "0.1", day(PANEL_DAY)))) == "give 7.4"


# --- derived neutrophils -----------------------------------------------------------------------------


def differential(percent: str, *, wbc: str = "2.4", on: date | None = None, **changes: Any) -> CourseFacts:
    drawn = on or day(PANEL_DAY)
    facts = dull(wbc=wbc, neutrophils=None)
    return with_results(facts, lab("neutrophils_pct", percent, drawn, **changes))


def test_neutrophils_are_derived_from_one_draw() -> None:
    assert row(differential("38"), BLOOD).because == (f"neutrophils_pct-{day(PANEL_DAY)}-9",)  # 0.912
    assert state(differential("42"), BLOOD) == "clear"  # 1.008
    assert (
        state(with_results(differential("38"), lab("neutrophils", "1.6", day(PANEL_DAY))), BLOOD) == "clear"
    )


def test_a_preliminary_half_of_a_derived_count_may_warn() -> None:
    assert state(differential("38", status="preliminary"), BLOOD) == "cannot-tell"
    assert state(differential("42", status="preliminary"), BLOOD) == "clear"


def test_two_white_counts_of_one_draw_that_disagree_leave_the_derived_count_open() -> None:
    again = lab("wbc", "3.0", day(PANEL_DAY), id="wbc-again")  # 38 % of 3.0 is 1.14, of 2.4 it is 0.912
    assert state(with_results(differential("38"), again), BLOOD) == "cannot-tell"
    assert state(with_results(differential("38"), replace(again, value="2.5")), BLOOD) == "open"


# --- adverse events ----------------------------------------------------------------------------------


def with_event(grade: int | None, on: date, **changes: Any) -> CourseFacts:
    return replace(dull(), adverse_events=(event("Vomiting", on, grade, **changes),))


def test_an_event_fires_from_grade_3_on() -> None:
    assert state(with_event(2, day(1)), OTHER) == "clear"
    assert state(with_event(3, day(1)), OTHER) == "open"
    assert state(with_event(3, day(1), hematologic=True), OTHER) == "clear"


@pytest.mark.parametrize(
    ("resolved_on", "grade_now", "expected"),
    [
        (None, None, "open"),
        (None, 2, "resolved"),
        (None, 3, "open"),
        (45, None, "resolved"),  # today
        (46, 0, "open"),  # tomorrow
        (30, 2, "resolved"),
        (30, 3, "open"),
    ],
)
def test_an_event_has_its_grade_until_it_resolved(
    resolved_on: int | None, grade_now: int | None, expected: str
) -> None:
    resolved = None if resolved_on is None else day(resolved_on)
    facts = with_event(3, day(1), resolved_on=resolved, grade_now=grade_now)
    found = row(facts, OTHER)
    assert (found.state.value, found.grade, found.occurrence) == (expected, 3, 1)


def test_an_event_that_is_not_graded_yet_cannot_be_told() -> None:
    assert state(with_event(None, day(1)), OTHER) == "cannot-tell"
    facts = replace(dull(ast=None, alt=None), adverse_events=(event("Vomiting", day(1), None),))
    assert row(facts, OTHER).grade is None
    assert state(with_event(None, day(1), resolved_on=day(4)), OTHER) == "cannot-tell"
    assert state(with_event(None, day(1), grade_now=2), OTHER) == "clear"
    assert state(with_event(None, day(1), hematologic=True), OTHER) == "clear"


def test_an_ungraded_hypersensitivity_cannot_be_told() -> None:
    facts = with_event(None, day(0), hypersensitivity=True)
    assert state(facts, HYPERSENSITIVITY) == "cannot-tell"
    assert decision(facts) == "review"


def test_an_event_belongs_to_the_interval_of_its_first_day() -> None:
    for on, expected in ((day(-1), 0), (day(0), 1), (day(45), 1), (day(46), 0)):
        assert row(with_event(3, on, resolved_on=on), OTHER).occurrence == expected


def test_grade_3_hypersensitivity_stops_in_whatever_interval() -> None:
    reaction = event("Anaphylaxis", DAYS[0], 3, hypersensitivity=True, resolved_on=DAYS[0])
    for infusions in (1, 2):
        facts = replace(dull(infusions=infusions), adverse_events=(reaction,))
        found = row(facts, HYPERSENSITIVITY)
        assert (found.state.value, found.occurrence, decision(facts)) == ("open", 1, "stop")
        assert state(facts, OTHER) == "clear"


def test_an_event_that_is_still_severe_after_the_next_infusion_is_put_before_a_person() -> None:
    facts = replace(dull(infusions=2), adverse_events=(event("Fatigue", day(20)),))
    found = row(facts, OTHER)
    assert (found.state.value, found.occurrence, found.because) == ("cannot-tell", 1, ())
    assert proposal(facts).notes == ("event-still-severe",)
    over = (event("Fatigue", day(20), resolved_on=day(50)),)
    assert proposal(replace(facts, adverse_events=over)).notes == ()
    assert proposal(replace(facts, attributions=(unrelated(OTHER, 1),))).notes == ()


@pytest.mark.parametrize("key", [US_2018, EU])
def test_where_hypersensitivity_has_no_row_it_is_an_event_like_others(key: str) -> None:
    reaction = event("Anaphylaxis", DAYS[0], 3, hypersensitivity=True, resolved_on=DAYS[0])
    facts = replace(dull(), adverse_events=(reaction,))
    assert state(facts, OTHER, key) == "resolved"
    assert all(answer.row != HYPERSENSITIVITY for answer in proposal(facts, key).rows)
    assert "premedicate" not in proposal(facts, key).notes


@pytest.mark.parametrize("grade", [1, 2])
def test_mild_hypersensitivity_asks_for_premedication(grade: int) -> None:
    mild = event("Urticaria", DAYS[0], grade, hypersensitivity=True, resolved_on=DAYS[0])
    facts = replace(dull(infusions=2), adverse_events=(mild,))
    assert state(facts, HYPERSENSITIVITY) == "clear"
    assert (decision(facts), proposal(facts).notes) == ("give 7.4", ("premedicate",))


# --- cannot tell, and only where it matters ----------------------------------------------------------


@pytest.mark.hazard("H06")
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("72", "81", "cannot-tell"), ("72", "70", "open"), ("81", "90", "clear"), ("74.9", "75", "cannot-tell")],
)
def test_two_results_of_one_day_that_disagree(first: str, second: str, expected: str) -> None:
    facts = dull(lab("platelets", second, day(PANEL_DAY), hour=15), platelets=first)
    assert state(facts, THROMBOCYTOPENIA) == expected


def test_a_later_repeat_does_not_settle_what_the_earlier_day_was() -> None:
    facts = dull(lab("platelets", "72", day(LATE)), lab("platelets", "81", day(LATE), hour=15))
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("cannot-tell", 0)


def test_two_days_that_differ_are_an_episode_and_its_end() -> None:
    assert state(dull(lab("platelets", "72", day(PANEL_DAY - 1))), THROMBOCYTOPENIA) == "resolved"


def test_days_are_local_to_the_center() -> None:
    evening = lab("platelets", "72", day(PANEL_DAY - 1), collected_at=at(day(PANEL_DAY - 1), 23, 59))
    assert state(dull(evening), THROMBOCYTOPENIA) == "resolved"  # already the panel's day in UTC


def test_a_doubt_that_changes_nothing_is_none() -> None:
    twice = (lab("platelets", "72", day(LATE)), lab("platelets", "81", day(LATE), hour=15))
    assert state(dull(*twice, platelets="70"), THROMBOCYTOPENIA) == "open"
    assert state(dull(*twice, lab("platelets", "60", day(LATE + 1))), THROMBOCYTOPENIA) == "resolved"


def test_a_day_that_nobody_can_tell_is_no_earlier_episode() -> None:
    facts = dull(
        lab("platelets", "72", day(LATE)),
        lab("platelets", "81", day(LATE), hour=15),
        infusions=2,
        platelets="74",
    )
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("open", 1)


@pytest.mark.parametrize(
    ("value", "comparator", "expected"),
    [
        ("75", "<", "open"),
        ("75", "<=", "cannot-tell"),
        ("100", "<", "cannot-tell"),
        ("75", ">=", "clear"),
        ("75", ">", "clear"),
        ("50", ">", "cannot-tell"),
    ],
)
def test_a_comparator_stands_for_its_whole_interval(value: str, comparator: str, expected: str) -> None:
    facts = without(dull(), "platelets", day(PANEL_DAY))
    sent = lab("platelets", value, day(PANEL_DAY), comparator=comparator)
    assert state(with_results(facts, sent), THROMBOCYTOPENIA) == expected


def test_a_missing_limit_matters_only_to_the_grades_that_need_it() -> None:
    facts = without(dull(), "platelets", day(PANEL_DAY))
    for value, expected in (("75", "clear"), ("74", "open")):
        sent = lab("platelets", value, day(PANEL_DAY), low=None)
        assert state(with_results(facts, sent), THROMBOCYTOPENIA) == expected
    facts = without(dull(), "ast", day(PANEL_DAY))
    assert state(with_results(facts, lab("ast", "20", day(PANEL_DAY), high=None)), OTHER) == "cannot-tell"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("4.89", "open"), ("4.90", "cannot-tell"), ("4.96", "cannot-tell"), ("4.97", "clear")],
)
def test_hemoglobin_in_mmol_between_its_two_bounds_cannot_be_told(value: str, expected: str) -> None:
    facts = without(dull(), "hemoglobin", day(PANEL_DAY))
    sent = lab("hemoglobin", value, day(PANEL_DAY), loinc="59260-0", unit="mmol/L", low="7.4", high="9.9")
    assert state(with_results(facts, sent), BLOOD) == expected


# --- what is not final, and what cannot be used ------------------------------------------------------


def preliminary(value: str, on: date, hour: int = 15) -> ResultFact:
    return lab("platelets", value, on, hour=hour, status="preliminary")


@pytest.mark.hazard("H07")
def test_a_preliminary_result_warns_and_never_clears_or_fires() -> None:
    later = day(PANEL_DAY)
    assert state(dull(preliminary("70", later)), THROMBOCYTOPENIA) == "cannot-tell"
    assert state(dull(preliminary("80", later)), THROMBOCYTOPENIA) == "clear"
    assert state(dull(preliminary("60", later), platelets="70"), THROMBOCYTOPENIA) == "open"
    assert state(dull(preliminary("200", later), platelets="70"), THROMBOCYTOPENIA) == "cannot-tell"
    resolved = dull(lab("platelets", "60", day(LATE)), preliminary("70", later))
    assert state(resolved, THROMBOCYTOPENIA) == "cannot-tell"
    assert row(resolved, THROMBOCYTOPENIA).occurrence == 1


def test_no_confirmation_clears_a_row_whose_newest_final_results_fire() -> None:
    """60 is final; that it rose is only preliminary, or has no unit: nothing that may clear."""
    word = (ConfirmationFact(THROMBOCYTOPENIA, day(PANEL_DAY + 1), True),)
    for better in (
        preliminary("120", day(PANEL_DAY)),
        lab("platelets", "120", day(PANEL_DAY), hour=15, unit=None, id="no unit"),
    ):
        facts = replace(dull(better, platelets="60"), confirmations=word)
        assert state(facts, THROMBOCYTOPENIA) == "cannot-tell"
        assert not decision(facts).startswith("give")


def test_a_preliminary_result_of_earlier_in_the_interval_may_be_an_episode() -> None:
    assert state(dull(preliminary("70", day(LATE))), THROMBOCYTOPENIA) == "cannot-tell"


def test_a_preliminary_result_of_an_earlier_interval_is_nothing() -> None:
    found = row(dull(preliminary("70", day(LATE)), infusions=2), THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("clear", 0)


def test_preliminary_results_may_warn_together() -> None:
    on = day(PANEL_DAY)
    wbc = lab("wbc", "2.4", on, status="preliminary")
    percent = lab("neutrophils_pct", "38", on, status="preliminary")
    facts = dull(wbc=None, neutrophils=None)
    assert state(with_results(facts, wbc), BLOOD) == "clear"
    assert state(with_results(facts, wbc, percent), BLOOD) == "cannot-tell"


@pytest.mark.parametrize(
    "broken", [{"value": "n/a"}, {"unit": None}, {"unit": "K/mL"}, {"value": "74000"}, {"value": None}]
)
def test_a_newer_result_that_cannot_be_used_leaves_its_row_untold(broken: dict[str, Any]) -> None:
    newer = replace(lab("platelets", "210", day(PANEL_DAY), hour=15), **broken)
    older = replace(lab("platelets", "210", day(PANEL_DAY), hour=7), **broken)
    assert state(dull(newer), THROMBOCYTOPENIA) == "cannot-tell"
    assert state(dull(older), THROMBOCYTOPENIA) == "clear"
    assert state(dull(newer, platelets="70"), THROMBOCYTOPENIA) == "cannot-tell"  # it may have resolved
    assert state(dull(older, platelets="70"), THROMBOCYTOPENIA) == "open"


def test_an_unknown_code_or_status_leaves_no_row_untold() -> None:
    on = day(PANEL_DAY)
    assert decision(dull(lab("platelets", "20", on, hour=15, loinc="0000-0"))) == "give 7.4"
    for status in ("cancelled", "entered-in-error", "registered", "unknown"):
        assert decision(dull(lab("platelets", "20", on, hour=15, status=status))) == "give 7.4"


def test_an_unusable_coagulation_test_nearest_to_a_low_albumin() -> None:
    usable = lab("inr", "1.0", day(PANEL_DAY - 1))
    assert hypoalbuminemic(usable) == "clear"
    newer = lab("inr", "1.0", day(PANEL_DAY), unit="%")
    assert hypoalbuminemic(usable, newer) == "cannot-tell"
    assert hypoalbuminemic(usable, newer, albumin="30") == "clear"


def test_an_unusable_neutrophil_count_is_settled_by_a_newer_derived_one() -> None:
    on = day(PANEL_DAY)
    halves = (lab("wbc", "5.6", on, hour=15), lab("neutrophils_pct", "60", on, hour=15))
    unusable = lab("neutrophils", "3.4", on, hour=12, unit=None)
    assert state(with_results(dull(), unusable), BLOOD) == "cannot-tell"
    assert state(with_results(dull(), unusable, *halves), BLOOD) == "clear"
    of_that_draw = lab("neutrophils", "3.4", on, hour=15, unit=None)
    assert state(with_results(dull(), of_that_draw, *halves), BLOOD) == "clear"


# --- episodes ----------------------------------------------------------------------------------------


def test_falling_again_before_the_next_dose_is_the_same_episode() -> None:
    facts = dull(lab("platelets", "60", day(30)), lab("platelets", "100", day(36)), platelets="70")
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("open", 1)


def test_a_second_episode_after_another_infusion_is_recurrent_even_when_it_resolved() -> None:
    first = lab("platelets", "60", day(LATE))
    assert state(dull(first, infusions=2, platelets="74"), THROMBOCYTOPENIA) == "recurrent"
    second = lab("platelets", "60", day(LATE, 2))
    found = row(dull(first, second, infusions=2), THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("recurrent", 2)
    assert found.because == (first.id, second.id)


def test_an_interval_without_an_episode_between_does_not_reset_the_count() -> None:
    facts = dull(lab("platelets", "60", day(LATE)), infusions=3, platelets="74")
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("recurrent", 2)


def test_rows_do_not_combine() -> None:
    facts = dull(lab("platelets", "60", day(LATE)), infusions=2, hemoglobin="7")
    assert state(facts, BLOOD) == "open"
    assert row(facts, THROMBOCYTOPENIA).occurrence == 1


@pytest.mark.parametrize(
    ("seconds", "interval_1", "interval_2"),
    [(0, 1, 0), (1, 0, 1)],
)
def test_a_draw_exactly_at_the_start_belongs_to_the_interval_that_ends(
    seconds: int, interval_1: int, interval_2: int
) -> None:
    start = at(DAYS[1], 10)
    fall = lab("platelets", "60", DAYS[1], collected_at=start.replace(second=seconds))
    found = row(dull(fall, infusions=2), THROMBOCYTOPENIA)
    assert found.occurrence == interval_1 + interval_2
    assert found.state.value == ("resolved" if interval_2 else "clear")


def test_results_of_before_the_first_infusion_are_no_episode() -> None:
    for second, expected in ((0, 0), (1, 1)):
        fall = lab("platelets", "60", DAYS[0], collected_at=at(DAYS[0], 10).replace(second=second))
        assert row(dull(fall), THROMBOCYTOPENIA).occurrence == expected


def test_an_episode_that_rested_on_a_corrected_result_does_not_exist() -> None:
    wrong = lab("platelets", "47", day(LATE))
    assert row(dull(wrong), THROMBOCYTOPENIA).occurrence == 1
    for status, value in (("corrected", "147"), ("entered-in-error", "47"), ("cancelled", None)):
        right = replace(wrong, status=status, value=value, received_at=at(day(PANEL_DAY)))
        assert row(dull(wrong, right), THROMBOCYTOPENIA).occurrence == 0


# --- the nadir ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("next_planned", "last_mid_cycle"),
    [(49, 34), (55, 40), (56, 41), (63, 41)],  # the day before the earlier of D(n)-14 and D(n-1)+42
)
def test_a_nadir_is_a_fall_before_the_earlier_of_two_days(next_planned: int, last_mid_cycle: int) -> None:
    for on, expected in ((last_mid_cycle, ("nadir-only",)), (last_mid_cycle + 1, ())):
        facts = dull(lab("platelets", "60", day(on)))
        facts = replace(facts, infusions=(given(1, DAYS[0]), planned(2, day(next_planned))))
        assert (state(facts, THROMBOCYTOPENIA), proposal(facts).notes) == ("resolved", expected)


@pytest.mark.parametrize(
    ("nadir", "expected", "occurrence", "dose"),
    [
        ("counts", "resolved", 1, "give 3.7"),
        ("review", "cannot-tell", 1, "review"),
        ("ignore", "clear", 0, "give 7.4"),
    ],
)
def test_the_site_decides_what_a_nadir_is(nadir: str, expected: str, occurrence: int, dose: str) -> None:
    facts = dull(lab("platelets", "60", day(30)), settings=Settings(nadir=nadir))
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence, decision(facts)) == (expected, occurrence, dose)


@pytest.mark.parametrize("nadir", ["counts", "review", "ignore"])
def test_a_fall_that_was_not_only_at_mid_cycle_always_counts(nadir: str) -> None:
    settings = Settings(nadir=nadir)
    both = (lab("platelets", "60", day(30)), lab("platelets", "70", day(LATE)))
    assert state(dull(*both, settings=settings), THROMBOCYTOPENIA) == "resolved"
    still = dull(lab("platelets", "60", day(30)), settings=settings, platelets="74")
    assert state(still, THROMBOCYTOPENIA) == "open"
    transfused = replace(dull(settings=settings), transfusions=(red_cells(day(20)),))
    assert (state(transfused, BLOOD), proposal(transfused).notes) == ("resolved", ())


@pytest.mark.parametrize(
    ("nadir", "expected"), [("counts", "recurrent"), ("review", "cannot-tell"), ("ignore", "clear")]
)
def test_a_nadir_that_would_be_the_second_episode(nadir: str, expected: str) -> None:
    falls = (lab("platelets", "60", day(LATE)), lab("platelets", "60", day(30, 2)))
    facts = dull(*falls, infusions=2, settings=Settings(nadir=nadir))
    assert state(facts, THROMBOCYTOPENIA) == expected


@pytest.mark.parametrize(
    ("nadir", "expected"), [("counts", "recurrent"), ("review", "recurrent"), ("ignore", "open")]
)
def test_a_nadir_of_an_earlier_interval(nadir: str, expected: str) -> None:
    facts = dull(lab("platelets", "60", day(30)), infusions=2, platelets="74", settings=Settings(nadir=nadir))
    assert state(facts, THROMBOCYTOPENIA) == expected


def test_a_fall_of_an_earlier_interval_that_had_not_resolved_is_no_nadir() -> None:
    facts = dull(
        lab("platelets", "60", day(30)), infusions=2, platelets="74", settings=Settings(nadir="ignore")
    )
    facts = without(facts, "platelets", day(PANEL_DAY))
    assert state(facts, THROMBOCYTOPENIA) == "recurrent"


def test_a_nadir_confirmed_as_resolved_is_said_to_be_one() -> None:
    facts = dull(lab("creatinine", "1.5", day(30)), creatinine="1.2")
    assert (state(facts, RENAL), proposal(facts).notes) == ("cannot-tell", ())
    facts = replace(facts, confirmations=(ConfirmationFact(RENAL, day(PANEL_DAY), resolved=True),))
    assert (state(facts, RENAL), proposal(facts).notes) == ("resolved", ("nadir-only",))


# --- one row, two blood counts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "expected", "dose"),
    [("row", "recurrent", "stop"), ("analyte", "open", "hold"), ("review", "cannot-tell", "review")],
)
def test_the_site_decides_whether_another_count_is_a_recurrence(scope: str, expected: str, dose: str) -> None:
    settings = Settings(recurrence_scope=scope)
    facts = dull(lab("hemoglobin", "7", day(LATE)), infusions=2, neutrophils="0.8", settings=settings)
    found = row(facts, BLOOD)
    assert (found.state.value, found.occurrence, decision(facts)) == (expected, 2, dose)
    same = dull(lab("hemoglobin", "7", day(LATE)), infusions=2, hemoglobin="7", settings=settings)
    assert state(same, BLOOD) == "recurrent"
    transfused = replace(
        dull(lab("hemoglobin", "7", day(LATE)), infusions=2, settings=settings),
        transfusions=(red_cells(day(20, 2)),),
    )
    assert state(transfused, BLOOD) == "recurrent"  # a transfusion is hemoglobin


def test_another_count_that_resolved_is_no_recurrence_by_analyte() -> None:
    falls = (lab("hemoglobin", "7", day(LATE)), lab("neutrophils", "0.8", day(LATE, 2)))
    facts = dull(*falls, infusions=2, settings=Settings(recurrence_scope="analyte"))
    assert (state(facts, BLOOD), decision(facts)) == ("resolved", "give 3.7")


def test_a_count_that_certainly_fires_is_open_whatever_the_other_lacks() -> None:
    falls = (
        lab("hemoglobin", "7", day(LATE)),
        lab("hemoglobin", "7.9", day(LATE, 2)),
        lab("hemoglobin", "8.1", day(LATE, 2), hour=15),
    )
    for scope, expected in (("analyte", "open"), ("review", "cannot-tell"), ("row", "recurrent")):
        settings = Settings(recurrence_scope=scope)
        facts = dull(*falls, infusions=2, neutrophils="0.8", settings=settings)
        assert state(facts, BLOOD) == expected
    # Nobody settles by a confirmation what rule 3 leaves to a prescriber.
    facts = dull(*falls, infusions=2, neutrophils="0.8")
    facts = replace(facts, confirmations=(ConfirmationFact(BLOOD, day(45, 2), resolved=True),))
    assert (state(facts, BLOOD), decision(facts)) == ("cannot-tell", "review")


# --- what people said --------------------------------------------------------------------------------


def unrelated(name: str, cycle: int, related: bool = False) -> AttributionFact:
    return AttributionFact(name, cycle, related, "infection")


def test_an_episode_that_is_not_related_does_not_exist() -> None:
    facts = replace(dull(platelets="60"), attributions=(unrelated(THROMBOCYTOPENIA, 1),))
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence, found.because) == ("clear", 0, ())
    assert state(replace(facts, attributions=(unrelated(THROMBOCYTOPENIA, 2),)), THROMBOCYTOPENIA) == "open"
    assert state(replace(facts, attributions=(unrelated(RENAL, 1),)), THROMBOCYTOPENIA) == "open"
    taken_back = (unrelated(THROMBOCYTOPENIA, 1), unrelated(THROMBOCYTOPENIA, 1, related=True))
    assert state(replace(facts, attributions=taken_back), THROMBOCYTOPENIA) == "open"


def test_an_earlier_episode_that_was_not_related_is_no_first_one() -> None:
    facts = dull(lab("platelets", "60", day(LATE)), infusions=2, platelets="74")
    facts = replace(facts, attributions=(unrelated(THROMBOCYTOPENIA, 1),))
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.occurrence) == ("open", 1)


def half_back(*confirmations: ConfirmationFact) -> CourseFacts:
    """Renal: no arm fires, not within 10 % of baseline; the newest creatinine is of day 44."""
    facts = dull(lab("creatinine", "1.5", day(LATE)), creatinine="1.2")
    return replace(facts, confirmations=confirmations)


@pytest.mark.parametrize(
    ("on", "expected"), [(43, "cannot-tell"), (44, "resolved"), (45, "resolved"), (46, "cannot-tell")]
)
def test_a_confirmation_holds_unless_a_result_is_dated_after_it(on: int, expected: str) -> None:
    assert state(half_back(ConfirmationFact(RENAL, day(on), resolved=True)), RENAL) == expected


def test_the_latest_confirmation_counts() -> None:
    yes, no = (
        ConfirmationFact(RENAL, day(44), resolved=True),
        ConfirmationFact(RENAL, day(45), resolved=False),
    )
    assert state(half_back(yes, no), RENAL) == "cannot-tell"
    assert state(half_back(no, yes), RENAL) == "cannot-tell"
    assert state(half_back(replace(no, on=day(44)), yes), RENAL) == "resolved"
    assert state(half_back(ConfirmationFact(HEPATIC, day(45), resolved=True)), RENAL) == "cannot-tell"


def test_a_confirmation_of_an_earlier_interval_says_nothing_of_this_one() -> None:
    facts = dull(lab("creatinine", "1.5", day(LATE, 2)), infusions=2, creatinine="1.2")
    facts = without(facts, "creatinine", day(PANEL_DAY, 2))
    facts = with_results(facts, lab("creatinine", "1.2", day(LATE + 1, 2)))
    confirmed = (ConfirmationFact(RENAL, day(55), resolved=True),)
    assert state(replace(facts, confirmations=confirmed), RENAL) == "cannot-tell"


def test_a_confirmation_on_the_day_of_the_infusion_belongs_to_the_interval_that_begins() -> None:
    facts = replace(
        dull(wbc="1.5", neutrophils="1.2", infusions=2),
        confirmations=(ConfirmationFact(OTHER, DAYS[1], resolved=True),),
    )
    assert state(facts, OTHER) == "cannot-tell"  # the panel is newer
    facts = replace(facts, results=tuple(r for r in facts.results if r.collected_at < at(DAYS[1])))
    facts = with_results(facts, lab("ggt", "400", DAYS[1], hour=12))
    assert state(facts, OTHER) == "resolved"


def test_a_confirmation_settles_nothing_that_is_open_or_clear() -> None:
    confirmed = (ConfirmationFact(THROMBOCYTOPENIA, day(45), resolved=True),)
    assert state(replace(dull(platelets="60"), confirmations=confirmed), THROMBOCYTOPENIA) == "open"
    assert state(replace(dull(), confirmations=confirmed), THROMBOCYTOPENIA) == "clear"


def test_a_newer_preliminary_half_of_a_derived_count_outdates_a_confirmation() -> None:
    facts = replace(
        dull(wbc="2.4", neutrophils=None),
        transfusions=(red_cells(day(PANEL_DAY - 3)),),
        confirmations=(ConfirmationFact(BLOOD, day(PANEL_DAY), resolved=True),),
        as_of=at(day(PANEL_DAY + 1), 20),
    )
    assert state(facts, BLOOD) == "resolved"
    on = day(PANEL_DAY + 1)
    newer = (lab("wbc", "2.4", on), lab("neutrophils_pct", "38", on, status="preliminary"))
    assert state(with_results(facts, *newer), BLOOD) == "cannot-tell"


def test_a_newer_event_outdates_a_confirmation_of_other() -> None:
    facts = replace(dull(lab("ggt", "400", day(40))), confirmations=(ConfirmationFact(OTHER, day(44), True),))
    assert state(facts, OTHER) == "resolved"
    for on, expected in ((44, "resolved"), (45, "cannot-tell")):
        newer = (event("Fatigue", day(on), 1),)
        assert state(replace(facts, adverse_events=newer), OTHER) == expected


# --- the answer --------------------------------------------------------------------------------------


def test_the_grade_is_the_worst_of_the_current_interval() -> None:
    facts = dull(lab("platelets", "40", day(30)), lab("platelets", "20", day(LATE)), platelets="80")
    assert row(facts, THROMBOCYTOPENIA).grade == 4
    assert row(dull(lab("platelets", "20", day(30)), infusions=2), THROMBOCYTOPENIA).grade == 0
    assert row(dull(creatinine="3"), RENAL).grade is None
    assert row(dull(bilirubin="9"), HEPATIC).grade is None
    assert row(dull(ast="210", alt="130"), OTHER).grade == 3


def test_because_names_what_fired() -> None:
    on = day(PANEL_DAY)
    found = row(dull(lab("inr", "1.6", on), albumin="29"), HEPATIC)
    assert found.because == (f"albumin-{on}-9", f"inr-{on}-9")
    found = row(dull(lab("platelets", "60", day(30)), platelets="70"), THROMBOCYTOPENIA)
    assert found.because == (f"platelets-{day(30)}-9", f"platelets-{on}-9")


@pytest.mark.parametrize(
    ("facts", "name", "said"),
    [
        (dull(), THROMBOCYTOPENIA, "No dose-limiting toxicity."),
        (
            dull(platelets="70"),
            THROMBOCYTOPENIA,
            "Still grade 2 (platelets 70 K/µL on Feb 27, 2025).",
        ),
        (
            dull(platelets="<=70"),
            THROMBOCYTOPENIA,
            "Still grade 2 or higher (platelets ≤70 K/µL on Feb 27, 2025).",
        ),
        (
            dull(lab("platelets", "60", day(LATE))),
            THROMBOCYTOPENIA,
            f"Grade 2 (platelets 60 K/µL on {day_words(day(LATE))}), now resolved.",
        ),
        (
            dull(creatinine="1.50"),
            RENAL,
            "Kidney function still reduced (creatinine 1.50 mg/dL on Feb 27, 2025, CrCl 52.8 mL/min, "
            "baseline 1.00 mg/dL).",
        ),
        (
            dull(
                lab("creatinine", "160", day(PANEL_DAY), unit="umol/L", low="44", high="97"), creatinine=None
            ),
            RENAL,
            "Kidney function still reduced (creatinine 160 µmol/L on Feb 27, 2025, CrCl 43.7 mL/min, "
            "baseline 1.00 mg/dL).",
        ),
        (
            dull(lab("inr", "1.6", day(PANEL_DAY)), albumin="29"),
            HEPATIC,
            "Albumin still low with abnormal coagulation (albumin 29 g/L on Feb 27, 2025 with INR 1.6).",
        ),
        (
            dull(albumin="29"),
            HEPATIC,
            "Needs review: low albumin on Feb 27, 2025 and no coagulation test within 7 days.",
        ),
        (
            dull(platelets="<76"),
            THROMBOCYTOPENIA,
            "Needs review: platelets <76 K/µL on Feb 27, 2025 could be grade 1 to 4.",
        ),
        (
            dull(lab("platelets", "70", day(PANEL_DAY), hour=15)),
            THROMBOCYTOPENIA,
            "Needs review: conflicting results for platelets on Feb 27, 2025.",
        ),
        (
            dull(lab("platelets", "70", day(PANEL_DAY), hour=15, unit=None)),
            THROMBOCYTOPENIA,
            "Needs review: platelets on Feb 27, 2025 not usable (no unit).",
        ),
        (
            replace(dull(), adverse_events=(event("Vomiting", day(20), grade_now=3),)),
            OTHER,
            f"Still grade 3 (vomiting on {day_words(day(20))}).",
        ),
    ],
)
def test_each_row_says_why_in_one_sentence(facts: CourseFacts, name: str, said: str) -> None:
    assert row(facts, name).text == said


@pytest.mark.parametrize("count", [1, 5, 6, 16])
def test_of_many_results_that_are_not_usable_one_is_named(count: int) -> None:
    unread = (lab("platelets", "?", day(PANEL_DAY), hour=12, id=f"p{n}") for n in range(count))
    text = row(dull(*unread), THROMBOCYTOPENIA).text
    assert text == "Needs review: platelets on Feb 27, 2025 not usable (no readable value)."


def test_a_clearance_that_would_round_up_to_its_limit_is_shown_below_it() -> None:
    """M 80 y 72 kg 1.5003: 39.992, to one decimal 40.0."""
    patient = PatientFacts("male", date(1944, 5, 4))
    facts = replace(
        dull(creatinine="1.5003"), patient=patient, weights=(WeightFact(Decimal(72), day(PANEL_DAY)),)
    )
    assert "CrCl 39.99 mL/min" in row(facts, RENAL).text


def test_a_second_episode_is_called_by_its_number() -> None:
    facts = dull(lab("platelets", "60", day(LATE)), lab("platelets", "60", day(LATE, 2)), infusions=2)
    said = f"Grade 2 again (platelets 60 K/µL on {day_words(day(LATE, 2))}): second episode."
    assert row(facts, THROMBOCYTOPENIA).text == said


def test_a_row_without_results_is_clear_and_says_so() -> None:
    facts = replace(dull(), results=panel(BASELINE_ON))
    found = row(facts, THROMBOCYTOPENIA)
    assert (found.state.value, found.text) == ("clear", "No results since the last infusion.")


def test_drawn_later_keeps_a_course_dull() -> None:
    assert decision(drawn_later(dull(), 60)) == "give 7.4"


def test_an_event_is_judged_and_graded_by_one_row_alone() -> None:
    facts = replace(dull(), adverse_events=(event("Vomiting", day(3)),))
    assert {answer.row: answer.grade for answer in proposal(facts).rows if answer.grade} == {"other": 3}
