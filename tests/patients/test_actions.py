"""What people record of a patient, and what is refused with words for whoever asked."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from coordination.base.choices import Item, Owner
from coordination.base.errors import CareError, OutOfDate
from patients import actions
from patients.models import (
    Authorization,
    CareTeamMember,
    Patient,
    PatientIdentifier,
    Referral,
    ReferralPaper,
    ResponseAssessment,
    TumorBoardDecision,
)
from tests.factories import (
    MRN_SYSTEM,
    NOW,
    PatientFactory,
    PracticeFactory,
    ReferralFactory,
    SiteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def registered(**details: object) -> Patient:
    told: dict[str, object] = {
        "site": SiteFactory(),
        "family_name": " Alder ",
        "given_name": "Rosa",
        "birth_date": date(1960, 5, 4),
        "sex": "female",
        "by": UserFactory(),
        "now": NOW,
    }
    return actions.register_patient(**(told | details))  # type: ignore[arg-type]


def test_a_patient_is_registered_with_numbers() -> None:
    patient = registered(identifiers=[(MRN_SYSTEM, "MRN1")], allergies="none known")

    assert (patient.family_name, patient.created_at) == ("Alder", NOW)
    assert Patient.objects.identified(MRN_SYSTEM, "MRN1").get() == patient
    assert patient.history.get().history_change_reason == "registered"


def test_a_number_names_one_patient_and_nothing_is_left_of_the_second() -> None:
    registered(identifiers=[(MRN_SYSTEM, "MRN1")])

    with pytest.raises(CareError, match="already names") as refused:
        registered(identifiers=[(MRN_SYSTEM, "MRN1")])

    assert refused.value.field == "value"
    assert Patient.objects.count() == PatientIdentifier.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"family_name": "  "}, "family_name"),
        ({"birth_date": TODAY + timedelta(1)}, "birth_date"),
        ({"identifiers": [("", "MRN1")]}, "value"),
        ({"phone": "+44 (0)20 7946 0018"}, "phone"),
    ],
)
def test_what_cannot_be_registered_names_its_field(details: dict[str, object], field: str) -> None:
    with pytest.raises(CareError) as refused:
        registered(**details)
    assert refused.value.field == field


def test_a_site_or_a_death_is_not_corrected_in_passing() -> None:
    patient = registered()
    for name in ("site", "died_on"):
        with pytest.raises(TypeError, match=name):
            actions.correct_patient(
                patient, by=UserFactory(), because="wrong", version=1, now=NOW, **{name: None}
            )


def test_of_two_who_correct_a_patient_the_second_is_told() -> None:
    patient, nurse = registered(), UserFactory()
    actions.correct_patient(patient, by=nurse, because="misheard", version=1, now=NOW, phone="(212) 555-0102")

    with pytest.raises(OutOfDate):
        actions.correct_patient(
            patient, by=nurse, because="misheard", version=1, now=NOW, phone="(212) 555-0103"
        )

    patient.refresh_from_db()
    assert (patient.phone, patient.version) == ("+1 212-555-0102", 2)


def test_a_phone_is_kept_as_it_is_read_aloud_or_refused_at_every_door() -> None:
    patient, nurse = registered(site=SiteFactory(country="GB"), phone="020 7946 0018"), UserFactory()
    assert patient.phone == "+44 20 7946 0018"
    member = actions.join_care_team(patient, name="Dr. Moss", part="other", phone="0121 234 5678", by=nurse)
    assert member.phone == "+44 121 234 5678"
    for refused in ("7946 0018", "020 7946 0018 ext 3", "call the desk"):
        with pytest.raises(CareError) as error:
            actions.correct_patient(patient, by=nurse, because="moved", version=1, now=NOW, phone=refused)
        assert error.value.field == "phone"
        with pytest.raises(CareError):
            actions.join_care_team(patient, name="Dr. Moss", part="other", phone=refused, by=nurse)
    actions.correct_patient(patient, by=nurse, because="moved", version=1, now=NOW, phone="")
    assert patient.phone == ""


def test_a_phone_kept_before_does_not_stand_in_the_way_of_another_correction() -> None:
    patient = PatientFactory(phone="555-0100 (daughter)")

    actions.correct_patient(
        patient,
        by=UserFactory(),
        because="misheard",
        version=1,
        now=NOW,
        phone=patient.phone,
        given_name="Ana",
    )

    assert (patient.given_name, patient.phone) == ("Ana", "555-0100 (daughter)")


def test_an_item_has_one_owner_and_the_history_knows_the_one_before() -> None:
    patient, nurse, practice = PatientFactory(), UserFactory(), PracticeFactory()
    actions.agree_responsibility(patient, item=Item.NADIR_LABS, owner=Owner.CENTER, by=nurse, because="known")

    agreed = actions.agree_responsibility(
        patient,
        item=Item.NADIR_LABS,
        owner=Owner.REFERRING_PRACTICE,
        practice=practice,
        by=nurse,
        because="agreed on the phone",
    )

    assert patient.responsibilities.get() == agreed
    assert [row.owner for row in agreed.history.order_by("history_id")] == ["center", "referring-practice"]
    with pytest.raises(CareError, match="names a practice"):
        actions.agree_responsibility(
            patient, item=Item.CONSENT, owner=Owner.CENTER, practice=practice, by=nurse, because="nearer"
        )


def test_somebody_joins_the_care_team_and_leaves() -> None:
    patient, nurse = PatientFactory(), UserFactory()
    member = actions.join_care_team(
        patient, name="Dr. Ruth", part=CareTeamMember.Part.NET_SPECIALIST, by=nurse, since=TODAY
    )
    with pytest.raises(CareError):
        actions.end_membership(member, on=TODAY - timedelta(1), by=nurse, because="moved")

    actions.end_membership(member, on=TODAY, by=nurse, because="moved")

    assert member in patient.care_team.serving(TODAY)
    assert member not in patient.care_team.serving(TODAY + timedelta(1))


# --- referrals -----------------------------------------------------------------------------------------


def test_a_patient_has_one_undecided_referral() -> None:
    referral = ReferralFactory()

    with pytest.raises(CareError, match="already waiting"):
        actions.receive_referral(referral.patient, practice=None, received_on=TODAY, by=None)


def test_a_practice_s_number_of_a_referral_is_used_once() -> None:
    placer = ("urn:orders", "ORD1")
    actions.receive_referral(PatientFactory(), practice=None, received_on=TODAY, by=None, placer=placer)

    with pytest.raises(CareError, match="already received"):
        actions.receive_referral(PatientFactory(), practice=None, received_on=TODAY, by=None, placer=placer)


def test_a_paper_is_not_dated_after_the_day_it_came() -> None:
    with pytest.raises(CareError) as refused:
        actions.receive_paper(
            ReferralFactory(),
            kind=ReferralPaper.Kind.LABS,
            received_on=TODAY,
            dated_on=TODAY + timedelta(1),
            by=None,
            now=NOW,
        )
    assert refused.value.field == "dated_on"


def test_a_referral_goes_from_received_to_accepted() -> None:
    referral, nurse = ReferralFactory(), UserFactory()
    actions.ask_for_information(referral, by=nurse, because="Ki-67")
    assert referral.state == Referral.State.INFORMATION_NEEDED
    actions.send_to_board(referral, by=nurse)
    assert referral.state == Referral.State.TUMOR_BOARD

    actions.accept_referral(referral, by=nurse, now=NOW)

    referral.refresh_from_db()
    assert (referral.state, referral.decided_by, referral.version) == ("accepted", nurse, 4)
    assert "Ki-67" in [row.history_change_reason for row in referral.history.all()]


@pytest.mark.parametrize("act", ["accept", "decline", "ask", "board"])
def test_what_was_decided_is_not_decided_again(act: str) -> None:
    nurse = UserFactory(full_name="Nora")
    referral = ReferralFactory()
    actions.decline_referral(referral, by=nurse, now=NOW, because="chemotherapy first")

    with pytest.raises(CareError, match="declined by Nora: chemotherapy first"):
        {
            "accept": lambda: actions.accept_referral(referral, by=nurse, now=NOW),
            "decline": lambda: actions.decline_referral(referral, by=nurse, now=NOW, because="again"),
            "ask": lambda: actions.ask_for_information(referral, by=nurse, because="Ki-67"),
            "board": lambda: actions.send_to_board(referral, by=nurse),
        }[act]()


def test_declining_and_asking_need_words() -> None:
    referral, nurse = ReferralFactory(), UserFactory()
    for act in (
        lambda: actions.decline_referral(referral, by=nurse, now=NOW, because=" "),
        lambda: actions.ask_for_information(referral, by=nurse, because=""),
    ):
        with pytest.raises(CareError) as refused:
            act()
        assert refused.value.field == "because"


def test_a_question_before_a_referral_is_not_accepted() -> None:
    with pytest.raises(CareError, match="question"):
        actions.accept_referral(ReferralFactory(advice_only=True), by=UserFactory(), now=NOW)


def test_an_accepted_referral_follows_its_course_and_an_undecided_one_does_not() -> None:
    accepted = ReferralFactory(accepted=True)

    assert actions.follow_course(accepted, Referral.State.ON_TREATMENT)
    assert not actions.follow_course(accepted, Referral.State.ON_TREATMENT)
    assert actions.follow_course(accepted, Referral.State.RETURNED, returned_on=TODAY)
    with pytest.raises(CareError):
        actions.follow_course(ReferralFactory(), Referral.State.ON_TREATMENT)


# --- records -------------------------------------------------------------------------------------------


def test_a_deferred_decision_names_its_question_and_others_have_none() -> None:
    patient = PatientFactory()
    board = {"met_on": TODAY, "by": None, "now": NOW}
    outcome = TumorBoardDecision.Outcome
    with pytest.raises(CareError, match="which question"):
        actions.decide_at_board(patient, outcome=outcome.DEFER, **board)
    with pytest.raises(CareError, match="Only a deferred"):
        actions.decide_at_board(patient, outcome=outcome.OFFER, deferred_for="biopsy?", **board)

    decision = actions.decide_at_board(
        patient,
        outcome=outcome.DEFER,
        deferred_for="biopsy?",
        comes_back_on=TODAY + timedelta(7),
        attendees=["Oncology"],
        bad_berka_score=Decimal(6),
        **board,
    )
    assert decision.attendees == ["Oncology"]


def test_a_grant_says_from_when_to_when() -> None:
    granted = Authorization.State.GRANTED
    with pytest.raises(CareError, match="needs both dates"):
        actions.record_authorization(PatientFactory(), state=granted, by=None, now=NOW)
    with pytest.raises(CareError) as refused:
        actions.record_authorization(
            PatientFactory(),
            state=granted,
            starts_on=TODAY,
            ends_on=TODAY - timedelta(1),
            by=None,
            now=NOW,
        )
    assert refused.value.field == "ends_on"


def test_a_paper_is_withdrawn_once_by_somebody_who_says_why() -> None:
    nurse = UserFactory(full_name="Nora Navigator")
    for paper in (
        actions.give_consent(PatientFactory(), given_on=TODAY, by=nurse, now=NOW),
        actions.teach(PatientFactory(), on=TODAY, by=nurse, now=NOW),
        actions.record_authorization(PatientFactory(), state="requested", by=nurse, now=NOW),
    ):
        with pytest.raises(CareError) as refused:
            actions.withdraw_paper(paper, on=TODAY, by=nurse, because=" ", now=NOW)
        assert refused.value.field == "because"
        actions.withdraw_paper(paper, on=TODAY, by=nurse, because="wishes so", now=NOW)

        with pytest.raises(OutOfDate, match="Nora Navigator already withdrew it"):
            actions.withdraw_paper(paper, on=TODAY, by=nurse, because="wishes so", now=NOW)
        paper.refresh_from_db()
        assert (paper.withdrawn_on, paper.withdrawn_at, paper.withdrawn_by) == (TODAY, NOW, nurse)
        newest = paper.history.first()
        assert newest and newest.history_change_reason == "wishes so"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_consent_is_withdrawn_from_its_day_to_today(days: int) -> None:
    nurse = UserFactory()
    consent = actions.give_consent(PatientFactory(), given_on=TODAY, by=nurse, now=NOW)

    with pytest.raises(CareError) as refused:
        actions.withdraw_paper(consent, on=TODAY + timedelta(days), by=nurse, because="wishes so", now=NOW)

    assert refused.value.field == "on"


def test_a_correction_is_a_record_of_its_own_and_the_one_before_stays() -> None:
    nurse, other = UserFactory(), UserFactory()
    wrong = actions.give_consent(
        PatientFactory(), given_on=TODAY, form_version="2", by=nurse, now=NOW - timedelta(hours=1)
    )

    right = actions.correct_fact(
        wrong, by=other, because="date misread", now=NOW, given_on=TODAY - timedelta(1), form_version="2"
    )

    wrong.refresh_from_db()
    assert wrong.given_on == TODAY
    assert wrong.recorded_in_error_because == "Corrected: date misread"
    assert (right.given_on, right.form_version) == (TODAY - timedelta(1), "2")
    assert (right.recorded_by, right.recorded_at, right.recorded_in_error_at) == (other, NOW, None)
    assert right.public_id != wrong.public_id
    with pytest.raises(OutOfDate):
        actions.correct_fact(wrong, by=nurse, because="date misread", now=NOW, given_on=TODAY)


def test_a_correction_changes_something_and_says_why() -> None:
    nurse = UserFactory()
    evidence = actions.record_evidence(
        PatientFactory(), criterion="need", answer="met", evidence_on=TODAY, by=nurse, now=NOW
    )
    with pytest.raises(CareError, match="Nothing was changed"):
        actions.correct_fact(evidence, by=nurse, because="typo", now=NOW, answer="met")
    with pytest.raises(CareError) as refused:
        actions.correct_fact(evidence, by=nurse, because="", now=NOW, answer="not-met")
    assert refused.value.field == "because"
    with pytest.raises(CareError) as refused:
        actions.correct_fact(evidence, by=nurse, because="typo", now=NOW, evidence_on=TODAY + timedelta(1))
    assert refused.value.field == "evidence_on"


@pytest.mark.parametrize("on", [TODAY + timedelta(1), date(1960, 5, 3)])
def test_papers_are_dated_from_birth_to_today(on: date) -> None:
    patient, how = PatientFactory(birth_date=date(1960, 5, 4)), {"by": None, "now": NOW}
    for act, field in (
        (partial(actions.give_consent, given_on=on), "given_on"),
        (partial(actions.teach, on=on), "on"),
        (partial(actions.record_evidence, criterion="need", answer="met", evidence_on=on), "evidence_on"),
    ):
        with pytest.raises(CareError) as refused:
            act(patient, **how)
        assert refused.value.field == field


def test_facts_say_who_recorded_them_and_when() -> None:
    patient, nurse = PatientFactory(), UserFactory()
    facts = [
        actions.record_diagnosis(patient, primary_site="ileum", by=nurse, now=NOW, ki67_percent=Decimal(4)),
        actions.record_therapy(patient, kind="TACE", on=TODAY, by=nurse, now=NOW),
        actions.teach(patient, on=TODAY, by=nurse, now=NOW),
        actions.record_evidence(
            patient, criterion="platelets", answer="met", evidence_on=TODAY, by=nurse, now=NOW
        ),
        actions.assess_response(
            patient, on=TODAY, outcome=ResponseAssessment.Outcome.STABLE, by=nurse, now=NOW
        ),
    ]
    for fact in facts:
        assert (fact.recorded_by, fact.recorded_at) == (nurse, NOW)
        assert fact.history.get().history_user == nurse
