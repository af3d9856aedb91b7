"""Audit, results, proposals and signatures are kept as they were added; a trigger sees to it.

It holds the owner of the tables too; the product's own role has no right to try (tests/base/test_rights.py).
"""

from collections.abc import Callable

import pytest
from django.db import models

from coordination.base.models import AuditEvent
from labs.models import LabResult
from scheduling.models import Proposal, Signature
from tests import factories as make
from tests.factories import NOW
from tests.models.refusals import refused_by

pytestmark = [pytest.mark.usefixtures("as_owner"), pytest.mark.django_db]

ONLY_ADDED: list[tuple[Callable[[], models.Model], dict[str, object]]] = [
    (make.AuditEventFactory, {"view": "another page"}),
    (make.LabResultFactory, {"value": "300"}),
    (make.SenderMapEntryFactory, {"means": "26515-7"}),
    (make.ProposalFactory, {"activity_gbq": "3.7"}),
    (make.SignatureFactory, {"activity_gbq": "3.7"}),
    (make.ConflictNoticeFactory, {"told_at": "2025-01-08T12:00Z"}),
    (make.AuditSealFactory, {"mac": "0" * 64}),
    (make.DocumentVersionFactory, {"pdf": b"other"}),
    (make.DocumentSendingFactory, {"to": "nobody"}),
    (make.ResultReleaseFactory, {"at": "2025-01-08T12:00Z"}),
]


@pytest.mark.parametrize(("add", "change"), ONLY_ADDED)
def test_what_was_added_is_never_changed(add: Callable[[], models.Model], change: dict[str, object]) -> None:
    row = add()
    rows = type(row)._default_manager.filter(pk=row.pk)

    assert refused_by(lambda: rows.update(**change)) == f"{row._meta.db_table}_is_only_added"


@pytest.mark.parametrize("add", [add for add, _ in ONLY_ADDED])
def test_what_was_added_is_never_deleted(add: Callable[[], models.Model]) -> None:
    row = add()

    def delete() -> None:
        type(row)._default_manager.filter(pk=row.pk)._raw_delete("default")

    assert refused_by(delete) == f"{row._meta.db_table}_is_only_added"


def test_saving_a_result_unchanged_is_no_change() -> None:
    result = make.LabResultFactory()

    result.save()


def test_a_parked_result_is_given_its_patient_once() -> None:
    patient = make.PatientFactory()
    result = make.LabResultFactory(report=make.LabReportFactory(site=patient.site, patient=None))
    results = LabResult.objects.filter(pk=result.pk)

    results.update(patient=patient)

    assert results.get().patient == patient
    another = make.PatientFactory()
    assert refused_by(lambda: results.update(patient=another)) == "labs_labresult_is_only_added"
    assert refused_by(lambda: results.update(patient=None)) == "labs_labresult_is_only_added"


def test_a_parked_result_keeps_its_value_while_it_is_given_its_patient() -> None:
    patient = make.PatientFactory()
    result = make.LabResultFactory(report=make.LabReportFactory(site=patient.site, patient=None))
    results = LabResult.objects.filter(pk=result.pk)

    refusal = refused_by(lambda: results.update(patient=patient, value="300"))

    assert refusal == "labs_labresult_is_only_added"


def test_a_proposal_is_superseded_once() -> None:
    proposal = make.ProposalFactory()
    proposals = Proposal.objects.filter(pk=proposal.pk)

    proposals.update(superseded_at=NOW)

    assert refused_by(lambda: proposals.update(superseded_at=None)) == "scheduling_proposal_is_only_added"


def test_a_signature_is_withdrawn_once_with_a_reason() -> None:
    signature = make.SignatureFactory()
    signatures = Signature.objects.filter(pk=signature.pk)

    signatures.update(withdrawn_at=NOW, withdrawn_because="platelets 62")

    assert not signatures.get().is_standing
    refusal = refused_by(lambda: signatures.update(withdrawn_at=None, withdrawn_because=""))
    assert refusal == "scheduling_signature_is_only_added"


def test_the_audit_names_every_patient_that_was_shown() -> None:
    one, other = make.PatientFactory(), make.PatientFactory()
    event = make.AuditEventFactory(patients=[one.public_id, other.public_id])

    assert AuditEvent.objects.about(one.public_id).get() == event
    assert AuditEvent.objects.about(other.public_id).by(event.user).get() == event
