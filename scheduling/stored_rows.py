"""What was derived from a course before, and what is recorded beside its facts, in one statement.

The other half of reconciling: `facts_of` says what is known, this says what is stored already.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import BigIntegerField, F, QuerySet

from coordination.base.models import SiteSettings
from coordination.base.prepared_queries import PreparedQueries, argument
from labs.models import ReviewItem
from patients.models import ResponseAssessment, Responsibility
from scheduling.models import (
    ChairBooking,
    Course,
    CourseConflict,
    DoseOrder,
    DueItem,
    Injection,
    OrderAhead,
    Proposal,
)

ASKED_BESIDE_OTHERS = ("time", "contradicts", "limits")
"""The kinds of review item that an assessment opens. That an id is reused is seen where it is stored."""


class _Row(msgspec.Struct, frozen=True, gc=False):
    """A row, or those of its columns that matter."""


class StoredProposal(_Row, frozen=True):
    """The current one, with its signature where it has one."""

    id: int
    digest: str
    protocol_version: str
    cycle_number: int | None
    signature_key: int | None
    signed_action: str | None
    withdrawn_at: datetime | None


class StoredItem(_Row, frozen=True):
    id: int
    item: str
    cycle_number: int | None
    sequence: int
    opens_on: date | None
    target_on: date | None
    closes_on: date | None
    opens_at: datetime | None
    target_at: datetime | None
    closes_at: datetime | None
    done: bool
    waits: bool
    too_late: bool
    not_recorded: bool
    cancelled_because: str
    missing: list[str]
    owner: str
    practice_id: int | None
    not_done_at: datetime | None
    marked_done_at: datetime | None


class StoredAhead(_Row, frozen=True):
    """An order ahead that has not ended."""

    id: int
    number: int
    activity_gbq: Decimal


class StoredConflict(_Row, frozen=True):
    id: int
    digest: str


class AgreedOwner(_Row, frozen=True):
    item: str
    owner: str
    practice_id: int | None


class PlannedByPractice(_Row, frozen=True):
    planned_on: date
    practice__name: str | None


class AskedReview(_Row, frozen=True):
    """A review item about what the rules see beside other results only."""

    id: int
    result_id: int
    kind: str
    resolved_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


class SiteChoices(_Row, frozen=True):
    default_owners: dict[str, str]
    licensed_gbq_per_day: Decimal | None


class _Cycle(_Row, frozen=True):
    number: int


class _Day(_Row, frozen=True):
    on: date


class StoredRows(_Row, frozen=True):
    proposals: tuple[StoredProposal, ...]
    due_items: tuple[StoredItem, ...]
    conflicts: tuple[StoredConflict, ...]
    orders_ahead: tuple[StoredAhead, ...]
    ordered: tuple[_Cycle, ...]
    booked: tuple[_Cycle, ...]
    responsibilities: tuple[AgreedOwner, ...]
    planned_injections: tuple[PlannedByPractice, ...]
    first_scan_calls: tuple[_Day, ...]
    reviews: tuple[AskedReview, ...]
    site: tuple[SiteChoices, ...]

    @property
    def proposal(self) -> StoredProposal | None:
        return self.proposals[0] if self.proposals else None

    @property
    def site_choices(self) -> SiteChoices:
        return self.site[0] if self.site else SiteChoices({}, None)


def stored_of(course: Course) -> StoredRows:
    """What is stored of a course now; hold its lock to rely on it."""
    return _STORED.ask(course=course.pk, patient=course.patient_id, site=course.patient.site_id)


def _questions() -> Mapping[str, QuerySet[Any, Any]]:
    course = argument("course", BigIntegerField())
    patient = argument("patient", BigIntegerField())
    return {
        "proposals": Proposal.objects.current()
        .filter(course=course)
        .order_by()
        .values(
            *("id", "digest", "protocol_version", "cycle_number"),
            signature_key=F("signature__pk"),
            signed_action=F("signature__action"),
            withdrawn_at=F("signature__withdrawn_at"),
        ),
        "due_items": DueItem.objects.filter(course=course).order_by().values(*StoredItem.__struct_fields__),
        "conflicts": CourseConflict.objects.standing()
        .filter(course=course)
        .order_by()
        .values("id", "digest"),
        "orders_ahead": OrderAhead.objects.not_ended()
        .filter(cycle__course=course)
        .order_by()
        .values("id", "activity_gbq", number=F("cycle__number")),
        "ordered": DoseOrder.objects.standing()
        .filter(cycle__course=course)
        .order_by()
        .values(number=F("cycle__number")),
        "booked": ChairBooking.objects.standing()
        .filter(cycle__course=course)
        .order_by()
        .values(number=F("cycle__number")),
        "responsibilities": Responsibility.objects.filter(patient=patient)
        .order_by()
        .values("item", "owner", "practice_id"),
        "planned_injections": Injection.objects.known()
        .long_acting()
        .filter(patient=patient, given_at=None, planned_on__isnull=False)
        .values(*PlannedByPractice.__struct_fields__),
        "first_scan_calls": ResponseAssessment.objects.known()
        .filter(patient=patient, outcome=ResponseAssessment.Outcome.PROGRESSION, first_scan_only=True)
        .values("on"),
        "reviews": ReviewItem.objects.filter(
            patient=patient, kind__in=ASKED_BESIDE_OTHERS, result__isnull=False
        )
        .order_by()
        .values(*AskedReview.__struct_fields__),
        "site": SiteSettings.objects.filter(site=argument("site", BigIntegerField())).values(
            "default_owners", "licensed_gbq_per_day"
        ),
    }


_STORED = PreparedQueries("stored_of_course", StoredRows, _questions)
