"""Many letters at once: choose for whom, start, watch or leave."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.sessions import passive
from coordination.documents import batches
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.documents.print_run import one_pdf
from coordination.documents.render import missing_libraries
from coordination.documents.tasks import queue_letters
from coordination.flows.send_document import send_all
from coordination.models import BatchLetter, DocumentBatch
from coordination.pages.documents.forms import BatchForm, SendAllForm

UNPROCESSABLE = 422
SHOWN = 20


@roles(Role.NAVIGATOR, Role.PRESCRIBER)
@require_http_methods(["GET", "POST"])
def document_batches(request: StaffRequest) -> HttpResponse:
    """Start a batch; those of one's sites so far."""
    form = BatchForm(request.POST or None, sites=request.scope.sites)
    if request.method == "POST" and form.is_valid() and (batch := _start(request, form)):
        return redirect("document-batch", batch.public_id)
    groups = [
        (name, batches.patients_of(group, request.scope.patients).count())
        for group, name in batches.GROUP_NAMES.items()
    ]
    earlier = DocumentBatch.objects.filter(site__in=request.scope.sites).select_related("started_by", "site")
    context = {
        "form": form,
        "groups": groups,
        "earlier": [(batch, batches.progress(batch)) for batch in earlier[:SHOWN]],
        "missing_libraries": missing_libraries(),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "coordination/documents/batches.html", context, status=status)


def _start(request: StaffRequest, form: BatchForm) -> DocumentBatch | None:
    said = form.cleaned_data
    site = request.scope.site_of(said["site"])
    patients = batches.patients_of(
        batches.BatchRecipients(said["group"]), request.scope.patients.filter(site=site)
    )
    try:
        batch = batches.start_batch(
            DOCUMENT_KINDS[said["kind"]],
            patients,
            site=site,
            by=request.user,
            now=clock.now(),
            free_text=said["free_text"],
        )
    except CareError as error:
        form.refuse(error)
        return None
    letters = list(request.scope.of(BatchLetter).filter(batch=batch).values_list("pk", flat=True))
    request.audit.changed([patient.public_id for patient in patients], batch=batch.kind)
    transaction.on_commit(partial(queue_letters, letters))
    return batch


@roles(Role.NAVIGATOR, Role.PRESCRIBER)
@require_GET
@passive  # while letters are written, the page asks by itself
def document_batch(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """How far a batch is; the page follows by itself and can be left."""
    return _page(request, _batch(request, batch_id), SendAllForm())


def _batch(request: StaffRequest, batch_id: UUID) -> DocumentBatch:
    found = (
        DocumentBatch.objects.filter(public_id=batch_id, site__in=request.scope.sites)
        .select_related("started_by", "site")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _page(
    request: StaffRequest, batch: DocumentBatch, form: SendAllForm, *, status: int = 200
) -> HttpResponse:
    letters = list(
        request.scope.of(BatchLetter)
        .filter(batch=batch)
        .select_related("patient__referred_by", "version__document")
        .prefetch_related("version__sendings")
        .defer("version__pdf")
    )
    request.audit.saw([letter.patient for letter in letters])
    counts = batches.progress(batch)
    left = counts["waiting"] + counts["writing"]
    context = {
        "batch": batch,
        "letters": letters,
        "counts": counts,
        "total": len(letters),
        "settled": len(letters) - left,
        "is_running": left > 0,
        "unsent": sum(each.version is not None and not each.version.sendings.all() for each in letters),
        "form": form,
    }
    return render(request, "coordination/documents/batch.html", context, status=status)


@roles(Role.NAVIGATOR, Role.PRESCRIBER)
@require_GET
def print_batch(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Its letters as one PDF for the printer, by name; ?sides=2 begins each on a new sheet."""
    batch = _batch(request, batch_id)
    found = batches.written(_letters(request, batch))
    if not found:
        messages.warning(request, "No letter is written yet.")
        return redirect("document-batch", batch_id)
    request.audit.exported([version.document.patient for version in found if version.document.patient])
    bytes_of = (bytes(version.pdf) for version in found)
    body = one_pdf(bytes_of, both_sides=request.GET.get("sides") == "2")
    name = f'inline; filename="{batch.kind}-letters.pdf"'
    return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": name})


def _letters(request: StaffRequest, batch: DocumentBatch) -> QuerySet[BatchLetter]:
    return request.scope.of(BatchLetter).filter(batch=batch)


@roles(Role.NAVIGATOR, Role.PRESCRIBER)
@require_POST
def send_batch(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Send every letter of the batch that was not sent yet the same way."""
    batch = _batch(request, batch_id)
    form = SendAllForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, form, status=UNPROCESSABLE)
    unsent = _letters(request, batch).filter(version__sendings=None)
    found = batches.written(unsent)
    sent = send_all(found, way=form.cleaned_data["way"], by=request.user, now=clock.now())
    request.audit.changed([version.document.patient for version in found if version.document.patient])
    if sent.count:
        messages.success(request, f"{sent.count} {'letter is' if sent.count == 1 else 'letters are'} sent.")
    for why, count in sent.why_not.items():
        messages.warning(request, f"{count} not sent: {why}")
    return redirect("document-batch", batch_id)
