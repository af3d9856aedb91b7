"""A referral: complete or not, accepted or not, and then wherever its course stands."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.flows import referral as flow
from coordination.flows.record import record_fact, type_results
from patients import actions as patients
from patients.models import EligibilityEvidence, Referral, ReferralPaper, ResponseAssessment
from scheduling import actions
from scheduling.eligibility_judgment import judge_with_results
from scheduling.models import Course, Cycle, Proposal
from tests.factories import NOW, PatientFactory, PracticeFactory, PrescriberFactory, UserFactory
from tests.flows.courses import panel

pytestmark = pytest.mark.django_db
TODAY = date(2025, 1, 7)
FIRST_ON = date(2025, 1, 14)


class Arrival:
    """A patient, referred by a practice, and who acts."""

    def __init__(self) -> None:
        self.nurse: User = UserFactory()
        self.prescriber: User = PrescriberFactory()
        practice = PracticeFactory()
        self.patient = PatientFactory(referred_by=practice, allergies="none known", sex="female")
        self.referral = flow.receive_referral(
            self.patient, practice=practice, received_on=TODAY, by=self.nurse, came_through="fax"
        )

    def responds(self, on: date, **how: Any) -> ResponseAssessment:
        act = partial(actions.record_response, self.patient, on=on, outcome="progression", **how)
        return record_fact(self.patient, partial(act, by=self.prescriber, now=NOW), now=NOW)

    def complete(self, *, without: str = "") -> None:
        for kind in ReferralPaper.Kind.values:
            if kind != without:
                patients.receive_paper(
                    self.referral,
                    kind=kind,
                    received_on=TODAY,
                    dated_on=TODAY - timedelta(30),
                    by=self.nurse,
                    now=NOW,
                )
        patients.record_diagnosis(
            self.patient,
            primary_site="ileum",
            t_stage="T3",
            n_stage="N1",
            m_stage="M1",
            functioning="no",
            differentiation="well",
            mitoses_per_2mm2=Decimal(3),
            ki67_percent=Decimal(4),
            markers="chromogranin A",
            grading_scheme="WHO 2022",
            pathology_on=TODAY - timedelta(30),
            by=self.nurse,
            now=NOW,
        )
        actions.record_scan(
            self.patient,
            kind="sstr-pet",
            on=TODAY - timedelta(30),
            uptake="above-liver",
            by=self.nurse,
            now=NOW,
        )
        actions.record_weight(self.patient, kg=Decimal(70), on=TODAY, by=self.nurse, now=NOW)
        patients.record_evidence(
            self.patient,
            criterion="karnofsky",
            answer="met",
            value="80",
            evidence_on=TODAY,
            by=self.nurse,
            now=NOW,
        )
        self.blood()

    def blood(self, *, now: datetime = NOW, **changed: str) -> None:
        drawn_at = now - timedelta(hours=3)
        codes = {"platelets": "777-3", "bilirubin": "1975-2", "creatinine": "2160-0"}
        report = panel(drawn_at, changed={codes[name]: value for name, value in changed.items()})
        type_results(report, patient=self.patient, by=self.nurse, now=now)

    def board(self, outcome: str = "offer", **said: object) -> None:
        patients.decide_at_board(
            self.patient,
            referral=self.referral,
            met_on=TODAY,
            outcome=outcome,
            by=self.prescriber,
            now=NOW,
            **said,  # type: ignore[arg-type]
        )

    def accept(self, **how: object) -> Course:
        return flow.accept_referral(self.referral, by=self.prescriber, now=NOW, **how)  # type: ignore[arg-type]

    @property
    def state(self) -> str:
        self.referral.refresh_from_db()
        return self.referral.state


def extent(here: Arrival, answer: str) -> None:
    patients.record_evidence(
        here.patient, criterion="extent", answer=answer, evidence_on=TODAY, by=here.nurse, now=NOW
    )


def missing(here: Arrival) -> set[str]:
    return {requirement.key for requirement in flow.missing_from(here.referral)}


def test_a_complete_referral_goes_to_the_board() -> None:
    here = Arrival()
    here.complete()

    assert flow.check_referral(here.referral, by=here.nurse) == ()
    assert here.state == Referral.State.TUMOR_BOARD


def test_an_incomplete_one_asks_for_exactly_what_is_missing() -> None:
    here = Arrival()
    here.complete(without="ct-mri-images")

    asked = flow.check_referral(here.referral, by=here.nurse)

    assert [requirement.key for requirement in asked] == ["ct-or-mri-images"]
    assert here.state == Referral.State.INFORMATION_NEEDED
    newest = here.referral.history.first()
    assert newest and "the images" in (newest.history_change_reason or "")


def test_nothing_but_a_name_lacks_everything_else() -> None:
    lacking = missing(Arrival())

    assert {"primary-site", "pathology-on", "sstr-imaging", "ct-or-mri", "lab-platelets"} <= lacking
    assert not {"allergies", "referred-by", "came-through"} & lacking


def test_the_pathology_report_itself_has_to_come() -> None:
    here = Arrival()
    here.complete(without="pathology-report")

    assert missing(here) == {"pathology-on"}


def test_a_history_without_an_analog_says_that_none_was_given() -> None:
    here = Arrival()
    here.complete(without="ssa-history")
    assert missing(here) == {"ssa-last-injection", "ssa-progression"}

    patients.receive_paper(here.referral, kind="ssa-history", received_on=TODAY, by=None, now=NOW)
    assert missing(here) == set()

    patients.record_therapy(here.patient, kind="ssa", on=TODAY - timedelta(90), by=None, now=NOW)
    assert missing(here) == {"ssa-last-injection", "ssa-progression"}


def test_accepting_begins_the_course_and_plans_the_first_infusion() -> None:
    here = Arrival()
    here.complete()
    here.board()

    course = here.accept(first_on=FIRST_ON)

    assert here.state == Referral.State.SCHEDULED
    assert here.referral.decided_by == here.prescriber
    assert course.referral == here.referral
    assert Cycle.objects.get(course=course, number=1).planned_on == FIRST_ON
    assert Proposal.objects.current().filter(course=course).exists()


def test_accepting_without_a_day_waits_to_be_scheduled() -> None:
    here = Arrival()
    here.complete()
    here.board()

    here.accept()

    assert here.state == Referral.State.ACCEPTED


@pytest.mark.parametrize(
    ("outcome", "said", "why"),
    [
        (None, {}, "has not met"),
        ("decline", {}, "Do not offer PRRT"),
        ("defer", {"deferred_for": "biopsy?"}, "Deferred for a question"),
    ],
)
def test_accepting_against_the_board_needs_a_reason(
    outcome: str | None, said: dict[str, str], why: str
) -> None:
    here = Arrival()
    here.complete()
    if outcome:
        here.board(outcome, **said)

    with pytest.raises(CareError, match=why):
        here.accept(first_on=FIRST_ON)
    assert not Course.objects.exists()

    here.accept(first_on=FIRST_ON, in_spite_of="second board at the university offers it")
    newest = here.referral.history.order_by("history_id").filter(state="accepted").first()
    assert newest and newest.history_change_reason == "second board at the university offers it"


def test_accepting_an_incomplete_referral_names_what_is_missing() -> None:
    here = Arrival()
    here.complete(without="sstr-images")
    here.board()

    with pytest.raises(CareError, match="somatostatin-receptor imaging"):
        here.accept(first_on=FIRST_ON)


def test_of_two_who_decide_the_second_is_told() -> None:
    here = Arrival()
    here.complete()
    here.board()
    here.accept(first_on=FIRST_ON)

    with pytest.raises(CareError, match="already accepted"):
        here.accept(first_on=FIRST_ON)
    with pytest.raises(CareError, match="already accepted"):
        flow.decline_referral(here.referral, by=here.prescriber, now=NOW, because="too late")
    assert Course.objects.count() == 1


def test_a_declined_referral_says_why_and_begins_nothing() -> None:
    here = Arrival()

    flow.decline_referral(here.referral, by=here.prescriber, now=NOW, because="NEC")

    assert here.state == Referral.State.DECLINED
    assert not Course.objects.exists()


def test_a_referral_stands_where_its_course_stands() -> None:
    here = Arrival()
    here.complete()
    here.board()
    course = here.accept(first_on=FIRST_ON)
    given_at = datetime.combine(FIRST_ON, NOW.timetz())
    later = given_at + timedelta(hours=2)

    def give() -> None:
        actions.record_infusion(
            Cycle.objects.get(course=course, number=1),
            started_at=given_at,
            ended_at=later,
            activity_gbq=Decimal("7.4"),
            by=here.nurse,
            now=later,
        )

    record_fact(here.patient, give, now=later)
    assert here.state == Referral.State.ON_TREATMENT

    course.refresh_from_db()
    record_fact(
        here.patient,
        lambda: actions.stop_course(
            course, by=here.prescriber, because="wish", on=FIRST_ON, now=later + timedelta(hours=1)
        ),
        now=later + timedelta(hours=1),
    )
    assert here.state == Referral.State.FOLLOW_UP


# --- eligibility ---------------------------------------------------------------------------------------


def test_a_result_that_misses_its_threshold_stops_the_first_dose() -> None:
    here = Arrival()
    here.complete()
    here.board()
    extent(here, "met")
    here.accept(first_on=FIRST_ON)
    assert Proposal.objects.current().get().action == "give"
    here.blood(now=NOW + timedelta(days=1), platelets="68")

    proposal = Proposal.objects.current().get()
    platelets = next(
        each for each in proposal.document["next_dose"]["criteria"] if each["criterion"] == "platelets"
    )
    assert proposal.action == "review"
    assert platelets == {"criterion": "platelets", "state": "not-met", "value": "68", "threshold": ">= 75"}
    assert not EligibilityEvidence.objects.filter(criterion="platelets").exists()  # read, not copied


def test_a_newer_value_that_still_meets_its_threshold_leaves_the_signature() -> None:
    here = Arrival()
    here.complete()
    here.board()
    extent(here, "met")
    here.accept(first_on=FIRST_ON)
    prescriber = PrescriberFactory(sites=[here.patient.site])
    signature = actions.sign_proposal(Proposal.objects.current().get(), by=prescriber, now=NOW)

    here.blood(now=NOW + timedelta(days=1), platelets="190")
    signature.refresh_from_db()
    assert signature.withdrawn_at is None

    here.blood(now=NOW + timedelta(days=2), platelets="74")
    signature.refresh_from_db()
    assert signature.withdrawn_at


def test_each_criterion_is_answered_with_its_evidence() -> None:
    here = Arrival()
    here.complete()
    answers = {answer.criterion: answer for answer in judge_with_results(here.patient, on=FIRST_ON, now=NOW)}

    assert {name: answer.answer.value for name, answer in answers.items()} == {
        "sstr-positive": "met",
        "grade": "met",
        "need": "cannot-tell",
        "extent": "cannot-tell",
        "hemoglobin": "met",
        "platelets": "met",
        "wbc": "met",
        "creatinine-clearance": "met",
        "bilirubin": "met",
        "karnofsky": "met",
    }
    assert answers["sstr-positive"].expires_on == date(2025, 6, 8)


def test_bilirubin_is_held_against_the_limit_that_came_with_it() -> None:
    here = Arrival()
    here.complete()
    here.blood(bilirubin="3.7")  # the panel's upper limit is 1.2

    answers = {answer.criterion: answer for answer in judge_with_results(here.patient, on=FIRST_ON, now=NOW)}

    assert answers["bilirubin"].answer.value == "not-met"


# --- progression ---------------------------------------------------------------------------------------


def _under_treatment() -> tuple[Arrival, Course]:
    here = Arrival()
    here.complete()
    here.board()
    return here, here.accept(first_on=FIRST_ON)


def test_progression_ends_what_is_given_until_progression() -> None:
    here, course = _under_treatment()
    second = here.responds(TODAY + timedelta(days=2), basis="new lesions")
    first = here.responds(TODAY, basis="seen on an earlier scan")

    course.refresh_from_db()
    assert course.progressed_on == TODAY

    actions.take_back_response(first, by=here.prescriber, because="another patient's", now=NOW)
    course.refresh_from_db()
    assert course.progressed_on == TODAY + timedelta(days=2)

    actions.take_back_response(second, by=here.prescriber, because="pseudoprogression", now=NOW)
    course.refresh_from_db()
    assert course.progressed_on is None
    assert not ResponseAssessment.objects.progressions().exists()
    with pytest.raises(CareError):
        actions.take_back_response(second, by=here.prescriber, because="again", now=NOW)


def test_a_call_on_the_first_scan_is_shown_as_a_conflict_and_changes_nothing() -> None:
    here, course = _under_treatment()

    here.responds(TODAY, first_scan_only=True)

    course.refresh_from_db()
    assert course.progressed_on is None
    assert "first-scan-after-treatment" in course.conflicts.standing().values_list("code", flat=True)
