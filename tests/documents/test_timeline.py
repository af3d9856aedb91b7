"""The patient's timeline tells of documents and messages from draft to reader."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.chart import activity
from coordination.chart.event import Event
from coordination.documents import versions
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.documents.source import DocumentChart
from coordination.flows.send_document import send_document
from coordination.messages import contacts
from coordination.models import MessageDelivery
from coordination.reminders import send_delivery
from tests.documents.phases import PHASES, Phase
from tests.factories import ContactPointFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[Phase]:
    found = PHASES["treated"]()
    found.now = found.now.replace(hour=17)
    with time_machine.travel(found.now, tick=False):
        yield found


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(here: Phase, kind: str) -> list[Event]:
    """The events of one kind, the oldest first."""
    opened = DocumentChart(here.patient, now=here.now + timedelta(days=1)).chart
    return activity.events_of(opened, kinds=[kind])[::-1]


def test_a_document_is_begun_signed_sent_and_opened(here: Phase) -> None:
    referrer = UserFactory.create(role=Role.REFERRER, practice=here.practice)
    desk = ContactPointFactory.create(practice=here.practice)
    document = versions.draft(here.patient, DOCUMENT_KINDS["after-cycle"], by=here.navigator, now=here.now)
    later = [here.now + timedelta(minutes=minutes) for minutes in (1, 2, 3)]
    version = versions.sign_unread(document, by=here.navigator, now=later[0])
    send_document(version, way="mail-link", by=here.navigator, now=later[1], addresses=[desk])
    with time_machine.travel(later[2], tick=False):
        page = reverse("portal-document", args=[here.patient.public_id, version.public_id])
        assert _client(referrer).get(page).status_code == 200

    address = reverse("document", args=[document.public_id])
    assert [(event.words, event.by, event.url) for event in told(here, "documents")] == [
        ("Letter after an infusion 1: begun", here.navigator.full_name, address),
        ("Letter after an infusion 1, version 1", here.navigator.full_name, address),
        (
            f"Letter after an infusion 1, version 1: link by e-mail to {here.practice.name}",
            here.navigator.full_name,
            address,
        ),
        ("Letter after an infusion 1, version 1: opened in the portal", referrer.full_name, address),
    ]


def test_a_draft_that_was_given_up_says_why(here: Phase) -> None:
    document = versions.draft(here.patient, DOCUMENT_KINDS["plan"], by=here.navigator, now=here.now)
    versions.drop(document, by=here.navigator, now=here.now + timedelta(minutes=1), because="begun twice")
    assert [event.detail for event in told(here, "documents")] == ["", "begun twice"]


def test_the_mail_of_a_document_and_its_fate_are_messages(here: Phase) -> None:
    desk = ContactPointFactory.create(practice=here.practice)
    document = versions.draft(here.patient, DOCUMENT_KINDS["plan"], by=here.navigator, now=here.now)
    version = versions.sign_unread(document, by=here.navigator, now=here.now)
    send_document(version, way="mail-link", by=here.navigator, now=here.now, addresses=[desk])
    assert told(here, "messages") == []
    assert send_delivery(MessageDelivery.objects.get().pk, now=here.now)
    (event,) = told(here, "messages")
    assert event.words == f"E-mail to {here.practice.name} about treatment plan"
    assert event.status == "sent"


def test_what_the_patient_agreed_to_and_stopped_is_told(here: Phase) -> None:
    point = contacts.add_contact(
        patient=here.patient, channel="sms", address="+15550100123", by=here.navigator, now=here.now
    )
    contacts.agree(point, how="on the phone", by=here.navigator, now=here.now)
    contacts.stop_contact(point, because="answered STOP", by=None, now=here.now)
    said = [(event.words, event.by) for event in told(here, "messages")]
    assert set(said) == {
        ("Text message to the patient: address added", here.navigator.full_name),
        ("Text message to the patient: on the phone", here.navigator.full_name),
        ("Text message to the patient: answered STOP", ""),
    }
    assert not any("555" in words for words, _ in said)
