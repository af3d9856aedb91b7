"""The proposal for the next dose: each rule, its precedence before the next one, and what never changes it.

Source: docs/clinical/dose-table.md, "The proposal" [H22 t3, PI18, PI24].
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as assume
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scheduling.rules.answer import NextDose
from scheduling.rules.assess import assess
from scheduling.rules.facts import (
    CourseFacts,
    PatientFacts,
    PregnancyTestFact,
    ResultFact,
    Settings,
    StoppedFact,
    WeightFact,
)
from tests.rules.scheduling.courses import at, given, planned, protocol
from tests.rules.scheduling.dose_courses import (
    BASELINE_ON,
    DAYS,
    EU,
    GATE,
    LAB,
    PANEL_DAY,
    US_2018,
    US_2024,
    before_first,
    day,
    decision,
    drawn_later,
    dull,
    event,
    lab,
    panel,
    proposal,
    red_cells,
)

REACTION = event("Anaphylaxis", DAYS[0], 3, hypersensitivity=True, resolved_on=DAYS[0])
FALL = lab("platelets", "60", day(42))
RECURRENT = dull(FALL, infusions=2, platelets="74")
UNSHARED = dull(lab("hemoglobin", "7", day(42)), infusions=2, neutrophils="0.8")
OPEN = dull(platelets="60")
UNCLEAR = dull(ggt="400")
POSITIVE = (PregnancyTestFact(day(40), "positive"),)


def past_limit(facts: CourseFacts, interval: int = 1, **values: str | None) -> CourseFacts:
    """The same course on day 113, with a fresh panel."""
    return drawn_later(facts, 113, interval, **values)


# --- the rules, one by one --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(dull(), stopped=StoppedFact(day(40), "progress")), "none"),  # 1
        (replace(dull(), died_on=day(40)), "none"),
        (dull(infusions=4), "none"),
        (replace(dull(), adverse_events=(REACTION,)), "stop"),  # 2
        (RECURRENT, "stop"),  # 3
        (UNSHARED, "review"),
        (past_limit(OPEN, platelets="60"), "stop"),  # 4
        (OPEN, "hold"),  # 5
        (past_limit(dull()), "review"),  # 6
        (UNCLEAR, "review"),  # 7
        (replace(dull(), pregnancy_tests=POSITIVE), "review"),
        (dull(albumin=None), "pending"),  # 8
        (dull(FALL), "give 3.7"),  # 9
        (dull(), "give 7.4"),  # 10
        (before_first(), "give 7.4"),
    ],
)
def test_each_rule(facts: CourseFacts, expected: str) -> None:
    assert decision(facts) == expected


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            replace(dull(), stopped=StoppedFact(day(40))),
            "Treatment discontinued on Feb 23, 2025. No further doses.",
        ),
        (replace(dull(), died_on=day(40)), "Patient died on Feb 23, 2025. No further doses."),
        (dull(infusions=4), "All 4 infusions have been given."),
        (
            replace(dull(), adverse_events=(REACTION,)),
            "Stop: grade 3 or 4 hypersensitivity reaction. No further doses.",
        ),
        (
            RECURRENT,
            "Stop: thrombocytopenia came back. Grade 2 again (platelets 74 K/µL on Apr 24, 2025): second "
            "episode.",
        ),
        (
            UNSHARED,
            "Prescriber review of anemia or neutropenia: second episode, but of a different blood count.",
        ),
        (
            past_limit(OPEN, platelets="60"),
            "Stop: thrombocytopenia not resolved 113 days after the last infusion (limit 112).",
        ),
        (OPEN, "Hold: still grade 2 (platelets 60 K/µL on Feb 27, 2025)."),
        (past_limit(dull()), "Prescriber review: 113 days since the last infusion (limit 112)."),
        (UNCLEAR, "Prescriber review of other toxicity: GGT 400 U/L on Feb 27, 2025 is grade 3."),
        (
            replace(dull(), pregnancy_tests=POSITIVE),
            "Prescriber review: the latest pregnancy test is not negative.",
        ),
        (dull(albumin=None, ast=None), "Waiting for albumin and AST, due Feb 28, 2025."),
        (dull(FALL), "Give 3.7 GBq (100 mCi): grade 2 (platelets 60 K/µL on Feb 25, 2025), now resolved."),
        (dull(), "Give 7.4 GBq (200 mCi): no dose change needed."),
        (before_first(), "Give 7.4 GBq (200 mCi): first dose, criteria met."),
        (before_first(albumin=None, wbc=None), "Waiting for baseline labs: WBC and albumin."),
        (
            replace(before_first(hemoglobin="7.5", albumin="28"), eligibility_unmet=("karnofsky",)),
            "Prescriber review before the first dose: hemoglobin 7.5 g/dL (need ≥ 8); albumin 28 g/L not "
            "conclusive (need ≥ 30); KPS not met.",
        ),
    ],
)
def test_each_proposal_says_itself_in_one_sentence(facts: CourseFacts, said: str) -> None:
    assert proposal(facts).text == said


def test_a_clearance_just_under_the_threshold_does_not_read_as_enough() -> None:
    """M 80 y 72 kg 1.5003: 39.992 mL/min, to one decimal 40.0."""
    facts = replace(
        before_first(creatinine="1.5003"),
        patient=PatientFacts("male", date(1944, 5, 4)),
        weights=(WeightFact(Decimal(72), BASELINE_ON),),
    )
    said = "Prescriber review before the first dose: CrCl just under 40 mL/min (need ≥ 40)."
    assert proposal(facts).text == said


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(dull(), stopped=StoppedFact(day(40)), adverse_events=(REACTION,)), "none"),  # 1 before 2
        (replace(UNSHARED, adverse_events=(REACTION,)), "stop"),  # 2 before 3
        (dull(FALL, lab("hemoglobin", "7", day(42)), infusions=2, platelets="74", neutrophils="0.8"), "stop"),
        (past_limit(UNSHARED, 2, neutrophils="0.8"), "review"),  # 3 before 4
        (past_limit(dull(infusions=2), 2, platelets="60"), "stop"),  # 4
        (past_limit(OPEN, platelets="60", ggt="400"), "stop"),  # 4 before 6 and 7
        (dull(platelets="60", ggt="400", albumin=None), "hold"),  # 5 before 7 and 8
        (replace(OPEN, pregnancy_tests=POSITIVE), "hold"),  # 5 before 7
        (past_limit(dull(), albumin=None), "review"),  # 6 before 8
        (dull(ggt="400", albumin=None), "review"),  # 7 before 8
        (replace(dull(albumin=None), pregnancy_tests=POSITIVE), "review"),
        (dull(FALL, albumin=None), "pending"),  # 8 before 9
        (replace(before_first(albumin=None), eligibility_unmet=("bilirubin",)), "pending"),
    ],
)
def test_the_first_rule_that_matches_wins(facts: CourseFacts, expected: str) -> None:
    assert decision(facts) == expected


def test_an_answer_none_has_no_cycle_and_lacks_nothing_but_shows_its_rows() -> None:
    proposed = proposal(replace(dull(FALL, albumin=None), stopped=StoppedFact(day(44))))
    assert (proposed.cycle, proposed.missing, proposed.activity_gbq) == (None, (), None)
    assert proposed.rows[0].state == "resolved"


@pytest.mark.parametrize("number", [45, 46])
def test_a_stop_or_a_death_of_tomorrow_has_not_happened(number: int) -> None:
    expected = "none" if number == 45 else "give 7.4"
    assert decision(replace(dull(), stopped=StoppedFact(day(number)))) == expected
    assert decision(replace(dull(), died_on=day(number))) == expected


# --- the limit of sixteen weeks ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "number", "is_open", "expected"),
    [
        (US_2018, 111, True, "hold"),
        (US_2018, 111, False, "give 7.4"),
        (US_2018, 112, True, "stop"),
        (US_2018, 112, False, "review"),
        (US_2024, 112, True, "hold"),
        (US_2024, 112, False, "give 7.4"),
        (US_2024, 113, True, "stop"),
        (US_2024, 113, False, "review"),
        (EU, 112, True, "hold"),
        (EU, 113, True, "stop"),
    ],
)
def test_past_the_limit(key: str, number: int, is_open: bool, expected: str) -> None:
    facts = drawn_later(dull(), number, platelets="60" if is_open else "200")
    proposed = proposal(facts, key)
    assert decision(facts, key) == expected
    assert proposed.days_since_last_infusion == number
    assert proposed.last_allowed_on == day(111 if key == US_2018 else 112)


def test_days_are_counted_on_the_local_calendar() -> None:
    facts = replace(dull(), as_of=datetime.fromisoformat("2025-03-01T04:30:00+00:00"))  # 23:30 of day 45
    assert proposal(facts).days_since_last_infusion == 45


# --- the panel ---------------------------------------------------------------------------------------


@pytest.mark.hazard("H11")
@pytest.mark.parametrize("analyte", GATE)
def test_each_analyte_of_the_panel_is_needed(analyte: str) -> None:
    values: dict[str, Any] = {analyte: None}
    proposed = proposal(dull(**values))
    assert (proposed.action, proposed.missing) == ("pending", (analyte,))


@pytest.mark.parametrize(("number", "expected"), [(45, "pending"), (46, "review")])
def test_the_panel_is_waited_for_until_eleven_days_before(number: int, expected: str) -> None:
    assert decision(replace(dull(albumin=None), as_of=at(day(number), 23, 59))) == expected


def test_without_a_plan_the_window_hangs_on_the_projected_day() -> None:
    for number, expected in ((45, "pending"), (46, "review")):
        facts = replace(dull(albumin=None), infusions=(given(1, DAYS[0]),), as_of=at(day(number)))
        assert decision(facts) == expected


def only_albumin_on(on: date, as_of: datetime, next_planned: date) -> NextDose:
    facts = dull(albumin=None)
    facts = replace(
        facts,
        results=(*facts.results, lab("albumin", "41", on)),
        infusions=(given(1, DAYS[0]), planned(2, next_planned)),
        as_of=as_of,
    )
    return proposal(facts)


@pytest.mark.hazard("H12")
@pytest.mark.parametrize(("before", "missing"), [(14, ()), (15, ("albumin",))])
def test_a_result_is_fresh_for_fourteen_days_before_the_planned_date(
    before: int, missing: tuple[str, ...]
) -> None:
    found = only_albumin_on(DAYS[1] - timedelta(before), at(day(45)), DAYS[1])
    assert found.missing == missing


@pytest.mark.parametrize(("number", "missing"), [(56, ()), (57, ("albumin",))])
def test_once_the_planned_date_has_passed_today_counts(number: int, missing: tuple[str, ...]) -> None:
    found = only_albumin_on(day(42), at(day(number)), DAYS[1])
    assert [name for name in found.missing if name == "albumin"] == list(missing)


@pytest.mark.parametrize(("number", "missing"), [(7, True), (8, False)])
def test_a_result_counts_from_day_8_on(number: int, missing: bool) -> None:
    found = only_albumin_on(day(number), at(day(10)), day(20))
    assert ("albumin" in found.missing) == missing


def test_what_is_not_final_or_not_usable_is_missing() -> None:
    on = day(PANEL_DAY)
    for changes in ({"status": "preliminary"}, {"unit": None}, {"status": "cancelled"}):
        sent = lab("albumin", "41", on, **changes)
        assert proposal(dull(sent, albumin=None)).missing == ("albumin",)
    for status in ("corrected", "amended"):
        assert proposal(dull(lab("albumin", "41", on, status=status), albumin=None)).missing == ()


def test_wbc_and_percentage_of_one_draw_stand_for_the_neutrophils() -> None:
    on = day(PANEL_DAY)
    of_the_draw = lab("neutrophils_pct", "60", on)
    assert decision(dull(of_the_draw, neutrophils=None)) == "give 7.4"
    of_another = lab("neutrophils_pct", "60", on, hour=10)
    assert proposal(dull(of_another, neutrophils=None)).missing == ("neutrophils",)


@pytest.mark.parametrize(("days", "missing"), [(63, ()), (64, ("weight",))])
def test_a_weight_must_serve_the_day_of_the_creatinine(days: int, missing: tuple[str, ...]) -> None:
    weights = (WeightFact(Decimal(75), day(PANEL_DAY) - timedelta(days)),)
    assert proposal(replace(dull(), weights=weights)).missing == missing


@pytest.mark.parametrize(("days", "missing"), [(63, False), (64, True)])
def test_without_a_creatinine_the_weight_must_serve_today(days: int, missing: bool) -> None:
    weights = (WeightFact(Decimal(75), day(45) - timedelta(days)),)
    found = proposal(replace(dull(creatinine=None), weights=weights))
    assert found.missing == ("creatinine", "weight")[: 1 + missing]


# --- the first dose ----------------------------------------------------------------------------------


@pytest.mark.parametrize("analyte", GATE)
def test_the_first_dose_waits_for_its_panel(analyte: str) -> None:
    values: dict[str, Any] = {analyte: None}
    for as_of in (date(2025, 1, 3), DAYS[0]):  # no window closes
        proposed = proposal(replace(before_first(**values), as_of=at(as_of)))
        assert (proposed.action, proposed.missing, proposed.cycle) == ("pending", (analyte,), 1)


@pytest.mark.parametrize(("before", "expected"), [(14, "give 7.4"), (15, "pending")])
def test_the_baseline_panel_is_fresh_for_fourteen_days(before: int, expected: str) -> None:
    facts = replace(before_first(), results=panel(DAYS[0] - timedelta(before)))
    assert decision(facts) == expected


def test_the_first_dose_needs_a_weight() -> None:
    proposed = proposal(replace(before_first(), weights=()))
    assert (proposed.action, proposed.missing) == ("pending", ("weight",))


def test_the_first_dose_is_reviewed_where_eligibility_or_pregnancy_is_not_settled() -> None:
    assert decision(replace(before_first(), eligibility_unmet=("performance",))) == "review"
    tests = (PregnancyTestFact(date(2025, 1, 2), "positive"),)
    proposed = proposal(replace(before_first(), pregnancy_tests=tests))
    assert (proposed.action, proposed.notes) == ("review", ("pregnancy-positive",))


def test_before_the_first_dose_every_row_is_clear() -> None:
    facts = replace(
        before_first(platelets="20", bilirubin="9", creatinine="5"), transfusions=(red_cells(BASELINE_ON),)
    )
    proposed = proposal(facts)
    assert {answer.state for answer in proposed.rows} == {"clear"}
    assert (proposed.days_since_last_infusion, proposed.last_allowed_on) == (None, None)


def test_eligibility_says_nothing_of_later_doses() -> None:
    assert decision(replace(dull(), eligibility_unmet=("performance",))) == "give 7.4"


# --- activity, notes ---------------------------------------------------------------------------------


def test_a_tolerated_reduced_dose_is_followed_by_the_full_one() -> None:
    reduced = given(2, DAYS[1], activity_gbq=Decimal("3.7"), signed_gbq=Decimal("3.7"))
    facts = dull(FALL, infusions=2)
    facts = replace(facts, infusions=(facts.infusions[0], reduced, planned(3, DAYS[2])))
    assert decision(facts) == "give 7.4"
    assert "tolerated" in proposal(facts).text


def test_two_rows_resolved_reduce_once() -> None:
    assert decision(dull(FALL, lab("creatinine", "1.5", day(42)))) == "give 3.7"


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([(30, "positive"), (40, "negative")], "give 7.4"),
        ([(30, "negative"), (40, "positive")], "review"),
        ([(40, "negative"), (40, "positive")], "review"),  # any of its day
        ([(40, "positive"), (40, "negative")], "review"),
        ([(40, "indeterminate")], "review"),
        ([(45, "positive")], "review"),
        ([(40, "negative"), (46, "positive")], "give 7.4"),  # tomorrow's is not known
    ],
)
def test_the_newest_pregnancy_test_counts(tests: list[tuple[int, str]], expected: str) -> None:
    facts = replace(dull(), pregnancy_tests=tuple(PregnancyTestFact(day(n), r) for n, r in tests))
    assert decision(facts) == expected
    assert proposal(facts).notes == (("pregnancy-positive",) if expected == "review" else ())


def test_the_shown_clearance_is_that_of_the_newest_creatinine_of_the_interval() -> None:
    assert proposal(dull(creatinine="1.10")).crcl_ml_min == Decimal("72.0")  # 64 years, 75 kg: 71.97
    assert proposal(dull(creatinine=None)).crcl_ml_min is None


@pytest.mark.hazard("H25")
def test_the_assessment_names_protocol_and_version_and_grades_what_it_read() -> None:
    on = day(PANEL_DAY)
    facts = dull(
        lab("neutrophils_pct", "60", on),
        lab("platelets", "12", on, hour=10, unit=None),
        lab("platelets", "12", on, hour=11, status="preliminary"),
        neutrophils=None,
        settings=Settings(ctcae="6.0"),
    )
    found = assess(facts, protocol(US_2024))
    assert (found.protocol, found.ctcae) == ("lutathera-us-2024", "6.0")
    (derived,) = [graded for graded in found.grades if graded.derived]
    assert (derived.analyte, derived.value, derived.grade) == ("neutrophils", "3.36", 0)
    assert [(r.result, r.reason) for r in found.rejected] == [(f"platelets-{on}-10", "unit-missing")]
    assert all(graded.result != f"platelets-{on}-11" for graded in found.grades)


# --- what never changes the answer -------------------------------------------------------------------

AROUND = {  # values on both sides of what the rows ask
    "platelets": ("210", "75", "74", "50", "24"),
    "hemoglobin": ("13", "8.0", "7.9"),
    "neutrophils": ("3.4", "1.5", "1.0", "0.9"),
    "creatinine": ("0.9", "1.00", "1.10", "1.11", "1.39", "1.40", "2.1"),
    "bilirubin": ("0.6", "1.2", "1.3", "3.6", "3.7"),
    "ast": ("24", "200", "201"),
    "alt": ("22", "200", "201"),
}
WORSE_IS_MORE = {"creatinine", "bilirubin", "ast", "alt"}

quickly = hypothesis_settings(max_examples=25, derandomize=True, deadline=None, database=None)


@st.composite
def drawn(draw: st.DrawFn) -> ResultFact:
    """A result after the first or the second infusion; one analyte has at most one result a day."""
    analyte = draw(st.sampled_from(sorted(AROUND)))
    on = day(draw(st.sampled_from((20, 30, 42, 43))), draw(st.sampled_from((1, 2))))
    return lab(analyte, draw(st.sampled_from(AROUND[analyte])), on)


@st.composite
def courses(draw: st.DrawFn, nadir: tuple[str, ...] = ("counts", "ignore", "review")) -> CourseFacts:
    """Two infusions, odd results in both intervals, and a newest panel that may fire."""
    odd = draw(st.lists(drawn(), max_size=6, unique_by=lambda result: result.id))
    newest: dict[str, Any] = {}
    for analyte in draw(st.sets(st.sampled_from(sorted(AROUND)), max_size=2)):
        newest[analyte] = draw(st.sampled_from(AROUND[analyte]))
    chosen = Settings(
        nadir=draw(st.sampled_from(nadir)),
        recurrence_scope=draw(st.sampled_from(("row", "analyte", "review"))),
    )
    return dull(*odd, infusions=2, settings=chosen, **newest)


@quickly
@assume(courses(), st.randoms(use_true_random=False))
def test_the_order_in_which_results_stand_changes_nothing(facts: CourseFacts, random: Any) -> None:
    again = lab("platelets", "60", day(PANEL_DAY, 2), hour=9, id="same-moment")
    results = [*facts.results, again]
    random.shuffle(results)
    shuffled = replace(facts, results=tuple(results))
    assert proposal(shuffled) == proposal(replace(facts, results=(*facts.results, again)))


@quickly
@assume(courses(), st.randoms(use_true_random=False))
def test_the_order_in_which_results_arrive_changes_nothing(facts: CourseFacts, random: Any) -> None:
    results = [
        replace(
            result,
            received_at=max(result.collected_at, facts.as_of - timedelta(minutes=random.randrange(5000))),
        )
        for result in facts.results
    ]
    assert proposal(replace(facts, results=tuple(results))) == proposal(facts)


@pytest.mark.hazard("H05")
@quickly
@assume(courses(), st.data())
def test_a_result_delivered_twice_makes_no_episode(facts: CourseFacts, data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(facts.results), max_size=4))
    delivered = [replace(result, received_at=result.received_at + timedelta(hours=1)) for result in again]
    assert proposal(replace(facts, results=(*facts.results, *delivered))) == proposal(facts)
    renamed = [replace(result, id=f"{number}-{result.id}") for number, result in enumerate(delivered)]
    found = proposal(replace(facts, results=(*facts.results, *renamed)))
    assert (found.action, found.activity_gbq) == (proposal(facts).action, proposal(facts).activity_gbq)
    assert [r.occurrence for r in found.rows] == [r.occurrence for r in proposal(facts).rows]


@pytest.mark.hazard("H11")
@quickly
@assume(courses(), st.sampled_from(GATE))
def test_without_a_result_of_the_panel_nothing_is_given(facts: CourseFacts, analyte: str) -> None:
    first = at(DAYS[1])
    kept = [r for r in facts.results if r.loinc != LAB[analyte][0] or r.collected_at < first]
    assert proposal(replace(facts, results=tuple(kept))).action != "give"


@quickly
@assume(courses(nadir=("counts", "ignore")), st.data())
def test_a_worse_value_never_moves_towards_give(facts: CourseFacts, data: st.DataObject) -> None:
    """Not under nadir = review, where a second fall turns the question into an episode that has resolved."""
    codes = {LAB[analyte][0]: analyte for analyte in AROUND}
    after = [r for r in facts.results if r.loinc in codes and r.collected_at > at(DAYS[0])]
    chosen = data.draw(st.sampled_from(after))
    analyte, value = codes[chosen.loinc], Decimal(chosen.value or "0")
    worse = [v for v in AROUND[analyte] if (Decimal(v) > value) == (analyte in WORSE_IS_MORE)]
    now = replace(chosen, value=data.draw(st.sampled_from([chosen.value, *worse])))
    changed = replace(facts, results=tuple(now if r is chosen else r for r in facts.results))
    before, then = proposal(facts), proposal(changed)
    if then.action == "give":
        assert before.action == "give"
        assert (before.activity_gbq or 0) >= (then.activity_gbq or 0)


OTHER_UNITS = {  # LOINC, unit, factor on what was sent
    "777-3": ("/uL", "1000"),
    "718-7": ("g/L", "10"),
    "751-8": ("/uL", "1000"),
    "6690-2": ("10*3/uL", "1"),
    "2160-0": ("umol/L", "88.42"),
    "1975-2": ("umol/L", "17.104"),
    "1751-7": ("g/dL", "0.1"),
    "1920-8": ("IU/L", "1"),
}
OTHER_CODES = {"2160-0": "14682-9", "1975-2": "14631-6"}  # the same substances by the mole


def in_other_units(result: ResultFact) -> ResultFact:
    if result.loinc not in OTHER_UNITS:
        return result
    unit, factor = OTHER_UNITS[result.loinc]

    def times(text: str | None) -> str | None:
        return None if text is None else format(Decimal(text) * Decimal(factor), "f")

    return replace(
        result,
        loinc=OTHER_CODES.get(result.loinc, result.loinc),
        unit=unit,
        value=times(result.value),
        low=times(result.low),
        high=times(result.high),
    )


@pytest.mark.hazard("H02")
@quickly
@assume(courses(), st.data())
def test_the_same_quantity_in_other_units_is_the_same_decision(
    facts: CourseFacts, data: st.DataObject
) -> None:
    results = tuple(
        in_other_units(result) if data.draw(st.booleans()) else result for result in facts.results[-15:]
    )
    found = proposal(replace(facts, results=facts.results[:-15] + results))
    expected = proposal(facts)
    assert (found.action, found.activity_gbq, found.missing, found.notes) == (
        expected.action,
        expected.activity_gbq,
        expected.missing,
        expected.notes,
    )
    assert [(r.state, r.grade, r.occurrence, r.because) for r in found.rows] == [
        (r.state, r.grade, r.occurrence, r.because) for r in expected.rows
    ]


@quickly
@assume(courses(), st.integers(min_value=0, max_value=100))
def test_what_is_known_later_changes_nothing_today(facts: CourseFacts, number: int) -> None:
    as_of = at(day(number))
    tomorrow = as_of.date() + timedelta(1)
    known = [r for r in facts.results if r.received_at <= as_of]
    past = replace(facts, as_of=as_of)
    without = replace(
        past,
        results=tuple(known),
        weights=tuple(w for w in facts.weights if w.on < tomorrow),
        infusions=tuple(
            i if i.started_at and i.started_at <= as_of else planned(i.cycle, i.planned_on or tomorrow)
            for i in facts.infusions
        ),
    )
    with_more = replace(
        past,
        adverse_events=(event("Fatigue", tomorrow),),
        transfusions=(red_cells(tomorrow),),
        pregnancy_tests=(PregnancyTestFact(tomorrow, "positive"),),
        stopped=StoppedFact(tomorrow),
        died_on=tomorrow,
        patient=PatientFacts("male", date(1960, 5, 4)),
    )
    assert proposal(with_more) == proposal(without)
