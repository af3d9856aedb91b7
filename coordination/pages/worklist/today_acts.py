"""What is done from the page of Today: acts on ticked lines, saved views, handover notes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, STAFF, StaffRequest, roles
from coordination.base.errors import CareError
from coordination.flows import due_item
from coordination.models import HandoverNote, SavedFilter
from coordination.pages.worklist.forms import BulkForm, RemoveFilterForm, SaveFilterForm
from coordination.pages.worklist.today import (
    LINES_AT_MOST,
    Refused,
    back_to,
    colleagues,
    handover_form,
    kept_query,
    shown_again,
)
from scheduling.models import DueItem

P = ParamSpec("P")


def act_of_today(
    act: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[StaffRequest, P], HttpResponse]:
    """An act is sent. Who comes by a link of a page shown again, or by signing in again, sees the list."""

    @wraps(act)
    def sent(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            query = request.GET.urlencode()
            return redirect(f"{reverse('today')}?{query}" if query else "today")
        return act(request, *args, **kwargs)

    return sent


# --- acts on ticked lines ---------------------------------------------------------------------------

DONE_WORDS = {
    "assign": "assigned",
    "snooze": "snoozed",
    "not-done": "marked not done",
    "wake": "back on the list",
    "done": "done",
}


@roles(*CARE_STAFF)
@act_of_today
def act_on_ticked(request: StaffRequest) -> HttpResponse:
    """One act on every ticked line, or the button of a single one. Each line succeeds or fails by itself."""
    if done := request.POST.get("done"):
        _act_on_each(request, [done], "done", {})
        return redirect(back_to(request))
    ticked = request.POST.getlist("item")
    form = BulkForm(request.POST)
    if form.is_valid():
        if not ticked:
            form.add_error(None, "Tick the lines first, then choose what to do with them.")
        elif (error := _act_on_each(request, ticked, form.cleaned_data["act"], form.cleaned_data)) is None:
            return redirect(back_to(request))
        else:
            form.refuse(error)
    return shown_again(request, Refused(bulk=form, ticked=frozenset(ticked)))


def _act_on_each(
    request: StaffRequest, ticked: list[str], act: str, said: dict[str, Any]
) -> CareError | None:
    """Do it and say what came of it. Return what was wrong with a field when therefore nothing was done."""
    now, succeeded, refused = clock.now(), 0, {}
    for key, version, item in _items(request, ticked):
        try:
            _act(item, act, said, request=request, version=version, now=now)
        except CareError as error:
            refused[f"{item.get_item_display()}: {error.message}"] = error
            continue
        succeeded += 1
        request.audit.changed(item.course.patient, act=act, item=key)
    typed_wrong = next((error for error in refused.values() if error.field in said), None)
    if typed_wrong and not succeeded:
        return typed_wrong
    if succeeded:
        noun = "line" if succeeded == 1 else "lines"
        messages.success(request, f"{succeeded} {noun} {DONE_WORDS[act]}.")
    for sentence in refused:
        messages.warning(request, sentence)
    return None


def _items(request: StaffRequest, ticked: list[str]) -> list[tuple[str, int, DueItem]]:
    """The ticked items within reach, each with the version that was shown."""
    versions: dict[UUID, int] = {}
    for each in ticked[:LINES_AT_MOST]:
        key, _, version = each.partition(".")
        try:
            versions[UUID(key)] = int(version)
        except ValueError as error:
            raise Http404 from error
    items = (
        request.scope.of(DueItem)
        .filter(public_id__in=versions)
        .select_related("course__patient__site", "practice")
        .order_by("pk")
    )
    found = [(str(item.public_id), versions[item.public_id], item) for item in items]
    if len(found) < len(versions):
        raise Http404
    return found


def _act(
    item: DueItem, act: str, said: dict[str, Any], *, request: StaffRequest, version: int, now: datetime
) -> None:
    by = request.user
    if act == "assign":
        people = {person.public_id: person for person in colleagues(request)}
        due_item.assign(item, to=people.get(said["to"]), by=by, version=version)
    elif act == "snooze":
        due_item.snooze(item, until=said["until"], because=said["because"], by=by, version=version, now=now)
    elif act == "not-done":
        due_item.mark_item_not_done(item, because=said["because"], by=by, version=version, now=now)
    elif act == "wake":
        due_item.wake(item, by=by, version=version)
    else:
        due_item.mark_item_done(item, by=by, version=version, now=now)


# --- saved views, handover --------------------------------------------------------------------------


@roles(*STAFF)
@act_of_today
def save_filter(request: StaffRequest) -> HttpResponse:
    form = SaveFilterForm(request.POST)
    if not form.is_valid():
        return shown_again(request, Refused(save=form))
    query = kept_query(QueryDict(form.cleaned_data["query"]))
    shared = request.scope.sites[0] if form.cleaned_data["shared"] and request.scope.sites else None
    saved = SavedFilter(
        owner=request.user,
        name=form.cleaned_data["name"],
        query={name: query.getlist(name) for name in query},
        shared_with=shared,
    )
    try:
        with transaction.atomic():
            saved.save_by(request.user, because="saved")
    except IntegrityError:
        form.add_error("name", f"You already have a view named {saved.name}. Choose another name.")
        return shown_again(request, Refused(save=form))
    messages.success(request, f"Saved as {saved.name}.")
    return redirect(f"{reverse('today')}?{saved.query_string}")


@roles(*STAFF)
@act_of_today
def remove_filter(request: StaffRequest) -> HttpResponse:
    """Only its owner removes a view; it stays in the history. A second time nothing happens."""
    form = RemoveFilterForm(request.POST)
    own = SavedFilter.objects.filter(owner=request.user, removed_at=None)
    saved = own.filter(public_id=form.cleaned_data["view"]).first() if form.is_valid() else None
    if saved is not None:
        saved.removed_at = clock.now()
        saved.save_by(request.user, because="removed")
        messages.success(request, f"Removed the view {saved.name}.")
    return redirect("today")


@roles(*CARE_STAFF)
@act_of_today
def write_handover(request: StaffRequest) -> HttpResponse:
    form = handover_form(request)
    if not form.is_valid():
        return shown_again(request, Refused(handover=form))
    now = clock.now()
    note = HandoverNote(
        site=request.scope.site_of(form.cleaned_data["site"]),
        text=form.cleaned_data["text"],
        written_by=request.user,
        written_at=now,
        expires_at=now + timedelta(hours=int(form.cleaned_data["hours"])),
    )
    note.save_by(request.user, because="written")
    messages.success(request, "Your note stands until it expires.")
    return redirect(back_to(request))


@roles(*CARE_STAFF)
@act_of_today
def end_handover(request: StaffRequest, note_id: UUID) -> HttpResponse:
    """Whoever has read and done it takes it down; a second time nothing happens."""
    note = HandoverNote.objects.filter(site__in=request.scope.sites, public_id=note_id).first()
    if note is None:
        raise Http404
    if note.ended_at is None:
        note.ended_at, note.ended_by = clock.now(), request.user
        note.save_by(request.user, because="taken down")
    messages.success(request, "The note is taken down.")
    return redirect(back_to(request))
