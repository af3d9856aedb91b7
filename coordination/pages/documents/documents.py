"""One document: read, choose, sign, note as sent, give up; each version as it was kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles, use_zone_of
from coordination.base.errors import CareError
from coordination.chart.patient_chart import PatientChart, charts_of
from coordination.documents import delivery_channels, versions
from coordination.documents.center_documents import SiteSource
from coordination.documents.downtime_names import named_on
from coordination.documents.kinds import DOCUMENT_KINDS, Reader
from coordination.documents.render import missing_libraries
from coordination.documents.source import speaking
from coordination.documents.versions import Written
from coordination.flows.send_document import send_document
from coordination.models import Document, DocumentVersion
from coordination.pages.documents.forms import ChooseForm, DropForm, SendForm, SignDocumentForm
from coordination.pages.forms import ActionForm
from coordination.pages.patient.acts import UNPROCESSABLE, refused, status_of
from coordination.portal import access, practice_views
from coordination.wording.bilingual import day, moment
from patients.models import Patient

SENT = {
    "mail-link": "{to} reads it in the portal from now on. The mail with the link waits for its turn.",
    "portal": "{to} reads it in the portal from now on.",
    "print": "Noted as sent to {to}.",
}


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
def document_page(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """The document as it would be signed now, what can be chosen, and the versions that were."""
    found = _open(request, document_id)
    if request.method == "POST":
        return _choose(request, found)
    return _page(request, found)


def _open(request: StaffRequest, document_id: UUID) -> Document:
    """Within reach, in the zone of its site, noted in the audit."""
    found = request.scope.get(Document, document_id)
    use_zone_of(found.site)
    if found.patient:
        request.audit.saw([found.patient])
    else:
        request.audit.saw(SiteSource(found.site, now=clock.now()).patients)
    return found


def _changed(request: StaffRequest, found: Document, **detail: str) -> None:
    """Names the patient; of a list everybody on it, whom opening it has named already."""
    request.audit.changed([found.patient] if found.patient else [], document=found.kind, **detail)


def _written(found: Document, now: datetime) -> tuple[Written | None, str]:
    """What it says now; or why there is nothing to say any more."""
    try:
        return versions.write(found, now=now), ""
    except CareError as error:
        return None, error.message


def _choose_form(found: Document, written: Written, data: Any = None) -> ChooseForm:
    optional = written.whole.optional
    kept = [section.key for section in optional if section.key not in found.left_out]
    translated = found.patient is not None and DOCUMENT_KINDS[found.kind].reader is Reader.PATIENT
    initial = {
        "version": found.version,
        "kept": kept,
        "free_text": found.free_text,
        "language": found.language,
    }
    return ChooseForm(
        data,
        patient=found.patient,
        initial=initial,
        optional=optional,
        translated=translated,
        auto_id="choose_%s",
    )


def _choose(request: StaffRequest, found: Document) -> HttpResponse:
    written, _ = _written(found, clock.now())
    if written is None:
        return _page(request, found, status=UNPROCESSABLE)
    form = _choose_form(found, written, request.POST)
    if not form.is_valid():
        return _page(request, found, choose=form, status=refused(request, form))
    try:
        versions.choose(
            found,
            by=request.user,
            version=form.cleaned_data["version"],
            free_text=form.cleaned_data["free_text"],
            left_out=form.left_out,
            language=form.cleaned_data.get("language") or found.language,
        )
    except CareError as error:
        return _refused(request, found, error, choose=form)
    _changed(request, found, act="chosen")
    messages.success(request, "Kept. This is how it reads now.")
    return redirect("document", found.public_id)


def _refused(request: StaffRequest, found: Document, error: CareError, **forms: ActionForm) -> HttpResponse:
    """The page again, with what was refused beside its field and what was typed still there."""
    for form in forms.values():
        form.refuse(error)
    found.refresh_from_db()
    return _page(request, found, status=status_of(error), **forms)


def _page(
    request: StaffRequest,
    found: Document,
    *,
    status: int = 200,
    choose: ActionForm | None = None,
    sign: ActionForm | None = None,
    send: ActionForm | None = None,
    drop: ActionForm | None = None,
) -> HttpResponse:
    now = clock.now()
    written, why = _written(found, now)
    practice = delivery_channels.reading_practice(found)
    kept = list(
        found.versions.without_bytes()
        .select_related("signed_by")
        .prefetch_related("sendings__by", "sendings__deliveries__contact")
    )
    opened_by = practice_views.openings_of(found.patient) if found.patient else {}
    context: dict[str, Any] = {
        "document": found,
        "patient": found.patient,
        "why_not": why,
        "versions": [(version, opened_by.get(version.public_id, [])) for version in kept],
        "newest": kept[0] if kept else None,
        "was_sent": bool(kept) and bool(kept[0].sendings.all()),
        "missing_libraries": missing_libraries(),
        "may_sign": versions.may_sign(found, request.user.role),
        "send_form": send or _send_form(found),
        "practice": practice,
        "somebody_reads": access.may_read(practice, on=clock.day_at(found.site, now)),
        "drop_form": drop or DropForm(patient=found.patient),
    }
    if found.patient:
        context["opened"] = _opened_for(request, found.patient, now)
    if written:
        digest = written.content.digest
        signed = kept[0] if kept and kept[0].digest == digest else None
        with speaking(found.language, found.site):
            identity, dated = versions.identity_of(written), day(signed.made_at if signed else now)
            signed_at = moment(signed.made_at) if signed else ""
        context |= {
            "content": written.content,
            "unprintable": versions.unprintable_in(written),
            "identity": identity,
            "site": found.site,
            "dated": dated,
            "choose_form": choose or _choose_form(found, written),
            "sign_form": SignDocumentForm(
                patient=found.patient,
                initial={"digest": digest, "version": found.version},
                auto_id="sign_%s",
            ),
            "sign_errors": sign.non_field_errors() if sign else (),
            "is_current": signed is not None,
            "signed_by": signed.signed_by if signed else None,
            "signed_at": signed_at,
        }
    return render(request, "coordination/documents/document.html", context, status=status)


def _opened_for(request: StaffRequest, patient: Patient, now: datetime) -> PatientChart:
    """For the banner."""
    return charts_of([patient], request.scope.of, now=now)[0]


@roles(*CARE_STAFF)
@require_POST
def sign_document_page(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """Print, keep and sign exactly what was read."""
    found = _open(request, document_id)
    form = SignDocumentForm(request.POST, patient=found.patient)
    if form.is_for_another:
        return _page(request, found, status=refused(request, form))
    if not form.is_valid():
        return _refused(request, found, CareError("Read the document before you sign it."), sign=form)
    try:
        version = versions.sign_document(
            found,
            by=request.user,
            now=clock.now(),
            digest=form.cleaned_data["digest"],
            version=form.cleaned_data["version"],
        )
    except CareError as error:
        return _refused(request, found, error, sign=form)
    _changed(request, found, act="signed", version=str(version.public_id))
    messages.success(request, f"Signed and kept as version {version.number}.")
    return redirect("document", found.public_id)


@roles(*CARE_STAFF)
@require_POST
def drop_document(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """Give up a draft."""
    found = _open(request, document_id)
    form = DropForm(request.POST, patient=found.patient)
    if not form.is_valid():
        return _page(request, found, drop=form, status=refused(request, form))
    try:
        versions.drop(found, by=request.user, now=clock.now(), because=form.cleaned_data["because"])
    except CareError as error:
        return _refused(request, found, error, drop=form)
    _changed(request, found, act="dropped")
    messages.success(request, "The draft is dropped.")
    return redirect("patient-documents", found.patient.public_id) if found.patient else redirect("documents")


@roles(*CARE_STAFF)
@require_GET
def document_draft(request: StaffRequest, document_id: UUID) -> HttpResponse:
    """The draft as a PDF, marked as a draft."""
    found = _open(request, document_id)
    try:
        pdf = versions.preview_pdf(found, now=clock.now())
    except CareError as error:
        messages.error(request, error.message)
        return redirect("document", found.public_id)
    return _pdf(pdf, f"{found.kind}-draft")


@roles(*CARE_STAFF)
@require_GET
def document_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """A version, byte for byte as it was kept."""
    found = _version(request, version_id)
    patient = found.document.patient
    named = [patient.public_id] if patient else named_on(found)
    request.audit.exported(named, document=found.document.kind, version=found.number)
    return _pdf(bytes(found.pdf), f"{found.document.kind}-{found.number}")


def _version(request: StaffRequest, version_id: UUID) -> DocumentVersion:
    """A version within reach; that of a downtime list, which is about no single patient, by its site."""
    listed = request.scope.of(Document).filter(patient=None, versions__public_id=version_id).first()
    if listed:
        return listed.versions.get(public_id=version_id)
    return request.scope.get(DocumentVersion, version_id)


def _pdf(body: bytes, name: str) -> HttpResponse:
    """Shown by the browser under a name that says nothing of the patient."""
    disposition = f'inline; filename="{slugify(name)}.pdf"'
    return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": disposition})


def _send_form(found: Document, data: Any = None) -> SendForm:
    practice = delivery_channels.reading_practice(found)
    return SendForm(
        data,
        patient=found.patient,
        practice=practice,
        points=delivery_channels.addresses_of(practice),
        on_paper_to=versions.receiver_of(found),
    )


@roles(*CARE_STAFF)
@require_POST
def send_version(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Send a version: into the portal, with a mail that holds the link, or on paper."""
    version = _version(request, version_id)
    found = _open(request, version.document.public_id)
    form = _send_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, send=form, status=refused(request, form))
    try:
        sending = send_document(version, by=request.user, now=clock.now(), **form.chosen)
    except CareError as error:
        return _refused(request, found, error, send=form)
    if found.patient is None:
        request.audit.saw(named_on(version))
    _changed(request, found, act="sent", way=sending.channel)
    messages.success(request, SENT[sending.channel].format(to=sending.to))
    return redirect("document", found.public_id)
