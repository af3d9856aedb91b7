"""Patients in a list, each with where the course stands: one statement for a page of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from msgspec.structs import replace

from coordination.base.access import Scope
from coordination.base.addresses import address
from coordination.base.names import listed_name
from coordination.base.prepared_queries import PreparedQueries, argument
from coordination.base.prepared_scope import SCOPE, PreparedRow, sites_of
from patients.models import Patient, mrn_of
from scheduling.models import Course, Cycle, InfusionGiven


class _Course(PreparedRow, frozen=True):
    """The newest of a patient; `next_on` and `next_number` are of the infusion that comes next."""

    patient_id: int
    ended_at: datetime | None
    stopped_on: date | None
    held_since: datetime | None
    given: int
    next_on: date | None
    next_number: int | None

    @property
    def status(self) -> str:
        if self.ended_at:
            return "stopped" if self.stopped_on else "completed"
        return "held" if self.held_since else "active"


class PatientLine(PreparedRow, frozen=True):
    """One patient of a list. Without a course, `course` is None."""

    id: int
    public_id: UUID
    family_name: str
    given_name: str
    birth_date: date | None
    died_on: date | None
    practice: str
    mrn: str
    course: _Course | None = None

    def __str__(self) -> str:
        return listed_name(self.family_name, self.given_name)

    @property
    def url(self) -> str:
        return address("patient", self.public_id)

    @property
    def status(self) -> str:
        """A key of coordination.base.words.STATUSES; empty without a course."""
        return "died" if self.died_on else self.course.status if self.course else ""

    @property
    def given(self) -> int:
        return self.course.given if self.course else 0

    @property
    def planned_on(self) -> date | None:
        return self.course.next_on if self.course and not self.course.ended_at else None

    @property
    def cycle(self) -> int | None:
        return self.course.next_number if self.course and not self.course.ended_at else None


class _Found(PreparedRow, frozen=True):
    patients: list[PatientLine]
    courses: list[_Course]


def patient_lines_of(scope: Scope, keys: Sequence[int]) -> list[PatientLine]:
    """These patients, as far as they are in reach, in the order of the keys."""
    if not keys:
        return []
    found = _LINES.ask(sites=sites_of(scope), patients=list(keys))
    courses = {course.patient_id: course for course in found.courses}
    lines = {line.id: line for line in found.patients}
    return [replace(lines[key], course=courses.get(key)) for key in keys if key in lines]


def _questions() -> Mapping[str, QuerySet[Any]]:
    keys = argument("patients", ArrayField(BigIntegerField()))
    to_come = Cycle.objects.to_come().filter(course=OuterRef("pk")).order_by("number")
    given = (
        InfusionGiven.objects.filter(cycle__course=OuterRef("pk"), recorded_in_error_at=None)
        .order_by()
        .values("cycle__course")
        .values(count=Count("*"))
    )
    newest = (
        SCOPE.of(Course)
        .filter(patient__any_of=keys)
        .order_by("patient_id", "-started_at", "-pk")
        .distinct("patient_id")
    )
    return {
        "patients": SCOPE.of(Patient)
        .filter(pk__any_of=keys)
        .order_by()
        .values(
            *("id", "public_id", "family_name", "given_name", "birth_date", "died_on"),
            practice=Coalesce("referred_by__name", Value("")),
            mrn=mrn_of("pk"),
        ),
        "courses": newest.values(
            *("patient_id", "ended_at", "stopped_on", "held_since"),
            given=Coalesce(Subquery(given), 0),
            next_on=Subquery(to_come.values("planned_on")[:1]),
            next_number=Subquery(to_come.values("number")[:1]),
        ),
    }


_LINES = PreparedQueries("patient_lines", _Found, _questions)
