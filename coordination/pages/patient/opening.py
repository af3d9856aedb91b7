"""Open one patient for a page, and what its address names of them: through the scope, noted in the audit."""

from datetime import date, datetime, time
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model
from django.http import Http404

from coordination.base import clock
from coordination.base.access import StaffRequest, use_zone_of
from coordination.chart.patient_chart import PatientChart, charts_of
from patients.models import Patient
from scheduling.models import Course, Cycle
from scheduling.rules.days import zone_named

M = TypeVar("M", bound=Model)


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


def of_patient(request: StaffRequest, opened: PatientChart, model: type[M], public_id: UUID) -> M:
    """What an address names, within reach. Raises Http404 where it is another patient's."""
    found = request.scope.get(model, public_id)
    if cast("Any", found).patient_id != opened.patient.pk:
        raise Http404
    return found


def course_of(request: StaffRequest, opened: PatientChart, course_id: UUID) -> Course:
    """The patient's course, within reach; a course of another patient does not exist here."""
    course = of_patient(request, opened, Course, course_id)
    if opened.course is None or course.pk != opened.course.pk:
        raise Http404
    return course


def open_course(request: StaffRequest, patient_id: UUID, course_id: UUID) -> PatientChart:
    """Open the patient with this course."""
    opened = open_patient(request, patient_id)
    course_of(request, opened, course_id)
    return opened


def infusion_of(request: StaffRequest, opened: PatientChart, cycle_id: UUID) -> Cycle:
    """One of the course's infusions; one that is out of reach is refused as such."""
    cycle = next((cycle for cycle in opened.cycles if cycle.public_id == cycle_id), None)
    if cycle is None:
        request.scope.get(Cycle, cycle_id)
        raise Http404
    return cycle
