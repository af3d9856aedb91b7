"""Record, correct and withdraw consent, education, prior authorization and eligibility evidence."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.chart import records
from coordination.chart.patient_chart import PatientChart
from coordination.flows import facts as flow
from coordination.pages.patient.acts import carry_out, draw_page
from coordination.pages.patient.opening import open_patient
from coordination.pages.records.forms.paperwork import PAPER_FORMS, WithdrawPaperForm

WITHDRAWABLE = ("consent", "education", "authorization")


@roles(*CARE_STAFF)
def record_paper_page(request: StaffRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """One form for each kind; the page answers with what changed."""
    opened = open_patient(request, patient_id)
    form = PAPER_FORMS[kind](
        request.POST or None,
        patient=opened.patient,
        today=opened.today,
        initial={"criterion": request.GET.get("criterion", "")},
    )

    def again(status: int = 200) -> HttpResponse:
        heading = f"Record {form.title[0].lower()}{form.title[1:]}"
        context = {"form": form, "heading": heading, "lede": form.lede, "button": "Save"}
        return draw_page(request, opened, "coordination/paper.html", context, status=status)

    moment = clock.now()
    return carry_out(
        request,
        opened,
        form,
        lambda: flow.record(kind, opened.patient, by=request.user, now=moment, **form.said()),
        done=form.done,
        again=again,
        to="patient-records",
    )


@roles(*CARE_STAFF)
def correct_paper_page(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """The record before stays, struck through; what is typed becomes a record of its own."""
    if kind not in PAPER_FORMS:
        raise Http404
    opened, fact = _of_patient(request, patient_id, kind, fact_id)
    form = PAPER_FORMS[kind](request.POST or None, patient=opened.patient, today=opened.today, corrects=fact)

    def again(status: int = 200) -> HttpResponse:
        context = _about(kind, fact, opened) | {
            "form": form,
            "heading": f"Correct {form.title[0].lower()}{form.title[1:]}",
            "lede": "The earlier record stays, struck through, with your name and reason.",
            "button": "Save",
        }
        return draw_page(request, opened, "coordination/paper.html", context, status=status)

    moment = clock.now()

    return carry_out(
        request,
        opened,
        form,
        lambda: flow.correct(
            fact, changes=form.changes, because=form.cleaned_data["because"], by=request.user, now=moment
        ),
        done="Corrected.",
        again=again,
        to="patient-records",
    )


@roles(*CARE_STAFF)
def withdraw_paper_page(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """From a day on it counts no more."""
    if kind not in WITHDRAWABLE:
        raise Http404
    opened, fact = _of_patient(request, patient_id, kind, fact_id)
    form = WithdrawPaperForm(request.POST or None, patient=opened.patient, today=opened.today)

    def again(status: int = 200) -> HttpResponse:
        context = _about(kind, fact, opened) | {
            "form": form,
            "heading": f"Withdraw {records.HEADINGS[kind].lower()}",
            "lede": "It no longer counts from that day on. The record stays.",
            "button": "Withdraw",
        }
        return draw_page(request, opened, "coordination/paper.html", context, status=status)

    moment = clock.now()

    return carry_out(
        request,
        opened,
        form,
        lambda: flow.withdraw(
            fact,
            on=form.cleaned_data["on"],
            because=form.cleaned_data["because"],
            by=request.user,
            now=moment,
        ),
        done="Withdrawn.",
        again=again,
        to="patient-records",
    )


def _of_patient(
    request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID
) -> tuple[PatientChart, Any]:
    opened = open_patient(request, patient_id)
    fact: Any = request.scope.get(records.KINDS[kind], fact_id)
    if fact.patient_id != opened.patient.pk:
        raise Http404
    return opened, fact


def _about(kind: str, fact: Any, opened: PatientChart) -> dict[str, Any]:
    return {"line": records.line_of(kind, fact, opened), "kind": records.HEADINGS[kind]}
