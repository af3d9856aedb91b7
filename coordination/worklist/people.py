"""Whose the lines of a page are, and what is known of them: one statement, put together once."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.functions import Coalesce

from coordination.base.access import Scope
from coordination.base.names import listed_name
from coordination.base.prepared_queries import PreparedQueries, argument
from coordination.base.prepared_scope import SCOPE, PreparedRow, sites_of
from patients.models import Patient, mrn_of
from scheduling.models import ContactLog, OrderAhead, Signature


class LinePatient(PreparedRow, frozen=True):
    """A patient as a line shows them."""

    id: int
    public_id: UUID
    family_name: str
    given_name: str
    birth_date: date | None
    practice: str
    mrn: str

    def __str__(self) -> str:
        return listed_name(self.family_name, self.given_name)


class Contact(PreparedRow, frozen=True):
    """The newest contact about a patient."""

    patient_id: int
    at: datetime
    outcome: str
    by: str

    @property
    def outcome_word(self) -> str:
        return str(ContactLog.Outcome(self.outcome).label)


class Dose(PreparedRow, frozen=True):
    """A course and a cycle whose dose stands signed."""

    course: int
    cycle: int


class OrderAheadPermitted(PreparedRow, frozen=True):
    """A course and a cycle whose dose may be ordered ahead of its labs."""

    course: int
    number: int
    activity_gbq: Decimal
    by: str

    @property
    def words(self) -> str:
        return f"Order ahead: {self.activity_gbq.normalize():f} GBq, {self.by}"


class People(PreparedRow, frozen=True):
    patients: list[LinePatient]
    contacts: list[Contact]
    decided: list[Dose]
    ahead: list[OrderAheadPermitted]


def people_of(scope: Scope, *, patients: Collection[int], courses: Collection[int]) -> People:
    """These patients, and of these courses the doses that stand signed, as far as they are in reach."""
    return _PEOPLE.ask(sites=sites_of(scope), patients=list(patients), courses=list(courses))


def _questions() -> Mapping[str, QuerySet[Any]]:
    keys = argument("patients", ArrayField(BigIntegerField()))
    courses = argument("courses", ArrayField(BigIntegerField()))
    newest = (
        SCOPE.of(ContactLog)
        .filter(patient__any_of=keys, recorded_in_error_at=None)
        .order_by("patient_id", "-at", "-pk")
        .distinct("patient_id")
    )
    signed = SCOPE.of(Signature).filter(
        proposal__course__any_of=courses,
        proposal__superseded_at=None,
        proposal__course__held_since=None,
        withdrawn_at=None,
        action="give",
    )
    return {
        "patients": SCOPE.of(Patient)
        .filter(pk__any_of=keys)
        .order_by()
        .values(
            *("id", "public_id", "family_name", "given_name", "birth_date"),
            practice=Coalesce("referred_by__name", Value("")),
            mrn=mrn_of("pk"),
        ),
        "contacts": newest.values(
            "patient_id", "at", "outcome", by=Coalesce("recorded_by__full_name", Value(""))
        ),
        "decided": signed.order_by().values(
            course=F("proposal__course_id"), cycle=F("proposal__cycle_number")
        ),
        "ahead": SCOPE.of(OrderAhead)
        .filter(cycle__course__any_of=courses, cycle__course__held_since=None, ended_at=None)
        .order_by()
        .values(
            "activity_gbq",
            course=F("cycle__course_id"),
            number=F("cycle__number"),
            by=F("allowed_by__full_name"),
        ),
    }


_PEOPLE = PreparedQueries("worklist_people", People, _questions)
