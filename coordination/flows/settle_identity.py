"""A person says whose a parked report is.

the patient's lock -> the report and its results belong to the patient -> read again by the sender's map as it
is now -> a weight becomes a weight -> the patient's courses wait to be assessed.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from coordination.base.models import User
from coordination.flows.lab_result import lock_patient, mark_courses, take_over
from coordination.flows.result_reviews import ask_without_course
from coordination.flows.sender_map import read_report_again
from labs.actions.assignment import assign_patient
from labs.models import LabReport, LabResult
from patients.models import Patient


@transaction.atomic
def settle_identity(
    report: LabReport, patient: Patient, *, by: User, because: str, now: datetime
) -> Sequence[int]:
    """Its results count from now on; returns the courses that wait."""
    lock_patient(patient)
    assign_patient(report, patient, by=by, because=because, now=now)
    read_report_again(report, by=by, now=now)
    results = list(LabResult.objects.filter(report=report).standing())
    take_over(results, patient, now=now)
    courses = mark_courses(patient, now=now)
    if not courses:
        ask_without_course(patient, results, now=now)
    return courses
