"""What a machine may ask of a patient's course: the answer of the rules with its signature, and the facts."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema

from coordination.base import clock
from coordination.base.api_clients import ApiScope
from coordination.chart.waiting_results import waiting_of
from coordination.ehr import contract
from coordination.ehr.door import MachineRequest, MachineView
from coordination.ehr.problems import json_response
from labs.models import ReviewItem
from patients.models import Patient
from scheduling.answers import OVERTAKEN, answer_of, signed_digest
from scheduling.course_file import write_answer, write_course
from scheduling.facts import facts_of
from scheduling.models import Course, Signature
from scheduling.rules.answer import Assessment


class GateView(MachineView):
    """The answer document as of now, computed from the facts; `signature` says whether a person signed it."""

    scopes: ClassVar[dict[str, ApiScope]] = {"GET": ApiScope.COURSES_READ}

    @extend_schema(**contract.GET_GATE)
    def get(self, request: MachineRequest, patient_id: UUID) -> HttpResponse:
        course = _course_of(request, patient_id)
        _, assessment = answer_of(course, as_of=clock.now())
        request.audit.saw(course.patient)
        return json_response(
            write_answer(assessment)
            | {
                "signature": _signature(request, course, assessment),
                "course": _state(course),
                "waiting": _waiting(request, course),
            }
        )


class CourseFileView(MachineView):
    """The input document: `manage.py assess` of it gives the answer of the gate at its `as_of`."""

    scopes: ClassVar[dict[str, ApiScope]] = {"GET": ApiScope.COURSES_READ}

    @extend_schema(**contract.GET_COURSE_FILE)
    def get(self, request: MachineRequest, patient_id: UUID) -> HttpResponse:
        course = _course_of(request, patient_id)
        request.audit.saw(course.patient)
        return json_response(write_course(facts_of(course, clock.now())))


def _course_of(request: MachineRequest, patient_id: UUID) -> Course:
    """Of several the one not ended, else the newest; 404 without one."""
    patient = request.scope.get(Patient, patient_id)
    course = (
        request.scope.of(Course)
        .filter(patient=patient.merged_into_id or patient.pk)
        .select_related("patient__site")
        .order_by(F("ended_at").desc(nulls_first=True), "-started_at", "-pk")
        .first()
    )
    if course is None:
        raise Http404
    return course


def _state(course: Course) -> dict[str, Any]:
    """Beside the rules, people decide too: a course on hold is not given, whatever the rows say."""
    if course.stopped_on:
        state, because = "stopped", course.stopped_reason
    elif course.completed_on:
        state, because = "completed", ""
    elif course.is_on_hold:
        state, because = "on-hold", course.held_reason
    else:
        state, because = "current", ""
    return {"id": str(course.public_id), "state": state, "because": because}


def _waiting(request: MachineRequest, course: Course) -> list[dict[str, Any]]:
    """The results of the panel that wait for a person: the answer does not know of them."""
    items = request.scope.of(ReviewItem).filter(patient=course.patient)
    return [
        {
            "analyte": each.analyte or None,
            "name": each.name,
            "collected_at": each.collected_at,
            "reason": each.reason,
            "text": each.text,
        }
        for each in waiting_of(items, course.patient.site, clock.now())
    ]


# --- the signature ---------------------------------------------------------------------------------


def _signature(request: MachineRequest, course: Course, assessment: Assessment) -> dict[str, Any]:
    """`signed` only while it is this very answer that was signed, for the cycle that comes next."""
    newest = (
        request.scope.of(Signature)
        .filter(proposal__course=course, proposal__cycle_number=assessment.next_dose.cycle)
        .select_related("proposal", "signed_by")
        .order_by("-signed_at", "-pk")
        .first()
    )
    if newest is None:
        return {"state": "unsigned"}
    stands = newest.is_standing and newest.proposal.digest == signed_digest(assessment)
    written = {
        "state": "signed" if stands else "withdrawn",
        "by": newest.signed_by.full_name,
        "at": newest.signed_at,
        "decision": newest.decision,
        "action": newest.action,
        "activity_gbq": None if newest.activity_gbq is None else f"{newest.activity_gbq.normalize():f}",
        "reason": newest.override_reason or None,
    }
    if not stands:
        written["withdrawn_at"] = newest.withdrawn_at
        written["withdrawn_because"] = newest.withdrawn_because or OVERTAKEN
    return written
