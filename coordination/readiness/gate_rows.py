"""The rows that answer what the gates of infusions ask for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from coordination.base.names import listed_name
from coordination.base.prepared_scope import PreparedRow
from coordination.chart.waiting_results import OpenReview
from patients.models.authorization import last_day
from scheduling.rules.gate_values import GateAuthorization

Place = tuple[int, int | None]
"""A course, and a cycle of it."""


class PlannedInfusion(PreparedRow, frozen=True):
    """One that is planned and not given, with its course and its patient."""

    id: int
    public_id: UUID
    number: int
    planned_on: date
    planned_start_at: datetime | None
    course_id: int
    course_public_id: UUID
    protocol_key: str
    protocol_version: str
    held_since: datetime | None
    held_reason: str
    assess_after: datetime | None
    patient_id: int
    patient_public_id: UUID
    family_name: str
    given_name: str
    mrn: str
    site_id: int
    practice_id: int | None
    pregnancy_possible: bool

    @property
    def patient(self) -> str:
        return listed_name(self.family_name, self.given_name)

    @property
    def place(self) -> Place:
        return self.course_id, self.number


class GateItem(PreparedRow, frozen=True):
    course_id: int
    cycle_number: int | None
    item: str
    done: bool
    missing: list[str]
    opens_on: date | None
    closes_on: date | None


class TableRow(PreparedRow, frozen=True):
    """A row of the dose table, as the proposal has it."""

    row: str
    state: str


class Proposed(PreparedRow, frozen=True):
    course_id: int
    cycle_number: int | None
    action: str
    rows: list[TableRow] | None
    criteria: list[dict[str, Any]] | None


class Signed(PreparedRow, frozen=True):
    course: int
    cycle: int | None
    action: str
    activity_gbq: Decimal | None
    withdrawn_at: datetime | None
    superseded_at: datetime | None
    by: str


class StandingOrderAhead(PreparedRow, frozen=True):
    """An order ahead that has not ended."""

    cycle_id: int
    activity_gbq: Decimal
    by: str


class _Given(PreparedRow, frozen=True):
    course: int
    started_at: datetime


class _Asked(PreparedRow, frozen=True):
    cycle_id: int
    asked: str
    asked_on: date
    answer: str


class InjectionRow(PreparedRow, frozen=True):
    patient_id: int
    given_at: datetime | None
    planned_on: date | None


class _Test(PreparedRow, frozen=True):
    patient_id: int
    on: date
    result: str


class _Authorization(PreparedRow, frozen=True):
    patient_id: int
    state: str
    starts_on: date | None
    ends_on: date | None
    withdrawn_on: date | None

    @property
    def payer(self) -> GateAuthorization:
        last = self.ends_on and last_day(self.ends_on, self.withdrawn_on)
        return GateAuthorization(self.state, self.starts_on, last)


class Agreement(PreparedRow, frozen=True):
    """A consent, or an education session."""

    patient_id: int
    on: date
    withdrawn_on: date | None

    def counts_on(self, day: date) -> bool:
        return self.on <= day and (self.withdrawn_on is None or self.withdrawn_on > day)


class Ordered(PreparedRow, frozen=True):
    cycle_id: int
    activity_gbq: Decimal
    calibration_on: date
    confirmed_at: datetime | None


class _Booking(PreparedRow, frozen=True):
    cycle_id: int
    chair: str
    people: list[str]


class _Override(PreparedRow, frozen=True):
    course_id: int
    digest: str
    reason: str
    by: str


class _Conflict(PreparedRow, frozen=True):
    course_id: int
    cycle_number: int | None
    digest: str
    code: str
    text: str


class _Site(PreparedRow, frozen=True):
    site_id: int


class _Thresholds(PreparedRow, frozen=True):
    site_id: int
    changes: dict[str, dict[str, Any]]


class GateRows(PreparedRow, frozen=True):
    infusions: list[PlannedInfusion]
    items: list[GateItem]
    proposals: list[Proposed]
    signatures: list[Signed]
    ahead: list[StandingOrderAhead]
    given: list[_Given]
    inquiries: list[_Asked]
    injections: list[InjectionRow]
    tests: list[_Test]
    authorizations: list[_Authorization]
    consents: list[Agreement]
    educations: list[Agreement]
    orders: list[Ordered]
    bookings: list[_Booking]
    overrides: list[_Override]
    conflicts: list[_Conflict]
    thresholds: list[_Thresholds]
    every_cycle: list[_Site]
    waiting: list[OpenReview]
