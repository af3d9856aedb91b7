"""Messages: what would be sent, what was, what a person must decide; and what changed since yesterday."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination.base import clock
from coordination.base.access import CARE_STAFF, STAFF, StaffRequest, roles, use_zone_of
from coordination.base.choices import Role
from coordination.base.errors import CareError, OutOfDate
from coordination.base.words import Tab
from coordination.forms.reminders import DecideForm
from coordination.forms.today import RemindForm
from coordination.models import DocumentSending
from coordination.patient_page.acts import refused
from coordination.portal import record
from coordination.reminders import changes, decide, digest, listing, remind_now
from coordination.views.items import item_page, open_item

UNPROCESSABLE, STALE = 422, 409
ROWS_OF_A_PAGE = 60


def _tabs(current: str, *, undecided: int) -> list[Tab]:
    return [
        Tab("Would be sent", reverse("messages"), current == "messages"),
        Tab("Sent", reverse("messages-sent"), current == "messages-sent"),
        Tab("To decide", reverse("messages-to-decide"), current == "messages-to-decide", undecided),
        Tab("Addresses", reverse("message-addresses"), current == "message-addresses"),
    ]


def tabs(request: StaffRequest, current: str) -> list[Tab]:
    return _tabs(current, undecided=len(listing.to_decide(request.scope, now=clock.now())))


def _page(request: StaffRequest, rows: list[Any]) -> Any:
    return Paginator(rows, ROWS_OF_A_PAGE).get_page(request.GET.get("page"))


@roles(*STAFF)
@require_GET
def planned(request: StaffRequest) -> HttpResponse:
    """What would be sent within a week as things stand; and what nobody can be told."""
    rows = listing.planned(request.scope, now=clock.now())
    page = _page(request, [row for row in rows if row.step.contact])
    unreachable = [row for row in rows if not row.step.contact][:ROWS_OF_A_PAGE]
    request.audit.saw([row.step.item.course.patient for row in (*page, *unreachable)])
    context = {"page": page, "unreachable": unreachable, "tabs": tabs(request, "messages")}
    return render(request, "coordination/reminders/planned.html", context)


@roles(*STAFF)
@require_GET
def sent(request: StaffRequest) -> HttpResponse:
    page = _page(request, listing.latest(request.scope))
    request.audit.saw([patient for told in page for patient in told.patients])
    context = {"page": page, "tabs": tabs(request, "messages-sent"), "most": listing.MOST_SHOWN}
    return render(request, "coordination/reminders/sent.html", context)


@roles(*STAFF)
@require_GET
def to_decide(request: StaffRequest) -> HttpResponse:
    rows = listing.to_decide(request.scope, now=clock.now())
    page = _page(request, rows)
    request.audit.saw([patient for told in page for patient in told.patients])
    context = {"page": page, "tabs": _tabs("messages-to-decide", undecided=len(rows))}
    return render(request, "coordination/reminders/to_decide.html", context)


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
def message(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """One message: its text, what became of it, and what a person says of it."""
    told = listing.found(request.scope, delivery_id)
    use_zone_of(told.delivery.site)
    request.audit.saw(told.patients)
    now, status = clock.now(), 200
    form = DecideForm(request.POST or None)
    if request.method == "POST":
        status = _try_to_decide(request, told, form)
        if status == 200:
            return redirect("messages-to-decide")
    undecided = any(row.delivery.pk == told.delivery.pk for row in listing.to_decide(request.scope, now=now))
    context = {"told": told, "delivery": told.delivery, "form": form, "undecided": undecided}
    return render(request, "coordination/reminders/message.html", context, status=status)


def _try_to_decide(request: StaffRequest, told: listing.Told, form: DecideForm) -> int:
    if not form.is_valid():
        return UNPROCESSABLE
    said = form.cleaned_data
    try:
        again = decide(
            told.delivery, decision=said["decision"], note=said["note"], by=request.user, now=clock.now()
        )
    except CareError as error:
        form.refuse(error)
        return STALE if isinstance(error, OutOfDate) else UNPROCESSABLE
    request.audit.changed(told.patients, message=said["decision"])
    messages.success(request, "It is sent again within a minute." if again else "Decided.")
    return 200


@roles(*CARE_STAFF)
@require_POST
def remind(request: StaffRequest, item_id: UUID) -> HttpResponse:
    """Remind whoever sees to an item now."""
    opened, item = open_item(request, item_id)
    form = RemindForm(request.POST, patient=opened.patient)
    if not form.is_valid():
        page_url = reverse("due-item", args=[item.public_id])
        return item_page(request, opened, item, status=refused(request, form), page_url=page_url)
    try:
        count = remind_now(item, by=request.user, now=clock.now())
    except CareError as error:
        messages.warning(request, error.message)
    else:
        request.audit.changed(item.course.patient, act="remind", item=str(item.public_id))
        messages.success(request, f"Sent within a minute to {count} address{'es' if count > 1 else ''}.")
    back = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if own else reverse("due-item", args=[item.public_id]))


@roles(*STAFF)
@require_GET
def since_yesterday(request: StaffRequest) -> HttpResponse:
    """What changed since the last working day: the page that the morning's message leads to."""
    now = clock.now()
    since = digest.yesterday(now)
    found = changes.changes_since(request.scope, since=since, now=now)
    request.audit.saw([row.patient for change in found for row in change.rows if row.patient])
    context = {"changes": found, "since": since, "count": sum(len(change.rows) for change in found)}
    return render(request, "coordination/reminders/since_yesterday.html", context)


@roles(*STAFF, Role.REFERRER)
@require_GET
def open_message(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Where the link in a message leads: the open points it tells of, by who has signed in."""
    told = listing.found(request.scope, delivery_id)
    if told.sending:
        return _open_document(request, told.sending)
    if request.user.role == Role.REFERRER or len(told.patients) != 1:
        return redirect("today")
    items = {line.due_item.public_id for line in told.lines}
    if len(items) == 1:
        return redirect("due-item", items.pop())
    return redirect("patient-schedule", told.patients[0].public_id)


def _open_document(request: StaffRequest, sending: DocumentSending) -> HttpResponse:
    """The staff to the document; the practice to the newest version that was sent to it."""
    document = sending.version.document
    if request.user.role != Role.REFERRER or document.patient is None:
        return redirect("document", document.public_id)
    papers = record.papers(document.patient, request.scope)
    newest = next((paper for paper in papers if paper.document_id == document.pk), None)
    if newest is None:
        return redirect("portal-patient", document.patient.public_id)
    return redirect("portal-document", document.patient.public_id, newest.version_id)
