"""One patient with their newest course, as known at the moment that a page or document speaks of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from coordination.base import clock
from coordination.base.models import Site
from coordination.base.words import Alert, Tab
from patients.models import Patient, PatientIdentifier
from scheduling.models import Course, Cycle, InfusionGiven

TABS = (
    ("Now", "patient"),
    ("Schedule", "patient-schedule"),
    ("Results", "patient-results"),
    ("Records", "patient-records"),
    ("Team", "patient-team"),
    ("Documents", "patient-documents"),
    ("Messages", "patient-messages"),
    ("Portal", "patient-portal"),
    ("History", "patient-history"),
)

NO_ALLERGY = frozenset({"none", "none known", "no known allergies", "nkda", "nka"})


@dataclass(frozen=True, slots=True)
class GivenInfusion:
    """One infusion that was given; `on` is its local day."""

    number: int
    on: date
    infusion: InfusionGiven


@dataclass(slots=True)
class PatientChart:
    """A patient with their newest course, as known at `now`: the present, or the end of the day `as_of`.

    Pages, documents and the portal all read this; what only one of them needs stands in its own subclass.
    """

    patient: Patient
    now: datetime
    today: date
    as_of: date | None = None
    mrn: str = ""
    course: Course | None = None
    cycles: list[Cycle] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("patient", args=[self.patient.public_id])

    @property
    def course_or_404(self) -> Course:
        if self.course is None:
            raise Http404
        return self.course

    @property
    def first_infusion_on(self) -> date | None:
        first = next((cycle for cycle in self.cycles if cycle.number == 1), None)
        if first is None:
            return None
        return given_on(first, self.patient, self.now) or first.planned_on

    @property
    def site(self) -> Site:
        return self.patient.site

    @property
    def given(self) -> list[GivenInfusion]:
        """The infusions given so far, in order."""
        known = [
            (cycle.number, infusion_known(cycle, self.now) if self.as_of else cycle.infusion)
            for cycle in self.cycles
        ]
        return [
            GivenInfusion(number, clock.day_at(self.site, infusion.started_at), infusion)
            for number, infusion in known
            if infusion
        ]

    @property
    def last_given(self) -> GivenInfusion | None:
        return self.given[-1] if self.given else None

    @property
    def is_over(self) -> bool:
        """No further infusion: stopped, completed, or all were given."""
        course = self.course
        if course is None:
            return False
        all_given = bool(self.cycles) and len(self.given) == len(self.cycles)
        return not course.is_current or all_given

    @property
    def status(self) -> str:
        """A key of coordination.base.words.STATUSES."""
        course = self.course
        if course is None:
            return ""
        if course.ended_at and course.ended_at <= self.now:
            return "stopped" if course.stopped_on else "completed"
        return "held" if course.held_since and course.held_since <= self.now else "active"

    @property
    def line(self) -> str:
        """Where the course stands, in a few words: "2 of 4 given, week 9"."""
        if self.course is None:
            return "No course yet"
        first = self.first_infusion_on
        week = f", week {(self.today - first).days // 7 + 1}" if first and first <= self.today else ""
        return f"{len(self.given)} of {len(self.cycles)} given{week}"

    @property
    def alerts(self) -> list[Alert]:
        """What everybody must know before anything else, the gravest first. An allergy is never cut short."""
        patient, course = self.patient, self.course
        found = []
        if patient.allergies and patient.allergies.strip().lower() not in NO_ALLERGY:
            found.append(Alert("danger", f"Allergies: {' '.join(patient.allergies.split())}"))
        if self.status == "held" and course:
            found.append(Alert("warn", f"On hold: {_short(course.held_reason)}"))
        if patient.pregnancy_possible:
            found.append(Alert("review", "Pregnancy possible"))
        if patient.anticoagulated:
            found.append(Alert("review", "Anticoagulated"))
        return found

    def tabs(self, current: str) -> list[Tab]:
        query = f"?as_of={self.as_of}" if self.as_of else ""
        return [
            Tab(label, reverse(name, args=[self.patient.public_id]) + query, name == current)
            for label, name in TABS
        ]


def local_day(at: date | datetime) -> date:
    """The day of a moment in the site's zone, which `open_patient` has made the active one."""
    return timezone.localdate(at) if isinstance(at, datetime) else at


def infusion_known(cycle: Cycle, moment: datetime) -> InfusionGiven | None:
    """The infusion given, as it was known at `moment`; uses prefetched `infusions`."""
    for infusion in cycle.infusions.all():
        taken_back = infusion.recorded_in_error_at
        if infusion.recorded_at <= moment and (taken_back is None or taken_back > moment):
            return infusion
    return None


def given_on(cycle: Cycle, patient: Patient, moment: datetime) -> date | None:
    """The local day the infusion began, as far as it was known at `moment`."""
    infusion = infusion_known(cycle, moment)
    return clock.day_at(patient.site, infusion.started_at) if infusion else None


Chart = TypeVar("Chart", bound=PatientChart)
Rows = Callable[[Any], Any]
"""The rows of a model that may be read: `scope.of` for whoever asks, `every_row` for a background job."""


def every_row(model: Any) -> Any:
    return model.objects.all()


def charts_of(
    patients: Sequence[Patient], rows: Rows, *, now: datetime, as_of: date | None = None
) -> list[PatientChart]:
    """Each patient with the newest course that had begun by `now`: four statements, however many patients."""
    found = [PatientChart(patient, now, clock.day_at(patient.site, now), as_of=as_of) for patient in patients]
    return fill_charts(found, rows)


def fill_charts(charts: list[Chart], rows: Rows) -> list[Chart]:
    """Read the number, the newest course and its infusions into charts of one moment."""
    by_patient = {chart.patient.pk: chart for chart in charts}
    for patient_id, number in rows(PatientIdentifier).by_patient(by_patient).items():
        by_patient[patient_id].mrn = number
    moment = charts[0].now if charts else clock.now()
    courses = rows(Course).filter(patient__in=by_patient, started_at__lte=moment)
    for course in courses.order_by("started_at", "pk"):
        chart = by_patient[course.patient_id]
        course.patient, chart.course = chart.patient, course
    by_course = {chart.course.pk: chart for chart in charts if chart.course}
    if by_course:
        cycles = rows(Cycle).filter(course__in=by_course).order_by("number").prefetch_related("infusions")
        for cycle in cycles:
            chart = by_course[cycle.course_id]
            cycle.course = chart.course
            chart.cycles.append(cycle)
    return charts


def _short(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
