"""What an assessment of the response sets in motion.

record it -> a progression ends what is given until progression -> assess. A call that rests only on the
first scan after treatment may be pseudoprogression [H22]: it is recorded and shown as a conflict, and
changes nothing until a person calls it progression on more than that.
"""

from datetime import date, datetime

from django.db import transaction

from coordination.base.models import User
from coordination.flows.lab_result import lock_patient, mark_courses
from coordination.flows.record import assess_all
from patients.actions import assess_response
from patients.models import Patient, ResponseAssessment
from scheduling.actions.progression import note_progression
from scheduling.models import Course


@transaction.atomic
def record_response(
    patient: Patient,
    *,
    on: date,
    outcome: str,
    by: User,
    now: datetime,
    basis: str = "",
    first_scan_only: bool = False,
) -> ResponseAssessment:
    lock_patient(patient)
    assessment = assess_response(
        patient, on=on, outcome=outcome, by=by, now=now, basis=basis, first_scan_only=first_scan_only
    )
    if outcome == ResponseAssessment.Outcome.PROGRESSION and not first_scan_only:
        for course in Course.objects.lock().filter(patient=patient, started_at__date__lte=on):
            note_progression(course, on=on, by=by, because=basis or "progression")
    assess_all(mark_courses(patient, now=now), now=now)
    return assessment
