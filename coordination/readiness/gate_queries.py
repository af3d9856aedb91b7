"""The one statement that asks for all that the gates of some infusions need."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField, F, QuerySet

from coordination.base.models import SiteSettings
from coordination.base.prepared_queries import PreparedQueries, argument
from coordination.base.prepared_scope import SCOPE
from coordination.chart.waiting_results import asked_of
from coordination.readiness.gate_rows import GateRows
from labs.models import ReviewItem
from patients.models import Authorization, Consent, Education, mrn_of
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

LAB_ITEMS = ("baseline-labs", "pre-dose-labs")
ITEMS = (*LAB_ITEMS, "confirm-labs", "sstr-pet", "lar-last-before", "short-acting-stop")


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
            mrn=mrn_of("course__patient"),
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


GATE_QUERIES = PreparedQueries("readiness", GateRows, _questions)
