"""Eligibility after H22 table 1 with the thresholds of IMP, on both sides of each."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.rules.eligibility import (
    DEFAULT_THRESHOLDS,
    Answer,
    Evidence,
    Judgment,
    Measurement,
    Operator,
    ThresholdError,
    compare,
    judge_eligibility,
    site_thresholds,
    unmet,
)
from patients.rules.grade_group import Differentiation, grade_group

MET, NOT_MET, CANNOT_TELL = Answer
DAY = date(2025, 1, 14)
THRESHOLDS = {threshold.criterion: threshold for threshold in DEFAULT_THRESHOLDS}


def measured(value, **changes):
    return Measurement(Decimal(value), **({"on": DAY - timedelta(3), "evidence": "r1"} | changes))


def answer(criterion, measurement, on=DAY):
    return compare(THRESHOLDS[criterion], measurement, on=on)


@pytest.mark.parametrize(
    ("criterion", "met", "not_met"),
    [
        ("hemoglobin", "8", "7.9"),
        ("platelets", "75", "74.9"),
        ("wbc", "2", "1.99"),
        ("creatinine-clearance", "40", "39.99"),
        ("karnofsky", "60", "59"),
    ],
)
def test_thresholds(criterion, met, not_met):
    assert answer(criterion, measured(met)).answer is MET
    assert answer(criterion, measured(not_met)).answer is NOT_MET


@pytest.mark.parametrize(("value", "expected"), [("3.6", MET), ("3.61", NOT_MET)])
def test_bilirubin_is_held_against_its_own_upper_limit(value, expected):
    assert answer("bilirubin", measured(value, upper_limit=Decimal("1.2"))).answer is expected


def test_without_an_upper_limit_a_multiple_of_it_cannot_be_told():
    found = answer("bilirubin", measured("0.5"))

    assert found.answer is CANNOT_TELL
    assert found.text == "Bilirubin of 2025-01-11 came without its upper limit of normal."


def test_a_clearance_is_compared_without_rounding():
    """M 80 y 72 kg 1.51: 39.735..., and at 1.50 exactly 40."""
    exact = measured(Decimal(60 * 72), divisor=Decimal("72") * Decimal("1.50"))
    below = measured(Decimal(60 * 72), divisor=Decimal("72") * Decimal("1.51"))

    assert answer("creatinine-clearance", exact).answer is MET
    assert answer("creatinine-clearance", below).answer is NOT_MET


@pytest.mark.parametrize(
    ("criterion", "comparator", "value", "expected"),
    [
        ("platelets", ">", "75", MET),
        ("platelets", ">=", "75", MET),
        ("platelets", ">", "74", CANNOT_TELL),
        ("platelets", "<", "75", NOT_MET),
        ("platelets", "<=", "75", CANNOT_TELL),
        ("platelets", "<=", "74", NOT_MET),
        ("platelets", "<", "76", CANNOT_TELL),
        ("bilirubin", "<", "3", MET),
        ("bilirubin", "<=", "3", MET),
        ("bilirubin", ">", "3", NOT_MET),
        ("bilirubin", ">=", "3", CANNOT_TELL),
        ("bilirubin", "<", "4", CANNOT_TELL),
    ],
)
def test_a_comparator_stands_for_a_whole_interval(criterion, comparator, value, expected):
    figure = measured(value, comparator=comparator, upper_limit=Decimal(1))

    assert answer(criterion, figure).answer is expected


@pytest.mark.parametrize(("age", "expected"), [(14, MET), (15, CANNOT_TELL)])
def test_evidence_expires(age, expected):
    found = answer("platelets", measured("200", on=DAY - timedelta(age)))

    assert found.answer is expected
    assert found.expires_on == DAY - timedelta(age) + timedelta(14)
    assert (found.evidence, found.evidence_on) == ("r1", DAY - timedelta(age))


def test_a_missing_measurement_cannot_be_told():
    found = answer("platelets", None)

    assert found.answer is CANNOT_TELL
    assert found.text == "There is no value for platelets to hold against >= 75 10*9/L."


def dull(**changes):
    figures = {
        "hemoglobin": measured("12"),
        "platelets": measured("200"),
        "wbc": measured("6"),
        "creatinine-clearance": measured("80"),
        "bilirubin": measured("0.5", upper_limit=Decimal("1.2")),
        "karnofsky": measured("90"),
    }
    evidence = Evidence(
        measurements=figures,
        sstr_positive=Judgment(True, date(2024, 12, 1), "PET", expires_on=date(2025, 6, 1)),
        needs_treatment=Judgment(True, date(2024, 12, 10), "clinic letter"),
        extent=Judgment(False, date(2024, 12, 1), "MRI"),
        grade=graded("1", "8"),
        grade_on=date(2023, 5, 1),
    )
    return replace(evidence, **changes)


def graded(mitoses, ki67, differentiation=Differentiation.WELL):
    return grade_group(
        mitoses_per_2mm2=Decimal(mitoses), ki67_percent=Decimal(ki67), differentiation=differentiation
    )


def answers(evidence, on=DAY):
    return {found.criterion: found.answer for found in judge_eligibility(evidence, on=on)}


def test_a_dull_patient_meets_every_criterion():
    assert set(answers(dull()).values()) == {MET}
    assert len(answers(dull())) == 10


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (graded("1", "1"), MET),
        (graded("20", "20"), MET),
        (graded("21", "30"), CANNOT_TELL),
        (graded("21", "30", Differentiation.POOR), NOT_MET),
        (graded("21", "30", None), CANNOT_TELL),
        (None, CANNOT_TELL),
    ],
)
def test_grades_1_and_2_are_treated_grade_3_case_by_case(grade, expected):
    assert answers(dull(grade=grade))["grade"] is expected


def test_a_contradiction_is_shown_with_the_grade():
    (grade,) = [found for found in judge_eligibility(dull(), on=DAY) if found.criterion == "grade"]

    assert "the worse counts" in grade.text


@pytest.mark.parametrize(
    ("name", "criterion", "holds", "expected"),
    [
        ("sstr_positive", "sstr-positive", True, MET),
        ("sstr_positive", "sstr-positive", False, NOT_MET),
        ("sstr_positive", "sstr-positive", None, CANNOT_TELL),
        ("needs_treatment", "need", False, NOT_MET),
        ("extent", "extent", True, NOT_MET),
        ("extent", "extent", False, MET),
        ("extent", "extent", None, CANNOT_TELL),
    ],
)
def test_what_a_person_judges(name, criterion, holds, expected):
    evidence = dull(**{name: Judgment(holds, date(2024, 12, 1), "letter")})

    assert answers(evidence)[criterion] is expected


def test_nobody_having_judged_is_not_a_no():
    evidence = Evidence(measurements={})

    assert set(answers(evidence).values()) == {CANNOT_TELL}
    assert unmet(judge_eligibility(evidence, on=DAY)) == ()


@pytest.mark.parametrize(("on", "expected"), [(date(2025, 6, 1), MET), (date(2025, 6, 2), CANNOT_TELL)])
def test_imaging_expires_on_its_day(on, expected):
    assert answers(dull(), on=on)["sstr-positive"] is expected


def test_unmet_names_only_what_is_certain():
    figures = {**dull().measurements, "platelets": measured("60"), "wbc": measured("1", comparator=">")}

    assert unmet(judge_eligibility(dull(measurements=figures), on=DAY)) == ("platelets",)


def test_a_site_sets_its_own_threshold_with_its_source():
    changes = {"platelets": {"bound": "100", "source": "site board 2025", "valid_days": 28}}
    changed = {threshold.criterion: threshold for threshold in site_thresholds(changes)}

    assert changed["platelets"].bound == 100
    assert changed["platelets"].operator is Operator.AT_LEAST
    assert changed["platelets"].valid_days == 28
    assert changed["wbc"] == THRESHOLDS["wbc"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ferritin": {"bound": "1", "source": "x"}}, "ferritin is no criterion"),
        ({"wbc": {"bound": "NaN", "source": "x"}}, "wbc: bound must be zero or more and finite"),
        ({"wbc": {"bound": "two", "source": "x"}}, "wbc: bound must be a number"),
        ({"wbc": {"bound": "2"}}, "wbc: source is missing"),
        ({"wbc": {"operator": "<", "source": "x"}}, "wbc: operator must be >= or <="),
        ({"wbc": {"limit": "2", "source": "x"}}, "wbc: unknown key limit"),
        ({"wbc": {"valid_days": True, "source": "x"}}, "wbc: valid_days must be a whole number"),
    ],
)
def test_a_malformed_threshold_names_criterion_and_key(changes, said):
    with pytest.raises(ThresholdError, match=said):
        site_thresholds(changes)
