"""Record what happened, and take back what was recorded in error."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.models import Fact
from coordination.flows import record as flow
from coordination.patient_page import records
from coordination.patient_page.acts import do, page
from coordination.patient_page.opened import open_patient
from patients.forms import PatientForm
from patients.models import Patient
from scheduling import actions
from scheduling.forms import FACT_FORMS, CallOffForm, FollowUpForm, InErrorForm
from scheduling.models import AdverseEvent, AdverseEventInquiry, InfusionGiven

NEEDS_A_COURSE = ("infusion", "inquiry")


@roles(*CARE_STAFF)
def record(request: StaffRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """One form for each kind of fact; the page answers with what changed."""
    opened = open_patient(request, patient_id)
    form = FACT_FORMS[kind](
        request.POST or None,
        patient=opened.patient,
        cycles=opened.cycles,
        today=opened.today,
        initial={"plan": request.GET.get("plan", "")},
    )

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "lacks_course": kind in NEEDS_A_COURSE and not opened.cycles}
        return page(request, opened, "scheduling/record.html", context, status=status)

    moment = clock.now()
    return do(
        request,
        opened,
        form,
        lambda: flow.record(opened.patient, partial(form.act, by=request.user, now=moment), now=moment),
        done=form.done,
        again=again,
    )


@roles(*CARE_STAFF)
def follow_up(request: StaffRequest, patient_id: UUID, event_id: UUID) -> HttpResponse:
    """How an adverse event is now: a record of its own, and the one before stays as it was."""
    opened = open_patient(request, patient_id)
    event = request.scope.get(AdverseEvent, event_id)
    if event.patient_id != opened.patient.pk:
        raise Http404
    form = FollowUpForm(request.POST or None, patient=opened.patient, today=opened.today)

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "line": records.line_of("adverse-event", event, opened)}
        return page(request, opened, "scheduling/follow_up.html", context, status=status)

    moment = clock.now()
    return do(
        request,
        opened,
        form,
        lambda: flow.record(
            opened.patient,
            lambda: actions.follow_up_adverse_event(
                request.scope.get(AdverseEvent, event_id),
                grade_now=form.cleaned_data["grade_now"],
                resolved_on=form.cleaned_data["resolved_on"],
                note=form.cleaned_data["note"],
                by=request.user,
                now=moment,
            ),
            now=moment,
        ),
        done="Recorded how it is now.",
        again=again,
        to="patient-records",
    )


@roles(*CARE_STAFF)
def in_error(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """Nothing is deleted: the fact stays, and says who took it back and why."""
    return _take_back(
        request,
        patient_id,
        kind,
        fact_id,
        form_class=InErrorForm,
        act=actions.take_back_response if kind == "response" else actions.record_in_error,
        heading="Recorded in error",
        lede="Nothing is deleted: the record stays, struck through, with your name and reason.",
        button="Take it back",
        done="Recorded in error.",
    )


@roles(*CARE_STAFF)
def call_off(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """A plan that will not happen stays on the list, and says who called it off and why."""
    if kind not in records.PLANS:
        raise Http404
    return _take_back(
        request,
        patient_id,
        kind,
        fact_id,
        form_class=CallOffForm,
        act=actions.cancel_plan,
        heading="Call off",
        lede="The plan stays on the list, struck through, with your name and reason.",
        button="Call it off",
        done="Called off.",
    )


def _take_back(
    request: StaffRequest,
    patient_id: UUID,
    kind: str,
    fact_id: UUID,
    *,
    form_class: type[PatientForm],
    act: Callable[..., None],
    heading: str,
    lede: str,
    button: str,
    done: str,
) -> HttpResponse:
    """The fact in view, a form that asks why, and `act` on it."""
    opened = open_patient(request, patient_id)
    if kind not in records.KINDS:
        raise Http404
    fact = request.scope.get(records.KINDS[kind], fact_id)
    if _patient_id_of(fact) != opened.patient.pk:
        raise Http404
    form = form_class(request.POST or None, patient=opened.patient)

    def again(status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "line": records.line_of(kind, fact, opened),
            "kind": records.HEADINGS[kind],
            "heading": heading,
            "lede": lede,
            "button": button,
        }
        return page(request, opened, "scheduling/take_back.html", context, status=status)

    moment = clock.now()

    def stored() -> None:
        same = request.scope.get(records.KINDS[kind], fact_id)  # as it is, now that the patient is locked
        act(same, by=request.user, because=form.cleaned_data["because"], now=moment)

    return do(
        request,
        opened,
        form,
        lambda: flow.record(opened.patient, stored, now=moment),
        done=done,
        again=again,
        to="patient-records",
    )


def _patient_id_of(fact: Fact) -> int:
    if isinstance(fact, InfusionGiven | AdverseEventInquiry):
        return fact.cycle.course.patient_id
    patient: Patient = fact.patient  # type: ignore[attr-defined]
    return patient.pk
