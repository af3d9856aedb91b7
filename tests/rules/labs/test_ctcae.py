"""Every threshold of the three CTCAE versions, from both sides."""

import pytest

from labs.rules.ctcae import TERMS, VERSIONS, Grades, grade
from labs.rules.reading import Reading
from tests.rules.labs.readings import attempt, reading

LLN = {
    "platelets": "150",
    "hemoglobin": "12.0",
    "neutrophils": "1.8",
    "lymphocytes": "1.0",
    "wbc": "4.0",
    "albumin": "35",
}


def graded(
    result: Reading,
    version: str = "5.0",
    *,
    baseline: Reading | None = None,
    anticoagulated: bool = False,
) -> Grades | None:
    return grade(result, version, baseline, anticoagulated)


# -- low counts, against the LLN and fixed numbers

LOW_IN_EVERY_VERSION = [
    ("platelets", "150", 0),
    ("platelets", "149.9", 1),
    ("platelets", "75.0", 1),
    ("platelets", "74.9", 2),
    ("platelets", "50.0", 2),
    ("platelets", "49.9", 3),
    ("hemoglobin", "12.0", 0),
    ("hemoglobin", "11.9", 1),
    ("hemoglobin", "10.0", 1),
    ("hemoglobin", "9.9", 2),
    ("hemoglobin", "8.0", 2),
    ("hemoglobin", "7.9", 3),
    ("hemoglobin", "2.0", 3),  # grade 4 is a clinical judgment
    ("wbc", "4.0", 0),
    ("wbc", "3.9", 1),
    ("wbc", "3.0", 1),
    ("wbc", "2.9", 2),
    ("wbc", "2.0", 2),
    ("wbc", "1.9", 3),
    ("wbc", "1.0", 3),
    ("wbc", "0.9", 4),
    ("albumin", "35", 0),
    ("albumin", "34.9", 1),
    ("albumin", "30", 1),
    ("albumin", "29.9", 2),
    ("albumin", "20", 2),
    ("albumin", "19.9", 3),
    ("albumin", "5", 3),  # grade 4 is a clinical judgment
]
LOW_BEFORE_6_0 = [
    ("platelets", "25.0", 3),
    ("platelets", "24.9", 4),
    ("neutrophils", "1.8", 0),
    ("neutrophils", "1.79", 1),
    ("neutrophils", "1.5", 1),
    ("neutrophils", "1.49", 2),
    ("neutrophils", "1.0", 2),
    ("neutrophils", "0.99", 3),
    ("neutrophils", "0.5", 3),
    ("neutrophils", "0.49", 4),
    ("lymphocytes", "1.0", 0),
    ("lymphocytes", "0.99", 1),
    ("lymphocytes", "0.8", 1),
    ("lymphocytes", "0.79", 2),
    ("lymphocytes", "0.5", 2),
    ("lymphocytes", "0.49", 3),
    ("lymphocytes", "0.2", 3),
    ("lymphocytes", "0.19", 4),
]
LOW_IN_6_0 = [
    ("platelets", "24.9", 3),
    ("platelets", "10.0", 3),
    ("platelets", "9.9", 4),
    ("neutrophils", "1.79", 0),  # below the LLN, but grade 1 begins at 1.5
    ("neutrophils", "1.5", 0),
    ("neutrophils", "1.49", 1),
    ("neutrophils", "1.0", 1),
    ("neutrophils", "0.99", 2),
    ("neutrophils", "0.7", 2),
    ("neutrophils", "0.5", 2),
    ("neutrophils", "0.49", 3),
    ("neutrophils", "0.1", 3),
    ("neutrophils", "0.09", 4),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("analyte", "value", "expected"), LOW_IN_EVERY_VERSION)
def test_low_values_in_every_version(version: str, analyte: str, value: str, expected: int) -> None:
    assert graded(reading(analyte, value, low=LLN[analyte]), version) == Grades(expected, expected)


@pytest.mark.parametrize("version", ["4.03", "5.0"])
@pytest.mark.parametrize(("analyte", "value", "expected"), LOW_BEFORE_6_0)
def test_low_values_before_6_0(version: str, analyte: str, value: str, expected: int) -> None:
    assert graded(reading(analyte, value, low=LLN[analyte]), version) == Grades(expected, expected)


@pytest.mark.parametrize(("analyte", "value", "expected"), LOW_IN_6_0)
def test_low_values_in_6_0(analyte: str, value: str, expected: int) -> None:
    assert graded(reading(analyte, value, low=LLN[analyte]), "6.0") == Grades(expected, expected)


def test_lymphocytes_have_no_grade_in_6_0() -> None:
    assert graded(reading("lymphocytes", "0.1", low="1.0"), "6.0") is None


# -- high values, against the ULN (baseline normal, or none)

HIGH_IN_EVERY_VERSION = [
    ("creatinine", "1.2", "1.2", 0),
    ("creatinine", "1.21", "1.2", 1),
    ("creatinine", "1.8", "1.2", 1),
    ("creatinine", "1.81", "1.2", 2),
    ("creatinine", "3.6", "1.2", 2),
    ("creatinine", "3.61", "1.2", 3),
    ("creatinine", "7.2", "1.2", 3),
    ("creatinine", "7.21", "1.2", 4),
    ("bilirubin", "1.2", "1.2", 0),
    ("bilirubin", "1.21", "1.2", 1),
    ("bilirubin", "1.8", "1.2", 1),
    ("bilirubin", "1.81", "1.2", 2),
    ("bilirubin", "3.6", "1.2", 2),
    ("bilirubin", "3.61", "1.2", 3),
    ("bilirubin", "12", "1.2", 3),
    ("bilirubin", "12.1", "1.2", 4),
    *[
        (analyte, value, "40", expected)
        for analyte in ("ast", "alt")
        for value, expected in [
            ("40", 0),
            ("41", 1),
            ("120", 1),
            ("121", 2),
            ("200", 2),
            ("201", 3),
            ("800", 3),
            ("801", 4),
        ]
    ],
    ("ggt", "60", "60", 0),
    ("ggt", "61", "60", 1),
    ("ggt", "150", "60", 1),
    ("ggt", "151", "60", 2),
    ("ggt", "300", "60", 2),
    ("ggt", "301", "60", 3),
    ("ggt", "1200", "60", 3),
    ("ggt", "1201", "60", 4),
    ("potassium", "5.1", "5.1", 0),
    ("potassium", "5.2", "5.1", 1),
    ("potassium", "5.5", "5.1", 1),
    ("potassium", "5.6", "5.1", 2),
    ("potassium", "6.0", "5.1", 2),
    ("potassium", "6.1", "5.1", 3),
    ("potassium", "7.0", "5.1", 3),
    ("potassium", "7.1", "5.1", 4),
]
ALP_BEFORE_6_0 = [
    ("120", 0),
    ("121", 1),
    ("300", 1),
    ("301", 2),
    ("600", 2),
    ("601", 3),
    ("2400", 3),
    ("2401", 4),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("analyte", "value", "high", "expected"), HIGH_IN_EVERY_VERSION)
def test_multiples_of_the_uln_without_a_baseline(
    version: str, analyte: str, value: str, high: str, expected: int
) -> None:
    assert graded(reading(analyte, value, high=high), version) == Grades(expected, expected)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("analyte", "value", "high", "expected"),
    [row for row in HIGH_IN_EVERY_VERSION if row[0] not in ("creatinine", "potassium")],
)
def test_multiples_of_the_uln_with_a_normal_baseline(
    version: str, analyte: str, value: str, high: str, expected: int
) -> None:
    at_the_limit = reading(analyte, high, high=high)
    result = graded(reading(analyte, value, high=high), version, baseline=at_the_limit)
    assert result == Grades(expected, expected)


@pytest.mark.parametrize("version", ["4.03", "5.0"])
@pytest.mark.parametrize(("value", "expected"), ALP_BEFORE_6_0)
def test_alp_before_6_0(version: str, value: str, expected: int) -> None:
    assert graded(reading("alp", value, high="120"), version) == Grades(expected, expected)


@pytest.mark.parametrize(
    ("value", "baseline", "expected"),
    [
        ("120", "80", 0),
        ("121", "80", 1),
        ("5000", "80", 1),  # grade 1 is the only one
        ("121", None, 1),
        ("200", "200", 0),  # above the ULN, but not above the baseline
        ("201", "200", 1),
        ("119", "100", 0),
    ],
)
def test_alp_in_6_0_is_above_uln_and_baseline(value: str, baseline: str | None, expected: int) -> None:
    base = reading("alp", baseline, high="120") if baseline else None
    assert graded(reading("alp", value, high="120"), "6.0", baseline=base) == Grades(expected, expected)


def test_alp_in_6_0_needs_no_uln_when_it_is_not_above_the_baseline() -> None:
    base = reading("alp", "200", high="120")
    assert graded(reading("alp", "200"), "6.0", baseline=base) == Grades(0, 0)
    assert graded(reading("alp", "201"), "6.0", baseline=base) == Grades(0, 1)


# -- abnormal baseline

ABNORMAL_BASELINE_5_0 = [
    # bilirubin, baseline 2.0 with ULN 1.2
    ("bilirubin", "2.0", 0),
    ("bilirubin", "2.01", 1),
    ("bilirubin", "3.0", 1),
    ("bilirubin", "3.01", 2),
    ("bilirubin", "6.0", 2),
    ("bilirubin", "6.01", 3),
    ("bilirubin", "20", 3),
    ("bilirubin", "20.1", 4),
    # transaminases, baseline 100 with ULN 40
    *[
        (analyte, value, expected)
        for analyte in ("ast", "alt")
        for value, expected in [
            ("149", 0),
            ("150", 1),
            ("300", 1),
            ("301", 2),
            ("500", 2),
            ("501", 3),
            ("2000", 3),
            ("2001", 4),
        ]
    ],
    # ALP and GGT, baseline 200 with ULN 120 and 60
    *[
        (analyte, value, expected)
        for analyte in ("alp", "ggt")
        for value, expected in [
            ("399", 0),
            ("400", 1),
            ("500", 1),
            ("501", 2),
            ("1000", 2),
            ("1001", 3),
            ("4000", 3),
            ("4001", 4),
        ]
    ],
]
ABNORMAL_BASELINE_6_0 = [
    ("bilirubin", "1.99", 0),
    ("bilirubin", "2.0", 1),
    ("bilirubin", "3.0", 1),
    ("bilirubin", "3.01", 2),
    ("bilirubin", "5.0", 2),
    ("bilirubin", "5.01", 3),
    ("bilirubin", "20", 3),
    ("bilirubin", "20.1", 4),
    *[
        (analyte, value, expected)
        for analyte in ("ast", "alt")
        for value, expected in [
            ("99", 0),
            ("100", 1),
            ("150", 1),
            ("151", 2),
            ("200", 2),
            ("201", 3),
            ("250", 3),
            ("400", 3),
            ("401", 4),
        ]
    ],
    ("ggt", "199", 0),
    ("ggt", "200", 1),
    ("ggt", "300", 1),
    ("ggt", "301", 2),
    ("ggt", "600", 2),
    ("ggt", "601", 3),
    ("ggt", "2000", 3),
    ("ggt", "2001", 4),
]
ABNORMAL = {
    "bilirubin": ("2.0", "1.2"),
    "ast": ("100", "40"),
    "alt": ("100", "40"),
    "alp": ("200", "120"),
    "ggt": ("200", "60"),
}


def abnormal_baseline(analyte: str) -> Reading:
    value, high = ABNORMAL[analyte]
    return reading(analyte, value, high=high)


@pytest.mark.parametrize(("analyte", "value", "expected"), ABNORMAL_BASELINE_5_0)
def test_multiples_of_an_abnormal_baseline_in_5_0(analyte: str, value: str, expected: int) -> None:
    """The ULN of the result itself is not asked for."""
    result = graded(reading(analyte, value), "5.0", baseline=abnormal_baseline(analyte))
    assert result == Grades(expected, expected)


@pytest.mark.parametrize(("analyte", "value", "expected"), ABNORMAL_BASELINE_6_0)
def test_multiples_of_an_abnormal_baseline_in_6_0(analyte: str, value: str, expected: int) -> None:
    result = graded(reading(analyte, value), "6.0", baseline=abnormal_baseline(analyte))
    assert result == Grades(expected, expected)


@pytest.mark.parametrize(
    ("analyte", "value", "expected"),
    [("bilirubin", "4.0", 3), ("ast", "250", 3), ("alt", "250", 3), ("alp", "399", 2), ("ggt", "399", 3)],
)
def test_4_03_has_no_row_for_an_abnormal_baseline(analyte: str, value: str, expected: int) -> None:
    high = ABNORMAL[analyte][1]
    result = graded(reading(analyte, value, high=high), "4.03", baseline=abnormal_baseline(analyte))
    assert result == Grades(expected, expected)


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_a_baseline_without_its_uln_counts_as_normal(version: str) -> None:
    result = graded(reading("ast", "250", high="40"), version, baseline=reading("ast", "100"))
    assert result == Grades(3, 3)


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_a_baseline_is_judged_by_the_uln_that_came_with_it(version: str) -> None:
    elsewhere = reading("ast", "50", high="55")
    assert graded(reading("ast", "250", high="40"), version, baseline=elsewhere) == Grades(3, 3)


def test_a_baseline_with_a_comparator_may_leave_the_row_open() -> None:
    either = reading("ast", "<100", high="40")
    # An abnormal baseline lies between 40 and 100: 250 is above 1.5 x 100 and never above 20 x 40.
    assert graded(reading("ast", "250", high="40"), "5.0", baseline=either) == Grades(1, 3)
    assert graded(reading("ast", "28", high="40"), "5.0", baseline=either) == Grades(0, 0)
    certainly_normal = reading("ast", "<40", high="40")
    assert graded(reading("ast", "250", high="40"), "5.0", baseline=certainly_normal) == Grades(3, 3)


# -- creatinine: ULN and baseline, the worse of the two


@pytest.mark.parametrize(
    ("version", "value", "expected"),
    [
        # baseline 0.8 with ULN 1.2 in the middle of the range: 1.5 x = 1.2, 3 x = 2.4
        ("4.03", "0.80", 0),
        ("4.03", "0.81", 1),
        ("4.03", "1.20", 1),
        ("4.03", "1.21", 2),
        ("4.03", "2.40", 2),
        ("4.03", "2.41", 3),
        ("5.0", "0.81", 0),
        ("5.0", "1.20", 0),
        ("5.0", "1.21", 2),
        ("5.0", "2.40", 2),
        ("5.0", "2.41", 3),
        ("5.0", "4.81", 3),  # above 6 x baseline: grade 4 is by ULN only
        ("5.0", "7.20", 3),
        ("5.0", "7.21", 4),
        ("6.0", "1.20", 0),
        ("6.0", "1.21", 1),
        ("6.0", "1.80", 1),
        ("6.0", "1.81", 2),
        ("6.0", "2.41", 2),
        ("6.0", "3.60", 2),
        ("6.0", "3.61", 3),
        ("6.0", "7.20", 3),
        ("6.0", "7.21", 4),
    ],
)
def test_creatinine_with_a_normal_baseline(version: str, value: str, expected: int) -> None:
    base = reading("creatinine", "0.80", low="0.6", high="1.2")
    result = graded(reading("creatinine", value, high="1.2"), version, baseline=base)
    assert result == Grades(expected, expected)


@pytest.mark.parametrize(
    ("value", "expected"), [("0.75", 0), ("0.76", 2), ("1.50", 2), ("1.51", 3), ("3.01", 3)]
)
def test_creatinine_in_6_0_with_a_baseline_below_its_lln(value: str, expected: int) -> None:
    base = reading("creatinine", "0.50", low="0.6", high="1.2")
    result = graded(reading("creatinine", value, high="1.2"), "6.0", baseline=base)
    assert result == Grades(expected, expected)


def test_creatinine_in_6_0_with_a_baseline_at_or_without_its_lln() -> None:
    for base in (reading("creatinine", "0.6", low="0.6"), reading("creatinine", "0.5")):
        assert graded(reading("creatinine", "1.2", high="1.2"), "6.0", baseline=base) == Grades(0, 0)


def test_creatinine_without_its_uln_keeps_what_the_baseline_decides() -> None:
    base = reading("creatinine", "0.80", high="1.2")
    assert graded(reading("creatinine", "1.20"), baseline=base) == Grades(0, 4)
    assert graded(reading("creatinine", "1.21"), baseline=base) == Grades(2, 4)
    assert graded(reading("creatinine", "2.41"), baseline=base) == Grades(3, 4)
    assert graded(reading("creatinine", "0.81"), "4.03", baseline=base) == Grades(1, 4)
    assert graded(reading("creatinine", "2.41"), "6.0", baseline=base) == Grades(0, 4)
    assert graded(reading("creatinine", "2.41"), baseline=None) == Grades(0, 4)


def test_creatinine_is_compared_with_a_baseline_in_another_unit() -> None:
    base = reading("creatinine", "88.42", "umol/L", low="45", high="110")  # exactly 1.0 mg/dL
    assert graded(reading("creatinine", "1.5", high="1.6"), baseline=base) == Grades(0, 0)
    assert graded(reading("creatinine", "1.501", high="1.6"), baseline=base) == Grades(2, 2)


# -- INR


@pytest.mark.parametrize("version", ["5.0", "6.0"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.2", 0), ("1.21", 1), ("1.5", 1), ("1.51", 2), ("2.5", 2), ("2.51", 3), ("20", 3)],
)
def test_inr_by_fixed_numbers(version: str, value: str, expected: int) -> None:
    assert graded(reading("inr", value), version) == Grades(expected, expected)


@pytest.mark.parametrize(
    ("value", "expected"), [("1.2", 0), ("1.21", 1), ("1.8", 1), ("1.81", 2), ("3.0", 2), ("3.01", 3)]
)
def test_inr_by_multiples_of_the_uln_in_4_03(value: str, expected: int) -> None:
    assert graded(reading("inr", value, high="1.2"), "4.03") == Grades(expected, expected)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("value", "expected"), [("2.0", 0), ("2.01", 1), ("3.0", 1), ("3.01", 2), ("5.0", 2), ("5.01", 3)]
)
def test_inr_under_anticoagulation_by_multiples_of_the_baseline(
    version: str, value: str, expected: int
) -> None:
    base = reading("inr", "2.0", high="1.2")
    result = graded(reading("inr", value, high="1.2"), version, baseline=base, anticoagulated=True)
    assert result == Grades(expected, expected)


@pytest.mark.parametrize("version", VERSIONS)
def test_inr_under_anticoagulation_is_undecided_without_a_baseline(version: str) -> None:
    result = reading("inr", "2.6", high="1.2")
    assert graded(result, version, anticoagulated=True) == Grades(0, 3)


def test_anticoagulation_touches_nothing_but_the_inr() -> None:
    assert graded(reading("platelets", "74", low="150"), anticoagulated=True) == Grades(2, 2)


# -- limits that were not sent


@pytest.mark.parametrize("version", ["4.03", "5.0"])
@pytest.mark.parametrize(
    ("analyte", "undecided", "decided"),
    [
        ("platelets", "75", "74.9"),
        ("hemoglobin", "10.0", "9.9"),
        ("neutrophils", "1.5", "1.49"),
        ("lymphocytes", "0.8", "0.79"),
        ("wbc", "3.0", "2.9"),
        ("albumin", "30", "29.9"),
    ],
)
def test_a_missing_lln_leaves_zero_or_one_undecided_and_nothing_else(
    version: str, analyte: str, undecided: str, decided: str
) -> None:
    assert graded(reading(analyte, undecided), version) == Grades(0, 1)
    assert graded(reading(analyte, decided), version) == Grades(2, 2)


def test_neutrophils_in_6_0_need_no_lln() -> None:
    assert graded(reading("neutrophils", "1.5"), "6.0") == Grades(0, 0)
    assert graded(reading("neutrophils", "1.49"), "6.0") == Grades(1, 1)


@pytest.mark.parametrize(
    ("version", "analyte", "value", "highest"),
    [
        ("5.0", "bilirubin", "1.0", 4),
        ("5.0", "ast", "20", 4),
        ("5.0", "alt", "20", 4),
        ("5.0", "alp", "80", 4),
        ("6.0", "alp", "80", 1),
        ("5.0", "ggt", "20", 4),
        ("5.0", "creatinine", "0.9", 4),
        ("4.03", "inr", "1.0", 3),
    ],
)
def test_a_missing_uln_leaves_every_grade_that_needs_it_undecided(
    version: str, analyte: str, value: str, highest: int
) -> None:
    assert graded(reading(analyte, value), version) == Grades(0, highest)


def test_potassium_needs_its_uln_for_grade_one_only() -> None:
    assert graded(reading("potassium", "5.5")) == Grades(0, 1)
    assert graded(reading("potassium", "5.6")) == Grades(2, 2)


def test_an_undecided_grade_is_none() -> None:
    assert Grades(0, 1).grade is None
    assert Grades(2, 2).grade == 2


# -- comparators


@pytest.mark.parametrize(
    ("version", "analyte", "value", "limit", "span"),
    [
        ("5.0", "platelets", "<10", "150", (4, 4)),
        ("5.0", "platelets", "<25", "150", (4, 4)),
        ("5.0", "platelets", "<=25", "150", (3, 4)),
        ("6.0", "platelets", "<25", "150", (3, 4)),
        ("5.0", "platelets", "<75", "150", (2, 4)),
        ("5.0", "platelets", ">75", "150", (0, 1)),
        ("5.0", "platelets", ">=150", "150", (0, 0)),
        ("5.0", "platelets", ">=74", "150", (0, 2)),
        ("5.0", "hemoglobin", "<8.0", "12.0", (3, 3)),
        ("5.0", "hemoglobin", "<8.1", "12.0", (2, 3)),
        ("5.0", "inr", ">2.5", None, (3, 3)),
        ("5.0", "inr", ">=2.5", None, (2, 3)),
        ("5.0", "inr", "<1.2", None, (0, 0)),
        ("5.0", "potassium", ">7.0", "5.1", (4, 4)),
        ("5.0", "potassium", ">6.0", None, (3, 4)),
        ("5.0", "bilirubin", "<0.2", "1.2", (0, 0)),
        ("5.0", "bilirubin", "<=1.2", "1.2", (0, 0)),
        ("5.0", "bilirubin", ">3.6", "1.2", (3, 4)),
        ("5.0", "bilirubin", ">12", "1.2", (4, 4)),
        ("5.0", "bilirubin", "<0.2", None, (0, 4)),
    ],
)
def test_a_comparator_leaves_every_grade_of_its_interval(
    version: str, analyte: str, value: str, limit: str | None, span: tuple[int, int]
) -> None:
    side = "low" if analyte in ("platelets", "hemoglobin") else "high"
    assert graded(reading(analyte, value, **{side: limit}), version) == Grades(*span)


# -- hemoglobin sent in mmol/L: the printed and the converted bound disagree


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("7.5", (0, 0)),
        ("7.4", (1, 1)),
        ("6.206", (1, 1)),
        ("6.2059", (1, 2)),
        ("6.20", (1, 2)),
        ("6.199", (2, 2)),
        ("4.9648", (2, 2)),
        ("4.9647", (2, 3)),
        ("4.93", (2, 3)),
        ("4.90", (2, 3)),
        ("4.899", (3, 3)),
        ("<4.90", (3, 3)),
        ("<4.93", (2, 3)),
        ("<=4.89", (3, 3)),
        (">=4.9648", (0, 2)),
    ],
)
def test_hemoglobin_in_mmol(version: str, value: str, span: tuple[int, int]) -> None:
    assert graded(reading("hemoglobin", value, "mmol/L", low="7.5"), version) == Grades(*span)


def test_hemoglobin_in_mmol_is_grade_one_or_two_without_an_lln_too() -> None:
    assert graded(reading("hemoglobin", "6.20", "mmol/L")) == Grades(1, 2)
    assert graded(reading("hemoglobin", "6.206", "mmol/L")) == Grades(0, 1)


# -- what has no grade


@pytest.mark.parametrize("version", VERSIONS)
def test_other_analytes_have_no_grade(version: str) -> None:
    assert graded(reading("sodium", "100", low="136", high="145"), version) is None
    assert graded(reading("neutrophils_pct", "1"), version) is None
    for loinc, value, unit in [
        ("5894-1", "20", "%"),
        ("3094-0", "90", "mg/dL"),
        ("17861-6", "6", "mg/dL"),
        ("2106-3", "positive", None),
        ("33914-3", "20", "mL/min/{1.73_m2}"),
    ]:
        result = attempt(loinc, value, unit)
        assert isinstance(result, Reading)
        assert graded(result, version) is None


def test_a_version_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        graded(reading("platelets", "74"), "3.0")


@pytest.mark.parametrize("version", VERSIONS)
def test_grades_begin_at_one_and_follow_each_other(version: str) -> None:
    for term in TERMS[version].values():
        for scale in (term.scale, term.baseline_abnormal, term.baseline_low):
            assert scale is None or list(scale) == list(range(1, len(scale) + 1))
