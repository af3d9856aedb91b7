"""Open one patient for a page: through the scope, in the site's zone, noted in the audit."""

from datetime import date, datetime, time
from uuid import UUID

from coordination.base import clock
from coordination.base.access import StaffRequest, use_zone_of
from coordination.chart.opened import Opened, mrn_of
from patients.models import Patient
from scheduling.models import Course, Cycle
from scheduling.rules.days import zone_named


def open_patient(request: StaffRequest, patient_id: UUID, *, as_of: date | None = None) -> Opened:
    """Find the patient within reach, show times in their site's zone, note that they were seen."""
    patient = request.scope.get(Patient, patient_id, "site", "referred_by")
    use_zone_of(patient.site)
    request.audit.saw([patient])
    present = clock.now()
    today = clock.day_at(patient.site, present)
    if as_of is None or as_of >= today:
        moment, day, as_of = present, today, None
    else:
        zone = zone_named(patient.site.timezone)
        moment, day = datetime.combine(as_of, time.max, tzinfo=zone), as_of
    course = request.scope.of(Course).filter(patient=patient, started_at__lte=moment).first()
    cycles: list[Cycle] = []
    if course:
        course.patient = patient
        cycles = list(request.scope.of(Cycle).filter(course=course).prefetch_related("infusions"))
        for cycle in cycles:
            cycle.course = course
    return Opened(patient, course, cycles, mrn_of(patient), moment, day, as_of)
