"""Record what happened, and take back what was recorded in error."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.errors import OutOfDate
from coordination.base.models import Fact
from coordination.chart import records
from coordination.chart.patient_chart import PatientChart
from coordination.flows import facts as flow
from coordination.flows.record import correct_given_infusion, record_given_infusion
from coordination.pages.patient.acts import PatientAct
from coordination.pages.patient.forms import PatientForm
from coordination.pages.patient.opening import of_patient, open_patient
from coordination.pages.records.forms.adverse_event import FollowUpForm
from coordination.pages.records.forms.fact import FactForm
from coordination.pages.records.forms.infusion import CorrectInfusionForm, InfusionForm
from coordination.pages.records.forms.kinds import FACT_FORMS
from coordination.pages.records.forms.take_back import CallOffForm, InErrorForm
from coordination.pages.records.forms.weight import ConfirmWeightForm, DoubtWeightForm
from patients.models import Patient
from scheduling.models import AdverseEvent, AdverseEventInquiry, InfusionGiven, Weight

NEEDS_A_COURSE = ("infusion", "inquiry")


# --- record -----------------------------------------------------------------------------------------


@roles(*CARE_STAFF)
def record_page(request: StaffRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """One form for each kind of fact; the page answers with what changed."""
    return RecordFact(request, open_patient(request, patient_id), kind).respond()


@dataclass
class RecordFact(PatientAct[FactForm]):
    kind: str

    template = "scheduling/record.html"

    def make_form(self) -> FactForm:
        return FACT_FORMS[self.kind](
            self.sent,
            patient=self.patient,
            cycles=self.opened.cycles,
            today=self.opened.today,
            initial={"plan": self.request.GET.get("plan", "")},
        )

    def context(self) -> dict[str, Any]:
        return {"lacks_course": self.kind in NEEDS_A_COURSE and not self.opened.cycles}

    def store(self) -> None:
        by, now = self.request.user, clock.now()
        if isinstance(self.form, InfusionForm):
            record_given_infusion(self.form.chosen_cycle, **self.form.given, by=by, now=now)
        else:
            flow.record(self.kind, self.form.about, by=by, now=now, **self.form.said())

    def done_words(self) -> str:
        return self.form.done


# --- correct, confirm, follow -----------------------------------------------------------------------


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
    return CorrectInfusion(request, opened, infusion).respond()


@dataclass
class CorrectInfusion(PatientAct[CorrectInfusionForm]):
    infusion: InfusionGiven

    template = "scheduling/correct_infusion.html"
    done = "Infusion corrected."
    to = "patient-records"

    def make_form(self) -> CorrectInfusionForm:
        return CorrectInfusionForm(self.sent, patient=self.patient, infusion=self.infusion)

    def context(self) -> dict[str, Any]:
        return {"infusion": self.infusion}

    def catch_up(self) -> None:
        """Sent again, it corrects the record that stands now."""
        self.form.put("record", self.infusion.public_id)

    def store(self) -> None:
        if self.form.cleaned_data["record"] != self.infusion.public_id:
            raise OutOfDate("This infusion was corrected meanwhile. Check what is recorded now.")
        correct_given_infusion(
            self.infusion,
            changes=self.form.changes,
            because=self.form.cleaned_data["because"],
            by=self.request.user,
            now=clock.now(),
        )


@roles(*CARE_STAFF)
def confirm_weight_page(request: StaffRequest, patient_id: UUID, weight_id: UUID) -> HttpResponse:
    """Say that a weight that jumps is right, or take that back."""
    opened = open_patient(request, patient_id)
    weight = of_patient(request, opened, Weight, weight_id)
    return (DoubtWeight if weight.confirmed else ConfirmWeight)(request, opened, weight).respond()


@dataclass
class ConfirmWeight(PatientAct[PatientForm]):
    weight: Weight

    template = "scheduling/confirm_weight.html"
    done = "Weight confirmed."
    to = "patient-records"

    def make_form(self) -> PatientForm:
        return ConfirmWeightForm(self.sent, patient=self.patient)

    def context(self) -> dict[str, Any]:
        line = records.line_of("weight", self.weight, self.opened)
        return {"weight": self.weight, "line": line}

    def store(self) -> None:
        flow.confirm_weight(self.weight, by=self.request.user, now=clock.now())


class DoubtWeight(ConfirmWeight):
    done = "Confirmation taken back."

    def make_form(self) -> PatientForm:
        return DoubtWeightForm(self.sent, patient=self.patient)

    def store(self) -> None:
        because = self.form.cleaned_data["because"]
        flow.doubt_weight(self.weight, because=because, by=self.request.user, now=clock.now())


@roles(*CARE_STAFF)
def follow_up_event_page(request: StaffRequest, patient_id: UUID, event_id: UUID) -> HttpResponse:
    """How an adverse event is now: a record of its own, and the one before stays as it was."""
    opened = open_patient(request, patient_id)
    return FollowUpEvent(request, opened, of_patient(request, opened, AdverseEvent, event_id)).respond()


@dataclass
class FollowUpEvent(PatientAct[FollowUpForm]):
    event: AdverseEvent

    template = "scheduling/follow_up.html"
    done = "Recorded how it is now."
    to = "patient-records"

    def make_form(self) -> FollowUpForm:
        return FollowUpForm(self.sent, patient=self.patient, today=self.opened.today)

    def context(self) -> dict[str, Any]:
        return {"line": records.line_of("adverse-event", self.event, self.opened)}

    def store(self) -> None:
        typed = self.form.cleaned_data
        flow.follow_up_event(
            self.event,
            grade_now=typed["grade_now"],
            resolved_on=typed["resolved_on"],
            note=typed["note"],
            by=self.request.user,
            now=clock.now(),
        )


# --- take back --------------------------------------------------------------------------------------


@roles(*CARE_STAFF)
def in_error(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """Nothing is deleted: the fact stays, and says who took it back and why."""
    opened = open_patient(request, patient_id)
    return InError(request, opened, kind, _fact_of(request, opened, kind, fact_id)).respond()


@roles(*CARE_STAFF)
def call_off(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """A plan that will not happen stays on the list, and says who called it off and why."""
    if kind not in records.PLANS:
        raise Http404
    opened = open_patient(request, patient_id)
    return CallOff(request, opened, kind, _fact_of(request, opened, kind, fact_id)).respond()


def _fact_of(request: StaffRequest, opened: PatientChart, kind: str, fact_id: UUID) -> Fact:
    if kind not in records.KINDS:
        raise Http404
    fact = request.scope.get(records.KINDS[kind], fact_id)
    if _patient_id_of(fact) != opened.patient.pk:
        raise Http404
    return fact


def _patient_id_of(fact: Fact) -> int:
    if isinstance(fact, InfusionGiven | AdverseEventInquiry):
        return fact.cycle.course.patient_id
    patient: Patient = fact.patient  # type: ignore[attr-defined]
    return patient.pk


@dataclass
class TakeBack(PatientAct[PatientForm]):
    """The fact in view, a form that asks why, and the act on it."""

    kind: str
    fact: Fact

    template = "scheduling/take_back.html"
    to = "patient-records"
    heading: ClassVar[str]
    lede: ClassVar[str]
    button: ClassVar[str]

    def context(self) -> dict[str, Any]:
        return {
            "line": records.line_of(self.kind, self.fact, self.opened),
            "kind": records.HEADINGS[self.kind],
            "heading": self.heading,
            "lede": self.lede,
            "button": self.button,
        }


class InError(TakeBack):
    heading = "Recorded in error"
    lede = "Nothing is deleted: the record stays, struck through, with your name and reason."
    button = "Take it back"
    done = "Recorded in error."

    def make_form(self) -> PatientForm:
        return InErrorForm(self.sent, patient=self.patient)

    def store(self) -> None:
        because = self.form.cleaned_data["because"]
        flow.take_back(self.fact, because=because, by=self.request.user, now=clock.now())


class CallOff(TakeBack):
    heading = "Call off"
    lede = "The plan stays on the list, struck through, with your name and reason."
    button = "Call it off"
    done = "Called off."

    def make_form(self) -> PatientForm:
        return CallOffForm(self.sent, patient=self.patient)

    def store(self) -> None:
        because = self.form.cleaned_data["because"]
        flow.call_off(self.fact, because=because, by=self.request.user, now=clock.now())
