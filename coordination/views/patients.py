"""All patients in reach, and finding one by name, number, phone or referrer: never a name in the URL."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from coordination.base import clock
from coordination.base.access import STAFF, StaffRequest, roles
from coordination.base.forms import FilterForm
from coordination.base.models import AuditEvent, Practice
from coordination.base.search import Searchable
from patients.models import Patient, PatientIdentifier
from scheduling.models import Course, Cycle, InfusionGiven

LINES_ON_A_PAGE = 50
FOUND_AT_MOST = 50
RECENT_SHOWN = 8
RECENT_DAYS = 14
FEWEST_LETTERS = 2
STATES = {"held": "On hold", "active": "On treatment", "ended": "Ended", "none": "No course yet"}


class PatientsFilter(FilterForm):
    state = forms.ChoiceField(label="Course", choices=[("", "All"), *STATES.items()])


class SearchForm(forms.Form):
    q = forms.CharField(max_length=100, required=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One patient in a list, with where the course stands."""

    patient: Patient
    mrn: str
    status: str  # a key of coordination.base.words.STATUSES; empty without a course
    given: int
    planned_on: date | None  # the next infusion
    cycle: int | None


@roles(*STAFF)
@require_GET
def patients(request: StaffRequest) -> HttpResponse:
    filters = PatientsFilter(request.GET)
    rows = _in_state(request, filters.chosen.get("state", ""))
    page = Paginator(rows.in_name_order(), LINES_ON_A_PAGE).get_page(request.GET.get("page"))  # type: ignore[attr-defined]
    lines = lines_of(request, list(page.object_list))
    recent = recently_viewed(request)
    request.audit.saw([line.patient for line in [*lines, *recent]])
    context = {"filters": filters, "page": page, "lines": lines, "recent": recent}
    return render(request, "coordination/patients.html", context)


def _in_state(request: StaffRequest, state: str) -> QuerySet[Any]:
    rows = request.scope.patients.current().select_related("referred_by")  # type: ignore[attr-defined]
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


def lines_of(request: StaffRequest, found: list[Patient]) -> list[Line]:
    """Where each of these stands: four statements, however many they are."""
    keys = [patient.pk for patient in found]
    numbers = dict(
        request.scope.of(PatientIdentifier)
        .filter(patient__in=keys, kind=PatientIdentifier.Kind.MEDICAL_RECORD)
        .order_by("-pk")
        .values_list("patient_id", "value")
    )
    to_come = request.scope.of(Cycle).to_come()  # type: ignore[attr-defined]
    next_one = to_come.filter(course=OuterRef("pk")).order_by("number")
    courses = (
        request.scope.of(Course)
        .filter(patient__in=keys)
        .order_by("started_at")
        .annotate(next_on=Subquery(next_one.values("planned_on")[:1]))
        .annotate(next_number=Subquery(next_one.values("number")[:1]))
    )
    newest = {course.patient_id: course for course in courses}
    given: dict[int, int] = {}
    for key in (
        request.scope.of(InfusionGiven)
        .filter(cycle__course__in=newest.values(), recorded_in_error_at=None)
        .values_list("cycle__course_id", flat=True)
    ):
        given[key] = given.get(key, 0) + 1
    return [_line(patient, numbers, newest.get(patient.pk), given) for patient in found]


def _line(patient: Patient, numbers: dict[int, str], course: Any, given: dict[int, int]) -> Line:
    mrn = numbers.get(patient.pk, "")
    if course is None:
        return Line(patient, mrn, "", 0, None, None)
    goes_on = course.ended_at is None
    return Line(
        patient,
        mrn,
        _status(course),
        given.get(course.pk, 0),
        course.next_on if goes_on else None,
        course.next_number if goes_on else None,
    )


def _status(course: Course) -> str:
    if course.ended_at:
        return "stopped" if course.stopped_on else "completed"
    return "held" if course.held_since else "active"


def recently_viewed(request: StaffRequest) -> list[Line]:
    """Whom this person opened lately, the newest first, as the audit remembers it."""
    since = clock.now() - timedelta(days=RECENT_DAYS)
    seen = AuditEvent.objects.filter(user=request.user, view="patient", at__gte=since).order_by("-at")
    ids = list(dict.fromkeys(key for keys in seen.values_list("patients", flat=True)[:60] for key in keys))
    found = {
        patient.public_id: patient
        for patient in request.scope.patients.filter(public_id__in=ids[:RECENT_SHOWN])
    }
    return lines_of(request, [found[key] for key in ids[:RECENT_SHOWN] if key in found])


# --- finding ----------------------------------------------------------------------------------------


@roles(*STAFF)
@require_POST
def search(request: StaffRequest) -> HttpResponse:
    """What was typed stays out of the URL; an exact number of one patient opens that patient."""
    form = SearchForm(request.POST)
    text = " ".join(form.cleaned_data["q"].split()) if form.is_valid() else ""
    if exact := _exactly_numbered(request, text):
        return redirect("patient", exact.public_id)
    lines = lines_of(request, _matching(request, text)) if len(text) >= FEWEST_LETTERS else []
    referred = _referred(request, text, {line.patient.pk for line in lines})
    request.audit.saw([line.patient for line in [*lines, *referred]])
    context = {
        "text": text,
        "too_short": len(text) < FEWEST_LETTERS,
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


def _matching(request: StaffRequest, text: str) -> list[Patient]:
    found = request.scope.patients.current().matching(text)  # type: ignore[attr-defined]
    return list(found.select_related("referred_by").in_name_order()[:FOUND_AT_MOST])


def _referred(request: StaffRequest, text: str, already: Iterable[int]) -> list[Line]:
    """Patients of a practice whose name holds the text."""
    if len(text) <= FEWEST_LETTERS:
        return []
    practices = Practice.objects.alias(searched=Searchable("name"))
    named = list(practices.filter(searched__contains=Searchable(Value(text))).values_list("pk", flat=True))
    if not named:
        return []
    found = (
        request.scope.patients.current()  # type: ignore[attr-defined]
        .filter(referred_by__in=named)
        .exclude(pk__in=already)
        .select_related("referred_by")
    )
    return lines_of(request, list(found.in_name_order()[:FOUND_AT_MOST]))
