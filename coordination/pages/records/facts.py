"""Record what happened, and take back what was recorded in error."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.errors import OutOfDate
from coordination.base.models import Fact, User
from coordination.chart import records
from coordination.flows import facts as flow
from coordination.flows.record import correct_given_infusion, record_given_infusion
from coordination.pages.patient.acts import carry_out, draw_page
from coordination.pages.patient.forms import PatientForm
from coordination.pages.patient.opening import open_patient
from coordination.pages.records.forms.adverse_event import FollowUpForm
from coordination.pages.records.forms.fact import FactForm
from coordination.pages.records.forms.infusion import CorrectInfusionForm, InfusionForm
from coordination.pages.records.forms.kinds import FACT_FORMS
from coordination.pages.records.forms.take_back import CallOffForm, InErrorForm
from coordination.pages.records.forms.weight import ConfirmWeightForm, DoubtWeightForm
from patients.models import Patient
from scheduling.models import AdverseEvent, AdverseEventInquiry, InfusionGiven, Weight

STALE = 409
NEEDS_A_COURSE = ("infusion", "inquiry")


@roles(*CARE_STAFF)
def record_page(request: StaffRequest, patient_id: UUID, kind: str) -> HttpResponse:
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
        return draw_page(request, opened, "scheduling/record.html", context, status=status)

    moment = clock.now()
    return carry_out(
        request,
        opened,
        form,
        lambda: _store(kind, form, by=request.user, now=moment),
        done=form.done,
        again=again,
    )


def _store(kind: str, form: FactForm, *, by: User, now: datetime) -> object:
    if isinstance(form, InfusionForm):
        return record_given_infusion(form.chosen_cycle, **form.given, by=by, now=now)
    return flow.record(kind, form.about, by=by, now=now, **form.said())


@roles(*CARE_STAFF)
def correct_infusion_page(
    request: StaffRequest, patient_id: UUID, course_id: UUID, number: int
) -> HttpResponse:
    """What was recorded of an infusion, to be put right: it is recorded again, and the wrong one stays."""
    opened = open_patient(request, patient_id)
    infusion = (
        request.scope.of(InfusionGiven)
        .filter(
            cycle__course__public_id=course_id,
            cycle__course__patient=opened.patient,
            cycle__number=number,
            recorded_in_error_at=None,
        )
        .select_related("cycle__course__patient__site")
        .first()
    )
    if infusion is None:
        raise Http404
    form = CorrectInfusionForm(request.POST or None, patient=opened.patient, infusion=infusion)

    def again(status: int = 200) -> HttpResponse:
        if status == STALE:  # sent again, it corrects the record that stands now
            form.put("record", infusion.public_id)
        context = {"form": form, "infusion": infusion}
        return draw_page(request, opened, "scheduling/correct_infusion.html", context, status=status)

    def act() -> None:
        if form.cleaned_data["record"] != infusion.public_id:
            raise OutOfDate("This infusion was corrected meanwhile. Check what is recorded now.")
        correct_given_infusion(
            infusion,
            changes=form.changes,
            because=form.cleaned_data["because"],
            by=request.user,
            now=clock.now(),
        )

    return carry_out(
        request, opened, form, act, done="Infusion corrected.", again=again, to="patient-records"
    )


@roles(*CARE_STAFF)
def confirm_weight_page(request: StaffRequest, patient_id: UUID, weight_id: UUID) -> HttpResponse:
    """Say that a weight that jumps is right, or take that back."""
    opened = open_patient(request, patient_id)
    weight = request.scope.get(Weight, weight_id)
    if weight.patient_id != opened.patient.pk:
        raise Http404
    form_class = DoubtWeightForm if weight.confirmed else ConfirmWeightForm
    form = form_class(request.POST or None, patient=opened.patient)

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "weight": weight, "line": records.line_of("weight", weight, opened)}
        return draw_page(request, opened, "scheduling/confirm_weight.html", context, status=status)

    def act() -> None:
        by, moment = request.user, clock.now()
        if weight.confirmed:
            flow.doubt_weight(weight, because=form.cleaned_data["because"], by=by, now=moment)
        else:
            flow.confirm_weight(weight, by=by, now=moment)

    return carry_out(
        request,
        opened,
        form,
        act,
        done="Confirmation taken back." if weight.confirmed else "Weight confirmed.",
        again=again,
        to="patient-records",
    )


@roles(*CARE_STAFF)
def follow_up_event_page(request: StaffRequest, patient_id: UUID, event_id: UUID) -> HttpResponse:
    """How an adverse event is now: a record of its own, and the one before stays as it was."""
    opened = open_patient(request, patient_id)
    event = request.scope.get(AdverseEvent, event_id)
    if event.patient_id != opened.patient.pk:
        raise Http404
    form = FollowUpForm(request.POST or None, patient=opened.patient, today=opened.today)

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "line": records.line_of("adverse-event", event, opened)}
        return draw_page(request, opened, "scheduling/follow_up.html", context, status=status)

    moment = clock.now()
    return carry_out(
        request,
        opened,
        form,
        lambda: flow.follow_up_event(
            event,
            grade_now=form.cleaned_data["grade_now"],
            resolved_on=form.cleaned_data["resolved_on"],
            note=form.cleaned_data["note"],
            by=request.user,
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
        act=flow.take_back,
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
        act=flow.call_off,
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
        return draw_page(request, opened, "scheduling/take_back.html", context, status=status)

    return carry_out(
        request,
        opened,
        form,
        lambda: act(fact, because=form.cleaned_data["because"], by=request.user, now=clock.now()),
        done=done,
        again=again,
        to="patient-records",
    )


def _patient_id_of(fact: Fact) -> int:
    if isinstance(fact, InfusionGiven | AdverseEventInquiry):
        return fact.cycle.course.patient_id
    patient: Patient = fact.patient  # type: ignore[attr-defined]
    return patient.pk
