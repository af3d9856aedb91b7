"""Many letters of one kind, written in the background, one row each: claimed, written, settled once.

The rows are the truth. A bell that is lost or doubled costs nothing: the sweep finds what waits, and a letter
that is settled is not written again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from coordination.base.errors import CareError, NotPermitted
from coordination.base.models import Site, User
from coordination.documents import glyphs, versions
from coordination.documents.kinds import DOCUMENT_KINDS, DocumentKind, Reader
from coordination.documents.render import CannotPrint
from coordination.models import BatchLetter, DocumentBatch, DocumentVersion
from patients.models import Patient

MOST_LETTERS = 500
GIVEN_UP_AFTER = timedelta(minutes=2)
ATTEMPTS = 3
IN_BATCHES = tuple(key for key, kind in DOCUMENT_KINDS.items() if kind.reader is not Reader.CENTER)


class BatchRecipients(StrEnum):
    """Whom a batch is written for."""

    ON_TREATMENT = "on-treatment"
    ON_HOLD = "on-hold"
    ENDED = "ended"
    REFERRED = "referred"


GROUP_NAMES = {
    BatchRecipients.ON_TREATMENT: "Everybody on treatment",
    BatchRecipients.ON_HOLD: "Everybody on hold",
    BatchRecipients.ENDED: "Courses that ended and are not handed back",
    BatchRecipients.REFERRED: "Referrals that are not decided",
}


def patients_of(group: BatchRecipients, patients: "QuerySet[Patient]") -> "QuerySet[Patient]":
    """Those of `patients` (a scope's) whom a group means, by name; never who has died."""
    current = Q(courses__ended_at=None, courses__isnull=False)
    chosen = {
        BatchRecipients.ON_TREATMENT: current,
        BatchRecipients.ON_HOLD: current & Q(courses__held_since__isnull=False),
        BatchRecipients.ENDED: Q(courses__ended_at__isnull=False, courses__handed_back_on=None),
        BatchRecipients.REFERRED: Q(referrals__decided_at=None, referrals__isnull=False, courses=None),
    }[group]
    found = patients.filter(chosen, died_on=None, merged_into=None)
    return found.order_by("family_name", "given_name", "pk").distinct()


@transaction.atomic
def start_batch(
    kind: DocumentKind,
    patients: Iterable[Patient],
    *,
    site: Site,
    by: User,
    now: datetime,
    free_text: str = "",
) -> DocumentBatch:
    """Store what is to be written. Whoever starts a batch signs each of its letters."""
    if not kind.may_sign(by.role):
        raise NotPermitted(f"{kind.name}: only a prescriber signs it.", "kind")
    chosen = list(patients)
    if not chosen:
        raise CareError("There is nobody in this group.", "group")
    if len(chosen) > MOST_LETTERS:
        raise CareError(f"At most {MOST_LETTERS} letters at once; this would be {len(chosen)}.", "group")
    batch = DocumentBatch.objects.create(
        site=site, kind=kind.key, free_text=free_text.strip(), started_at=now, started_by=by
    )
    BatchLetter.objects.bulk_create([BatchLetter(batch=batch, patient=patient) for patient in chosen])
    return batch


def write_letter_of_batch(letter_id: int, *, now: datetime) -> bool:
    """Write one letter of a batch at most once, however often this is called; False where it was not ours."""
    if not _claim(letter_id, now=now):
        return False
    letter = BatchLetter.objects.select_related(
        "batch__started_by", "patient__site", "patient__referred_by"
    ).get(pk=letter_id)
    try:
        _write(letter, now=now)
    except CannotPrint as error:
        state = BatchLetter.State.FAILED if letter.attempts >= ATTEMPTS else BatchLetter.State.WAITING
        _settle(letter, state, note=error.message, now=now)
    except CareError as error:
        _settle(letter, BatchLetter.State.SKIPPED, note=error.message, now=now)
    return True


def _claim(letter_id: int, *, now: datetime) -> bool:
    """By compare-and-set: of two workers one wins. One that was claimed long ago is given up for lost."""
    waiting = BatchLetter.objects.to_write(given_up_before=now - GIVEN_UP_AFTER).filter(pk=letter_id)
    claimed = waiting.filter(attempts__lt=ATTEMPTS).update(
        state=BatchLetter.State.WRITING, claimed_at=now, attempts=F("attempts") + 1
    )
    if not claimed:
        waiting.filter(attempts__gte=ATTEMPTS).update(
            state=BatchLetter.State.FAILED, settled_at=now, note="It failed three times."
        )
    return bool(claimed)


@transaction.atomic
def _write(letter: BatchLetter, *, now: datetime) -> None:
    """The draft, its version and the settled row: all or nothing."""
    batch = letter.batch
    document = versions.draft(letter.patient, DOCUMENT_KINDS[batch.kind], by=batch.started_by, now=now)
    if batch.free_text:
        document.free_text = batch.free_text
        document.save_by(batch.started_by, because="batch")
    version = versions.sign_unread(document, by=batch.started_by, now=now)
    letter.version = version
    note = glyphs.unprintable_words(f"{letter.patient} {document.practice} {document.free_text}")
    _settle(letter, BatchLetter.State.WRITTEN, note=note, now=now)


def _settle(letter: BatchLetter, state: str, *, note: str, now: datetime) -> None:
    letter.state = state
    letter.note = note
    letter.settled_at = None if state == BatchLetter.State.WAITING else now
    letter.save(update_fields=["state", "note", "settled_at", "version"])


def waiting_letters(*, now: datetime) -> list[int]:
    """What is still to be written, of all batches, in the order they were started."""
    waiting = BatchLetter.objects.to_write(given_up_before=now - GIVEN_UP_AFTER)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:MOST_LETTERS])


def written(letters: "QuerySet[BatchLetter]") -> list[DocumentVersion]:
    """The letters as they were signed, by the patient's name; not those that a newer version has replaced."""
    newer = DocumentVersion.objects.filter(
        document=OuterRef("version__document"), number__gt=OuterRef("version__number")
    )
    standing = letters.filter(version__isnull=False).exclude(Exists(newer))
    ordered = standing.order_by("patient__family_name", "patient__given_name", "pk")
    related = ordered.select_related("version__document__patient__referred_by", "version__document__site")
    return [letter.version for letter in related.defer("version__pdf") if letter.version]


def progress(batch: DocumentBatch) -> dict[str, int]:
    """How many letters stand where."""
    counted = batch.letters.values_list("state").annotate(number=Count("pk")).order_by("state")
    found = dict.fromkeys(BatchLetter.State.values, 0) | dict(counted)
    return {str(state): number for state, number in found.items()}
