"""Today: what needs me. The list, its counts and its exports come from `worklist.listed` and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from coordination import worklist
from coordination.base import clock
from coordination.base.access import CARE_STAFF, EVERYBODY, STAFF, StaffRequest, roles
from coordination.base.addresses import address
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import Site, User
from coordination.base.words import Tab
from coordination.forms.today import (
    COLUMNS,
    COLUMNS_UNASKED,
    GROUPS,
    BulkForm,
    ColumnsForm,
    HandoverForm,
    Named,
    RemoveFilterForm,
    SaveFilterForm,
    TodayFilter,
)
from coordination.models import HandoverNote, SavedFilter
from coordination.views.exports import as_csv, as_xlsx
from coordination.views.links import Act, main_act
from coordination.worklist import Chosen, Entry, Row, Worklist
from coordination.worklist.lines import SHOWN_UNASKED, SORTS
from scheduling.models import DueItem
from scheduling.rules.urgency import WORDS as URGENCY_WORDS
from scheduling.rules.urgency import Urgency

LINES_ON_A_PAGE = 50
LINES_AT_MOST = 1000
KEPT = ("kind", "owner", "assigned", "text", "site", "group", "sort", "columns")
RULE = (
    "Open now, or its best or last day is at most 7 days away; not done, not snoozed. "
    "Sorted by clinical urgency, then by days late."
)


@roles(*EVERYBODY)
@require_GET
def today(request: StaffRequest) -> HttpResponse:
    """The home of every role: the worklist, or where this role works instead."""
    if request.user.role == Role.REFERRER:
        return redirect("portal")
    if request.user.role == Role.ADMIN:
        return redirect("administration")
    now = clock.now()
    people = colleagues(request)
    filters = _filters(request, people)
    chosen = chosen_by(filters, request.scope.sites, people)
    found = _listed(request, chosen, now)
    page = _page(request, found.entries)
    rows = worklist.rows_of(list(page.object_list), request.scope, now=now)
    request.audit.saw({row.patient.public_id for row in rows if row.patient})
    return render(
        request,
        "coordination/today.html",
        {
            **_furniture(request, filters, found, page, people, now),
            "sections": _sections(rows, found, request.user.role, sort=chosen.sort),
        },
    )


def _listed(request: StaffRequest, chosen: Chosen, now: datetime) -> Worklist:
    user = request.user
    return worklist.listed(request.scope, viewer_id=user.pk, role=user.role, now=now, chosen=chosen)


def colleagues(request: StaffRequest) -> list[User]:
    """Who works at one's sites and may be given something to do."""
    return list(
        User.objects.filter(sites__in=request.scope.sites, is_active=True, role__in=CARE_STAFF).distinct()
    )


def _filters(request: StaffRequest, people: Sequence[User]) -> TodayFilter:
    return TodayFilter(request.GET, sites=_named(request.scope.sites), people=_named(people))


def _named(choices: Iterable[Site | User]) -> Named:
    return tuple(
        (str(one.public_id), one.name if isinstance(one, Site) else one.full_name) for one in choices
    )


def chosen_by(filters: TodayFilter, of_sites: Sequence[Site], people: Sequence[User]) -> Chosen:
    """The filters of the URL as the worklist takes them; what makes no sense is left out."""
    said = filters.chosen
    keys = {str(person.public_id): str(person.pk) for person in people}
    assigned = said.get("assigned", "")
    sites = {str(site.public_id): site.pk for site in of_sites}
    return Chosen(
        group=said.get("group", ""),
        kind=said.get("kind", ""),
        owner=said.get("owner", ""),
        assigned=keys.get(assigned, assigned),
        site=sites.get(said.get("site", "")),
        text=said.get("text", ""),
        sort=said.get("sort", "") if said.get("sort", "").removeprefix("-") in SORTS else "",
    )


def _page(request: StaffRequest, entries: Sequence[Entry]) -> "Page[Entry]":
    everything = request.GET.get("all") == "1"
    size = LINES_AT_MOST if everything else LINES_ON_A_PAGE
    return Paginator(entries, size).get_page(request.GET.get("page"))


# --- what the page shows beside its lines ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    row: Row
    act: Act | None
    ticked: str  # what its box says: the item and the version that was shown
    patient_url: str
    item_url: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    count: int
    key: str
    lines: list[Line]


def _sections(rows: list[Row], found: Worklist, role: str, *, sort: str) -> list[Section]:
    """The lines under the heading of their group; under none when the person chose another order."""
    if sort:
        return [Section("", len(rows), "", [_line(row, role) for row in rows])]
    return [
        Section(GROUPS[group], found.groups[group], str(group), [_line(row, role) for row in of_group])
        for group, of_group in groupby(rows, key=lambda row: row.entry.group)
    ]


def _line(row: Row, role: str) -> Line:
    item = row.item
    return Line(
        row,
        main_act(row, role),
        f"{item.public_id}.{item.version}" if item else "",
        address("patient", row.patient.public_id) if row.patient else "",
        address("due-item", item.public_id) if item else "",
    )


def columns_of(query: QueryDict) -> list[str]:
    chosen = [name for name in query.getlist("columns") if name in COLUMNS]
    return chosen or list(COLUMNS_UNASKED)


def _furniture(
    request: StaffRequest,
    filters: TodayFilter,
    found: Worklist,
    page: "Page[Entry]",
    people: list[User],
    now: datetime,
) -> dict[str, Any]:
    columns = columns_of(request.GET)
    kept = kept_query(request.GET)
    return {
        "filters": filters,
        "drawn": _drawn(request, people, tuple(columns), kept.urlencode()),
        "rule": RULE,
        "urgencies": [(level.value, URGENCY_WORDS[level]) for level in Urgency],
        "found": found,
        "page": page,
        "count": len(found.entries),
        "tabs": _tabs(request, found),
        "sort": filters.chosen.get("sort", ""),
        "columns": columns,
        "kept": kept,
        "kept_pairs": [(name, value) for name in kept for value in kept.getlist(name)],
        "exports": [("CSV", _export("today-csv", kept)), ("XLSX", _export("today-xlsx", kept))],
        "saved": _saved(request),
        "notes": _notes(request, now),
        "people": people,
        "may_act": request.user.role in CARE_STAFF,
        "here": request.get_full_path(),
        "now": now,
        "needing_me": "" if filters.is_filtered else found.needing_me,
    }


def _drawn(
    request: StaffRequest, people: Sequence[User], columns: tuple[str, ...], kept: str
) -> dict[str, SafeString]:
    """The forms that nobody has filled in yet."""
    asked = [(name, value) for name in TodayFilter.base_fields for value in request.GET.getlist(name)]
    sites = _named(request.scope.sites)
    return {
        "filter": _drawn_filter(urlencode(asked), sites, _named(people)),
        "columns": _drawn_columns(columns),
        "save": _drawn_save(kept),
        "handover": _drawn_handover(sites),
    }


# Drawing a form costs more than reading the list. Each is drawn once for what it shows.


@lru_cache(maxsize=256)
def _drawn_filter(query: str, sites: Named, people: Named) -> SafeString:
    form = TodayFilter(QueryDict(query), sites=sites, people=people)
    fields = [*(field.as_field_group() for field in form.visible_fields()), *form.hidden_fields()]
    return format_html_join("", "{}", ((field,) for field in fields))


@lru_cache(maxsize=256)
def _drawn_columns(columns: tuple[str, ...]) -> SafeString:
    return ColumnsForm({"columns": columns})["columns"].as_field_group()


@lru_cache(maxsize=256)
def _drawn_save(query: str) -> SafeString:
    return SaveFilterForm(initial={"query": query}).render()


@lru_cache(maxsize=256)
def _drawn_handover(sites: Named) -> SafeString:
    return HandoverForm(sites=sites).render()


def kept_query(query: QueryDict) -> QueryDict:
    """The part of the URL that says which lines and columns: it holds no patient."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        values = [value[:60] for value in query.getlist(name) if value]
        if values:
            kept.setlist(name, values)
    return kept


def _export(name: str, kept: QueryDict) -> str:
    return f"{reverse(name)}?{kept.urlencode()}" if kept else reverse(name)


def _tabs(request: StaffRequest, found: Worklist) -> list[Tab]:
    """The groups with their counts; each count leads to exactly these lines."""
    current = request.GET.get("group", "")
    shown = sum(found.groups[group] for group in SHOWN_UNASKED)
    tabs = [Tab("All", _with_group(request, ""), not current, shown)]
    for group, label in GROUPS.items():
        known = group in SHOWN_UNASKED or current == group
        tabs.append(
            Tab(label, _with_group(request, group), current == group, found.groups[group] if known else None)
        )
    return tabs


def _with_group(request: StaffRequest, group: str) -> str:
    query = kept_query(request.GET)
    query.pop("group", None)
    if group:
        query["group"] = group
    return f"?{query.urlencode()}"


def _saved(request: StaffRequest) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.offered_to(request.user, list(request.scope.sites)).select_related("owner")


def _notes(request: StaffRequest, now: datetime) -> QuerySet[HandoverNote]:
    return (
        HandoverNote.objects.standing(now)
        .filter(site__in=request.scope.sites)
        .select_related("written_by", "site")
    )


# --- files with exactly these rows -----------------------------------------------------------------


@roles(*STAFF)
@require_GET
def today_csv(request: StaffRequest) -> HttpResponse:
    return as_csv(_export_rows(request), name="today")


@roles(*STAFF)
@require_GET
def today_xlsx(request: StaffRequest) -> HttpResponse:
    return as_xlsx(_export_rows(request), name="today")


def _export_rows(request: StaffRequest) -> list[list[Any]]:
    now = clock.now()
    people = colleagues(request)
    chosen = chosen_by(_filters(request, people), request.scope.sites, people)
    entries = _listed(request, chosen, now).entries
    rows = worklist.rows_of(list(entries), request.scope, now=now)
    request.audit.exported({row.patient.public_id for row in rows if row.patient}, rows=len(rows))
    return [list(EXPORTED), *(_cells(row) for row in rows)]


EXPORTED = (
    "Group", "Urgency", "Family name", "Given name", "Born", "MRN", "What", "Detail", "Opens", "Best",
    "Last day", "Days late", "Owner", "Assigned to", "Last contact", "Outcome", "Referred by", "Rule",
)  # fmt: skip


def _cells(row: Row) -> list[Any]:
    patient, contact = row.patient, row.contact
    return [
        GROUPS[row.entry.group],
        URGENCY_WORDS[Urgency(row.entry.level)],
        patient.family_name if patient else "",
        patient.given_name if patient else "",
        patient.birth_date if patient else None,
        row.mrn,
        row.what,
        row.detail,
        row.opens,
        row.target,
        row.closes,
        row.entry.days_late or None,
        row.owner,
        row.assigned_to,
        contact.at if contact else None,
        contact.outcome_word if contact else "",
        patient.practice if patient else "",
        row.reason.text,
    ]


# --- acts on ticked lines ---------------------------------------------------------------------------


def back_to(request: StaffRequest) -> str:
    """Return the page the form was on, when it is one of ours; else Today."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if back and is_ours else reverse("today")


@roles(*CARE_STAFF)
@require_POST
def act_on_ticked(request: StaffRequest) -> HttpResponse:
    """One act on every ticked line, or the button of a single one. Each line succeeds or fails by itself."""
    done = request.POST.get("done")
    form = BulkForm(request.POST if not done else {"act": "assign"})
    if not form.is_valid():
        messages.error(request, " ".join(f"{error}" for errors in form.errors.values() for error in errors))
        return redirect(back_to(request))
    ticked = [done] if done else request.POST.getlist("item")
    if not ticked:
        messages.warning(request, "Tick the lines first, then choose what to do with them.")
        return redirect(back_to(request))
    _act_on_each(request, ticked, "done" if done else form.cleaned_data["act"], form.cleaned_data)
    return redirect(back_to(request))


def _act_on_each(request: StaffRequest, ticked: list[str], act: str, said: dict[str, Any]) -> None:
    now, succeeded, refused = clock.now(), 0, []
    for key, version, item in _items(request, ticked):
        try:
            _act(item, act, said, request=request, version=version, now=now)
        except CareError as error:
            refused.append(f"{item.get_item_display()}: {error.message}")
            continue
        succeeded += 1
        request.audit.changed(item.course.patient, act=act, item=key)
    if succeeded:
        noun = "line" if succeeded == 1 else "lines"
        messages.success(request, f"{succeeded} {noun} {DONE_WORDS[act]}.")
    for sentence in dict.fromkeys(refused):
        messages.warning(request, sentence)


DONE_WORDS = {
    "assign": "assigned",
    "snooze": "snoozed",
    "not-done": "marked not done",
    "wake": "back on the list",
    "done": "done",
}


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
        worklist.assign(item, to=people.get(said["to"]), by=by, version=version)
    elif act == "snooze":
        if not said["until"]:
            raise CareError("Choose the day on which it comes back.", "until")
        worklist.snooze(item, until=said["until"], because=said["because"], by=by, version=version, now=now)
    elif act == "not-done":
        worklist.mark_not_done(item, because=said["because"], by=by, version=version, now=now)
    elif act == "wake":
        worklist.wake(item, by=by, version=version)
    else:
        worklist.mark_done(item, by=by, version=version, now=now)


# --- saved views, handover --------------------------------------------------------------------------


@roles(*STAFF)
@require_POST
def save_filter(request: StaffRequest) -> HttpResponse:
    form = SaveFilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the view a name of up to 60 letters.")
        return redirect(back_to(request))
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
        messages.error(
            request, f"You already have a view named {saved.name}. Remove it or choose another name."
        )
        return redirect(back_to(request))
    messages.success(request, f"Saved as {saved.name}.")
    return redirect(f"{reverse('today')}?{saved.query_string}")


@roles(*STAFF)
@require_POST
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
@require_POST
def write_handover(request: StaffRequest) -> HttpResponse:
    form = HandoverForm(request.POST, sites=_named(request.scope.sites))
    if not form.is_valid():
        messages.error(request, "Write a sentence for whoever works next, up to 2000 letters.")
        return redirect(back_to(request))
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
@require_POST
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
