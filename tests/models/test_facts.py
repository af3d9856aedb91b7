"""What is known, what was known, and what was taken back or called off."""

from datetime import timedelta

import pytest

from labs.models import LabReport
from patients.models import Authorization, EligibilityEvidence, Patient, Referral
from scheduling.models import AdverseEvent, Injection, Weight
from tests import factories as make
from tests.factories import FIRST_INFUSION_ON, MRN_SYSTEM, NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_fact_recorded_in_error_is_kept_but_not_known() -> None:
    weight = make.WeightFactory(recorded_at=NOW)
    nurse = make.UserFactory()
    weight.recorded_in_error_at = NOW + HOUR
    weight.recorded_in_error_by = nurse
    weight.recorded_in_error_because = "pounds"
    weight.save_by(nurse, because="pounds")

    assert not Weight.objects.known().exists()
    assert Weight.objects.known_at(NOW).get() == weight
    assert not Weight.objects.known_at(NOW - HOUR).exists()
    assert not Weight.objects.known_at(NOW + HOUR).exists()


def test_a_plan_that_was_called_off_is_not_known_from_then_on() -> None:
    make.InjectionFactory(
        recorded_at=NOW, cancelled_at=NOW + HOUR, cancelled_by=make.UserFactory(), cancelled_because="wish"
    )

    assert not Injection.objects.known().exists()
    assert Injection.objects.known_at(NOW).exists()


def test_short_acting_octreotide_is_not_long_acting() -> None:
    make.InjectionFactory(drug=Injection.Drug.OCTREOTIDE_SHORT)
    lanreotide = make.InjectionFactory(drug=Injection.Drug.LANREOTIDE)

    assert Injection.objects.long_acting().get() == lanreotide


def test_an_event_that_was_recorded_again_is_known_once_and_as_it_was() -> None:
    nurse = make.UserFactory()
    first = make.AdverseEventFactory(grade=3, recorded_at=NOW)
    second = make.AdverseEventFactory(patient=first.patient, grade=3, earlier=first, recorded_at=NOW + HOUR)

    assert AdverseEvent.objects.known().get() == second
    assert AdverseEvent.objects.known_at(NOW).get() == first
    assert AdverseEvent.objects.known_at(NOW + HOUR).get() == second

    second.recorded_in_error_at = NOW + 2 * HOUR
    second.recorded_in_error_by = nurse
    second.recorded_in_error_because = "another patient's"
    second.save_by(nurse, because="another patient's")

    assert AdverseEvent.objects.known().get() == first
    assert AdverseEvent.objects.known_at(NOW + HOUR).get() == second
    assert AdverseEvent.objects.known_at(NOW + 2 * HOUR).get() == first


def test_an_authorization_covers_its_first_and_last_day() -> None:
    granted = make.AuthorizationFactory(starts_on=FIRST_INFUSION_ON, ends_on=FIRST_INFUSION_ON + DAY)
    make.AuthorizationFactory(state=Authorization.State.DENIED)

    for day in (FIRST_INFUSION_ON, FIRST_INFUSION_ON + DAY):
        assert Authorization.objects.covering(day).get() == granted
    assert not Authorization.objects.covering(FIRST_INFUSION_ON - DAY).exists()
    assert not Authorization.objects.covering(FIRST_INFUSION_ON + 2 * DAY).exists()


def test_the_newest_evidence_on_a_criterion_counts() -> None:
    old = make.EligibilityEvidenceFactory(evidence_on=FIRST_INFUSION_ON - 60 * DAY)
    new = make.EligibilityEvidenceFactory(
        patient=old.patient, answer="not-met", evidence_on=FIRST_INFUSION_ON
    )

    assert EligibilityEvidence.objects.newest().get() == new


def test_evidence_holds_through_the_day_it_expires() -> None:
    make.EligibilityEvidenceFactory(expires_on=FIRST_INFUSION_ON)

    assert EligibilityEvidence.objects.current(FIRST_INFUSION_ON).exists()
    assert not EligibilityEvidence.objects.current(FIRST_INFUSION_ON + DAY).exists()


def test_a_declined_referral_is_decided_and_no_longer_open() -> None:
    make.ReferralFactory(accepted=True, state="declined", declined_because="NEC")
    waiting = make.ReferralFactory(state="information-needed")

    assert Referral.objects.undecided().get() == waiting
    assert Referral.objects.open().get() == waiting


def test_a_report_is_waiting_until_it_is_applied_or_parked() -> None:
    waiting = make.LabReportFactory()
    make.LabReportFactory(state=LabReport.State.PARKED, patient=None, site=None)
    make.LabReportFactory(state=LabReport.State.APPLIED, applied_at=NOW)

    assert LabReport.objects.claim(NOW).get() == waiting
    assert not LabReport.objects.claim(NOW - HOUR).exists()


def test_a_patient_is_identified_by_authority_and_number_together() -> None:
    identifier = make.PatientIdentifierFactory()

    assert Patient.objects.identified(MRN_SYSTEM, identifier.value).get() == identifier.patient
    assert not Patient.objects.identified("urn:oid:9.9", identifier.value).exists()
