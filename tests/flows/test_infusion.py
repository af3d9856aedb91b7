"""What is recorded of an infusion: what stood signed when it started, the times of the day, what was left."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from coordination.base.errors import CareError, OutOfDate
from coordination.flows import decision
from coordination.flows import record as flow
from coordination.flows.lab_result import enter_results
from coordination.flows.reassess import answer_of
from scheduling import actions
from scheduling.models import InfusionGiven, PregnancyTest, Signature
from tests.flows.courses import NOW, Care, care, cleared, panel

pytestmark = pytest.mark.django_db

START = datetime(2025, 3, 11, 15, 0, tzinfo=UTC)
AFTER = START + timedelta(hours=5)
SIGNED = START - timedelta(days=3)


def decided(*, at: datetime = SIGNED) -> Care:
    here = cleared()
    decision.sign(here.proposal.public_id, by=here.prescriber, now=at)
    return here


def gave(here: Care, *, now: datetime = AFTER, **said: Any) -> InfusionGiven:
    given: dict[str, Any] = {
        "started_at": START,
        "ended_at": START + timedelta(minutes=40),
        "activity_gbq": Decimal("7.4"),
    }
    return flow.record_infusion(here.cycle(2), by=here.navigator, now=now, **(given | said))


# --- what stood signed -----------------------------------------------------------------------------


def test_a_dose_given_as_it_was_signed_says_so() -> None:
    here = decided()
    infusion = gave(here)
    assert (infusion.decision, infusion.signed_gbq) == ("give", Decimal("7.4"))
    assert infusion.signature == Signature.objects.get()


def test_a_dose_that_nobody_signed_is_stored_as_such() -> None:
    infusion = gave(cleared())
    assert (infusion.decision, infusion.signature, infusion.signed_gbq) == ("none", None, None)


def test_a_dose_signed_after_it_started_was_not_signed() -> None:
    here = decided(at=START + timedelta(minutes=1))
    assert gave(here).decision == "none"


def test_a_signature_of_the_minute_in_which_it_started_counts() -> None:
    """The form takes minutes: 15:00 is all of that minute."""
    here = decided(at=START + timedelta(seconds=40))
    assert gave(here).decision == "give"


def test_a_dose_given_on_hold_says_hold() -> None:
    here = decided()
    actions.hold_course(here.course, by=here.navigator, because="fever", now=START - timedelta(hours=1))
    infusion = gave(here)
    assert (infusion.decision, infusion.signature) == ("hold", None)


def test_a_signed_hold_says_hold() -> None:
    here = cleared()
    decision.override(
        here.proposal.public_id,
        by=here.prescriber,
        now=SIGNED,
        action="hold",
        activity_gbq=None,
        code="clinical-judgment",
        reason="frail",
    )
    assert gave(here).decision == "hold"


def test_a_dose_given_after_a_stop_says_stop() -> None:
    here = decided()
    actions.stop_course(
        here.course, by=here.prescriber, because="progression", on=SIGNED.date(), now=SIGNED + timedelta(1)
    )
    assert gave(here).decision == "stop"


def test_a_positive_pregnancy_test_withdraws_the_signature_so_nothing_stood() -> None:
    here = decided()
    flow.record(
        here.patient,
        lambda: actions.record_pregnancy_test(
            here.patient,
            on=START.date(),
            result=PregnancyTest.Result.POSITIVE,
            by=here.navigator,
            now=START - timedelta(hours=1),
        ),
        now=START - timedelta(hours=1),
    )
    assert gave(here).decision == "none"


def test_a_signature_that_waiting_facts_have_overtaken_does_not_stand() -> None:
    """The result was there before the start; no worker had come to it."""
    here = decided()
    report = panel(START - timedelta(hours=6), changed={"777-3": "40"})
    enter_results(report, patient=here.patient, by=here.navigator, now=START - timedelta(hours=2))
    assert Signature.objects.get().withdrawn_at is None
    assert gave(here).decision == "none"


def test_facts_that_came_after_the_start_change_nothing_of_what_stood() -> None:
    here = decided()
    here.panel_arrives(START - timedelta(hours=6), now=START + timedelta(hours=1), platelets="40")
    assert Signature.objects.get().withdrawn_at is not None
    assert gave(here).decision == "give"


def test_a_dose_given_elsewhere_has_no_decision_of_ours() -> None:
    infusion = gave(decided(), elsewhere=True)
    assert (infusion.decision, infusion.signature, infusion.signed_gbq) == (None, None, None)


def test_the_rules_are_told_all_of_it() -> None:
    here = decided()
    times = {
        "antiemetic_at": START - timedelta(minutes=50),
        "amino_acids_started_at": START - timedelta(minutes=30),
        "amino_acids_ended_at": START + timedelta(hours=4),
    }
    gave(here, residual_gbq=Decimal("0.05"), **times)
    facts, _ = answer_of(here.course, as_of=AFTER)
    told = facts.infusions[1]
    assert (told.decision, told.residual_gbq, told.elsewhere) == ("give", Decimal("0.05"), False)
    assert told.antiemetic_at == times["antiemetic_at"]
    assert told.amino_acids_started_at == times["amino_acids_started_at"]
    assert told.amino_acids_ended_at == times["amino_acids_ended_at"]


# --- what was left over ----------------------------------------------------------------------------


@pytest.mark.hazard("H28")
def test_administered_is_what_was_measured_less_what_was_left() -> None:
    infusion = gave(decided(), residual_gbq=Decimal("3.07"))
    assert infusion.administered_gbq == Decimal("4.33")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"residual_gbq": Decimal("7.401")}, "residual_gbq"),
        ({"residual_gbq": Decimal("-0.1")}, "residual_gbq"),
        ({"residual_gbq": Decimal("0.1"), "activity_gbq": None}, "activity_gbq"),
        ({"amino_acids_ended_at": AFTER + timedelta(hours=1)}, "amino_acids_ended_at"),
        (
            {"amino_acids_started_at": START, "amino_acids_ended_at": START - timedelta(minutes=1)},
            "amino_acids_ended_at",
        ),
    ],
)
def test_what_cannot_have_happened_is_refused_beside_its_field(said: dict[str, Any], field: str) -> None:
    with pytest.raises(CareError) as refused:
        gave(decided(), **said)
    assert refused.value.field == field


# --- corrections -----------------------------------------------------------------------------------


def corrected(here: Care, wrong: InfusionGiven, **changes: Any) -> InfusionGiven:
    return flow.correct_infusion(
        wrong, changes=changes, because="misread", by=here.navigator, now=AFTER + timedelta(hours=1)
    )


def test_a_correction_keeps_what_it_does_not_touch_and_the_wrong_record() -> None:
    here = decided()
    wrong = gave(here, note="left arm", antiemetic_at=START - timedelta(minutes=50))
    InfusionGiven.objects.filter(pk=wrong.pk).update(interrupted_because="pump alarm")
    right = corrected(here, wrong, residual_gbq=Decimal("0.2"))
    wrong.refresh_from_db()
    assert (right.note, right.antiemetic_at) == ("left arm", wrong.antiemetic_at)
    assert (right.interrupted_because, right.ended_at) == ("pump alarm", wrong.ended_at)
    assert (right.decision, right.signature, right.residual_gbq) == (
        "give",
        wrong.signature,
        Decimal("0.2"),
    )
    assert wrong.recorded_in_error_because == "misread"
    assert here.cycle(2).infusion == right


def test_what_was_known_before_the_correction_is_still_answered() -> None:
    here = decided()
    corrected(here, gave(here), activity_gbq=Decimal("7.1"))
    facts, _ = answer_of(here.course, as_of=AFTER)
    assert facts.infusions[1].activity_gbq == Decimal("7.4")


def test_another_start_asks_again_what_stood_then() -> None:
    here = decided()
    right = corrected(here, gave(here), started_at=SIGNED - timedelta(hours=2))
    assert right.decision == "none"


@pytest.mark.hazard("H24")
def test_given_elsewhere_after_all_and_back_again() -> None:
    here = decided()
    elsewhere = corrected(here, gave(here), elsewhere=True)
    assert elsewhere.decision is None
    assert corrected(here, elsewhere, elsewhere=False).decision == "give"


def test_the_second_of_two_corrections_is_told() -> None:
    here = decided()
    wrong = gave(here)
    corrected(here, wrong, note="first")
    with pytest.raises(OutOfDate):
        corrected(here, wrong, note="second")


def test_a_correction_of_nothing_is_refused() -> None:
    here = care()
    with pytest.raises(CareError, match="Nothing was changed"):
        corrected(here, here.cycle(1).infusion)  # type: ignore[arg-type]


def test_the_decision_of_an_imported_infusion_stays_unknown() -> None:
    here = care()
    first = here.cycle(1).infusion
    assert first is not None and first.decision is None
    right = flow.correct_infusion(
        first,
        changes={"started_at": first.started_at + timedelta(minutes=5)},
        because="clock",
        by=here.navigator,
        now=NOW,
    )
    assert right.decision is None


# --- what cannot have happened ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"started_at": datetime(1930, 1, 1, 15, tzinfo=UTC)}, "started_at", "not born yet"),
        (
            {"started_at": datetime(2025, 1, 10, 15, tzinfo=UTC)},
            "started_at",
            "Infusion 1 was on Jan 14, 2025",
        ),
        ({"antiemetic_at": START - timedelta(days=365)}, "antiemetic_at", "more than a day"),
        ({"amino_acids_started_at": START - timedelta(days=2)}, "amino_acids_started_at", "more than a day"),
    ],
)
def test_a_mistyped_date_is_refused_by_its_field(said: dict[str, Any], field: str, words: str) -> None:
    moved = said.get("started_at")
    ended = {"ended_at": moved + timedelta(minutes=40)} if moved else {}
    with pytest.raises(CareError, match=words) as error:
        gave(cleared(), **said, **ended)
    assert error.value.field == field


def test_two_infusions_never_start_at_one_moment() -> None:
    here = cleared()
    first = InfusionGiven.objects.known().get(cycle__number=1)
    with pytest.raises(CareError, match="Infusion 1 was on"):
        gave(here, started_at=first.started_at, ended_at=None)
