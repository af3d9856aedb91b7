"""Evidence for the first dose, from wherever it was entered, read at every assessment."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.models import SiteSettings
from coordination.flows import decision
from coordination.flows.record import record
from patients import actions as patients
from patients.models import EligibilityEvidence, Patient
from scheduling import actions
from scheduling.facts import facts_of
from scheduling.models import Course, Proposal
from tests.factories import NOW, CourseFactory, CycleFactory, PatientFactory, UserFactory
from tests.flows.test_referral import FIRST_ON, TODAY, Arrival

pytestmark = pytest.mark.django_db
ALL = {"sstr-positive", "grade", "extent", "karnofsky", "need"}


@pytest.fixture
def course() -> Course:
    patient = PatientFactory(sex="female", created_at=NOW)
    course = CourseFactory(patient=patient, started_at=NOW)
    CycleFactory(course=course, number=1, planned_on=FIRST_ON)
    return course


def said(patient: Patient, criterion: str, answer: str = "met", **more: Any) -> EligibilityEvidence:
    more.setdefault("evidence_on", TODAY)
    return patients.record_evidence(patient, criterion=criterion, answer=answer, by=None, now=NOW, **more)


def unmet(course: Course) -> set[str]:
    return set(facts_of(course, NOW).eligibility_unmet)


def unsure(course: Course) -> set[str]:
    return set(facts_of(course, NOW).eligibility_unsure)


def test_without_evidence_nothing_is_sure(course: Course) -> None:
    assert unsure(course) == ALL
    assert unmet(course) == set()


DIAGNOSIS = {
    "primary_site": "ileum",
    "differentiation": "well",
    "mitoses_per_2mm2": 3,
    "ki67_percent": 4,
    "pathology_on": TODAY,
}
PLACES: dict[str, tuple[str, Callable[[Patient], object]]] = {
    "a scan": (
        "sstr-positive",
        partial(actions.record_scan, kind="sstr-pet", on=TODAY, uptake="liver", by=None, now=NOW),
    ),
    "pathology": ("grade", partial(patients.record_diagnosis, by=None, now=NOW, **DIAGNOSIS)),
    "the history of therapy": (
        "need",
        partial(patients.record_therapy, kind="ssa", progressed=True, by=None, now=NOW),
    ),
    "the tumor board": (
        "need",
        partial(patients.decide_at_board, met_on=TODAY, outcome="offer", by=None, now=NOW),
    ),
    "the form": ("extent", partial(said, criterion="extent")),
    "the figure of the performance status": ("karnofsky", partial(said, criterion="karnofsky", value="80")),
}


@pytest.mark.parametrize("place", PLACES)
def test_evidence_counts_wherever_it_was_entered(course: Course, place: str) -> None:
    criterion, act = PLACES[place]

    act(course.patient)

    assert unsure(course) == ALL - {criterion}
    assert unmet(course) == set()


NOS: dict[str, tuple[str, Callable[[Patient], object]]] = {
    "a scan": (
        "sstr-positive",
        partial(actions.record_scan, kind="sstr-pet", on=TODAY, uptake="below-liver", by=None, now=NOW),
    ),
    "pathology": (
        "grade",
        partial(patients.record_diagnosis, by=None, now=NOW, **DIAGNOSIS | {"differentiation": "poor"}),
    ),
    "the history of therapy": (
        "need",
        partial(patients.record_therapy, kind="ssa", progressed=False, by=None, now=NOW),
    ),
    "the form": ("extent", partial(said, criterion="extent", answer="not-met")),
    "the figure of the performance status": ("karnofsky", partial(said, criterion="karnofsky", value="50")),
    "a word against the results": ("crcl", partial(said, criterion="creatinine-clearance", answer="not-met")),
}


@pytest.mark.parametrize("place", NOS)
def test_what_is_not_met_is_named(course: Course, place: str) -> None:
    criterion, act = NOS[place]

    act(course.patient)

    assert unmet(course) == {criterion}
    assert criterion not in unsure(course)


def test_evidence_expires_on_the_day_of_the_infusion(course: Course) -> None:
    said(course.patient, "extent", expires_on=FIRST_ON - timedelta(1))
    assert "extent" in unsure(course)

    said(course.patient, "extent", expires_on=FIRST_ON)
    assert "extent" not in unsure(course)


def test_a_scan_shows_uptake_for_six_months(course: Course) -> None:
    actions.record_scan(
        course.patient, kind="sstr-pet", on=date(2024, 7, 13), uptake="liver", by=None, now=NOW
    )
    assert "sstr-positive" in unsure(course)
    actions.record_scan(
        course.patient, kind="sstr-pet", on=date(2024, 7, 14), uptake="liver", by=None, now=NOW
    )
    assert "sstr-positive" not in unsure(course)


def test_a_booked_scan_shows_nothing_yet(course: Course) -> None:
    actions.record_scan(
        course.patient, kind="sstr-pet", on=TODAY + timedelta(1), uptake="liver", by=None, now=NOW
    )
    assert "sstr-positive" in unsure(course)


@pytest.mark.parametrize("outcome", ["decline", "other-treatment"])
def test_only_the_newest_board_speaks(course: Course, outcome: str) -> None:
    for on, word in ((TODAY - timedelta(9), "offer"), (TODAY, outcome)):
        patients.decide_at_board(course.patient, met_on=on, outcome=word, by=None, now=NOW)

    assert "need" in unsure(course)


def test_what_was_taken_back_or_corrected_counts_as_it_is_now(course: Course) -> None:
    nurse = UserFactory()
    evidence = said(course.patient, "extent", "not-met")
    assert unmet(course) == {"extent"}

    right = patients.correct(evidence, by=nurse, because="misread", now=NOW, answer="met")
    assert (unmet(course), "extent" in unsure(course)) == (set(), False)

    actions.record_in_error(right, by=nurse, because="another patient's", now=NOW)
    assert "extent" in unsure(course)


def test_an_earlier_day_knows_what_was_known_then(course: Course) -> None:
    later = NOW + timedelta(days=2)
    patients.record_evidence(
        course.patient, criterion="extent", answer="met", evidence_on=TODAY, by=None, now=later
    )
    assert "extent" in unsure(course)
    assert "extent" not in facts_of(course, later).eligibility_unsure


def test_a_site_s_own_criteria_and_bounds_reach_the_rules(course: Course) -> None:
    changes = {
        "criteria": {"set": "first-line", "source": "NETTER-2"},
        "platelets": {"bound": "100", "source": "site board"},
        "karnofsky": {"bound": "70", "source": "site board"},
    }
    SiteSettings.objects.create(site=course.patient.site, eligibility_thresholds=changes)
    said(course.patient, "karnofsky", value="60")

    facts = facts_of(course, NOW)

    assert "need" not in facts.eligibility_unsure
    assert facts.eligibility_unmet == ("karnofsky",)
    assert facts.settings.others == (("first_dose.platelets", "100"),)


def test_once_the_first_dose_was_given_no_criterion_is_asked(course: Course) -> None:
    cycle = course.cycles.get(number=1)
    actions.record_infusion(
        cycle, started_at=NOW, ended_at=None, activity_gbq=None, by=UserFactory(), now=NOW
    )

    assert (unmet(course), unsure(course)) == (set(), set())


def test_the_first_dose_waits_for_the_evidence_and_follows_it_at_once() -> None:
    here = Arrival()
    here.complete()
    here.board()
    here.accept(first_on=FIRST_ON)

    def answered(answer: str) -> Proposal:
        act = partial(said, here.patient, "extent", answer)
        record(here.patient, act, now=NOW)
        return Proposal.objects.current().get()

    first = Proposal.objects.current().get()
    assert (first.action, first.document["next_dose"]["notes"]) == ("review", ["eligibility-unsure"])
    assert answered("met").action == "give"
    assert answered("not-met").document["next_dose"]["notes"] == ["eligibility-unmet"]


def test_a_new_value_of_a_criterion_needs_a_new_signature() -> None:
    """An override of what is not met is about the figure that was seen."""
    here = Arrival()
    here.complete()
    here.board()
    here.accept(first_on=FIRST_ON)
    here.blood(now=NOW + timedelta(hours=20), platelets="70")
    proposal = Proposal.objects.current().get()
    signed = decision.override(
        proposal.public_id,
        by=here.prescriber,
        now=NOW + timedelta(hours=21),
        action="give",
        activity_gbq=Decimal("7.4"),
        code="clinical-judgment",
        reason="stable for years",
    )

    here.blood(now=NOW + timedelta(days=2), platelets="40")

    signed.refresh_from_db()
    assert signed.withdrawn_at is not None


# --- on the pages --------------------------------------------------------------------------------------


@pytest.mark.hazard("H20")
def test_the_decision_page_names_criterion_value_threshold_and_source() -> None:
    here = Arrival()
    here.complete()
    here.board()
    course = here.accept(first_on=FIRST_ON)
    here.prescriber.sites.add(here.patient.site)
    here.blood(now=NOW + timedelta(hours=20), platelets="40")
    client = Client()
    client.force_login(here.prescriber)

    with time_machine.travel(NOW + timedelta(hours=21), tick=False):
        for name, args in (
            ("patient", [here.patient.public_id]),
            ("sign", [here.patient.public_id, course.public_id]),
            ("override", [here.patient.public_id, course.public_id]),
        ):
            text = " ".join(client.get(reverse(name, args=args)).content.decode().split())
            assert "Platelets 40 (need ≥ 75)" in text, name
            assert "Lab results; threshold: IMP" in text
            assert "Extent of liver and bone disease not on file (need liver and bone" in text
            assert "Neutrophils 3.4 (need ≥ 1.0)" in text


# --- own records ---------------------------------------------------------------------------------------


def test_consents_and_education_are_facts_with_their_days(course: Course) -> None:
    nurse, later = UserFactory(), NOW + timedelta(days=1)
    patients.give_consent(course.patient, given_on=TODAY, kind="messages", by=nurse, now=NOW)
    patients.teach(course.patient, on=TODAY, topic="contraception", by=nurse, now=NOW)
    consent = patients.give_consent(course.patient, given_on=TODAY, by=nurse, now=NOW)
    taught = patients.teach(course.patient, on=TODAY - timedelta(1), by=nurse, now=NOW)
    patients.withdraw(consent, on=TODAY + timedelta(1), by=nurse, because="wish", now=later)
    patients.withdraw(taught, on=TODAY, by=nurse, because="wrong leaflet", now=later)

    then, now = facts_of(course, NOW), facts_of(course, later)

    assert [(each.on, each.withdrawn_on) for each in then.consents] == [(TODAY, None)]
    assert [(each.on, each.withdrawn_on) for each in now.consents] == [(TODAY, TODAY + timedelta(1))]
    assert [(each.on, each.withdrawn_on) for each in now.education] == [(TODAY - timedelta(1), TODAY)]


def test_a_withdrawn_authorization_ends_the_day_before(course: Course) -> None:
    nurse = UserFactory()

    def granted() -> Any:
        return patients.record_authorization(
            course.patient,
            state="granted",
            starts_on=TODAY,
            ends_on=TODAY + timedelta(90),
            by=nurse,
            now=NOW,
        )

    first, second = granted(), granted()
    patients.withdraw(first, on=TODAY + timedelta(30), by=nurse, because="plan changed", now=NOW)
    patients.withdraw(second, on=TODAY, by=nurse, because="denied after all", now=NOW)

    covers = facts_of(course, NOW).authorizations

    assert [(each.start, each.end) for each in covers] == [(TODAY, TODAY + timedelta(29))]
