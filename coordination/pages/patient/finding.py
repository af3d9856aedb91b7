"""All patients in reach, and finding one by name, number, phone or referrer: never a name in the URL."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from coordination.base import clock
from coordination.base.access import STAFF, StaffRequest, roles
from coordination.base.models import AuditEvent, Practice
from coordination.base.search import FEWEST_LETTERS, Searchable, has_every_word, is_too_short, search_words
from coordination.base.words import status_of
from coordination.chart.patient_list import PatientLine, patient_lines_of
from coordination.pages.exports import as_file, files_of
from coordination.pages.forms import FilterForm
from patients.models import Patient
from scheduling.models import Course

LINES_ON_A_PAGE = 50
FOUND_AT_MOST = 50
RECENT_SHOWN = 8
RECENT_DAYS = 14
STATES = {"held": "On hold", "active": "On treatment", "ended": "Ended", "none": "No course yet"}


class PatientsFilter(FilterForm):
    state = forms.ChoiceField(label="Course", choices=[("", "All"), *STATES.items()])


class SearchForm(forms.Form):
    q = forms.CharField(max_length=100, required=False)


@roles(*STAFF)
@require_GET
def patients(request: StaffRequest) -> HttpResponse:
    filters = PatientsFilter(request.GET)
    rows = _in_state(request, filters.chosen.get("state", ""))
    keys = rows.in_name_order().values_list("pk", flat=True)  # type: ignore[attr-defined]
    page = Paginator(keys, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = patient_lines_of(request.scope, list(page.object_list))
    recent = recently_viewed(request)
    request.audit.saw([*lines, *recent])
    state = filters.chosen.get("state", "")
    context = {
        "filters": filters,
        "page": page,
        "lines": lines,
        "recent": recent,
        "exports": files_of("patients", query=f"state={state}" if state else ""),
    }
    return render(request, "coordination/patients.html", context)


EXPORTED = (
    "Family name", "Given name", "Born", "MRN", "Course", "Infusions given", "Next infusion", "Planned",
    "Referred by",
)  # fmt: skip


@roles(*STAFF)
@require_GET
def patients_file(request: StaffRequest, kind: str) -> HttpResponse:
    rows = _in_state(request, PatientsFilter(request.GET).chosen.get("state", ""))
    lines = patient_lines_of(request.scope, list(rows.in_name_order().values_list("pk", flat=True)))  # type: ignore[attr-defined]
    request.audit.exported(lines, rows=len(lines))
    return as_file([EXPORTED, *(_cells(line) for line in lines)], name="patients", kind=kind)


def _cells(line: PatientLine) -> list[Any]:
    return [
        line.family_name,
        line.given_name,
        line.birth_date,
        line.mrn,
        status_of(line.status).word if line.status else "no course yet",
        line.given,
        line.cycle,
        line.planned_on,
        line.practice,
    ]


def _in_state(request: StaffRequest, state: str) -> QuerySet[Any]:
    rows = request.scope.patients.current()  # type: ignore[attr-defined]
    courses = request.scope.of(Course)
    if state == "held":
        rows = rows.filter(pk__in=courses.filter(ended_at=None, held_since__isnull=False).values("patient"))
    elif state == "active":
        rows = rows.filter(pk__in=courses.filter(ended_at=None, held_since=None).values("patient"))
    elif state == "ended":
        running = courses.filter(ended_at=None).values("patient")
        rows = rows.filter(pk__in=courses.values("patient")).exclude(pk__in=running)
    elif state == "none":
        rows = rows.exclude(pk__in=courses.values("patient"))
    return rows  # type: ignore[no-any-return]


def recently_viewed(request: StaffRequest) -> list[PatientLine]:
    """Whom this person opened lately, the newest first, as the audit remembers it."""
    since = clock.now() - timedelta(days=RECENT_DAYS)
    seen = AuditEvent.objects.filter(user=request.user, view="patient", at__gte=since).order_by("-at")
    ids = list(dict.fromkeys(key for keys in seen.values_list("patients", flat=True)[:60] for key in keys))
    ids = ids[:RECENT_SHOWN]
    known = dict(request.scope.patients.filter(public_id__in=ids).values_list("public_id", "pk"))
    return patient_lines_of(request.scope, [known[key] for key in ids if key in known])


# --- finding ----------------------------------------------------------------------------------------


@roles(*STAFF)
@require_POST
def search(request: StaffRequest) -> HttpResponse:
    """What was typed stays out of the URL; an exact number of one patient opens that patient."""
    form = SearchForm(request.POST)
    text = " ".join(form.cleaned_data["q"].split()) if form.is_valid() else ""
    if exact := _exactly_numbered(request, text):
        return redirect("patient", exact.public_id)
    lines = patient_lines_of(request.scope, _matching(request, text)) if not is_too_short(text) else []
    referred = _referred(request, text, [line.id for line in lines])
    request.audit.saw([*lines, *referred])
    context = {
        "text": text,
        "too_short": is_too_short(text),
        "lines": lines,
        "referred": referred,
        "at_most": FOUND_AT_MOST,
        "recent": [] if lines or referred else recently_viewed(request),
    }
    return render(request, "coordination/search.html", context)


def _exactly_numbered(request: StaffRequest, text: str) -> Patient | None:
    if not text:
        return None
    found = list(request.scope.patients.filter(identifiers__value=text).distinct()[:2])
    return found[0] if len(found) == 1 else None


def _matching(request: StaffRequest, text: str) -> list[int]:
    found = request.scope.patients.current().matching(text)  # type: ignore[attr-defined]
    return list(found.in_name_order().values_list("pk", flat=True)[:FOUND_AT_MOST])


def _referred(request: StaffRequest, text: str, already: Iterable[int]) -> list[PatientLine]:
    """Patients of a practice whose name holds every word of the text."""
    if len(text) <= FEWEST_LETTERS or not search_words(text):
        return []
    practices = Practice.objects.alias(searched=Searchable("name"))
    named = list(practices.filter(has_every_word(text, of="searched")).values_list("pk", flat=True))
    if not named:
        return []
    found = (
        request.scope.patients.current()  # type: ignore[attr-defined]
        .filter(referred_by__in=named)
        .exclude(pk__in=already)
    )
    return patient_lines_of(
        request.scope, list(found.in_name_order().values_list("pk", flat=True)[:FOUND_AT_MOST])
    )
