"""Say whose a parked report is."""

from datetime import datetime

from coordination.base.errors import CareError
from coordination.base.models import User
from labs.actions.reviews import resolve_review
from labs.models import LabReport, LabResult, ReviewItem
from patients.models import Patient

WHOSE = (ReviewItem.Kind.PATIENT_UNKNOWN, ReviewItem.Kind.IDENTITY_MISMATCH)


def assign_patient(report: LabReport, patient: Patient, *, by: User, because: str, now: datetime) -> None:
    """A person says whose a parked report is; its results belong to that patient from now on."""
    if report.state != LabReport.State.PARKED:
        settled = ReviewItem.objects.filter(report=report, resolved_by__isnull=False).first()
        who = f": {settled.resolution}" if settled else "."
        raise CareError(f"This report already belongs to a patient{who}", "patient")
    report.patient = patient
    report.state = LabReport.State.APPLIED
    report.applied_at = now
    report.save(update_fields=["patient", "state", "applied_at"])
    LabResult.objects.filter(report=report, patient=None).update(patient=patient)
    for item in ReviewItem.objects.open().filter(report=report, kind__in=WHOSE):
        resolve_review(item, by=by, because=because, now=now)
    for item in ReviewItem.objects.open().filter(report=report, patient=None):
        item.patient = patient
        item.save_by(by, because=because)
