"""Many letters at once: choose for whom, start, watch or leave."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.documents import batches
from coordination.documents.kinds import KINDS
from coordination.documents.render import missing_libraries
from coordination.documents.tasks import ring
from coordination.forms.documents import BatchForm
from coordination.models import BatchLetter, DocumentBatch

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
    patients = batches.patients_of(batches.Group(said["group"]), request.scope.patients.filter(site=site))
    try:
        batch = batches.start(
            KINDS[said["kind"]],
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
    transaction.on_commit(partial(ring, letters))
    return batch


@roles(Role.NAVIGATOR, Role.PRESCRIBER)
@require_GET
def document_batch(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """How far a batch is; the page follows by itself and can be left."""
    batch = (
        DocumentBatch.objects.filter(public_id=batch_id, site__in=request.scope.sites)
        .select_related("started_by", "site")
        .first()
    )
    if batch is None:
        raise Http404
    letters = list(
        request.scope.of(BatchLetter)
        .filter(batch=batch)
        .select_related("patient__referred_by", "version__document")
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
    }
    return render(request, "coordination/documents/batch.html", context)
