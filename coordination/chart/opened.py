"""One patient with their newest course, as known at the moment that a page or document speaks of."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from coordination.base import clock
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


@dataclass(slots=True)
class Opened:
    """A patient that a page is about, their newest course and the moment the page speaks of."""

    patient: Patient
    course: Course | None
    cycles: list[Cycle]
    mrn: str
    now: datetime  # the moment the page speaks of: the present, or the end of `as_of`
    today: date
    as_of: date | None

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
    def given(self) -> int:
        return sum(given_on(cycle, self.patient, self.now) is not None for cycle in self.cycles)

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
        return f"{self.given} of {len(self.cycles)} given{week}"

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


def mrn_of(patient: Patient) -> str:
    number = PatientIdentifier.objects.filter(
        patient=patient, kind=PatientIdentifier.Kind.MEDICAL_RECORD
    ).first()
    return number.value if number else ""


def _short(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
