"""The map of each sender: what it means by words of its own, who said so; corrected and withdrawn here."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import ApiClient
from coordination.flows.record import assess_all
from coordination.flows.sender_map import ReadAgain, Word, read_by, say_meaning, take_back_entry
from coordination.pages.labs.sender_map_forms import (
    CorrectForm,
    EntryForm,
    WithdrawForm,
    means_words,
    sent_words,
)
from labs.models import SenderMapEntry

UNPROCESSABLE = 422
KEEPERS = (Role.NAVIGATOR, Role.ADMIN)
ASSESSED_AT_ONCE = 25
"""Courses that are assessed before the page answers; workers see to the others within seconds."""


@dataclass(frozen=True, slots=True)
class MapLine:
    """One entry, as the page shows it."""

    entry: SenderMapEntry
    sent: str
    means: str


def senders_in_reach(request: StaffRequest) -> QuerySet[ApiClient]:
    return ApiClient.objects.filter(sites__in=request.scope.sites).distinct().order_by("name")


def _entries(request: StaffRequest) -> QuerySet[SenderMapEntry]:
    entries = SenderMapEntry.objects.filter(client__in=senders_in_reach(request))
    return entries.select_related("client", "made_by", "ended_by")


@roles(*KEEPERS)
@require_http_methods(["GET", "POST"])
def sender_maps(request: StaffRequest) -> HttpResponse:
    """Every entry in use, sender by sender; below them those that were corrected or withdrawn."""
    form = EntryForm(request.POST or None, clients=senders_in_reach(request), auto_id="new_%s")
    if request.method == "POST":
        if form.is_valid() and _add(request, form):
            return redirect("sender-maps")
        return _page(request, form, status=UNPROCESSABLE)
    return _page(request, form)


def _page(request: StaffRequest, form: EntryForm, *, status: int = 200) -> HttpResponse:
    lines = [MapLine(entry, sent_words(entry), means_words(entry)) for entry in _entries(request)]
    context = {
        "form": form,
        "current": [line for line in lines if not line.entry.ended_at],
        "ended": [line for line in lines if line.entry.ended_at],
    }
    return render(request, "coordination/sender_maps.html", context, status=status)


def _add(request: StaffRequest, form: EntryForm) -> bool:
    data = form.cleaned_data
    word = Word(data["client"], data["laboratory"], data["kind"], data["sent"].strip(), data["analyte"])
    try:
        changed = say_meaning(
            [(word, data["means"])], because=data["because"], by=request.user, now=clock.now()
        )
    except CareError as error:
        form.refuse(error)
        return False
    messages.success(request, f"Saved. {after(request, changed)}")
    return True


@roles(*KEEPERS)
@require_http_methods(["GET", "POST"])
def sender_map_entry(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """One entry: correct what it means, or withdraw it. Both read again what was read by it."""
    entry = _entries(request).filter(public_id=entry_id).first()
    if entry is None:
        raise Http404
    act = request.POST.get("act", "")
    correct = CorrectForm(
        request.POST if act == "correct" else None, initial={"means": entry.means}, auto_id="correct_%s"
    )
    withdraw = WithdrawForm(request.POST if act == "withdraw" else None, auto_id="withdraw_%s")
    form: Any = correct if act == "correct" else withdraw
    status = 200
    if request.method == "POST":
        if form.is_bound and form.is_valid() and _change(request, entry, act, form):
            return redirect("sender-maps")
        status = UNPROCESSABLE
    context = {
        "line": MapLine(entry, sent_words(entry), means_words(entry)),
        "count": read_by(entry).count(),
        "correct": correct,
        "withdraw": withdraw,
    }
    return render(request, "coordination/sender_map_entry.html", context, status=status)


def _change(request: StaffRequest, entry: SenderMapEntry, act: str, form: Any) -> bool:
    because, now = form.cleaned_data["because"], clock.now()
    try:
        if act == "withdraw":
            changed = take_back_entry(entry, by=request.user, because=because, now=now)
        else:
            word = Word(entry.client, entry.laboratory, entry.kind, entry.sent, entry.analyte)
            means = form.cleaned_data["means"]
            changed = say_meaning([(word, means)], because=because, by=request.user, now=now)
    except CareError as error:
        form.refuse(error)
        return False
    done = "Withdrawn" if act == "withdraw" else "Corrected"
    messages.success(request, f"{done}. {after(request, changed)}")
    return True


def after(request: StaffRequest, changed: ReadAgain) -> str:
    """Assess what waits for it, and say what the change did."""
    assess_all(changed.courses[:ASSESSED_AT_ONCE], now=clock.now())
    request.audit.changed([patient.public_id for patient in changed.patients], results=len(changed.results))
    count = len(changed.results)
    if not count:
        return "No stored result is affected."
    results = "1 result was" if count == 1 else f"{count} results were"
    return f"{results} read again: {changed.usable} usable now."
