"""Results typed by hand, and taking back what was typed in error."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.flows.record import type_results
from coordination.patient_page.acts import do, page, refused
from coordination.patient_page.opened import open_patient
from coordination.patient_page.words import amount, analyte_word
from labs.forms import ResultInErrorForm, ResultsForm
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from labs.models import BY_HAND, LabReport, LabResult


@roles(*CARE_STAFF)
def enter_results(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A grid for one draw. What was typed is assessed before the page answers."""
    opened = open_patient(request, patient_id)
    form = ResultsForm(request.POST or None, patient=opened.patient, now=opened.now)

    def again(status: int = 200) -> HttpResponse:
        return page(request, opened, "labs/enter.html", {"form": form}, status=status)

    def store() -> None:
        incoming = form.incoming()
        sent = request.scope.of(LabReport).filter(source=BY_HAND, message_key=incoming.message_key)
        if not sent.filter(body_hash=incoming.body_hash).exists():
            type_results(incoming, patient=opened.patient, by=request.user, now=clock.now())

    return do(request, opened, form, store, done="Results saved.", again=again)


@roles(*CARE_STAFF)
def result_in_error(request: StaffRequest, patient_id: UUID, result_id: UUID) -> HttpResponse:
    """Take back a result that was typed here; one that a laboratory sent is the laboratory's to withdraw."""
    opened = open_patient(request, patient_id)
    result = request.scope.get(LabResult, result_id)
    if result.patient_id != opened.patient.pk:
        raise Http404
    form = ResultInErrorForm(request.POST or None, patient=opened.patient)
    said = f"{analyte_word(result.analyte, otherwise=result.loinc)} {amount(result.value, result.unit)}"

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "result": result, "said": said, "is_by_hand": result.source == BY_HAND}
        return page(request, opened, "labs/enter_in_error.html", context, status=status)

    if request.method == "POST" and result.source != BY_HAND:
        return again(refused(request, form))
    return do(
        request,
        opened,
        form,
        lambda: type_results(
            _withdrawal(result, because=form.cleaned_data["because"]),
            patient=opened.patient,
            by=request.user,
            now=clock.now(),
        ),
        done=f"{said} was taken back.",
        again=again,
        to="patient-results",
    )


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
