"""Many letters in the background: each written once, whatever happens to the bells."""

from datetime import timedelta

import pytest

from coordination.base.errors import CareError, NotPermitted
from coordination.documents import batches, tasks
from coordination.documents.batches import BatchRecipients
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.documents.render import CannotPrint
from coordination.models import BatchLetter, DocumentBatch, DocumentVersion
from patients.models import Patient
from tests import factories as make
from tests.documents.phases import PHASES, Phase

pytestmark = pytest.mark.django_db


def started(here: Phase, *others: Patient, kind: str = "plan") -> DocumentBatch:
    return batches.start_batch(
        DOCUMENT_KINDS[kind],
        [here.patient, *others],
        site=here.patient.site,
        by=here.navigator,
        now=here.now,
        free_text="With kind regards.",
    )


def letter_of(batch: DocumentBatch, patient: Patient) -> BatchLetter:
    return batch.letters.get(patient=patient)


def test_a_letter_is_written_signed_and_kept() -> None:
    here = PHASES["planned"]()
    batch = started(here)

    assert batches.write_letter_of_batch(letter_of(batch, here.patient).pk, now=here.now)

    letter = letter_of(batch, here.patient)
    assert letter.state == BatchLetter.State.WRITTEN
    assert letter.version is not None
    assert (letter.version.signed_by, letter.version.free_text) == (here.navigator, "With kind regards.")


def test_however_often_the_bell_rings_it_is_written_once() -> None:
    here = PHASES["planned"]()
    letter = letter_of(started(here), here.patient)

    outcomes = [batches.write_letter_of_batch(letter.pk, now=here.now) for _ in range(3)]

    assert outcomes == [True, False, False]
    assert DocumentVersion.objects.count() == 1


def test_a_letter_with_nothing_to_say_is_left_out_with_its_reason() -> None:
    here = PHASES["planned"]()
    other = make.PatientFactory(site=here.patient.site, referred_by=here.practice)
    batch = started(here, other)

    batches.write_letter_of_batch(letter_of(batch, other).pk, now=here.now)

    letter = letter_of(batch, other)
    assert (letter.state, letter.note) == (BatchLetter.State.SKIPPED, "There is no course yet.")


def test_what_a_lost_worker_had_claimed_is_taken_up_again() -> None:
    here = PHASES["planned"]()
    letter = letter_of(started(here), here.patient)
    BatchLetter.objects.filter(pk=letter.pk).update(
        state=BatchLetter.State.WRITING, claimed_at=here.now, attempts=1
    )

    assert not batches.write_letter_of_batch(letter.pk, now=here.now + timedelta(seconds=30))
    assert batches.write_letter_of_batch(letter.pk, now=here.now + timedelta(minutes=3))
    assert DocumentVersion.objects.count() == 1


def test_a_letter_that_cannot_be_printed_is_tried_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    here = PHASES["planned"]()
    letter = letter_of(started(here), here.patient)

    def jam(html: str) -> bytes:
        raise CannotPrint("The document could not be printed.")

    monkeypatch.setattr("coordination.documents.versions.pdf_of", jam)
    outcomes = [batches.write_letter_of_batch(letter.pk, now=here.now) for _ in range(4)]

    assert outcomes == [True, True, True, False]
    letter.refresh_from_db()
    assert (letter.state, letter.note) == (BatchLetter.State.FAILED, "The document could not be printed.")
    assert not DocumentVersion.objects.exists()


def test_the_sweep_writes_what_no_bell_rang_for() -> None:
    here = PHASES["planned"]()
    batch = started(here)

    tasks.write_waiting_letters()

    assert batches.progress(batch)["written"] == 1


def test_many_letters_are_as_many_rows_and_each_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    here = PHASES["planned"]()
    monkeypatch.setattr("coordination.documents.versions.pdf_of", lambda html: b"%PDF-1.7 short")
    others = [make.PatientFactory(site=here.patient.site, referred_by=here.practice) for _ in range(39)]
    for other in others:
        make.ReferralFactory(patient=other)
    batch = started(here, *others, kind="acknowledgement")

    for letter_id in batches.waiting_letters(now=here.now):
        batches.write_letter_of_batch(letter_id, now=here.now)

    counts = batches.progress(batch)
    assert (counts["written"], sum(counts.values())) == (40, 40)
    assert DocumentVersion.objects.count() == 40


def test_what_only_a_prescriber_signs_is_no_batch_of_a_navigator() -> None:
    here = PHASES["held"]()
    with pytest.raises(NotPermitted):
        started(here, kind="hold")


def test_an_empty_group_is_no_batch() -> None:
    here = PHASES["planned"]()
    with pytest.raises(CareError, match="nobody"):
        batches.start_batch(
            DOCUMENT_KINDS["plan"], [], site=here.patient.site, by=here.navigator, now=here.now
        )


@pytest.mark.parametrize(
    ("phase", "group"),
    [
        ("referred", BatchRecipients.REFERRED),
        ("treated", BatchRecipients.ON_TREATMENT),
        ("held", BatchRecipients.ON_HOLD),
        ("stopped", BatchRecipients.ENDED),
    ],
)
def test_a_group_finds_its_patients(phase: str, group: BatchRecipients) -> None:
    here = PHASES[phase]()
    assert list(batches.patients_of(group, Patient.objects.all())) == [here.patient]


def test_who_has_died_is_in_no_group() -> None:
    PHASES["died"]()
    assert not any(batches.patients_of(group, Patient.objects.all()).exists() for group in BatchRecipients)
