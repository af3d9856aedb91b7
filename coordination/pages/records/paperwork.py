"""Record, correct and withdraw consent, education, prior authorization and eligibility evidence."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.chart import records
from coordination.chart.patient_chart import PatientChart
from coordination.flows import facts as flow
from coordination.pages.patient.acts import F, PatientAct
from coordination.pages.patient.opening import of_patient, open_patient
from coordination.pages.records.forms.paperwork import PAPER_FORMS, PaperForm, WithdrawPaperForm

WITHDRAWABLE = ("consent", "education", "authorization")


@dataclass
class PaperAct(PatientAct[F]):
    """An act on a record of one kind."""

    kind: str

    template = "coordination/paper.html"
    to = "patient-records"


@roles(*CARE_STAFF)
def record_paper_page(request: StaffRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """One form for each kind; the page answers with what changed."""
    return RecordPaper(request, open_patient(request, patient_id), kind).respond()


class RecordPaper(PaperAct[PaperForm[Any]]):
    def make_form(self) -> PaperForm[Any]:
        return PAPER_FORMS[self.kind](
            self.sent,
            patient=self.patient,
            today=self.opened.today,
            initial={"criterion": self.request.GET.get("criterion", "")},
        )

    def context(self) -> dict[str, Any]:
        heading = f"Record {_as_in_a_sentence(self.form.title)}"
        return {"heading": heading, "lede": self.form.lede, "button": "Save"}

    def store(self) -> None:
        by, now = self.request.user, clock.now()
        flow.record(self.kind, self.patient, by=by, now=now, **self.form.said())

    def done_words(self) -> str:
        return self.form.done


@roles(*CARE_STAFF)
def correct_paper_page(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """The record before stays, struck through; what is typed becomes a record of its own."""
    if kind not in PAPER_FORMS:
        raise Http404
    opened = open_patient(request, patient_id)
    return CorrectPaper(request, opened, kind, _fact_of(request, opened, kind, fact_id)).respond()


@dataclass
class CorrectPaper(PaperAct[PaperForm[Any]]):
    fact: Any

    done = "Corrected."

    def make_form(self) -> PaperForm[Any]:
        return PAPER_FORMS[self.kind](
            self.sent, patient=self.patient, today=self.opened.today, corrects=self.fact
        )

    def context(self) -> dict[str, Any]:
        return _about(self.kind, self.fact, self.opened) | {
            "heading": f"Correct {_as_in_a_sentence(self.form.title)}",
            "lede": "The earlier record stays, struck through, with your name and reason.",
            "button": "Save",
        }

    def store(self) -> None:
        flow.correct(
            self.fact,
            changes=self.form.changes,
            because=self.form.cleaned_data["because"],
            by=self.request.user,
            now=clock.now(),
        )


@roles(*CARE_STAFF)
def withdraw_paper_page(request: StaffRequest, patient_id: UUID, kind: str, fact_id: UUID) -> HttpResponse:
    """From a day on it counts no more."""
    if kind not in WITHDRAWABLE:
        raise Http404
    opened = open_patient(request, patient_id)
    return WithdrawPaper(request, opened, kind, _fact_of(request, opened, kind, fact_id)).respond()


@dataclass
class WithdrawPaper(PaperAct[WithdrawPaperForm]):
    fact: Any

    done = "Withdrawn."

    def make_form(self) -> WithdrawPaperForm:
        return WithdrawPaperForm(self.sent, patient=self.patient, today=self.opened.today)

    def context(self) -> dict[str, Any]:
        return _about(self.kind, self.fact, self.opened) | {
            "heading": f"Withdraw {records.HEADINGS[self.kind].lower()}",
            "lede": "It no longer counts from that day on. The record stays.",
            "button": "Withdraw",
        }

    def store(self) -> None:
        typed = self.form.cleaned_data
        flow.withdraw(
            self.fact, on=typed["on"], because=typed["because"], by=self.request.user, now=clock.now()
        )


def _fact_of(request: StaffRequest, opened: PatientChart, kind: str, fact_id: UUID) -> Any:
    return of_patient(request, opened, records.KINDS[kind], fact_id)


def _about(kind: str, fact: Any, opened: PatientChart) -> dict[str, Any]:
    return {"line": records.line_of(kind, fact, opened), "kind": records.HEADINGS[kind]}


def _as_in_a_sentence(title: str) -> str:
    return f"{title[0].lower()}{title[1:]}"
