"""A signed document leaves the house: into the portal, announced by a mail with a link, or on paper."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import AuditEvent, User
from coordination.documents import versions, ways
from coordination.documents.kinds import KINDS, Reader
from coordination.flows.record import record_death
from coordination.flows.send_document import send_document
from coordination.messages import contacts
from coordination.models import ContactPoint, DocumentSending, DocumentVersion, MessageDelivery
from coordination.reminders import decide, send
from coordination.worklist import Kind, listed
from tests.documents.phases import MRN, NAME, PHASES, Phase
from tests.factories import ContactPointFactory, PracticeFactory, UserFactory
from tests.models.refusals import refused_by
from tests.reminders.conftest import office, running
from tests.reminders.post_office import PostOffice

__all__ = ["office", "running"]
pytestmark = pytest.mark.django_db
AT_NOON = 17  # UTC, in New York in winter


@pytest.fixture
def here() -> Iterator[Phase]:
    found = PHASES["treated"]()
    found.now = found.now.replace(hour=AT_NOON)
    with time_machine.travel(found.now, tick=False):
        yield found


@pytest.fixture
def desk(here: Phase) -> ContactPoint:
    return ContactPointFactory.create(practice=here.practice, address="desk@practice.example")


def signed(here: Phase, kind: str = "after-cycle") -> DocumentVersion:
    document = versions.draft(here.patient, KINDS[kind], by=here.navigator, now=here.now)
    return versions.sign_unread(document, by=here.navigator, now=here.now)


def mailed(here: Phase, desk: ContactPoint, version: DocumentVersion | None = None) -> MessageDelivery:
    version = version or signed(here)
    send_document(version, way="mail-link", by=here.navigator, now=here.now, addresses=[desk])
    return MessageDelivery.objects.latest("pk")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def referrer_of(here: Phase) -> User:
    return UserFactory.create(role=Role.REFERRER, practice=here.practice)


# --- by mail ------------------------------------------------------------------------------------------


def test_the_mail_holds_a_link_and_initials_and_is_sent_once(
    here: Phase, desk: ContactPoint, office: PostOffice
) -> None:
    delivery = mailed(here, desk)
    assert [send(delivery.pk, now=here.now) for _ in range(3)] == [True, False, False]

    (mail,) = office.mails
    text = mail.as_string()
    assert mail["To"] == "desk@practice.example"
    assert f"/m/{delivery.public_id}" in mail.get_content()
    assert f"{NAME[0][0]}.{NAME[1][0]}." in mail.get_content()
    assert not any(word in text for word in (*NAME, MRN, "1960", "nfusion"))
    assert not list(mail.iter_attachments())


def test_the_link_leads_into_the_portal_after_signing_in(
    here: Phase, desk: ContactPoint, office: PostOffice
) -> None:
    version = signed(here)
    delivery = mailed(here, desk, version)
    address = reverse("open-message", args=[delivery.public_id])
    assert reverse("sign-in") in Client().get(address).headers["Location"]

    client = client_of(referrer_of(here))
    answer = client.get(address, follow=True)
    assert answer.redirect_chain[-1][0] == reverse(
        "portal-document", args=[here.patient.public_id, version.public_id]
    )
    assert answer.content == bytes(version.pdf)
    assert client_of(here.navigator).get(address).headers["Location"] == reverse(
        "document", args=[version.document.public_id]
    )
    elsewhere = UserFactory.create(role=Role.REFERRER, practice=PracticeFactory.create())
    assert client_of(elsewhere).get(address).status_code == 404


def test_only_addresses_that_are_verified_and_agreed_to(here: Phase, desk: ContactPoint) -> None:
    contacts.stop(desk, because="asked", by=None, now=here.now)
    version = signed(here)
    with pytest.raises(CareError, match="no e-mail address that is verified"):
        send_document(version, way="mail-link", by=here.navigator, now=here.now, addresses=[desk])
    other = ContactPointFactory.create()
    ContactPointFactory.create(practice=here.practice)
    with pytest.raises(CareError, match="verified and agreed"):
        send_document(version, way="mail-link", by=here.navigator, now=here.now, addresses=[other])
    assert not DocumentSending.objects.exists()
    assert not MessageDelivery.objects.exists()


def stop(here: Phase, desk: ContactPoint) -> None:
    contacts.stop(desk, because="no more", by=None, now=here.now)


def die(here: Phase, desk: ContactPoint) -> None:
    record_death(here.patient, died_on=here.now.date(), by=here.prescriber, now=here.now)


def move(here: Phase, desk: ContactPoint) -> None:
    here.patient.referred_by = PracticeFactory.create()
    here.patient.save_by(None)


def sign_again(here: Phase, desk: ContactPoint) -> None:
    document = DocumentVersion.objects.get().document
    versions.sign_unread(document, by=here.navigator, now=here.now)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (stop, "the address may no longer be written to"),
        (die, "the patient died"),
        (move, "the patient is no longer with this practice"),
        (sign_again, "a newer version has replaced it"),
    ],
)
def test_a_mail_whose_reason_has_gone_is_not_sent(
    here: Phase, desk: ContactPoint, office: PostOffice, change: Any, because: str
) -> None:
    delivery = mailed(here, desk)
    change(here, desk)
    assert not send(delivery.pk, now=here.now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.cancelled_because) == ("not-sent", because)
    assert office.taken == []


def test_pressed_twice_it_is_one_mail_and_sent_it_can_be_sent_again(
    here: Phase, desk: ContactPoint, office: PostOffice
) -> None:
    version = signed(here)
    delivery = mailed(here, desk, version)
    with pytest.raises(CareError, match="on its way already"):
        mailed(here, desk, version)
    assert MessageDelivery.objects.count() == DocumentSending.objects.count() == 1
    assert send(delivery.pk, now=here.now)
    assert mailed(here, desk, version) != delivery


def test_at_night_it_waits_for_the_morning(here: Phase, desk: ContactPoint, office: PostOffice) -> None:
    delivery = mailed(here, desk)
    assert not send(delivery.pk, now=here.now + timedelta(hours=12))
    delivery.refresh_from_db()
    assert delivery.state == "queued" and delivery.send_after > here.now + timedelta(hours=12)
    page = client_of(here.navigator).get(reverse("message", args=[delivery.public_id])).content.decode()
    assert "until Wed 15 Jan 08:00" in page


def test_a_mail_that_was_lost_is_put_before_a_person_and_can_be_sent_again(
    here: Phase, desk: ContactPoint, office: PostOffice
) -> None:
    office.answer_to_receiver = "550 no such user"
    delivery = mailed(here, desk)
    send(delivery.pk, now=here.now)
    client = client_of(here.navigator)
    page = reverse("document", args=[DocumentVersion.objects.get().document.public_id])
    assert "Was refused" in client.get(page).content.decode()
    assert "Mail did not arrive" in client.get(reverse("documents")).content.decode()
    assert str(delivery.public_id) in client.get(reverse("messages-to-decide")).content.decode()
    assert "Message: was refused" in client.get(reverse("since-yesterday")).content.decode()
    assert (
        "Letter after an infusion 1"
        in client.get(reverse("message", args=[delivery.public_id])).content.decode()
    )

    office.answer_to_receiver = ""
    again = decide(delivery, decision="again", by=here.navigator, now=here.now)
    assert again and send(again.pk, now=here.now)
    assert again.sending == delivery.sending and len(office.taken) == 1


@pytest.mark.hazard("H38")
@pytest.mark.parametrize(
    ("state", "hours_ago", "words"),
    [
        ("failed", 0, "Message was refused"),
        ("bounced", 0, "Message came back"),
        ("unknown", 0, "Message: nobody knows whether it was sent"),
        ("sending", 2, "Message: nobody knows whether it was sent"),
        ("queued", 3, "Message cannot be sent"),
    ],
)
def test_a_mail_of_a_document_that_was_lost_is_one_line_of_today(
    here: Phase, desk: ContactPoint, state: str, hours_ago: int, words: str
) -> None:
    delivery = mailed(here, desk)
    tried = "first_tried_at" if state == "queued" else "claimed_at"
    moment = here.now - timedelta(hours=hours_ago)
    MessageDelivery.objects.filter(pk=delivery.pk).update(state=state, **{tried: moment})
    client = client_of(here.navigator)

    def said(name: str) -> str:
        return client.get(reverse(name), {"kind": "message"}).content.decode()

    page, table = said("today"), said("today-csv")
    assert page.count(reverse("message", args=[delivery.public_id])) == 1
    assert "about the document “Letter after an infusion 1”. Call, then decide." in page
    assert NAME[0] in page
    assert table.count(words) == 1
    assert _lines(here) == 1

    decide(delivery, decision="called", by=here.navigator, now=here.now)
    assert words not in said("today") + said("today-csv")
    assert _lines(here) == 0


def _lines(here: Phase) -> int:
    scope = Scope(sites=(here.patient.site,))
    return listed(scope, viewer_id=here.navigator.pk, role="navigator", now=here.now).of_kinds(Kind.MESSAGE)


def test_a_message_of_a_document_names_its_sending(here: Phase, desk: ContactPoint) -> None:
    delivery = mailed(here, desk)
    rows = MessageDelivery.objects.filter(pk=delivery.pk)
    assert refused_by(lambda: rows.update(sending=None)) == "delivery_of_a_document_says_which"
    assert refused_by(lambda: rows.update(purpose="reminder")) == "delivery_of_a_document_says_which"


# --- which way ----------------------------------------------------------------------------------------


def test_what_is_not_meant_for_the_practice_leaves_on_paper_only(here: Phase, desk: ContactPoint) -> None:
    for kind in ("tumor-board", "downtime-list"):
        if kind == "downtime-list":
            document = versions.draft_downtime_list(here.patient.site, by=here.navigator, now=here.now)
        else:
            document = versions.draft(here.patient, KINDS[kind], by=here.navigator, now=here.now)
        version = versions.sign_unread(document, by=here.navigator, now=here.now)
        for way in ("portal", "mail-link"):
            with pytest.raises(CareError, match="print it"):
                send_document(version, way=way, by=here.navigator, now=here.now, addresses=[desk])
        send_document(version, way="print", to="the board", by=here.navigator, now=here.now)
    assert set(DocumentSending.objects.values_list("channel", flat=True)) == {"print"}


def test_a_letter_to_another_practice_is_not_in_the_portal_of_the_referring_one(here: Phase) -> None:
    other = PracticeFactory.create()
    document = versions.draft(here.patient, KINDS["plan"], by=here.navigator, now=here.now, practice=other)
    assert ways.reading_practice(document) is None
    assert ways.why_not(document, "print") == ""


def test_kinds_meant_for_practices_are_all_but_the_centers_papers() -> None:
    center = {key for key, kind in KINDS.items() if kind.reader is Reader.CENTER}
    assert set(ways.MEANT_FOR_PRACTICES) == set(KINDS) - center


def test_a_replaced_version_is_not_sent(here: Phase) -> None:
    first = signed(here)
    versions.sign_unread(first.document, by=here.navigator, now=here.now)
    with pytest.raises(CareError, match="Version 2 has replaced"):
        send_document(first, way="portal", by=here.navigator, now=here.now)


# --- on the page --------------------------------------------------------------------------------------


@pytest.mark.hazard("H38")
def test_the_page_sends_and_shows_what_became_of_it_and_who_opened_it(
    here: Phase, desk: ContactPoint, office: PostOffice
) -> None:
    version = signed(here)
    client = client_of(here.navigator)
    page = reverse("document", args=[version.document.public_id])
    html = client.get(page).content.decode()
    assert "desk@practice.example" in html
    assert f"Nobody of {here.practice.name} has access to the portal yet." in html

    act = reverse("send-version", args=[version.public_id])
    sent = {"patient": here.patient.public_id, "way": "mail-link"}
    assert client.post(act, sent).status_code == 422
    answer = client.post(act, {**sent, "addresses": [str(desk.public_id)]})
    assert answer.status_code == 302
    assert "Waits to be sent" in client.get(page).content.decode()

    send(MessageDelivery.objects.get().pk, now=here.now)
    referrer = referrer_of(here)
    client_of(referrer).get(reverse("portal-document", args=[here.patient.public_id, version.public_id]))
    html = client.get(page).content.decode()
    assert "d…@practice.example" in html and f"Opened in the portal by {referrer.full_name}" in html
    assert "Nobody of" not in html
    assert AuditEvent.objects.filter(kind="job", patients=[here.patient.public_id]).count() == 1
    told = client.get(reverse("patient-messages", args=[here.patient.public_id])).content.decode()
    assert "Letter after an infusion 1" in told


def test_on_paper_it_is_noted_to_whom(here: Phase) -> None:
    version = signed(here, "radiation-sheet")
    client = client_of(here.navigator)
    act = reverse("send-version", args=[version.public_id])
    sent = {"patient": here.patient.public_id, "way": "print"}
    assert client.post(act, {**sent, "to": ""}).status_code == 422
    client.post(act, {**sent, "to": "the patient"})
    assert [(row.channel, row.to) for row in DocumentSending.objects.all()] == [("print", "the patient")]
