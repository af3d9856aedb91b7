"""The letters of a batch on one stack of paper, and on their way."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.models import AuditEvent
from coordination.documents import batches, versions
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.documents.print_run import one_pdf
from coordination.documents.render import pdf_of
from coordination.models import DocumentBatch, DocumentSending, DocumentVersion, MessageDelivery
from tests import factories as make
from tests.documents.phases import PHASES, Phase
from tests.documents.test_press import FRAME

TWO_PAGES = FRAME.format('<p>First</p><p style="break-before: page">Second</p>')


def _pages(body: bytes) -> int:
    return len(pikepdf.Pdf.open(BytesIO(body)).pages)


@pytest.fixture(scope="module")
def letters() -> list[bytes]:
    """Of one page, of two, of one."""
    one, two = pdf_of(FRAME.format("<p>Short</p>")), pdf_of(TWO_PAGES)
    return [one, two, one]


@pytest.mark.parametrize(("both_sides", "pages"), [(False, 4), (True, 6)])
def test_each_letter_begins_on_a_new_sheet_where_both_sides_are_printed(
    letters: list[bytes], both_sides: bool, pages: int
) -> None:
    assert [_pages(letter) for letter in letters] == [1, 2, 1]
    assert _pages(one_pdf(letters, both_sides=both_sides)) == pages


def test_the_pages_are_counted_by_letter(letters: list[bytes]) -> None:
    whole = pikepdf.Pdf.open(BytesIO(one_pdf(letters)))
    assert [page.label for page in whole.pages] == ["1-1", "2-1", "2-2", "3-1"]


def test_a_page_is_the_one_that_was_signed(letters: list[bytes]) -> None:
    whole = pikepdf.Pdf.open(BytesIO(one_pdf(letters)))
    signed = pikepdf.Pdf.open(BytesIO(letters[1]))
    assert whole.pages[2].Contents.read_bytes() == signed.pages[1].Contents.read_bytes()


# --- a batch ------------------------------------------------------------------------------------------


@pytest.fixture
def here(db: None) -> Iterator[Phase]:
    found = PHASES["planned"]()
    with time_machine.travel(found.now, tick=False):
        yield found


@pytest.fixture
def client(here: Phase) -> Client:
    client = Client()
    client.force_login(here.navigator)
    return client


@pytest.fixture
def batch(here: Phase) -> DocumentBatch:
    """Three acknowledgements: two to the practice, one to a practice that nobody can mail to."""
    make.ContactPointFactory(practice=here.practice)
    others = [
        make.PatientFactory(site=here.patient.site, referred_by=practice, family_name="Zander")
        for practice in (here.practice, make.PracticeFactory(name="Far Away Clinic"))
    ]
    for other in others:
        make.ReferralFactory(patient=other)
    batch = batches.start_batch(
        DOCUMENT_KINDS["acknowledgement"],
        [here.patient, *others],
        site=here.patient.site,
        by=here.navigator,
        now=here.now,
    )
    for letter in batch.letters.all():
        batches.write_letter_of_batch(letter.pk, now=here.now)
    return batch


def test_its_letters_are_printed_as_one(client: Client, batch: DocumentBatch) -> None:
    address = reverse("print-batch", args=[batch.public_id])
    answer = client.get(address)
    pages = [_pages(bytes(version.pdf)) for version in DocumentVersion.objects.all()]
    assert (answer.headers["Content-Type"], _pages(answer.content)) == ("application/pdf", sum(pages))
    assert _pages(client.get(address, {"sides": "2"}).content) == sum(count + count % 2 for count in pages)
    exported = AuditEvent.objects.filter(kind="export").first()
    assert exported and len(exported.patients) == 3


def test_what_was_replaced_is_neither_printed_nor_sent(
    client: Client, batch: DocumentBatch, here: Phase
) -> None:
    version = batch.letters.get(patient=here.patient).version
    assert version
    versions.sign_unread(version.document, by=here.navigator, now=here.now)
    assert version not in batches.written(batch.letters.all())
    assert len(batches.written(batch.letters.all())) == 2


def test_before_a_letter_is_written_there_is_nothing_to_print(client: Client, here: Phase) -> None:
    batch = batches.start_batch(
        DOCUMENT_KINDS["plan"], [here.patient], site=here.patient.site, by=here.navigator, now=here.now
    )
    answer = client.get(reverse("print-batch", args=[batch.public_id]))
    assert answer.headers["Location"] == reverse("document-batch", args=[batch.public_id])


def test_all_are_sent_and_who_cannot_be_reached_is_said(client: Client, batch: DocumentBatch) -> None:
    page = reverse("document-batch", args=[batch.public_id])
    act = reverse("send-batch", args=[batch.public_id])
    assert "Send 3 letters" in client.get(page).content.decode()
    assert client.post(act, {"way": "pigeon"}).status_code == 422

    shown = client.post(act, {"way": "mail-link"}, follow=True).content.decode()

    assert "2 letters are sent." in shown
    assert "1 not sent: Far Away Clinic has no e-mail address" in shown
    assert MessageDelivery.objects.filter(purpose="document", state="queued").count() == 2
    client.post(act, {"way": "print"})
    client.post(act, {"way": "print"})
    assert sorted(DocumentSending.objects.values_list("channel", flat=True)) == [
        *("mail-link", "mail-link", "print")
    ]
    assert "Every letter was sent." in client.get(page).content.decode()
