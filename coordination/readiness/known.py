"""What is known of infusions to come: which they are, and in one statement all that the gates ask for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from coordination.asking import SCOPE, Row, sites_of
from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import SiteSettings
from coordination.base.names import listed_name
from coordination.waiting import Asked, asked_of
from labs.models import ReviewItem
from patients.models import Authorization, Consent, Education, PatientIdentifier
from patients.models.authorization import last_day
from scheduling.eligibility import needs_of
from scheduling.models import (
    AdverseEventInquiry,
    ChairBooking,
    ConflictOverride,
    CourseConflict,
    Cycle,
    DoseOrder,
    DueItem,
    InfusionGiven,
    Injection,
    OrderAhead,
    PregnancyTest,
    Proposal,
    Signature,
)
from scheduling.rules.gates import Inquiry, Payer
from scheduling.together import Together, argument

LAB_ITEMS = ("baseline-labs", "pre-dose-labs")
ITEMS = (*LAB_ITEMS, "confirm-labs", "sstr-pet", "lar-last-before", "short-acting-stop")
OVERDUE_WEEKS = 8  # an infusion planned this long ago and not recorded still stands on the board

Place = tuple[int, int | None]
"""A course, and a cycle of it."""
T = TypeVar("T")


# --- the answers -----------------------------------------------------------------------------------


class Infusion(Row, frozen=True):
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


class Item(Row, frozen=True):
    course_id: int
    cycle_number: int | None
    item: str
    done: bool
    missing: list[str]
    opens_on: date | None
    closes_on: date | None


class TableRow(Row, frozen=True):
    """A row of the dose table, as the proposal has it."""

    row: str
    state: str


class Proposed(Row, frozen=True):
    course_id: int
    cycle_number: int | None
    action: str
    rows: list[TableRow] | None
    criteria: list[dict[str, Any]] | None


class Signed(Row, frozen=True):
    course: int
    cycle: int | None
    action: str
    activity_gbq: Decimal | None
    withdrawn_at: datetime | None
    superseded_at: datetime | None
    by: str


class Ahead(Row, frozen=True):
    """An order ahead that has not ended."""

    cycle_id: int
    activity_gbq: Decimal
    by: str


class _Given(Row, frozen=True):
    course: int
    started_at: datetime


class _Asked(Row, frozen=True):
    cycle_id: int
    asked: str
    asked_on: date
    answer: str


class LongActing(Row, frozen=True):
    patient_id: int
    given_at: datetime | None
    planned_on: date | None


class _Test(Row, frozen=True):
    patient_id: int
    on: date
    result: str


class _Authorization(Row, frozen=True):
    patient_id: int
    state: str
    starts_on: date | None
    ends_on: date | None
    withdrawn_on: date | None

    @property
    def payer(self) -> Payer:
        last = self.ends_on and last_day(self.ends_on, self.withdrawn_on)
        return Payer(self.state, self.starts_on, last)


class Agreement(Row, frozen=True):
    """A consent, or an education session."""

    patient_id: int
    on: date
    withdrawn_on: date | None

    def counts_on(self, day: date) -> bool:
        return self.on <= day and (self.withdrawn_on is None or self.withdrawn_on > day)


class Ordered(Row, frozen=True):
    cycle_id: int
    activity_gbq: Decimal
    calibration_on: date
    confirmed_at: datetime | None


class _Booking(Row, frozen=True):
    cycle_id: int
    chair: str
    people: list[str]


class _Override(Row, frozen=True):
    course_id: int
    digest: str
    reason: str
    by: str


class _Conflict(Row, frozen=True):
    course_id: int
    cycle_number: int | None
    digest: str
    code: str
    text: str


class _Site(Row, frozen=True):
    site_id: int


class _Thresholds(Row, frozen=True):
    site_id: int
    changes: dict[str, dict[str, Any]]


class _Found(Row, frozen=True):
    infusions: list[Infusion]
    items: list[Item]
    proposals: list[Proposed]
    signatures: list[Signed]
    ahead: list[Ahead]
    given: list[_Given]
    inquiries: list[_Asked]
    injections: list[LongActing]
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
    waiting: list[Asked]


# --- put in reach of a row -------------------------------------------------------------------------


class Known:
    """What was found, by course, cycle, patient or site."""

    def __init__(self, found: _Found) -> None:
        self.infusions = {each.id: each for each in found.infusions}
        self.items: dict[Place, dict[str, Item]] = defaultdict(dict)
        for item in found.items:
            self.items[item.course_id, item.cycle_number][item.item] = item
        self.proposals = {each.course_id: each for each in found.proposals}
        self.signatures = {
            each.course: each for each in found.signatures if not (each.withdrawn_at or each.superseded_at)
        }
        self.ahead = {each.cycle_id: each for each in found.ahead}
        self.withdrawn = {(each.course, each.cycle) for each in found.signatures if each.withdrawn_at}
        self.given = {each.course: each.started_at for each in found.given}  # the newest of a course
        self.inquiries = _grouped(
            (each.cycle_id, Inquiry(each.asked, each.asked_on, each.answer)) for each in found.inquiries
        )
        self.injections = _grouped((each.patient_id, each) for each in found.injections)
        self.tests = {each.patient_id: (each.on, each.result) for each in found.tests}  # the newest
        self.payers = _grouped((each.patient_id, each.payer) for each in found.authorizations)
        self.consents = _grouped((each.patient_id, each) for each in found.consents)
        self.educations = _grouped((each.patient_id, each) for each in found.educations)
        self.orders = {each.cycle_id: each for each in found.orders}
        self.bookings = {each.cycle_id: ", ".join((each.chair, *each.people)) for each in found.bookings}
        self.conflicts, self.overridden = _conflicts(found)
        self.needs = {each.site_id: needs_of(each.changes) for each in found.thresholds}
        self.every_cycle = {each.site_id for each in found.every_cycle}
        self.waiting = _grouped((each.patient_id, each) for each in found.waiting)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return found


def _conflicts(found: _Found) -> tuple[dict[Place, dict[str, str]], dict[Place, dict[str, str]]]:
    """Those that stand, with their text; and of those that somebody answered, who goes on and why."""
    reasons = {(each.course_id, each.digest): f"{each.by}: {each.reason}" for each in found.overrides}
    unanswered: dict[Place, dict[str, str]] = defaultdict(dict)
    answered: dict[Place, dict[str, str]] = defaultdict(dict)
    for each in found.conflicts:
        place = (each.course_id, each.cycle_number)
        if reason := reasons.get((each.course_id, each.digest)):
            answered[place][each.code] = reason
        else:
            unanswered[place][each.code] = each.text
    return unanswered, answered


# --- the questions ---------------------------------------------------------------------------------


def infusions(scope: Scope, *, weeks: int, now: datetime) -> list[int]:
    """The keys of those planned and not given, of courses that go on, `weeks` ahead; the earliest first.

    A statement of its own, not a prepared one: how many there are decides how best to find them.
    """
    if not scope.sites:
        return []
    today = clock.day_at(scope.sites[0], now)
    first, last = today - timedelta(weeks=OVERDUE_WEEKS), today + timedelta(weeks=weeks)
    cycles = scope.of(Cycle).planned_between(first, last)  # type: ignore[attr-defined]
    living = cycles.filter(course__patient__died_on=None)
    return list(living.order_by("planned_on", "planned_start_at", "pk").values_list("pk", flat=True))


def known_of(scope: Scope, keys: Sequence[int], *, now: datetime) -> Known:
    """All that the gates of these infusions ask for, as far as they are in reach."""
    return Known(_FOUND.ask(sites=sites_of(scope), cycles=list(keys), now=now))


def _questions() -> Mapping[str, QuerySet[Any]]:
    keys = argument("cycles", ArrayField(BigIntegerField()))
    asked = Cycle.objects.filter(pk__any_of=keys).order_by()
    courses, patients = asked.values("course_id"), asked.values("course__patient_id")
    of_courses = {"course__in": courses}
    of_patients = {"patient__in": patients}
    of_cycles = {"cycle__any_of": keys}
    return {
        "infusions": _infusions(keys),
        "items": SCOPE.of(DueItem)
        .filter(**of_courses, item__in=ITEMS, cancelled_because="")
        .values("course_id", "cycle_number", "item", "done", "missing", "opens_on", "closes_on"),
        "proposals": SCOPE.of(Proposal)
        .filter(**of_courses, superseded_at=None)
        .order_by()
        .values(
            "course_id",
            "cycle_number",
            "action",
            rows=F("document__next_dose__rows"),
            criteria=F("document__next_dose__criteria"),
        ),
        "signatures": SCOPE.of(Signature)
        .filter(proposal__course__in=courses)
        .order_by()
        .values(
            *("action", "activity_gbq", "withdrawn_at"),
            course=F("proposal__course_id"),
            cycle=F("proposal__cycle_number"),
            superseded_at=F("proposal__superseded_at"),
            by=F("signed_by__full_name"),
        ),
        "ahead": SCOPE.of(OrderAhead)
        .filter(**of_cycles, ended_at=None)
        .order_by()
        .values("cycle_id", "activity_gbq", by=F("allowed_by__full_name")),
        "given": _known(InfusionGiven)
        .filter(cycle__course__in=courses)
        .order_by("started_at")
        .values("started_at", course=F("cycle__course_id")),
        "inquiries": _known(AdverseEventInquiry)
        .filter(**of_cycles)
        .values("cycle_id", "asked", "asked_on", "answer"),
        "injections": _known(Injection)
        .filter(**of_patients, cancelled_at=None)
        .exclude(drug=Injection.Drug.OCTREOTIDE_SHORT)
        .order_by()
        .values("patient_id", "given_at", "planned_on"),
        "tests": _known(PregnancyTest)
        .filter(**of_patients)
        .order_by("on", "recorded_at", "pk")
        .values("patient_id", "on", "result"),
        "authorizations": _known(Authorization)
        .filter(**of_patients)
        .values("patient_id", "state", "starts_on", "ends_on", "withdrawn_on"),
        "consents": _known(Consent)
        .filter(**of_patients, kind=Consent.Kind.TREATMENT)
        .order_by("given_on", "pk")
        .values("patient_id", "withdrawn_on", on=F("given_on")),
        "educations": _known(Education)
        .filter(**of_patients, topic=Education.Topic.TREATMENT)
        .order_by("on", "pk")
        .values("patient_id", "on", "withdrawn_on"),
        "orders": SCOPE.of(DoseOrder)
        .filter(**of_cycles, cancelled_at=None)
        .values("cycle_id", "activity_gbq", "calibration_on", "confirmed_at"),
        "bookings": SCOPE.of(ChairBooking)
        .filter(**of_cycles, cancelled_at=None)
        .values("cycle_id", "chair", "people"),
        "overrides": _known(ConflictOverride)
        .filter(**of_courses)
        .values("course_id", "digest", "reason", by=F("recorded_by__full_name")),
        "conflicts": SCOPE.of(CourseConflict)
        .filter(**of_courses, gone_at=None)
        .values("course_id", "cycle_number", "digest", "code", "text"),
        "thresholds": SiteSettings.objects.filter(site__in=asked.values("course__patient__site_id"))
        .order_by()
        .values("site_id", changes=F("eligibility_thresholds")),
        "every_cycle": SiteSettings.objects.filter(
            site__in=asked.values("course__patient__site_id"), pregnancy_test_every_cycle=True
        )
        .order_by()
        .values("site_id"),
        "waiting": asked_of(SCOPE.of(ReviewItem).filter(**of_patients), argument("now", DateTimeField())),
    }


def _infusions(keys: Any) -> QuerySet[Any]:
    numbers = PatientIdentifier.objects.filter(
        patient=OuterRef("course__patient"), kind=PatientIdentifier.Kind.MEDICAL_RECORD
    ).order_by("pk")
    found: QuerySet[Any] = (
        SCOPE.of(Cycle)
        .filter(pk__any_of=keys, planned_on__isnull=False)  # it may have lost its day meanwhile
        .order_by()
        .values(
            *("id", "public_id", "number", "planned_on", "planned_start_at", "course_id"),
            course_public_id=F("course__public_id"),
            protocol_key=F("course__protocol_key"),
            protocol_version=F("course__protocol_version"),
            held_since=F("course__held_since"),
            held_reason=F("course__held_reason"),
            assess_after=F("course__assess_after"),
            patient_id=F("course__patient_id"),
            patient_public_id=F("course__patient__public_id"),
            family_name=F("course__patient__family_name"),
            given_name=F("course__patient__given_name"),
            mrn=Coalesce(Subquery(numbers.values("value")[:1]), Value("")),
            site_id=F("course__patient__site_id"),
            practice_id=F("course__patient__referred_by_id"),
            pregnancy_possible=F("course__patient__pregnancy_possible"),
        )
    )
    return found


def _known(model: Any) -> QuerySet[Any]:
    """Facts in reach, without what was recorded in error."""
    found: QuerySet[Any] = SCOPE.of(model).filter(recorded_in_error_at=None)
    return found


_FOUND = Together("readiness", _Found, _questions)
