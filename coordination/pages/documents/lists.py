"""Lists of documents: those in reach, those of one patient; begin one, or a downtime list."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.errors import CareError
from coordination.base.models import Practice
from coordination.chart.patient_chart import PatientChart
from coordination.documents import versions
from coordination.documents.kinds import DOCUMENT_KINDS, DocumentKind, Reader, why_not_made
from coordination.documents.render import missing_libraries
from coordination.documents.source import DocumentChart
from coordination.models import Document
from coordination.models.document import DocumentQuerySet
from coordination.pages.documents.forms import BeginForm
from coordination.pages.patient.acts import UNPROCESSABLE, refused
from coordination.pages.patient.opening import open_patient
from patients.models import CareTeamMember, Patient, Responsibility

READERS = {
    Reader.PRACTICE: "Letters to the practice",
    Reader.PATIENT: "Sheets for the patient",
    Reader.CENTER: "Papers of the center",
}
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class OfferedDocument:
    """One kind of document on the patient's page: it can be begun, or why not."""

    kind: DocumentKind
    why_not: str
    numbers: list[int]


@roles(*CARE_STAFF)
@require_GET
def documents_page(request: StaffRequest) -> HttpResponse:
    """The newest documents in reach: what is begun, signed, sent."""
    found = (
        _in_reach(request).standing().with_state().select_related("patient", "practice", "site", "created_by")
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    request.audit.saw([document.patient for document in page if document.patient])
    context = {
        "page": page,
        "lines": page.object_list,
        "missing_libraries": missing_libraries(),
        "sites": request.scope.sites,
    }
    return render(request, "coordination/documents/documents.html", context)


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
def patient_documents(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """What can be written for this patient now, and what was."""
    opened = open_patient(request, patient_id)
    practices = _practices(request, opened.patient)
    form = BeginForm(request.POST or None, patient=opened.patient, practices=practices)
    if request.method == "POST":
        return _begin(request, opened, form, practices)
    return _patient_page(request, opened, practices)


def _begin(
    request: StaffRequest, opened: PatientChart, form: BeginForm, practices: QuerySet[Practice]
) -> HttpResponse:
    if not form.is_valid():
        status = refused(request, form)
        if status == UNPROCESSABLE:
            messages.error(request, "That document could not be begun: choose one of those on this page.")
        return _patient_page(request, opened, practices, status=status)
    try:
        document = versions.draft(
            opened.patient,
            form.chosen_kind,
            by=request.user,
            now=clock.now(),
            practice=form.cleaned_data["practice"],
            number=form.cleaned_data["number"],
        )
    except CareError as error:
        messages.error(request, error.message)
        return _patient_page(request, opened, practices, status=UNPROCESSABLE)
    request.audit.changed(opened.patient, document=document.kind)
    return redirect("document", document.public_id)


def _patient_page(
    request: StaffRequest, opened: PatientChart, practices: QuerySet[Practice], *, status: int = 200
) -> HttpResponse:
    source = DocumentChart(opened.patient, now=opened.now, addressee=opened.patient.referred_by)
    numbers = [cycle.number for cycle in opened.cycles]
    offers: dict[str, list[OfferedDocument]] = {name: [] for name in READERS.values()}
    for kind in DOCUMENT_KINDS.values():
        offer = OfferedDocument(kind, why_not_made(kind, source), numbers if kind.by_infusion else [])
        offers[READERS[kind.reader]].append(offer)
    made = (
        _in_reach(request)
        .filter(patient=opened.patient)
        .standing()
        .with_state()
        .select_related("practice", "created_by")
    )
    context = {
        "opened": opened,
        "patient": opened.patient,
        "tabs": opened.tabs("patient-documents"),
        "offers": offers,
        "practices": practices,
        "lines": made,
        "missing_libraries": missing_libraries(),
    }
    return render(request, "coordination/documents/patient.html", context, status=status)


def _in_reach(request: StaffRequest) -> DocumentQuerySet:
    return cast("DocumentQuerySet", request.scope.of(Document))


def _practices(request: StaffRequest, patient: Patient) -> QuerySet[Practice]:
    """Those who take part in the patient's care."""
    team = request.scope.of(CareTeamMember).filter(patient=patient).values("practice")
    agreed = request.scope.of(Responsibility).filter(patient=patient).values("practice")
    return Practice.objects.filter(Q(pk=patient.referred_by_id) | Q(pk__in=team) | Q(pk__in=agreed))


@roles(*CARE_STAFF)
@require_POST
def write_downtime_list(request: StaffRequest) -> HttpResponse:
    """Begin a downtime list of one's own site; of the only one, where none is named."""
    named = request.POST.get("site", "")
    if not named and len(request.scope.sites) != 1:
        raise Http404
    site = request.scope.site_of(named) if named else request.scope.sites[0]
    found = versions.draft_downtime_list(site, by=request.user, now=clock.now())
    request.audit.changed([], document=found.kind, act="begun")
    return redirect("document", found.public_id)
