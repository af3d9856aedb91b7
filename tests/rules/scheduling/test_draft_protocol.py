"""A protocol is a capability: one that no Python knows of is planned, judged and said from its file alone.

Six infusions 42 days apart, no somatostatin analog, a reduced level that is never raised again; the file is
`tests/protocols/draft-six-infusions/1.toml`, made up for these tests.
"""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from scheduling.rules.answer import Assessment, ItemState
from scheduling.rules.assess import assess
from scheduling.rules.facts import (
    CourseFacts,
    InfusionFact,
    InjectionFact,
    PatientFacts,
    ResultFact,
    WeightFact,
)
from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_file import read_protocol
from scheduling.rules.worklist_reasons import worklist_reason
from tests.protocols import DRAFT, draft_protocol, draft_text
from tests.rules.scheduling.courses import at, given, lar, planned
from tests.rules.scheduling.dose_courses import lab

DULL = {"platelets": "210", "hemoglobin": "13.2", "neutrophils": "3.4", "creatinine": "1.00"}
DAYS = tuple(date(2025, 1, 14) + timedelta(42 * number) for number in range(6))
BASELINE_ON = DAYS[0] - timedelta(10)
PANEL_DAY, JUDGED_DAY = 35, 37  # D(n) - 7 and D(n) - 5, the last day of the window


@cache
def draft() -> Protocol:
    return draft_protocol()


def changed(old: str, new: str) -> Protocol:
    text = draft_text()
    assert text.count(old) == 1
    return read_protocol(text.replace(old, new), name=DRAFT)


def panel(on: date, **values: str) -> tuple[ResultFact, ...]:
    return tuple(lab(analyte, value, on) for analyte, value in (DULL | values).items())


def course(
    *done: InfusionFact, day: int = JUDGED_DAY, results: tuple[ResultFact, ...] = (), **facts: Any
) -> CourseFacts:
    """So many infusions given on schedule, the next one planned; judged `day` days after the last."""
    number = len(done)
    last_on = DAYS[number - 1] if done else DAYS[0] - timedelta(JUDGED_DAY + 5)
    waiting = (planned(number + 1, DAYS[number]),) if number < len(DAYS) else ()
    return CourseFacts(
        id="draft",
        as_of=at(last_on + timedelta(day)),
        timezone="America/New_York",
        protocol=DRAFT,
        patient=PatientFacts("male", date(1960, 5, 4)),
        weights=tuple(WeightFact(Decimal(75), on) for on in (BASELINE_ON, *DAYS)),
        infusions=(*done, *waiting),
        results=(*panel(BASELINE_ON), *results),
        **facts,
    )


def infusions(*activities: str) -> tuple[InfusionFact, ...]:
    return tuple(
        given(number, DAYS[number - 1], activity_gbq=Decimal(gbq), signed_gbq=Decimal(gbq))
        for number, gbq in enumerate(activities, start=1)
    )


def answer(facts: CourseFacts, protocol: Protocol | None = None) -> Assessment:
    return assess(facts, protocol or draft())


def after(number: int, **values: str) -> tuple[ResultFact, ...]:
    """The panel before the infusion that follows infusion `number`."""
    return panel(DAYS[number - 1] + timedelta(PANEL_DAY), **values)


def decided(found: Assessment) -> str:
    return f"{found.next_dose.action} {found.next_dose.activity_gbq or ''}".strip()


# --- planning ----------------------------------------------------------------------------------------


def test_six_infusions_each_due_42_days_after_the_one_before() -> None:
    found = [item for item in answer(course(*infusions("7.4"))).due if item.item == "infusion"]
    assert [item.cycle for item in found] == [2, 3, 4, 5, 6]
    assert [item.target for item in found] == list(DAYS[1:])
    assert (found[0].opens, found[0].closes) == (DAYS[1] - timedelta(7), DAYS[1] + timedelta(7))


def test_only_what_the_protocol_asks_for_is_due() -> None:
    six = infusions(*["7.4"] * 6)
    for facts in (course(), course(*six[:1]), course(*six, day=50)):
        assert {item.item for item in answer(facts).due} <= set(draft().schedule.items)
    assert {item.item for item in answer(course(*six, day=50)).due} == set(draft().schedule.items)


def test_nothing_is_said_of_somatostatin_analogs_amino_acids_or_scans() -> None:
    """They may have been given: the facts are kept, and this protocol has no rule on them."""
    on = DAYS[1] - timedelta(2)
    short = InjectionFact("octreotide-short", given_at=at(DAYS[0], 9))
    started = given(1, DAYS[0], amino_acids_started_at=at(DAYS[0], 9, 59))
    facts = course(started, injections=(lar(at(on)), short), day=41, results=after(1))
    codes = {conflict.code for conflict in answer(facts).conflicts}
    assert codes.isdisjoint(
        {"lar-within-washout", "short-acting-within-24h", "lar-window-closed-day", "amino-acids-late"}
    )
    assert "sstr-pet-expired" not in codes


def test_a_panel_of_four_gates_the_dose() -> None:
    facts = course(*infusions("7.4"), results=after(1)[1:])
    assert answer(facts).next_dose.missing == ("platelets",)
    (labs,) = [i for i in answer(facts).due if i.item == "pre-dose-labs" and i.cycle == 2]
    assert (labs.opens, labs.closes) == (DAYS[1] - timedelta(10), DAYS[1] - timedelta(5))
    assert labs.state is ItemState.DUE


def test_a_seventh_infusion_is_one_too_many() -> None:
    six = infusions(*["7.4"] * 6)
    last = course(*six, day=41)
    facts = replace(last, infusions=(*six, planned(7, DAYS[5] + timedelta(42))))
    assert [one.cycle for one in answer(facts).conflicts if one.code == "too-many-doses"] == [7]
    assert answer(facts).next_dose.text == "All 6 infusions have been given."


# --- the dose ----------------------------------------------------------------------------------------


def test_the_rows_are_those_of_the_file_in_its_order() -> None:
    rows = answer(course(*infusions("7.4"), results=after(1))).next_dose.rows
    assert tuple(row.row for row in rows) == draft().rows.names


def test_a_full_dose_follows_where_nothing_fired() -> None:
    assert decided(answer(course(*infusions("7.4"), results=after(1)))) == "give 7.4"


def test_a_resolved_row_reduces_to_the_level_of_the_file() -> None:
    fell = panel(DAYS[0] + timedelta(21), platelets="60")
    assert decided(answer(course(*infusions("7.4"), results=(*fell, *after(1))))) == "give 5.9"


@pytest.mark.parametrize("measured", ["5.9", "5.7", "6.2"])
def test_once_reduced_the_dose_is_never_raised_again(measured: str) -> None:
    done = (*infusions("7.4"), given(2, DAYS[1], activity_gbq=Decimal(measured), signed_gbq=None))
    found = answer(course(*done, results=(*after(1), *after(2))))
    assert decided(found) == "give 5.9"
    assert found.next_dose.text == "Give 5.9 GBq (159 mCi): once reduced, the dose stays reduced."


def test_a_full_dose_that_measured_a_little_less_is_no_reduced_one() -> None:
    done = (given(1, DAYS[0], activity_gbq=Decimal("7.2"), signed_gbq=Decimal("7.4")),)
    assert decided(answer(course(*done, results=after(1)))) == "give 7.4"


def test_a_full_dose_given_all_the_same_does_not_raise_what_was_reduced() -> None:
    found = answer(course(*infusions("5.9", "7.4"), results=(*after(1), *after(2))))
    assert decided(found) == "give 5.9"


@pytest.mark.parametrize("word", ["may", "must"])
def test_where_it_may_or_must_be_raised_the_full_dose_is_proposed(word: str) -> None:
    raised = changed('re_escalation = "never"', f're_escalation = "{word}"')
    facts = course(*infusions("7.4", "5.9"), results=(*after(1), *after(2)))
    assert decided(answer(facts, raised)) == "give 7.4"


# --- the limit of a delay ------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "decision"), [(70, "give 7.4"), (71, "stop")])
def test_the_limit_counts_from_the_day_on_which_the_infusion_was_due(day: int, decision: str) -> None:
    facts = course(*infusions("7.4"), day=day, results=panel(DAYS[0] + timedelta(day - 1)))
    found = answer(facts).next_dose
    assert found.last_allowed_on == DAYS[0] + timedelta(70)
    assert decided(answer(facts)) == decision


@pytest.mark.parametrize(
    ("after_it", "decision"), [("stop", "stop"), ("review", "review"), ("go-on", "give 7.4")]
)
def test_what_follows_the_limit_without_toxicity(after_it: str, decision: str) -> None:
    protocol = changed('past_limit_clear = "stop"', f'past_limit_clear = "{after_it}"')
    facts = course(*infusions("7.4"), day=80, results=panel(DAYS[0] + timedelta(79)))
    assert decided(answer(facts, protocol)) == decision


@pytest.mark.parametrize("after_it", ["stop", "review"])
def test_what_follows_the_limit_while_a_row_is_open(after_it: str) -> None:
    protocol = changed('past_limit_open = "stop"', f'past_limit_open = "{after_it}"')
    facts = course(*infusions("7.4"), day=80, results=panel(DAYS[0] + timedelta(79), platelets="60"))
    assert decided(answer(facts, protocol)) == after_it


def test_a_plan_past_the_limit_is_told_in_the_words_of_the_file() -> None:
    facts = course(*infusions("7.4"), day=10)
    late = replace(facts, infusions=(*infusions("7.4"), planned(2, DAYS[0] + timedelta(71))))
    said = {one.code: one.text for one in answer(late).conflicts}
    assert "The draft allows 49 days" in said["interval-long"]
    assert "past the 4-week limit" in said["interval-beyond-limit"]


# --- the first dose, the order, the words ------------------------------------------------------------------


def test_the_first_dose_asks_for_the_criteria_of_the_file() -> None:
    found = answer(course()).next_dose
    assert [(one.criterion, one.threshold) for one in found.criteria] == [
        ("hemoglobin", ">= 9"),
        ("platelets", ">= 100"),
        ("neutrophils", ">= 1.5"),
    ]
    assert decided(answer(course())) == "give 7.4"


def test_the_order_clock_is_that_of_the_file() -> None:
    (clock,) = answer(course(*infusions("7.4"))).order
    assert clock.calibration == DAYS[1]  # a Tuesday
    assert clock.order_by == DAYS[1] - timedelta(5)  # the Thursday of the week before
    assert clock.free_cancel_until == DAYS[1] - timedelta(5)
    assert clock.late_cancel_until == DAYS[1] - timedelta(2)


def test_the_reasons_are_said_with_the_numbers_of_the_file() -> None:
    said = worklist_reason("due-item", "infusion", draft())
    assert said.text == "Infusions are 42 days apart; the course stops 4 weeks after one was due."
    assert worklist_reason("due-item", "pre-dose-labs", draft()).text == "The panel 10 to 5 days before."


# --- what its lists need ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"nadir-labs", "post',
            '"post-dose-lar", "post',
            "somatostatin is missing, which the item post-dose-lar",
        ),
        (
            '"nadir-labs", "post',
            '"amino-acids", "post',
            "amino_acids_lead_minutes is missing, which the item",
        ),
        ('"nadir-labs", "post', '"ct-mri", "post', "scans is missing, which the item ct-mri needs"),
        ('"nadir-labs", "post', '"tea", "post', "'tea', which is no item of the schedule"),
        ('"nadir-labs", "post', '"consent", "post', "schedule.items holds an item twice"),
        ('"renal", "other"]', '"hepatic", "other"]', "hepatic is missing, which the row hepatic needs"),
        ("neutrophils = 1.5", "albumin = 30", "hepatic is missing, which first_dose.albumin needs"),
        ("{labs.nadir_target}", "{labs.nadir}", "names {labs.nadir}, which is no key of this file"),
        ('item = "hand-back"', 'item = "handback"', "reasons must say once why hand-back is asked for"),
    ],
)
def test_a_list_that_names_what_is_not_there_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(ProtocolError) as error:
        changed(old, new)
    assert said in str(error.value)
