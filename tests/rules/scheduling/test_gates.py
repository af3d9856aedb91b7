"""Each gate of the readiness board, one line per answer; the rules are RULES 4, 6, 7 and 9."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.protocols import get_protocol
from scheduling.rules.gate_values import (
    GateAuthorization,
    GateDecision,
    GateFacts,
    GateInquiry,
    GateOrder,
    GatePanel,
    GateState,
)
from scheduling.rules.gates import (
    GATES,
    adverse_events_asked,
    authorized,
    chair_booked,
    consented,
    dose_ordered,
    dose_signed,
    educated,
    gates_of,
    labs_in,
    long_acting_washed_out,
    post_dose_lar_booked,
    pregnancy_excluded,
    short_acting_planned,
    sstr_scan_current,
)
from scheduling.rules.order_clock import order_clock
from scheduling.rules.worklist_urgency import BY_KIND, Urgency, urgency
from tests.protocols import draft_protocol

READY, NOT_YET, PROBLEM, CANNOT_TELL = (
    GateState.READY,
    GateState.NOT_YET,
    GateState.PROBLEM,
    GateState.CANNOT_TELL,
)
TODAY = date(2025, 2, 27)
INFUSION_ON = date(2025, 3, 13)  # a Thursday: order by Tue 25 Feb, free until Mon 3 Mar
US = get_protocol("lutathera-us-2024")


def infusion(**known: object) -> GateFacts:
    facts = GateFacts(
        cycle=2,
        planned_on=INFUSION_ON,
        today=TODAY,
        previous_on=date(2025, 1, 16),
        clock=order_clock(2, INFUSION_ON, US),
    )
    return replace(facts, **known)  # type: ignore[arg-type]


def test_what_keeps_the_first_dose_back_is_named_until_a_prescriber_has_signed() -> None:
    low, unsaid = "Platelets 40 (need ≥ 75)", "KPS not on file or expired (need ≥ 60)"
    review = GateDecision(cycle=2, action="review", unmet=(low,), unsure=(unsaid,))

    refused = dose_signed(infusion(decision=review))
    doubtful = dose_signed(infusion(decision=replace(review, unmet=())))
    signed = dose_signed(infusion(decision=replace(review, signed_action="give", signed_gbq="7.4")))

    assert (refused.state, refused.reason) == (PROBLEM, f"{low}; {unsaid}")
    assert (doubtful.state, doubtful.reason) == (CANNOT_TELL, unsaid)
    assert signed.state == READY


@pytest.mark.parametrize(
    ("lab", "state"),
    [
        (None, CANNOT_TELL),
        (GatePanel(done=False, opens_on=TODAY + timedelta(1), closes_on=TODAY + timedelta(3)), NOT_YET),
        (GatePanel(done=False, missing=("albumin",), opens_on=TODAY, closes_on=TODAY), NOT_YET),
        (GatePanel(done=False, missing=("albumin",), closes_on=TODAY - timedelta(1)), PROBLEM),
        (GatePanel(done=True), READY),
    ],
)
def test_labs_are_in_when_the_whole_panel_is(lab: GatePanel | None, state: GateState) -> None:
    assert labs_in(infusion(lab=lab)).state == state


def test_labs_that_cannot_be_graded_are_not_in() -> None:
    unclear = GateDecision(2, "review", rows=(("Kidney", "cannot-tell"),))
    answer = labs_in(infusion(lab=GatePanel(done=True), decision=unclear))
    assert (answer.state, answer.reason) == (CANNOT_TELL, "Cannot be graded: Kidney")


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (None, CANNOT_TELL),
        (GateDecision(1, "give"), NOT_YET),
        (GateDecision(2, "pending"), NOT_YET),
        (GateDecision(2, "give"), NOT_YET),
        (GateDecision(2, "give", signed_action="give", signed_gbq="7.4"), READY),
        (GateDecision(2, "give", signed_action="give", signed_gbq="7.4", is_waiting=True), CANNOT_TELL),
        (GateDecision(2, "give", is_waiting=True), NOT_YET),
        (GateDecision(2, "hold"), PROBLEM),
        (GateDecision(2, "stop"), PROBLEM),
        (GateDecision(2, "review"), CANNOT_TELL),
        (GateDecision(2, "give", signed_action="hold"), PROBLEM),
        (GateDecision(2, "give", withdrawn_because="new facts"), PROBLEM),
    ],
)
def test_a_dose_is_signed_only_by_a_signature_that_stands(
    decision: GateDecision | None, state: GateState
) -> None:
    assert dose_signed(infusion(decision=decision)).state == state


def test_a_withdrawn_signature_says_what_came_against_the_first_dose() -> None:
    unmet = ("Platelets 40 (need \u2265 75)",)
    decision = GateDecision(1, "review", withdrawn_because="new facts", unmet=unmet)
    assert dose_signed(infusion(cycle=1, decision=decision)).reason == f"Needs re-signing: {unmet[0]}"


def test_a_held_course_is_a_problem_even_when_signed() -> None:
    signed = GateDecision(2, "give", signed_action="give")
    assert dose_signed(infusion(decision=signed, held_because="platelets")).state == PROBLEM


def test_the_scan_is_asked_before_infusion_1_only() -> None:
    assert sstr_scan_current(infusion()).state == READY
    assert sstr_scan_current(infusion(cycle=1)).state == NOT_YET
    assert sstr_scan_current(infusion(cycle=1, sstr_done=True)).state == READY
    assert sstr_scan_current(infusion(cycle=1, conflicts={"sstr-pet-expired": "x"})).state == PROBLEM


PATIENT_ASKED = GateInquiry("patient", TODAY, "none")
PRACTICE_ASKED = GateInquiry("referring-practice", TODAY, "some")


@pytest.mark.parametrize(
    ("inquiries", "has_practice", "state"),
    [
        ((), True, NOT_YET),  # nothing recorded is not nothing happened
        ((PATIENT_ASKED,), True, NOT_YET),
        ((PATIENT_ASKED,), False, READY),
        ((PATIENT_ASKED, PRACTICE_ASKED), True, READY),
        ((GateInquiry("patient", TODAY, "not-reached"), PRACTICE_ASKED), True, NOT_YET),
        ((replace(PATIENT_ASKED, on=date(2025, 1, 15)), PRACTICE_ASKED), True, NOT_YET),  # before infusion 1
    ],
)
def test_adverse_events_are_asked_for(
    inquiries: tuple[GateInquiry, ...], has_practice: bool, state: GateState
) -> None:
    assert adverse_events_asked(infusion(inquiries=inquiries, has_practice=has_practice)).state == state


def test_long_acting_washout() -> None:
    limit = INFUSION_ON - timedelta(28)
    past = {"long_acting_limit_on": limit}
    assert long_acting_washed_out(infusion(long_acting_limit_on=TODAY)).state == READY
    assert long_acting_washed_out(infusion(**past)).state == CANNOT_TELL
    assert long_acting_washed_out(infusion(**past, last_long_acting_on=limit)).state == READY
    broken = {"lar-within-washout": "27 days before"}
    assert long_acting_washed_out(infusion(**past, conflicts=broken)).state == PROBLEM
    assert long_acting_washed_out(infusion(**past, overridden=broken)).state == READY


@pytest.mark.parametrize(
    ("test", "possible", "cycle", "planned_in", "state"),
    [
        (None, False, 1, 10, READY),
        ((TODAY, "positive"), False, 3, 10, PROBLEM),
        ((TODAY, "unclear"), True, 1, 10, PROBLEM),
        ((TODAY, "negative"), True, 1, 7, READY),
        ((TODAY, "negative"), True, 1, 8, NOT_YET),
        (None, True, 1, 2, NOT_YET),
        (None, True, 1, 1, PROBLEM),
        (None, True, 2, 1, READY),
    ],
)
def test_pregnancy(
    test: tuple[date, str] | None, possible: bool, cycle: int, planned_in: int, state: GateState
) -> None:
    facts = infusion(
        pregnancy_test=test,
        pregnancy_possible=possible,
        cycle=cycle,
        planned_on=TODAY + timedelta(planned_in),
    )
    assert pregnancy_excluded(facts).state == state


@pytest.mark.parametrize(
    ("payers", "state"),
    [
        ((), NOT_YET),
        ((GateAuthorization("requested", None, None),), NOT_YET),
        ((GateAuthorization("denied", None, None),), PROBLEM),
        ((GateAuthorization("granted", TODAY, INFUSION_ON),), READY),
        ((GateAuthorization("granted", TODAY, INFUSION_ON - timedelta(1)),), PROBLEM),
        ((GateAuthorization("denied", None, None), GateAuthorization("granted", TODAY, INFUSION_ON)), READY),
    ],
)
def test_authorization_covers_the_day(payers: tuple[GateAuthorization, ...], state: GateState) -> None:
    assert authorized(infusion(payers=payers)).state == state


STANDING = GateOrder("7.4", INFUSION_ON, confirmed=True, decision_stands=True)


@pytest.mark.parametrize(
    ("order", "today", "state"),
    [
        (None, date(2025, 2, 25), NOT_YET),
        (None, date(2025, 2, 26), PROBLEM),
        (STANDING, TODAY, READY),
        (replace(STANDING, confirmed=False), TODAY, NOT_YET),
        (replace(STANDING, decision_stands=False), TODAY, PROBLEM),
        (replace(STANDING, calibration_on=INFUSION_ON - timedelta(1)), TODAY, PROBLEM),
    ],
)
def test_the_dose_is_ordered_and_confirmed(order: GateOrder | None, today: date, state: GateState) -> None:
    assert dose_ordered(infusion(order=order, today=today)).state == state


def test_nothing_is_ordered_while_a_course_is_on_hold() -> None:
    assert dose_ordered(infusion(today=date(2025, 3, 1), held_because="platelets")).state == NOT_YET
    ordered = infusion(order=replace(STANDING, decision_stands=False), held_because="platelets")
    assert dose_ordered(ordered).state == PROBLEM


def test_the_rest() -> None:
    start = datetime(2025, 3, 13, 14, tzinfo=UTC)
    assert consented(infusion()).state == NOT_YET
    assert consented(infusion(consent_on=TODAY)).state == READY
    assert consented(infusion(consent_withdrawn_on=TODAY)).state == PROBLEM
    assert educated(infusion()).state == NOT_YET
    assert educated(infusion(educated_on=TODAY)).state == READY
    assert chair_booked(infusion()).state == NOT_YET
    booked = infusion(starts_at=start, starts_at_words="10:00", booked="Chair 2, Nurse Vance")
    assert chair_booked(infusion(starts_at=start)).state == NOT_YET
    assert chair_booked(booked).reason == "10:00, Chair 2, Nurse Vance"
    assert chair_booked(replace(booked, conflicts={"capacity": "x"})).state == PROBLEM
    assert chair_booked(replace(booked, conflicts={"calibration-day-closed": "x"})).state == PROBLEM
    goes_on = chair_booked(replace(booked, overridden={"capacity": "Nora: two tubes, one chair"}))
    assert (goes_on.state, goes_on.reason[-26:]) == (READY, "Nora: two tubes, one chair")
    assert short_acting_planned(infusion()).state == NOT_YET
    assert short_acting_planned(infusion(starts_at=start)).state == READY
    assert short_acting_planned(infusion(conflicts={"short-acting-within-24h": "x"})).state == PROBLEM
    assert post_dose_lar_booked(infusion()).state == NOT_YET
    assert post_dose_lar_booked(infusion(long_acting_after_on=INFUSION_ON)).state == READY
    assert post_dose_lar_booked(infusion(conflicts={"lar-window-closed-day": "x"})).state == PROBLEM


def test_every_answer_that_is_not_ready_says_why_and_what_next() -> None:
    answers = gates_of(infusion(cycle=1, pregnancy_possible=True))
    assert list(answers) == list(GATES)
    for key, answer in answers.items():
        assert answer.reason, key
        assert answer.state == READY or answer.act, key


def test_urgency_puts_harm_first() -> None:
    assert urgency("withdrawn", "give") == Urgency.HARM
    assert urgency("due-item", "pre-dose-labs") < urgency("due-item", "ct-mri")
    assert urgency("conflict", "pregnancy-positive") < urgency("conflict", "interval-short")
    assert all(urgency(kind, "something new") == BY_KIND[kind] for kind in BY_KIND)


def test_a_gate_of_what_the_protocol_does_not_ask_for_stands_open() -> None:
    asked = frozenset(draft_protocol().schedule.items)
    answers = gates_of(infusion(asked=asked))
    open_gates = {key for key, answer in answers.items() if answer.reason == "Not part of this protocol"}
    assert open_gates == {"sstr", "washout", "short-acting", "authorization", "education", "post-lar"}
    assert all(answers[key].state == READY for key in open_gates)
    assert answers["consent"].state == NOT_YET


def test_the_days_of_the_pregnancy_test_are_the_protocols() -> None:
    facts = infusion(
        pregnancy_possible=True, cycle=1, pregnancy_test=(INFUSION_ON - timedelta(9), "negative")
    )
    assert pregnancy_excluded(facts).state == NOT_YET
    assert pregnancy_excluded(replace(facts, pregnancy_days=10)).state == READY
