"""Results typed by hand, and taking back what was typed in error."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.flows.record import type_results
from coordination.pages.labs.entry_forms import ResultInErrorForm, ResultsForm
from coordination.pages.patient.acts import PatientAct
from coordination.pages.patient.opening import of_patient, open_patient
from coordination.wording.clinical import amount, analyte_word
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from labs.models import BY_HAND, LabReport, LabResult


@roles(*CARE_STAFF)
def enter_results_page(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A grid for one draw. What was typed is assessed before the page answers."""
    return EnterResults(request, open_patient(request, patient_id)).respond()


class EnterResults(PatientAct[ResultsForm]):
    template = "labs/enter.html"
    done = "Results saved."

    def make_form(self) -> ResultsForm:
        return ResultsForm(self.sent, patient=self.patient, now=self.opened.now)

    def store(self) -> None:
        incoming = self.form.incoming()
        sent = self.request.scope.of(LabReport).filter(source=BY_HAND, message_key=incoming.message_key)
        if not sent.filter(body_hash=incoming.body_hash).exists():
            type_results(incoming, patient=self.patient, by=self.request.user, now=clock.now())


@roles(*CARE_STAFF)
def result_in_error(request: StaffRequest, patient_id: UUID, result_id: UUID) -> HttpResponse:
    """Take back a result that was typed here; one that a laboratory sent is the laboratory's to withdraw."""
    opened = open_patient(request, patient_id)
    return ResultInError(request, opened, of_patient(request, opened, LabResult, result_id)).respond()


@dataclass
class ResultInError(PatientAct[ResultInErrorForm]):
    result: LabResult

    template = "labs/enter_in_error.html"
    to = "patient-results"

    def make_form(self) -> ResultInErrorForm:
        return ResultInErrorForm(self.sent, patient=self.patient)

    @property
    def said(self) -> str:
        result = self.result
        return f"{analyte_word(result.analyte, otherwise=result.loinc)} {amount(result.value, result.unit)}"

    def context(self) -> dict[str, Any]:
        return {"result": self.result, "said": self.said, "is_by_hand": self.is_possible()}

    def is_possible(self) -> bool:
        return self.result.source == BY_HAND

    def store(self) -> None:
        type_results(
            _withdrawal(self.result, because=self.form.cleaned_data["because"]),
            patient=self.patient,
            by=self.request.user,
            now=clock.now(),
        )

    def done_words(self) -> str:
        return f"{self.said} was taken back."


def _withdrawal(result: LabResult, *, because: str) -> IncomingReport:
    """A newer version of the same result that ends it, as a laboratory would send it."""
    ended = IncomingResult(
        id=result.source_id,
        loinc=result.loinc,
        code_text=result.code_text,
        value=result.value,
        comparator=result.comparator,
        unit=result.unit,
        low=result.low,
        high=result.high,
        range_text=result.range_text,
        status="entered-in-error",
        note=because,
        collected_at=result.collected_at,
    )
    key = uuid4()
    report = IncomingReport(BY_HAND, str(key), because, key.hex * 2, PatientKey("", ""))
    return replace(report, results=(ended,))
