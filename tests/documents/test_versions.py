"""Signing: exactly what was read, by who may, kept byte for byte."""

import hashlib
from datetime import timedelta

import pytest

from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.base.models import User
from coordination.documents import versions
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.models import Document, DocumentSending, DocumentVersion
from tests.documents.phases import PHASES, Phase
from tests.models.refusals import is_denied

pytestmark = pytest.mark.django_db


def draft(here: Phase, kind: str = "plan") -> Document:
    return versions.draft(here.patient, DOCUMENT_KINDS[kind], by=here.navigator, now=here.now)


def sign(here: Phase, document: Document, by: User | None = None) -> DocumentVersion:
    written = versions.write(document, now=here.now)
    document.refresh_from_db()
    return versions.sign_document(
        document,
        by=by or here.navigator,
        now=here.now,
        digest=written.content.digest,
        version=document.version,
    )


def test_a_signed_version_is_kept_byte_for_byte() -> None:
    here = PHASES["planned"]()
    version = sign(here, draft(here))

    kept = DocumentVersion.objects.get(pk=version.pk)
    assert bytes(kept.pdf).startswith(b"%PDF-1.7")
    assert hashlib.sha256(bytes(kept.pdf)).hexdigest() == kept.sha256
    assert kept.signed_by == here.navigator


def test_a_version_is_never_changed_nor_deleted() -> None:
    here = PHASES["planned"]()
    version = sign(here, draft(here))
    rows = DocumentVersion.objects.filter(pk=version.pk)

    assert is_denied(lambda: rows.update(pdf=b"other"))
    assert is_denied(lambda: rows._raw_delete("default"))


def test_a_newer_version_stands_beside_the_older() -> None:
    here = PHASES["planned"]()
    document = draft(here)
    first = sign(here, document)
    before = bytes(first.pdf)
    versions.choose(
        document,
        by=here.navigator,
        version=Document.objects.get(pk=document.pk).version,
        free_text="She travels in March.",
        left_out=["doses"],
        language="en",
    )
    here.now += timedelta(hours=1)
    second = sign(here, document)

    assert (first.number, second.number) == (1, 2)
    assert bytes(DocumentVersion.objects.get(pk=first.pk).pdf) == before
    assert (second.free_text, second.left_out) == ("She travels in March.", ["doses"])
    with pytest.raises(CareError, match="Version 2 has replaced"):
        versions.note_sent(first, channel="print", to="the practice", by=here.navigator, now=here.now)


def test_only_what_was_read_is_signed() -> None:
    """Between reading and signing a result has come in: it is read again."""
    here = PHASES["treated"]()
    document = draft(here, "after-cycle")
    read = versions.write(document, now=here.now).content.digest
    here.labs(here.now + timedelta(days=20), platelets="80")

    with pytest.raises(OutOfDate, match="read it again"):
        versions.sign_document(
            document, by=here.navigator, now=here.now, digest=read, version=document.version
        )
    assert not document.versions.exists()


@pytest.mark.parametrize(
    ("phase", "kind"), [("held", "hold"), ("stopped", "stop"), ("completed", "hand-back")]
)
def test_only_a_prescriber_signs_what_decides(phase: str, kind: str) -> None:
    here = PHASES[phase]()
    document = draft(here, kind)
    with pytest.raises(NotPermitted):
        sign(here, document)
    assert sign(here, document, by=here.prescriber).number == 1


def test_of_two_who_sign_at_once_the_second_is_told() -> None:
    here = PHASES["planned"]()
    document = draft(here)
    digest, version = versions.write(document, now=here.now).content.digest, document.version
    versions.sign_document(document, by=here.navigator, now=here.now, digest=digest, version=version)

    other = Document.objects.get(pk=document.pk)
    with pytest.raises(OutOfDate):
        versions.sign_document(other, by=here.prescriber, now=here.now, digest=digest, version=version)
    assert document.versions.count() == 1


def test_a_section_that_must_stay_cannot_be_left_out() -> None:
    here = PHASES["completed"]()
    document = draft(here, "hand-back")
    document.left_out = ["first-scan", "red-flags", "trends"]
    kept = {section.key for section in versions.write(document, now=here.now).content.sections}
    assert {"first-scan", "red-flags"} <= kept
    assert "trends" not in kept


def test_beginning_twice_takes_up_the_open_draft() -> None:
    here = PHASES["planned"]()
    assert draft(here) == draft(here)


def test_a_signed_document_is_not_dropped() -> None:
    here = PHASES["planned"]()
    document = draft(here)
    sign(here, document)
    with pytest.raises(CareError, match="kept"):
        versions.drop(document, by=here.navigator, now=here.now, because="not needed")


def test_a_dropped_draft_is_not_signed() -> None:
    here = PHASES["planned"]()
    document = draft(here)
    versions.drop(document, by=here.navigator, now=here.now, because="not needed")
    with pytest.raises(OutOfDate, match="dropped"):
        sign(here, document)


def test_it_is_noted_when_which_way_and_to_whom_it_was_sent() -> None:
    here = PHASES["planned"]()
    version = sign(here, draft(here))
    sending = versions.note_sent(
        version, channel="portal", to="Maple Street Cancer Care", by=here.navigator, now=here.now
    )
    rows = DocumentSending.objects.filter(pk=sending.pk)
    assert is_denied(lambda: rows.update(to="nobody"))


def test_each_choice_leaves_a_line_in_the_history() -> None:
    here = PHASES["planned"]()
    document = draft(here)
    versions.choose(document, by=here.navigator, version=1, free_text="x", left_out=[], language="en")
    assert [row.history_user for row in document.history.all()] == [here.navigator, here.navigator]


def test_a_letter_without_a_practice_asks_whom_to_write_to() -> None:
    here = PHASES["planned"]()
    here.patient.referred_by = None
    here.patient.save_by(None)
    with pytest.raises(CareError, match="choose whom"):
        draft(here)
