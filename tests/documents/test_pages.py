"""The pages: begin, read, choose, sign, note as sent; who may, and what the audit keeps."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.models import AuditEvent, User
from coordination.documents import versions
from coordination.models import BatchLetter, Document, DocumentSending, DocumentVersion
from tests.documents.phases import PHASES, Phase

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[Phase]:
    found = PHASES["treated"]()
    with time_machine.travel(found.now, tick=False):
        yield found


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def begin(client: Client, here: Phase, kind: str) -> Document:
    page = reverse("patient-documents", args=[here.patient.public_id])
    answer = client.post(page, {"patient": here.patient.public_id, "kind": kind})
    assert answer.status_code == 302
    document = Document.objects.latest("pk")
    assert answer.headers["Location"] == reverse("document", args=[document.public_id])
    return document


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


def signed(client: Client, document: Document) -> None:
    html = client.get(reverse("document", args=[document.public_id])).content.decode()
    part = html[html.index("/sign") :]
    answer = client.post(
        reverse("sign-document", args=[document.public_id]),
        {
            "patient": str(document.patient.public_id) if document.patient else "",
            "digest": hidden(part, "digest"),
            "version": hidden(part, "version"),
        },
    )
    assert answer.status_code == 302


def test_a_letter_from_beginning_to_sent(here: Phase) -> None:
    client = client_of(here.navigator)
    document = begin(client, here, "after-cycle")
    page = reverse("document", args=[document.public_id])
    assert "What you need to do, by when" in client.get(page).content.decode()

    own = {"patient": here.patient.public_id}
    client.post(page, {**own, "version": 1, "free_text": "Thank you <b>all</b>.", "kept": ["next", "labs"]})
    html = client.get(page).content.decode()
    assert "Thank you &lt;b&gt;all&lt;/b&gt;." in html
    assert "Until the next infusion" not in html.split("<article")[1]

    signed(client, document)
    version = DocumentVersion.objects.get(document=document)
    answer = client.get(reverse("document-version", args=[version.public_id]))
    assert answer.content == bytes(version.pdf)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "Whitcombe" not in answer.headers["Content-Disposition"]

    send = reverse("send-version", args=[version.public_id])
    client.post(send, {**own, "way": "print", "to": "Maple Street"})
    assert DocumentSending.objects.get().version == version
    assert AuditEvent.objects.filter(kind="export", patients=[here.patient.public_id]).count() == 1


def test_what_was_signed_is_not_called_a_draft_until_it_says_something_else(here: Phase) -> None:
    client = client_of(here.navigator)
    document = begin(client, here, "after-cycle")
    page = reverse("document", args=[document.public_id])
    assert "Draft, not signed" in client.get(page).content.decode()
    signed(client, document)
    html = client.get(page).content.decode()
    assert "Draft, not signed" not in html and "Draft as PDF" not in html
    assert re.search(r'Signed by <span class="who">Nora Lindqvist, RN</span>', html)

    here.patient.family_name = "Newname"
    here.patient.save_by(None)
    assert "Draft, not signed" in client.get(page).content.decode()


def test_a_page_that_is_out_of_date_signs_nothing(here: Phase) -> None:
    client = client_of(here.navigator)
    document = begin(client, here, "plan")
    answer = client.post(
        reverse("sign-document", args=[document.public_id]),
        {"patient": here.patient.public_id, "digest": "0" * 64, "version": 1},
    )
    assert answer.status_code == 409
    assert "has changed since you read it" in answer.content.decode()
    assert not document.versions.exists()


def test_a_navigator_prepares_what_a_prescriber_signs() -> None:
    here = PHASES["held"]()
    with time_machine.travel(here.now, tick=False):
        document = begin(client_of(here.navigator), here, "hold")
        html = client_of(here.navigator).get(reverse("document", args=[document.public_id])).content.decode()
        assert "A prescriber signs this document" in html
        signed(client_of(here.prescriber), document)
    assert document.versions.get().signed_by == here.prescriber


def test_what_cannot_be_written_says_why(here: Phase) -> None:
    page = reverse("patient-documents", args=[here.patient.public_id])
    client = client_of(here.navigator)
    assert "The course has not been stopped." in client.get(page).content.decode()
    sent = {"patient": here.patient.public_id, "kind": "stop"}
    assert client.post(page, sent).status_code == 422


def test_a_document_whose_reason_has_gone_says_so(here: Phase) -> None:
    client = client_of(here.navigator)
    document = begin(client, here, "plan")
    Document.objects.filter(pk=document.pk).update(kind="hold")
    html = client.get(reverse("document", args=[document.public_id])).content.decode()
    assert "There is nothing to write any more" in html


def test_a_spanish_sheet_is_shown_in_spanish(here: Phase) -> None:
    here.patient.language = "es"
    here.patient.save_by(None)
    client = client_of(here.navigator)
    document = begin(client, here, "radiation-sheet")
    html = client.get(reverse("document", args=[document.public_id])).content.decode()
    assert "Duerma en una cama aparte." in html
    assert 'lang="es"' in html


def test_the_downtime_list_names_its_patients_in_the_audit(here: Phase) -> None:
    client = client_of(here.navigator)
    answer = client.post(
        reverse("write-downtime-list"), {"site": str(here.patient.site.public_id)}, follow=True
    )
    assert "Downtime list" in answer.content.decode()
    assert AuditEvent.objects.filter(view="document", patients=[here.patient.public_id]).exists()


def test_a_kept_downtime_list_names_in_the_audit_whom_it_names_on_paper(here: Phase) -> None:
    """Also once nobody of them would be on the list of the day."""
    client = client_of(here.navigator)
    client.post(reverse("write-downtime-list"), {"site": str(here.patient.site.public_id)})
    document = Document.objects.latest("pk")
    signed(client, document)
    version = document.versions.get()
    here.patient.died_on, here.patient.died_recorded_at = here.now.date(), here.now
    here.patient.save_by(None)

    client.get(reverse("document-version", args=[version.public_id]))
    client.post(reverse("send-version", args=[version.public_id]), {"way": "print", "to": "The ward"})

    rows = AuditEvent.objects.order_by("pk").values_list("view", "kind", "patients")
    named = [here.patient.public_id]
    assert [row for row in rows if row[0] in ("sign-document", "document-version", "send-version")] == [
        ("sign-document", "change", named),
        ("document-version", "export", named),
        ("send-version", "change", named),
    ]


def test_a_downtime_list_of_before_names_whom_its_moment_would_name(here: Phase) -> None:
    client = client_of(here.navigator)
    document = versions.draft_downtime_list(here.patient.site, by=here.navigator, now=here.now)
    version = versions.sign_unread(document, by=here.navigator, now=here.now)
    client.get(reverse("document-version", args=[version.public_id]))
    assert AuditEvent.objects.get(kind="export").patients == [here.patient.public_id]


def test_a_batch_shows_how_far_it_is(
    here: Phase, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    rung: list[int] = []
    monkeypatch.setattr("coordination.pages.documents.batches.queue_letters", rung.extend)
    client = client_of(here.navigator)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = client.post(
            reverse("document-batches"),
            {"kind": "plan", "group": "on-treatment", "site": str(here.patient.site.public_id)},
        )
    assert rung == [BatchLetter.objects.get().pk]
    page = client.get(answer.headers["Location"]).content.decode()
    assert "0 of 1" in page
    assert 'hx-trigger="every 3s"' in page
    BatchLetter.objects.update(state="skipped", note="x")
    assert "All settled" in client.get(answer.headers["Location"]).content.decode()
