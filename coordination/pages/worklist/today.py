"""Today: what needs me. The list, its counts and its exports come from `worklist.listed` and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from coordination import worklist
from coordination.base import clock
from coordination.base.access import CARE_STAFF, EVERYBODY, STAFF, StaffRequest, roles
from coordination.base.addresses import address
from coordination.base.choices import Role
from coordination.base.models import Site, User
from coordination.base.words import Tab
from coordination.models import HandoverNote, SavedFilter
from coordination.pages.exports import as_csv, as_xlsx, files_of
from coordination.pages.worklist.forms import (
    COLUMNS,
    COLUMNS_UNASKED,
    GROUPS,
    BulkForm,
    ColumnsForm,
    HandoverForm,
    Named,
    SaveFilterForm,
    TodayFilter,
)
from coordination.pages.worklist.links import Act, main_act
from coordination.worklist import LineGroup, ListFilter, PlacedLine, Worklist, WorklistRow
from coordination.worklist.lines import SHOWN_UNASKED, SORTS
from scheduling.rules.worklist_urgency import URGENCY_WORDS, Urgency

LINES_ON_A_PAGE = 50
LINES_AT_MOST = 1000
UNPROCESSABLE = 422
KEPT = ("kind", "owner", "assigned", "text", "site", "group", "sort", "columns")
ORDER = "Sorted by clinical urgency, then by days late."
RULE = "Open now, or its best or last day is at most 7 days away; not done, not snoozed."
RULES = {
    LineGroup.TOO_LATE: "Not done, and nobody can any more: what it was for is over. Close it with a reason.",
    LineGroup.LATER: "Not done, and its best day is more than 7 days away.",
    LineGroup.SNOOZED: "Out of sight until a day that somebody chose; then it comes back by itself.",
}
NOTHING = ("Nothing needs you today", "No item is open, no result waits, no decision is missing.")
NOTHING_IN = {
    LineGroup.OVERDUE: ("Nothing is overdue", "No window has closed on something that is not done."),
    LineGroup.TODAY: ("Nothing ends today", "No best or last day is today."),
    LineGroup.WEEK: ("Nothing more this week", "No best or last day comes within 7 days."),
    LineGroup.WAITING: ("Nobody else is waited for", "Nothing open lies with a practice or a patient."),
    LineGroup.TOO_LATE: ("Nothing is too late", "Whatever is not done can still be done."),
    LineGroup.LATER: ("Nothing comes later", "Whatever the schedule asks for is on the list already."),
    LineGroup.SNOOZED: ("Nothing is snoozed", "Nobody has put a line out of sight."),
}


@roles(*EVERYBODY)
@require_GET
def today_page(request: StaffRequest) -> HttpResponse:
    """The home of every role: the worklist, or where this role works instead."""
    if request.user.role == Role.REFERRER:
        return redirect("portal")
    if request.user.role == Role.ADMIN:
        return redirect("administration")
    return shown(request, request.get_full_path())


@dataclass(frozen=True, slots=True)
class Refused:
    """What was sent from the page and not done: it is shown again as it was typed, with what is wrong."""

    bulk: BulkForm | None = None
    ticked: frozenset[str] = frozenset()
    save: SaveFilterForm | None = None
    handover: HandoverForm | None = None


def shown_again(request: StaffRequest, refused: Refused) -> HttpResponse:
    """The page that the refused form was on, for the same lines and columns."""
    here = back_to(request)
    request.GET = QueryDict(urlsplit(here).query)
    return shown(request, here, refused)


def shown(request: StaffRequest, here: str, refused: Refused | None = None) -> HttpResponse:
    now = clock.now()
    people = colleagues(request)
    filters = _filters(request, people)
    chosen = chosen_by(filters, request.scope.sites, people)
    found = _listed(request, chosen, now)
    page = _page(request, found.entries)
    rows = worklist.worklist_rows_of(list(page.object_list), request.scope, now=now)
    request.audit.saw({row.patient.public_id for row in rows if row.patient})
    context = {
        **_furniture(request, filters, found, page, people, now),
        **_forms(request, refused or Refused(), people),
        "sections": _sections(rows, found, request.user.role, sort=chosen.sort),
        "here": here,
        "back": f"?{urlencode({'next': here})}" if "?" in here else "",
    }
    return render(request, "coordination/today.html", context, status=UNPROCESSABLE if refused else 200)


def _listed(request: StaffRequest, chosen: ListFilter, now: datetime) -> Worklist:
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


def chosen_by(filters: TodayFilter, of_sites: Sequence[Site], people: Sequence[User]) -> ListFilter:
    """The filters of the URL as the worklist takes them; what makes no sense is left out."""
    said = filters.chosen
    keys = {str(person.public_id): str(person.pk) for person in people}
    assigned = said.get("assigned", "")
    sites = {str(site.public_id): site.pk for site in of_sites}
    return ListFilter(
        group=said.get("group", ""),
        kind=said.get("kind", ""),
        owner=said.get("owner", ""),
        assigned=keys.get(assigned, assigned),
        site=sites.get(said.get("site", "")),
        text=said.get("text", ""),
        sort=said.get("sort", "") if said.get("sort", "").removeprefix("-") in SORTS else "",
    )


def _page(request: StaffRequest, entries: Sequence[PlacedLine]) -> "Page[PlacedLine]":
    everything = request.GET.get("all") == "1"
    size = LINES_AT_MOST if everything else LINES_ON_A_PAGE
    return Paginator(entries, size).get_page(request.GET.get("page"))


# --- what the page shows beside its lines ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TodayLine:
    row: WorklistRow
    act: Act | None
    ticked: str  # what its box says: the item and the version that was shown
    patient_url: str
    item_url: str


@dataclass(frozen=True, slots=True)
class TodaySection:
    title: str
    count: int
    key: str
    lines: list[TodayLine]


def _sections(rows: list[WorklistRow], found: Worklist, role: str, *, sort: str) -> list[TodaySection]:
    """The lines under the heading of their group; under none when the person chose another order."""
    if sort:
        return [TodaySection("", len(rows), "", [_line(row, role) for row in rows])]
    return [
        TodaySection(GROUPS[group], found.groups[group], str(group), [_line(row, role) for row in of_group])
        for group, of_group in groupby(rows, key=lambda row: row.entry.group)
    ]


def _line(row: WorklistRow, role: str) -> TodayLine:
    item = row.item
    return TodayLine(
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
    page: "Page[PlacedLine]",
    people: list[User],
    now: datetime,
) -> dict[str, Any]:
    kept = kept_query(request.GET)
    group = filters.chosen.get("group", "")
    return {
        "filters": filters,
        "rule": f"{RULES.get(group, RULE)} {ORDER}",
        "nothing": NOTHING_IN.get(group, NOTHING),
        "urgencies": [(level.value, URGENCY_WORDS[level]) for level in Urgency],
        "found": found,
        "page": page,
        "count": len(found.entries),
        "tabs": _tabs(request, found),
        "sort": filters.chosen.get("sort", ""),
        "columns": columns_of(request.GET),
        "kept": kept,
        "kept_pairs": [(name, value) for name in kept for value in kept.getlist(name)],
        "exports": files_of("today", query=kept.urlencode()),
        "saved": _saved(request),
        "notes": _notes(request, now),
        "people": people,
        "may_act": request.user.role in CARE_STAFF,
        "now": now,
        "needing_me": "" if filters.is_filtered else found.needing_me,
    }


def _forms(request: StaffRequest, refused: Refused, people: Sequence[User]) -> dict[str, Any]:
    """The forms as nobody has filled them in yet, and the refused one as it was sent."""
    asked = [(name, value) for name in TodayFilter.base_fields for value in request.GET.getlist(name)]
    sites = _named(request.scope.sites)
    save, handover = refused.save, refused.handover
    return {
        "drawn": {
            "filter": _drawn_filter(urlencode(asked), sites, _named(people)),
            "columns": _drawn_columns(tuple(columns_of(request.GET))),
            "save": save.render() if save else _drawn_save(kept_query(request.GET).urlencode()),
            "handover": handover.render() if handover else _drawn_handover(sites),
        },
        "refused": refused,
        "bulk": refused.bulk or BulkForm(),
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
    rows = worklist.worklist_rows_of(list(entries), request.scope, now=now)
    request.audit.exported({row.patient.public_id for row in rows if row.patient}, rows=len(rows))
    return [list(EXPORTED), *(_cells(row) for row in rows)]


EXPORTED = (
    "Group", "Urgency", "Family name", "Given name", "Born", "MRN", "What", "Detail", "Opens", "Best",
    "Last day", "Days late", "Owner", "Assigned to", "Last contact", "Outcome", "Referred by", "Rule",
)  # fmt: skip


def _cells(row: WorklistRow) -> list[Any]:
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


# --- for the acts of the page -----------------------------------------------------------------------


def back_to(request: StaffRequest) -> str:
    """Return the page that led here or that the form was on, when it is one of ours; else Today."""
    back = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if back and is_ours else reverse("today")


def handover_form(request: StaffRequest) -> HandoverForm:
    return HandoverForm(request.POST, sites=_named(request.scope.sites))
