"""Eligibility after H22 table 1 with the thresholds of IMP, on both sides of each."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.rules.eligibility.answers import first_dose_doubts, judge_eligibility, needs
from patients.rules.eligibility.criteria import DEFAULT_THRESHOLDS, Answer, CriteriaSet, Operator
from patients.rules.eligibility.evidence import Evidence, Judgment, Measurement, Pathology
from patients.rules.eligibility.figures import compare
from patients.rules.eligibility.site_criteria import ThresholdError, site_criteria, site_thresholds
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
    assert found.text == "Bilirubin of Jan 11, 2025 came without its upper limit of normal."


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
    assert found.text == "Platelets not on file (need ≥ 75)."


def dull(**changes):
    figures = {
        "hemoglobin": measured("12"),
        "platelets": measured("200"),
        "wbc": measured("6"),
        "creatinine-clearance": measured("80"),
        "bilirubin": measured("0.5", upper_limit=Decimal("1.2")),
    }
    evidence = Evidence(
        measurements=figures,
        said={
            "karnofsky": [said_of(True, value="90")],
            "extent": [said_of(True)],
        },
        uptake=[Judgment(True, date(2024, 12, 1), "PET", expires_on=date(2025, 6, 1))],
        history=[Judgment(True, date(2024, 12, 10), "clinic letter")],
        pathology=reported(graded("1", "8")),
    )
    return replace(evidence, **changes)


def said_of(holds, on=date(2024, 12, 1), **more):
    return Judgment(holds, on, "letter", **more)


def reported(grade, on=date(2023, 5, 1), ki67="8"):
    return Pathology(grade, on, Decimal(ki67))


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
    assert answers(dull(pathology=grade and reported(grade)))["grade"] is expected


def test_a_contradiction_is_shown_with_the_grade():
    (grade,) = [found for found in judge_eligibility(dull(), on=DAY) if found.criterion == "grade"]

    assert "the worse counts" in grade.text


@pytest.mark.parametrize("criterion", ["sstr-positive", "grade", "need", "extent", "karnofsky"])
@pytest.mark.parametrize(("holds", "expected"), [(True, MET), (False, NOT_MET), (None, CANNOT_TELL)])
def test_what_a_person_says_counts_where_nothing_newer_does(criterion, holds, expected):
    evidence = dull(said={**dull().said, criterion: [said_of(holds, on=DAY)]})

    assert answers(evidence)[criterion] is expected


def test_a_newer_scan_counts_before_what_was_said_of_an_older_one():
    scans = [Judgment(True, date(2025, 1, 5), "PET")]
    said = {**dull().said, "sstr-positive": [said_of(False, on=date(2025, 1, 4))]}

    assert answers(dull(uptake=scans, said=said))["sstr-positive"] is MET


def test_of_one_day_a_person_counts_before_a_report():
    said = {**dull().said, "sstr-positive": [said_of(False, on=date(2024, 12, 1))]}

    assert answers(dull(said=said))["sstr-positive"] is NOT_MET


def test_expired_evidence_gives_way_to_older_that_is_valid():
    newer = said_of(True, on=date(2025, 1, 1), expires_on=DAY - timedelta(1))
    evidence = dull(said={**dull().said, "extent": [said_of(False), newer]})

    assert answers(evidence)["extent"] is NOT_MET


@pytest.mark.parametrize(
    ("value", "holds", "expected"),
    [
        ("60", True, MET),
        ("59 %", True, NOT_MET),
        ("50", None, NOT_MET),
        ("", True, MET),
        ("ECOG 1", False, NOT_MET),
        ("ECOG 1", None, CANNOT_TELL),
        ("NaN", None, CANNOT_TELL),
    ],
)
def test_the_figure_of_a_performance_status_decides(value, holds, expected):
    evidence = dull(said={**dull().said, "karnofsky": [said_of(holds, value=value)]})

    assert answers(evidence)["karnofsky"] is expected


def test_what_is_not_on_file_names_what_is_needed():
    texts = {found.criterion: found.text for found in judge_eligibility(Evidence(), on=DAY)}

    assert texts["karnofsky"] == "KPS not on file (need ≥ 60)."
    assert texts["extent"] == (
        "Extent of liver and bone disease not on file (need liver and bone disease not extensive)."
    )
    assert texts["grade"] == "Tumor grade not on file (need G1-G2)."


@pytest.mark.parametrize(("on", "expected"), [(date(2023, 4, 30), CANNOT_TELL), (date(2023, 5, 1), MET)])
def test_a_board_that_met_on_the_report_decides_grade_3_case_by_case(on, expected):
    offers = [Judgment(True, on, "tumor board")]

    assert answers(dull(pathology=reported(graded("21", "30")), offers=offers))["grade"] is expected
    nec = reported(graded("21", "30", Differentiation.POOR))
    assert answers(dull(pathology=nec, offers=offers))["grade"] is NOT_MET


@pytest.mark.parametrize(("on", "expected"), [(date(2023, 4, 30), MET), (date(2023, 5, 1), NOT_MET)])
def test_a_word_on_the_grade_counts_from_the_day_of_the_report(on, expected):
    said = {**dull().said, "grade": [said_of(False, on=on)]}

    assert answers(dull(said=said))["grade"] is expected


@pytest.mark.parametrize(
    ("mitoses", "ki67", "expected"),
    [
        ("1", "9", NOT_MET),
        ("1", "10", MET),
        ("25", "55", MET),
        ("25", "56", NOT_MET),
    ],
)
def test_first_line_criteria_take_ki67_of_10_to_55_percent_and_ask_for_no_progression(
    mitoses, ki67, expected
):
    evidence = dull(pathology=reported(graded(mitoses, ki67), ki67=ki67), history=[])
    found = {
        answer.criterion: answer.answer
        for answer in judge_eligibility(evidence, on=DAY, criteria=CriteriaSet.FIRST_LINE)
    }

    assert found["grade"] is expected
    assert "need" not in found


def doubts(evidence):
    return first_dose_doubts(judge_eligibility(evidence, on=DAY), evidence.said, on=DAY)


def test_the_first_dose_leaves_to_the_results_what_they_decide():
    low = {**dull().measurements, "platelets": measured("40")}

    assert doubts(dull(measurements=low)) == ((), ())
    assert doubts(Evidence()) == ((), ("sstr-positive", "grade", "extent", "karnofsky", "need"))


def test_a_person_who_says_not_met_is_heard_of_a_result_too():
    no, yes = [said_of(False)], [said_of(True)]
    evidence = dull(said={**dull().said, "platelets": no, "creatinine-clearance": no, "wbc": yes})

    assert doubts(evidence) == (("platelets", "crcl"), ())
    assert answers(evidence)["platelets"] is NOT_MET


def test_a_criterion_of_the_clinic_s_own_counts_while_its_evidence_does():
    gone = said_of(False, expires_on=DAY - timedelta(1))
    evidence = dull(said={**dull().said, "housing": [said_of(False)], "travel": [gone]})

    assert doubts(evidence)[0] == ("housing",)


def test_nobody_having_judged_is_not_a_no():
    assert set(answers(Evidence()).values()) == {CANNOT_TELL}


@pytest.mark.parametrize(("on", "expected"), [(date(2025, 6, 1), MET), (date(2025, 6, 2), CANNOT_TELL)])
def test_imaging_expires_on_its_day(on, expected):
    assert answers(dull(), on=on)["sstr-positive"] is expected


def test_expired_evidence_says_since_when():
    (found,) = [
        each for each in judge_eligibility(dull(), on=date(2025, 7, 1)) if each.criterion == "sstr-positive"
    ]

    assert found.text.startswith("SSTR uptake of Dec 1, 2024 expired on Jun 1, 2025 (need uptake at least")


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


def test_a_site_chooses_its_set_of_criteria_with_its_source():
    chosen = {"criteria": {"set": "first-line", "source": "NETTER-2"}}

    assert site_criteria(chosen) is CriteriaSet.FIRST_LINE
    assert site_thresholds(chosen) == DEFAULT_THRESHOLDS
    assert site_criteria({}) is CriteriaSet.AFTER_SSA
    with pytest.raises(ThresholdError, match="source is missing"):
        site_criteria({"criteria": {"set": "first-line"}})
    with pytest.raises(ThresholdError, match="after-ssa or first-line"):
        site_criteria({"criteria": {"set": "second-line", "source": "x"}})


def test_what_is_needed_is_said_as_the_site_has_it():
    own = site_thresholds({"karnofsky": {"bound": "70", "source": "site board"}})

    assert needs(own, CriteriaSet.FIRST_LINE)["karnofsky"] == "≥ 70"
    assert needs(own, CriteriaSet.FIRST_LINE)["grade"] == "G2-G3, Ki-67 10-55 %"
    assert needs()["bilirubin"] == "≤ 3 x ULN"
