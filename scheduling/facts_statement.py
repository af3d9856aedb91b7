"""The one statement that asks for every fact of a course, and the rows that it answers."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
)

from coordination.base.models import SiteClosure, SiteSettings
from coordination.base.prepared_queries import PreparedQueries, argument
from labs.models import LabResult
from patients.models import Authorization, Consent, Education, PriorTherapy
from scheduling.eligibility import CriteriaKnown, criteria_questions
from scheduling.models import (
    AdverseEvent,
    Attribution,
    BaselinePin,
    Confirmation,
    Cycle,
    Draw,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Scan,
    Transfusion,
    Weight,
)
from scheduling.rules import facts as plain


class _Row(msgspec.Struct, frozen=True, gc=False):
    """What comes from a table and is not yet what the rules read."""


class _Cycle(_Row, frozen=True):
    id: int
    number: int
    planned_on: date | None


class _Given(_Row, frozen=True):
    """The columns after the first are those of `plain.Infusion` after its plan, in its order."""

    cycle_id: int
    started_at: datetime
    ended_at: datetime | None
    activity_gbq: Decimal | None
    signed_gbq: Decimal | None
    decision: str | None
    residual_gbq: Decimal | None
    elsewhere: bool
    antiemetic_at: datetime | None
    amino_acids_started_at: datetime | None
    amino_acids_ended_at: datetime | None


class _Weighed(_Row, frozen=True):
    exact_kg: Decimal
    on: date
    was_confirmed: bool


class ResultVersion(_Row, frozen=True):
    """One version of one result."""

    source: str
    source_id: str
    version: int
    strand: str
    analyte: str | None
    loinc: str
    mapped_loinc: str
    value: str | None
    collected_at: datetime
    received_at: datetime
    status: str
    comparator: str | None
    unit: str | None
    mapped_unit: str
    low: str | None
    high: str | None
    range_text: str
    absent_reason: str
    note: str
    replaces: str
    day_only: bool


class _Event(_Row, frozen=True):
    public_id: str
    term: str
    on: date
    grade: int | None
    hematologic: bool
    hypersensitivity: bool
    resolved_on: date | None
    grade_now: int | None


class _Pin(_Row, frozen=True):
    analyte: str
    source: str
    source_id: str
    version: int


class _Granted(_Row, frozen=True):
    starts_on: date
    ends_on: date
    doses: int | None
    withdrawn: date | None


class OwnRecordRow(_Row, frozen=True):
    on: date
    withdrawn: date | None


class ClosureRow(_Row, frozen=True):
    on: date


class KnownFacts(CriteriaKnown, frozen=True):
    """Every answer of the statement, after those about the criteria of eligibility."""

    settings: tuple[plain.Settings, ...]
    cycles: tuple[_Cycle, ...]
    given: tuple[_Given, ...]
    results: tuple[ResultVersion, ...]
    weights: tuple[_Weighed, ...]
    adverse_events: tuple[_Event, ...]
    transfusions: tuple[plain.TransfusionFact, ...]
    attributions: tuple[plain.AttributionFact, ...]
    confirmations: tuple[plain.ConfirmationFact, ...]
    injections: tuple[plain.InjectionFact, ...]
    scans: tuple[plain.ScanFact, ...]
    liver_directed: tuple[plain.LiverDirectedFact, ...]
    pregnancy_tests: tuple[plain.PregnancyTestFact, ...]
    authorizations: tuple[_Granted, ...]
    consents: tuple[OwnRecordRow, ...]
    education: tuple[OwnRecordRow, ...]
    closures: tuple[ClosureRow, ...]
    draws: tuple[plain.DrawFact, ...]
    pins: tuple[_Pin, ...]


SETTINGS = tuple(name for name in plain.Settings.__struct_fields__ if name != "others")


def _questions() -> Mapping[str, QuerySet[Any, Any]]:
    course = argument("course", BigIntegerField())
    patient = argument("patient", BigIntegerField())
    site = argument("site", BigIntegerField())
    moment = argument("moment", DateTimeField())

    def of_course(model: type[Any]) -> Any:
        return model.objects.filter(course=course).known_at(moment).order_by("recorded_at", "pk")

    def of_patient(model: type[Any]) -> Any:
        return model.objects.filter(patient=patient).known_at(moment).order_by("pk")

    return {
        **criteria_questions(patient, site, moment),
        "settings": SiteSettings.objects.filter(site=site).values(*SETTINGS),
        "cycles": Cycle.objects.filter(course=course).order_by("number").values("id", "number", "planned_on"),
        "given": InfusionGiven.objects.filter(cycle__course=course)
        .known_at(moment)
        .order_by("pk")
        .values(*_Given.__struct_fields__),
        **_result_questions(),
        "weights": of_patient(Weight).values(
            "on",
            exact_kg=Func(F("kg"), function="trim_scale"),
            was_confirmed=ExpressionWrapper(
                Q(confirmed_at__isnull=False, confirmed_at__lte=moment), output_field=BooleanField()
            ),
        ),
        "adverse_events": of_patient(AdverseEvent).values(*_Event.__struct_fields__),
        "transfusions": of_patient(Transfusion).values("product", "on"),
        "attributions": of_course(Attribution).values("row", "related", "reason", cycle=F("cycle_number")),
        "confirmations": of_course(Confirmation).values("row", "on", "resolved"),
        "injections": of_patient(Injection).values("drug", "dose_mg", "given_at", "planned_on"),
        "scans": of_patient(Scan).values("kind", "on"),
        # One without a day cannot be placed.
        "liver_directed": of_patient(PriorTherapy).arterial().exclude(on=None).values("kind", "on"),
        "pregnancy_tests": of_patient(PregnancyTest).values("on", "result"),
        "authorizations": of_patient(Authorization)
        .filter(state=Authorization.State.GRANTED, starts_on__isnull=False, ends_on__isnull=False)
        .as_withdrawn_at(moment)
        .values("starts_on", "ends_on", "doses", withdrawn=F("known_withdrawn_on")),
        "consents": of_patient(Consent)
        .filter(kind=Consent.Kind.TREATMENT)
        .as_withdrawn_at(moment)
        .values(on=F("given_on"), withdrawn=F("known_withdrawn_on")),
        "education": of_patient(Education)
        .filter(topic=Education.Topic.TREATMENT)
        .as_withdrawn_at(moment)
        .values("on", withdrawn=F("known_withdrawn_on")),
        "closures": SiteClosure.objects.filter(site=site).values("on"),
        "draws": of_patient(Draw).values("at", "urgent"),
        "pins": of_course(BaselinePin).values(
            "analyte",
            source=F("result__source"),
            source_id=F("result__source_id"),
            version=F("result__version"),
        ),
    }


def _result_questions() -> Mapping[str, QuerySet[Any, Any]]:
    of_patient = LabResult.objects.filter(
        patient=argument("patient", BigIntegerField()), collected_at__isnull=False
    )
    ordered = of_patient.in_order_of_standing(as_of=argument("moment", DateTimeField()))
    return {"results": ordered.values(*ResultVersion.__struct_fields__)}


class _OfPatient(_Row, frozen=True):
    results: tuple[ResultVersion, ...]


RESULTS_OF_PATIENT = PreparedQueries("results_of_patient", _OfPatient, _result_questions)
FACTS_OF_COURSE = PreparedQueries("facts_of_course", KnownFacts, _questions)
