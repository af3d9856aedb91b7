"""One line of the worklist: why it is there, who was called, and everything a person may say of it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from coordination.base import clock
from coordination.base.access import CARE_STAFF, STAFF, StaffRequest, roles, use_zone_of
from coordination.base.errors import CareError, OutOfDate
from coordination.chart.patient_chart import PatientChart
from coordination.flows import due_item
from coordination.flows.due_item import DONE_BY_HAND
from coordination.pages.patient.acts import refused
from coordination.pages.patient.forms import PatientForm
from coordination.pages.patient.opening import open_patient
from coordination.pages.worklist.forms import (
    AssignForm,
    CallForm,
    MarkForm,
    NotDoneForm,
    RemindForm,
    SnoozeForm,
    TakeBackForm,
)
from coordination.pages.worklist.links import RECORDS, record_of
from coordination.pages.worklist.today import back_to, colleagues
from coordination.wording.clinical import analyte_word, listed, owner_word
from scheduling.models import ContactLog, DueItem
from scheduling.rules.worklist_reasons import worklist_reason

UNPROCESSABLE, STALE, FORBIDDEN = 422, 409, 403
CONTACTS_SHOWN = 8


@roles(*STAFF)
def due_item_page(request: StaffRequest, item_id: UUID) -> HttpResponse:
    """Everything about one line; each act is a form of its own, and a refused one keeps its text."""
    opened, item = open_item(request, item_id)
    forms = _forms(item, request)
    stale, status = None, 200
    if request.method == "POST" and request.user.role not in CARE_STAFF:
        status = FORBIDDEN
    elif request.method == "POST":
        name = request.POST.get("act", "")
        form = forms.get(name.replace("-", "_"))
        if form is None:
            status = UNPROCESSABLE
        else:
            status, stale = _try(request, item, name, form)
            if status == 200:
                request.audit.changed(opened.patient, act=name, item=str(item.public_id))
                return redirect(back_to(request))
    return item_page(request, opened, item, forms=forms, stale=stale, status=status)


def open_item(request: StaffRequest, item_id: UUID) -> tuple[PatientChart, DueItem]:
    """The item and its patient, in the zone of the patient's site, noted in the audit."""
    item = request.scope.get(DueItem, item_id)
    opened = open_patient(request, item.course.patient.public_id)
    item.course.patient = opened.patient
    use_zone_of(opened.patient.site)
    return opened, item


def item_page(
    request: StaffRequest,
    opened: PatientChart,
    item: DueItem,
    *,
    forms: dict[str, Any] | None = None,
    stale: dict[str, Any] | None = None,
    status: int = 200,
    page_url: str = "",
) -> HttpResponse:
    """`page_url`: where its forms are sent, when it is drawn at another address than its own."""
    page = {
        "opened": opened,
        "patient": opened.patient,
        "item": item,
        "state": item.state(now=opened.now, today=opened.today),
        "owner": owner_word(item.owner, item.practice.name if item.practice else ""),
        "missing": listed(analyte_word(name) for name in item.missing),
        "reason": worklist_reason("due-item", item.item, item.course.protocol),
        "record": _record(item, opened.patient.public_id),
        "by_hand": item.item in DONE_BY_HAND and item.item not in RECORDS,
        "settled": bool(item.not_done_at or item.marked_done_at),
        "asleep": bool(item.snoozed_until and item.snoozed_until > opened.today),
        "forms": forms or _forms(item, request),
        "remind": RemindForm(patient=opened.patient, auto_id="remind_%s"),
        "stale": stale,
        "contacts": _contacts(request, opened.patient.pk),
        "changes": _changes(item),
        "may_act": request.user.role in CARE_STAFF,
        "back": back_to(request),
        "page_url": page_url,
    }
    return render(request, "coordination/item.html", page, status=status)


def _record(item: DueItem, patient: UUID) -> tuple[str, str, str] | None:
    """The page that takes the fact by which this is done: its label, address and icon."""
    return record_of(item, patient) if item.item in RECORDS else None


def _forms(item: DueItem, request: StaffRequest) -> dict[str, Any]:
    """One form for each act; only the one that was sent is bound."""
    sent = request.POST.get("act")
    known = {"version": item.version}

    def form(name: str, kind: Callable[..., PatientForm], **more: Any) -> PatientForm:
        initial = {**known, **more.pop("initial", {})}
        data = request.POST if sent == name else None
        return kind(data, patient=item.course.patient, auto_id=f"{name}_%s", initial=initial, **more)

    return {
        "call": form("call", CallForm, initial={"with_whom": _whom(item)}),
        "snooze": form("snooze", SnoozeForm),
        "assign": form("assign", AssignForm, people=colleagues(request), initial={"to": item.assigned_to_id}),
        "not_done": form("not-done", NotDoneForm),
        "done": form("done", MarkForm),
        "wake": form("wake", MarkForm),
        "take_back": form("take-back", TakeBackForm),
    }


def _whom(item: DueItem) -> str:
    return item.practice.name if item.practice else ""


def _try(request: StaffRequest, item: DueItem, name: str, form: Any) -> tuple[int, dict[str, Any] | None]:
    """Do the act that was sent; return the status and, when somebody was first, what they changed."""
    if not form.is_valid():
        return refused(request, form), None
    try:
        messages.success(request, _do(request, item, name, form.typed))
    except OutOfDate as error:
        form.refuse(error)
        return STALE, _what_changed(item, form.cleaned_data["version"])
    except CareError as error:
        form.refuse(error)
        return UNPROCESSABLE, None
    return 200, None


def _do(request: StaffRequest, item: DueItem, name: str, said: dict[str, Any]) -> str:
    by, now = request.user, clock.now()
    if name == "call":
        due_item.log_call(item, by=by, now=now, **said)
        return "The call is logged."
    version = said["version"]
    if name == "snooze":
        due_item.snooze(item, until=said["until"], because=said["because"], by=by, version=version, now=now)
        return "Snoozed: it comes back by itself."
    if name == "assign":
        due_item.assign(item, to=said["to"], by=by, version=version)
        return f"Assigned to {said['to']}." if said["to"] else "Assigned to nobody."
    if name == "not-done":
        due_item.mark_item_not_done(item, because=said["because"], by=by, version=version, now=now)
        return "Marked not done. It stays in the schedule with your reason."
    if name == "take-back":
        due_item.take_back_item_mark(item, because=said["because"], by=by, version=version)
        return "Taken back: it is on the list again."
    if name == "wake":
        due_item.wake(item, by=by, version=version)
        return "Back on the list."
    due_item.mark_item_done(item, by=by, version=version, now=now)
    return "Done."


# --- what changed ----------------------------------------------------------------------------------

SHOWN = {
    "assigned_to": "Assigned to",
    "snoozed_until": "Snoozed until",
    "not_done_reason": "Not done because",
    "marked_done_at": "Marked done",
}


def _what_changed(item: DueItem, read: int) -> dict[str, Any]:
    """Who was first, and what is different from the version this page showed."""
    item.refresh_from_db()
    newest = item.history.select_related("history_user").first()
    before = item.history.filter(version=read).first()
    changes = [
        (label, _said(getattr(before, name, None)), _said(getattr(item, name)))
        for name, label in SHOWN.items()
        if before is None or getattr(before, name) != getattr(item, name)
    ]
    return {
        "by": newest.history_user if newest and newest.history_user else "Somebody",
        "at": newest.history_date if newest else None,
        "changes": [(label, old or "nothing", now or "nothing") for label, old, now in changes if old != now],
    }


def _said(value: object) -> str:
    if isinstance(value, datetime):
        value = timezone.localtime(value)
        return f"{value:%a} {value.day} {value:%b %Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%a} {value.day} {value:%b %Y}"
    return str(value) if value else ""


def _contacts(request: StaffRequest, patient: int) -> list[ContactLog]:
    rows = request.scope.of(ContactLog).filter(patient=patient, recorded_in_error_at=None)
    return list(rows.select_related("recorded_by", "due_item")[:CONTACTS_SHOWN])


def _changes(item: DueItem) -> list[dict[str, Any]]:
    """What people said of this line, newest first, as the timeline component takes it."""
    rows = item.history.select_related("history_user").exclude(history_change_reason=None)[:CONTACTS_SHOWN]
    return [
        {"at": row.history_date, "words": row.history_change_reason, "by": row.history_user or ""}
        for row in rows
    ]
