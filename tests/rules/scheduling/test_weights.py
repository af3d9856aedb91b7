"""Which weights count on a day: several of one day, jumps, and what bears a jump out."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from scheduling.rules.facts import CourseFacts, PatientFacts, WeightFact
from scheduling.rules.weights import weights_of
from tests.rules.scheduling.courses import at
from tests.rules.scheduling.dose_courses import BASELINE_ON, DAYS, decision, dull, lab, proposal, state

ON = date(2025, 6, 2)
PATIENT = PatientFacts("male", date(1960, 5, 4))
Sent = tuple[int, str] | tuple[int, str, bool]  # days from ON, kg, confirmed


def weights(*sent: Sent) -> tuple[WeightFact, ...]:
    return tuple(
        WeightFact(Decimal(kg), ON + timedelta(days), bool(confirmed)) for days, kg, *confirmed in sent
    )


def possible(*sent: Sent, born: date | None = None, jump: str = "0.20", within_days: int = 63) -> list[str]:
    facts = replace(dull(), weights=weights(*sent), patient=replace(PATIENT, birth_date=born))
    found = weights_of(facts, ON + timedelta(100), jump=Decimal(jump))
    return sorted(str(kg) for kg in found.possible_on(ON, within_days=within_days))


# --- jumps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([(-90, "80"), (-1, "64")], ["64"]),  # exactly 20 % of the one before
        ([(-90, "80"), (-1, "63.9")], []),
        ([(-90, "80"), (-1, "96")], ["96"]),
        ([(-90, "80"), (-1, "96.1")], []),
        ([(-181, "80"), (-1, "50")], []),  # 180 days earlier
        ([(-182, "80"), (-1, "50")], ["50"]),  # 181 days earlier
        ([(-90, "80"), (-1, "50", True)], ["50"]),  # a person has looked
        ([(-1, "50")], ["50"]),  # nothing to jump from
        ([(-200, "80"), (-90, "50"), (-1, "79")], ["79"]),  # held against the newest usable one
    ],
)
def test_a_jump_of_more_than_a_fifth_is_not_usable(sent: list[Sent], expected: list[str]) -> None:
    assert possible(*sent) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([(-90, "80"), (-60, "60"), (-1, "63")], ["63"]),  # exactly 5 % up
        ([(-90, "80"), (-60, "60"), (-1, "63.1")], []),
        ([(-90, "80"), (-60, "60"), (-1, "57")], ["57"]),
        ([(-90, "80"), (-60, "60"), (-1, "56.9")], []),
        ([(-90, "80"), (-64, "60"), (-1, "60")], ["60"]),  # 63 days later
        ([(-90, "80"), (-65, "60"), (-1, "60")], []),  # 64 days later: the 60 of today jumps as well
        ([(-90, "80"), (-60, "60"), (-1, "60"), (-1, "62")], ["60", "62"]),  # each of the next day
        ([(-90, "80"), (-60, "60"), (-1, "60"), (-1, "63.9")], []),
        ([(-90, "80"), (-1, "60"), (30, "61")], ["60"]),  # a later one bears it out
        ([(-90, "80"), (-60, "60"), (-30, "78"), (-1, "60")], ["60", "78"]),  # the next one does not
    ],
)
def test_a_jump_is_real_where_the_next_weight_lies_within_a_twentieth(
    sent: list[Sent], expected: list[str]
) -> None:
    assert possible(*sent) == expected


def test_the_fraction_of_a_jump_is_a_setting() -> None:
    assert possible((-90, "80"), (-1, "63.9"), jump="0.25") == ["63.9"]


def test_of_several_earlier_ones_a_jump_is_a_jump_from_each() -> None:
    assert possible((-90, "80"), (-90, "74"), (-1, "63")) == ["63"]
    assert possible((-90, "80"), (-90, "79"), (-1, "63")) == []


# --- one more possible reading -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([(-60, "80"), (-1, "50")], ["50", "80"]),  # it would have counted
        ([(-60, "80"), (-30, "50"), (-1, "79")], ["79"]),  # it would not
        ([(-60, "80"), (0, "50"), (0, "79")], ["50", "79"]),  # of one day
        ([(-70, "80"), (-1, "50")], []),  # with it alone the weight is missing
        ([(-70, "80"), (5, "50")], []),
        ([(-70, "80"), (2, "50"), (5, "79")], ["50", "79"]),  # the first after the day
        ([(-70, "80"), (2, "78"), (5, "50")], ["78"]),
    ],
)
def test_a_jump_stands_beside_the_usable_weight_that_counts_instead(
    sent: list[Sent], expected: list[str]
) -> None:
    assert possible(*sent) == expected


def test_a_weight_from_before_birth_does_not_exist() -> None:
    assert possible((-2, "70"), (-1, "71"), born=ON - timedelta(1)) == ["71"]
    assert possible((-2, "70"), born=ON - timedelta(1)) == []


def test_of_several_on_one_day_each_is_possible_in_whatever_order() -> None:
    for order in permutations([(-60, "80"), (-1, "79"), (-1, "78"), (-1, "50")]):
        assert possible(*order) == ["50", "78", "79"]


# --- what the kidneys make of it ---------------------------------------------------------------------


def kidneys(*sent: tuple[date, str], creatinine: str = "1.00", baseline: str = "1.00") -> CourseFacts:
    """M 64 y: the clearance of creatinine 1.00 is 76/72 mL/min for each kg."""
    facts = dull(creatinine=creatinine)
    own = tuple(r for r in facts.results if (r.loinc, r.collected_at) != ("2160-0", at(BASELINE_ON, 9)))
    return replace(
        facts,
        results=(*own, lab("creatinine", baseline, BASELINE_ON)),
        weights=tuple(WeightFact(Decimal(kg), on) for on, kg in sent),
    )


NEWEST_ON = DAYS[0] + timedelta(44)


@pytest.mark.parametrize(
    ("kg", "expected", "shown"),
    [
        (("75", "70"), "clear", "73.9"),
        (("75", "45"), "cannot-tell", "47.5"),  # 45/75 is 0.60: fires in one reading
        (("45", "75"), "cannot-tell", "47.5"),
        (("75", "45.1"), "clear", "47.6"),
        (("45", "44"), "open", "46.4"),
    ],
)
def test_an_arm_fires_or_not_only_if_it_does_for_every_weight(
    kg: tuple[str, str], expected: str, shown: str
) -> None:
    facts = kidneys((BASELINE_ON, "75"), *((NEWEST_ON, each) for each in kg))
    facts = replace(facts, weights=tuple(replace(weight, confirmed=True) for weight in facts.weights))
    assert state(facts, "renal") == expected
    assert str(proposal(facts).crcl_ml_min) == shown


def test_the_weights_of_the_baseline_count_independently() -> None:
    tied = kidneys((BASELINE_ON, "75"), (BASELINE_ON, "125"), (NEWEST_ON, "75"))
    assert state(tied, "renal") == "cannot-tell"
    assert state(replace(tied, weights=tied.weights[1:]), "renal") == "cannot-tell"  # 75 jumps from 125
    assert state(replace(tied, weights=(tied.weights[0], tied.weights[2])), "renal") == "clear"


def test_a_real_loss_is_not_overlooked_and_lets_nobody_through() -> None:
    lost = kidneys((BASELINE_ON, "75"), (NEWEST_ON, "45"))
    assert state(lost, "renal") == "cannot-tell"
    assert decision(lost) == "review"
    assert proposal(lost).missing == ()


def test_with_a_jump_alone_the_weight_is_missing() -> None:
    alone = kidneys((NEWEST_ON - timedelta(70), "75"), (NEWEST_ON, "45"))
    assert proposal(alone).missing == ("weight",)
    assert proposal(alone).crcl_ml_min is None
