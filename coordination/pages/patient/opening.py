"""Open one patient for a page: through the scope, in the site's zone, noted in the audit."""

from datetime import date, datetime, time
from uuid import UUID

from coordination.base import clock
from coordination.base.access import StaffRequest, use_zone_of
from coordination.chart.patient_chart import PatientChart, charts_of
from patients.models import Patient
from scheduling.rules.days import zone_named


def open_patient(request: StaffRequest, patient_id: UUID, *, as_of: date | None = None) -> PatientChart:
    """Find the patient within reach, show times in their site's zone, note that they were seen."""
    patient = request.scope.get(Patient, patient_id, "site", "referred_by")
    use_zone_of(patient.site)
    request.audit.saw([patient])
    present = clock.now()
    today = clock.day_at(patient.site, present)
    if as_of is None or as_of >= today:
        moment, as_of = present, None
    else:
        zone = zone_named(patient.site.timezone)
        moment = datetime.combine(as_of, time.max, tzinfo=zone)
    return charts_of([patient], request.scope.of, now=moment, as_of=as_of)[0]
