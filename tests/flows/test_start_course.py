"""A course begins on an accepted referral, or on a named person's reason; through every door."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import SiteSettings
from coordination.flows import referral as referrals
from coordination.flows.start_course import acceptance_lacking, start_course
from patients.models import Patient, Referral
from scheduling.models import Course
from tests.factories import (
    NOW,
    CourseFactory,
    PatientFactory,
    PatientIdentifierFactory,
    PrescriberFactory,
    ReferralFactory,
)
from tests.models.refusals import refused_by

pytestmark = pytest.mark.django_db
FIRST_ON = date(2025, 1, 14)


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def started(patient: Patient, **how: Any) -> Course:
    return start_course(patient, first_on=FIRST_ON, by=PrescriberFactory(), now=NOW, **how)


def declined(**how: Any) -> Referral:
    return ReferralFactory(
        accepted=True, state="declined", declined_because="NEC", received_on=date(2025, 1, 3), **how
    )


def test_an_accepted_referral_is_the_ground_of_its_course() -> None:
    referral = ReferralFactory(accepted=True)

    course = started(referral.patient, anyway_because="typed without need")

    assert (course.referral, course.started_anyway_because) == (referral, "")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, "has not been accepted yet"),
        ({"state": "tumor-board"}, "has not been accepted yet (tumor board)"),
        ({"advice_only": True}, "only asked for advice"),
        (
            {"accepted": True, "state": "returned", "returned_on": date(2025, 1, 5)},
            "handed back on Jan 5, 2025",
        ),
    ],
)
def test_without_an_acceptance_a_reason_is_asked(state: dict[str, Any], said: str) -> None:
    referral = ReferralFactory(**state)
    with pytest.raises(CareError) as refused:
        started(referral.patient, anyway_because="  ")
    assert refused.value.field == "anyway_because"
    assert said in refused.value.message
    assert not Course.objects.exists()


def test_a_declined_referral_says_who_declined_it_and_why() -> None:
    referral = declined()

    assert acceptance_lacking(referral) == (
        f"The referral of Jan 3, 2025 was declined by {referral.decided_by} on Dec 3, 2024: NEC"
    )
    with pytest.raises(CareError, match="NEC Enter a reason"):
        started(referral.patient)


def test_nobody_referred_needs_a_reason_too() -> None:
    with pytest.raises(CareError, match="No referral is on file"):
        started(PatientFactory())


def test_the_newest_referral_decides() -> None:
    earlier = ReferralFactory(accepted=True, received_on=date(2024, 6, 1))
    declined(patient=earlier.patient)

    with pytest.raises(CareError, match="declined"):
        started(earlier.patient)


def test_the_reason_stays_with_the_course_and_its_history() -> None:
    referral = declined()
    prescriber = PrescriberFactory()

    course = start_course(
        referral.patient, first_on=None, by=prescriber, now=NOW, anyway_because="second board offers it"
    )

    assert course.referral is None
    assert (course.started_by, course.started_anyway_because) == (prescriber, "second board offers it")
    first = course.history.order_by("history_id").first()
    assert first
    assert (first.history_user, first.history_change_reason) == (prescriber, "second board offers it")


def test_a_referral_accepted_after_the_start_joins_its_course() -> None:
    referral = ReferralFactory(state="tumor-board")
    course = started(referral.patient, anyway_because="started elsewhere")

    accepted = referrals.accept_referral(
        referral, by=PrescriberFactory(), now=NOW + timedelta(hours=1), in_spite_of="known at the university"
    )

    course.refresh_from_db()
    assert accepted == course
    assert (course.referral, course.started_anyway_because) == (referral, "started elsewhere")


# --- what the database repeats -------------------------------------------------------------------------


@pytest.mark.parametrize("state", [{}, {"accepted": True, "state": "declined", "declined_because": "NEC"}])
def test_the_database_takes_no_course_on_a_referral_that_is_not_accepted(state: dict[str, str]) -> None:
    referral = ReferralFactory(**state)

    refusal = refused_by(lambda: CourseFactory(patient=referral.patient, referral=referral))

    assert refusal == "course_has_an_accepted_referral"


def test_nor_on_the_referral_of_another_patient() -> None:
    other = ReferralFactory(accepted=True)
    assert refused_by(lambda: CourseFactory(referral=other)) == "course_has_an_accepted_referral"
    course = CourseFactory()
    with pytest.raises(IntegrityError, match="accepted referral"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(referral=other)


# --- the form ------------------------------------------------------------------------------------------


def page_of(patient: Patient) -> tuple[Client, str]:
    client = Client()
    prescriber = PrescriberFactory(sites=[patient.site])
    assert prescriber.role == Role.PRESCRIBER
    client.force_login(prescriber)
    PatientIdentifierFactory(patient=patient)
    return client, reverse("start-course", args=[patient.public_id])


def test_the_form_offers_the_site_s_own_protocol_first() -> None:
    referral = ReferralFactory(accepted=True)
    SiteSettings.objects.create(site=referral.patient.site, default_protocol="lutathera-us-2018")
    client, address = page_of(referral.patient)

    page: Any = client.get(address)

    form = page.context["form"]
    assert form.initial["protocol"] == "lutathera-us-2018"
    assert form.fields["protocol"].choices[0][0] == "lutathera-us-2018"
    assert "anyway_because" not in form.fields


def test_the_form_offers_a_site_its_own_draft_and_says_so() -> None:
    referral = ReferralFactory(accepted=True)
    SiteSettings.objects.create(site=referral.patient.site, default_protocol="lutathera-eu")
    client, address = page_of(referral.patient)

    page: Any = client.get(address)

    key, words = page.context["form"].fields["protocol"].choices[0]
    assert key == "lutathera-eu"
    assert words.endswith("(draft)")


def test_the_form_says_what_lacks_and_asks_why_it_starts_anyway() -> None:
    referral = declined()
    client, address = page_of(referral.patient)
    data = {"patient": str(referral.patient.public_id), "protocol": "lutathera-us-2024"}

    assert "was declined by" in client.get(address).content.decode()
    bare = client.post(address, data | {"first_on": "2025-02-01"})
    assert bare.status_code == 422
    assert 'value="2025-02-01"' in bare.content.decode()
    assert client.post(address, data | {"anyway_because": "second board offers it"}).status_code == 302

    assert Course.objects.get().started_anyway_because == "second board offers it"
    shown = client.get(reverse("patient", args=[referral.patient.public_id])).content.decode()
    assert "Started without an accepted referral" in shown
    assert "second board offers it" in shown
    history = client.get(reverse("patient-history", args=[referral.patient.public_id])).content.decode()
    assert "Course started without an accepted referral" in history
