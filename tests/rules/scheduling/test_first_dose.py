"""The gate of the first dose: the newest baseline results and the evidence, at every assessment."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from scheduling.rules.answer import FirstDoseCriterion
from scheduling.rules.assess import assess
from scheduling.rules.facts import (
    CourseFacts,
    PatientFacts,
    PregnancyTestFact,
    ResultFact,
    Settings,
    WeightFact,
)
from tests.rules.scheduling.courses import at, protocol
from tests.rules.scheduling.dose_courses import (
    BASELINE_ON,
    EU,
    US_2018,
    US_2024,
    before_first,
    decision,
    dull,
    lab,
    proposal,
)

LATER_ON = BASELINE_ON + timedelta(1)
UNMET, UNSURE = "eligibility-unmet", "eligibility-unsure"


def first(*extra: ResultFact, values: dict[str, str | None] | None = None, **facts: Any) -> CourseFacts:
    """Judged two days after the baseline panel."""
    course = before_first(**(values or {}))
    return replace(course, results=(*course.results, *extra), as_of=at(date(2025, 1, 4)), **facts)


def judged(facts: CourseFacts, name: str, key: str = US_2024) -> FirstDoseCriterion:
    (found,) = [one for one in proposal(facts, key).criteria if one.criterion == name]
    return found


def outcome(facts: CourseFacts, name: str, key: str = US_2024) -> tuple[str, str, tuple[str, ...]]:
    """The criterion's state, what is proposed, and the notes."""
    return str(judged(facts, name, key).state), decision(facts, key), proposal(facts, key).notes


MET = ("met", "give 7.4", ())
NOT_MET = ("not-met", "review", (UNMET,))
NOT_TOLD = ("cannot-tell", "review", (UNSURE,))


@pytest.mark.parametrize(
    ("criterion", "at_it", "beside", "threshold"),
    [
        ("hemoglobin", "8", "7.9", ">= 8"),
        ("platelets", "75", "74.9", ">= 75"),
        ("wbc", "3.5", "1.99", ">= 2"),
        ("neutrophils", "1.0", "0.99", ">= 1.0"),
        ("bilirubin", "3.6", "3.61", "<= 3 x ULN"),
    ],
)
def test_each_threshold_at_it_and_beside_it(criterion: str, at_it: str, beside: str, threshold: str) -> None:
    assert outcome(first(values={criterion: at_it}), criterion) == MET
    fallen = first(values={"neutrophils": "1.5", criterion: beside})
    assert outcome(fallen, criterion) == NOT_MET
    assert (judged(fallen, criterion).value, judged(fallen, criterion).threshold) == (beside, threshold)


def test_wbc_of_two_is_enough() -> None:
    assert outcome(first(values={"wbc": "2", "neutrophils": "1.2"}), "wbc") == MET


@pytest.mark.parametrize(
    ("creatinine", "expected", "shown"),
    [("1.50", MET, "40.0"), ("1.51", NOT_MET, "39.7")],
)
def test_the_clearance_is_compared_exactly(creatinine: str, expected: object, shown: str) -> None:
    """M 80 y 72 kg: 60 x 72 / (72 x 1.50) is 40.00 exactly."""
    facts = first(
        values={"creatinine": creatinine},
        patient=PatientFacts("male", date(1944, 5, 4)),
        weights=(WeightFact(dull().weights[0].kg - 3, BASELINE_ON),),
    )
    assert outcome(facts, "crcl") == expected
    assert (judged(facts, "crcl").value, judged(facts, "crcl").threshold) == (shown, ">= 40")


@pytest.mark.parametrize(
    "patient", [PatientFacts("male", date(2008, 5, 4)), PatientFacts(None, date(1960, 5, 4))]
)
def test_a_clearance_that_is_not_validated_is_not_told(patient: PatientFacts) -> None:
    assert outcome(first(patient=patient), "crcl") == NOT_TOLD
    assert judged(first(patient=patient), "crcl").value is None


@pytest.mark.parametrize(
    ("albumin", "test", "expected"),
    [
        ("30", None, MET),
        ("29.9", None, NOT_TOLD),
        ("29.9", ("inr", "1.5"), MET),
        ("29.9", ("inr", "1.51"), NOT_MET),
        ("29.9", ("prothrombin_activity", "70"), MET),
        ("29.9", ("prothrombin_activity", "69.9"), NOT_MET),
    ],
)
@pytest.mark.parametrize("key", [US_2018, US_2024, EU])
def test_albumin_or_its_coagulation_arm(
    key: str, albumin: str, test: tuple[str, str] | None, expected: object
) -> None:
    extra = [lab(*test, BASELINE_ON)] if test else []
    assert outcome(first(*extra, values={"albumin": albumin}), "albumin", key) == expected


def test_the_inr_of_a_patient_on_anticoagulants_says_nothing() -> None:
    patient = PatientFacts("male", date(1960, 5, 4), anticoagulated=True)
    facts = first(lab("inr", "2.5", BASELINE_ON), values={"albumin": "29.9"}, patient=patient)
    assert outcome(facts, "albumin") == NOT_TOLD


def test_a_derived_neutrophil_count_is_judged() -> None:
    facts = first(lab("neutrophils_pct", "40", BASELINE_ON), values={"wbc": "2.5", "neutrophils": None})
    assert outcome(facts, "neutrophils") == MET
    assert judged(facts, "neutrophils").value == "1"


# --- which result ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new", "expected"), [("60", "80", MET), ("180", "74", NOT_MET)])
def test_the_newest_usable_result_decides(old: str, new: str, expected: object) -> None:
    assert outcome(first(lab("platelets", new, LATER_ON), values={"platelets": old}), "platelets") == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [(("74", "90"), NOT_TOLD), (("90", "74"), NOT_TOLD), (("74", "60"), NOT_MET), (("76", "90"), MET)],
)
def test_of_several_on_the_newest_day_all_must_agree(values: tuple[str, str], expected: object) -> None:
    extra = [
        lab("platelets", value, LATER_ON, hour=hour) for hour, value in zip((7, 10), values, strict=True)
    ]
    assert outcome(first(*extra), "platelets") == expected


@pytest.mark.parametrize(
    ("changes", "value", "expected"),
    [
        ({"status": "preliminary"}, "60", NOT_TOLD),
        ({"status": "preliminary"}, "90", MET),  # would change nothing
        ({"unit": None}, "210", NOT_TOLD),
        ({"absent_reason": "error"}, "210", NOT_TOLD),
        ({"status": "cancelled"}, "60", MET),
        ({"loinc": "1-8"}, "60", MET),  # nobody knows of what it is
    ],
)
def test_a_newer_result_that_does_not_count_may_leave_it_untold(
    changes: dict[str, Any], value: str, expected: object
) -> None:
    assert outcome(first(lab("platelets", value, LATER_ON, **changes)), "platelets") == expected
    older = lab("platelets", value, BASELINE_ON - timedelta(1), **changes)
    assert outcome(first(older), "platelets") == MET


def test_two_weights_of_a_day_leave_the_clearance_untold_where_they_disagree() -> None:
    """M 64 y, creatinine 1.90: 72 kg give 40.0 mL/min, 75 kg 41.7."""
    heavy, light = dull().weights[0], WeightFact(dull().weights[0].kg - 4, BASELINE_ON)
    facts = first(values={"creatinine": "1.90"}, weights=(heavy, light))
    assert outcome(facts, "crcl") == NOT_TOLD
    assert judged(facts, "crcl").value == "39.4"


# --- what the evidence says --------------------------------------------------------------------------


def test_a_named_criterion_has_neither_value_nor_threshold() -> None:
    for field, state, note in (
        ("eligibility_unmet", "not-met", UNMET),
        ("eligibility_unsure", "cannot-tell", UNSURE),
    ):
        facts = first(**{field: ("karnofsky",)})
        assert outcome(facts, "karnofsky") == (state, "review", (note,))
        assert (judged(facts, "karnofsky").value, judged(facts, "karnofsky").threshold) == (None, None)
        assert proposal(facts).criteria[-1].criterion == "karnofsky"


def test_a_criterion_named_as_unmet_is_not_met_whatever_a_result_says() -> None:
    assert outcome(first(eligibility_unmet=("platelets",)), "platelets") == NOT_MET
    both = first(eligibility_unmet=("platelets",), eligibility_unsure=("platelets",))
    assert outcome(both, "platelets") == ("not-met", "review", (UNMET, UNSURE))


def test_what_is_named_unsure_is_never_met() -> None:
    assert outcome(first(eligibility_unsure=("platelets",)), "platelets") == NOT_TOLD
    fallen = first(eligibility_unsure=("platelets",), values={"platelets": "60"})
    assert outcome(fallen, "platelets") == ("not-met", "review", (UNMET, UNSURE))


def test_both_notes_where_one_is_not_met_and_one_not_told() -> None:
    facts = first(values={"hemoglobin": "7", "albumin": "20"})
    assert proposal(facts).notes == (UNMET, UNSURE)


def test_pregnancy_is_for_a_person_too_with_its_own_note() -> None:
    facts = first(pregnancy_tests=(PregnancyTestFact(BASELINE_ON, "unclear"),))
    assert (decision(facts), proposal(facts).notes) == ("review", ("pregnancy-positive",))


def test_until_the_panel_is_there_the_first_dose_is_pending_without_criteria() -> None:
    facts = first(values={"platelets": "20", "ast": None}, eligibility_unmet=("karnofsky",))
    found = proposal(facts)
    assert (decision(facts), found.missing, found.criteria, found.notes) == ("pending", ("ast",), (), ())


def test_after_the_first_dose_nobody_asks_again() -> None:
    facts = replace(dull(), eligibility_unmet=("karnofsky",), eligibility_unsure=("grade",))
    assert (decision(facts), proposal(facts).criteria, proposal(facts).notes) == ("give 7.4", (), ())


def test_a_threshold_is_a_setting() -> None:
    facts = first(values={"platelets": "90"})
    stricter = replace(facts, settings=Settings(others=(("first_dose.platelets", "100"),)))
    found = assess(stricter, protocol()).next_dose

    assert decision(facts) == "give 7.4"
    assert found.action == "review"
    assert [c.threshold for c in found.criteria if c.state == "not-met"] == [">= 100"]
