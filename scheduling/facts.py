"""What the database knows of a course, as the plain values that `assess` reads.

One statement, whatever the course holds. With `as_of` it is what was known then: recorded by that moment and
not yet taken back. `assess` itself leaves out what was given or received later.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import holidays
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

from coordination.base import clock
from coordination.base.models import Site, SiteClosure, SiteSettings
from labs.models import LabResult
from patients.models import Authorization, Consent, Education, Patient, PriorTherapy
from patients.models.authorization import last_day
from scheduling.eligibility import CriteriaKnown, criteria_questions, doubts, own_bounds
from scheduling.models import (
    AdverseEvent,
    Attribution,
    BaselinePin,
    Confirmation,
    Course,
    Cycle,
    Draw,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Scan,
    Transfusion,
    Weight,
)
from scheduling.protocols import DEFAULT_PROTOCOL
from scheduling.rules import facts as plain
from scheduling.rules.days import zone_named
from scheduling.together import Together, argument

BEFORE, AFTER = timedelta(days=30), timedelta(days=183)  # how far closed days are told of


def facts_of(
    course: Course, as_of: datetime | None = None, *, moved: Mapping[int, date] = MappingProxyType({})
) -> plain.CourseFacts:
    """Every fact of a course, as it was known at `as_of` (default: now).

    `moved`: as if the infusions of these numbers were planned for these days.
    """
    moment = as_of or clock.now()
    patient = course.patient
    site = patient.site
    known = _KNOWN.ask(course=course.pk, patient=patient.pk, site=site.pk, moment=moment)
    here = moment.astimezone(zone_named(site.timezone))
    infusions = _infusions(known, moved)
    unmet, unsure = _eligibility(known, infusions, here)
    ids = ResultIds.among((row.source, row.source_id) for row in known.results)
    return plain.CourseFacts(
        id=str(course.public_id),
        as_of=here,
        timezone=site.timezone,
        protocol=course.protocol_key,
        protocol_version=course.protocol_version,
        protocol_digest=course.protocol_digest,
        patient=plain.PatientFacts(
            sex=patient.sex,
            birth_date=patient.birth_date,
            pregnancy_possible=patient.pregnancy_possible,
            anticoagulated=patient.anticoagulated,
        ),
        settings=_settings(course, known),
        weights=tuple(plain.Weight(*msgspec.structs.astuple(row)) for row in known.weights),
        eligibility_unmet=unmet,
        eligibility_unsure=unsure,
        infusions=infusions,
        results=_results(known.results, ids),
        adverse_events=tuple(
            plain.AdverseEvent(*msgspec.structs.astuple(row)) for row in known.adverse_events
        ),
        transfusions=known.transfusions,
        attributions=known.attributions,
        confirmations=known.confirmations,
        injections=known.injections,
        scans=known.scans,
        liver_directed=known.liver_directed,
        pregnancy_tests=known.pregnancy_tests,
        authorizations=_authorizations(known),
        consents=_own(known.consents),
        education=_own(known.education),
        closed_days=_closed_days(site, infusions, here.date(), known.closures),
        draws=known.draws,
        baseline_pins=tuple(
            plain.BaselinePin(pin.analyte, ids.of(pin.source, pin.source_id, pin.version))
            for pin in known.pins
        ),
        stopped=_stopped(course, moment),
        progressed_on=course.progressed_on,
        died_on=_died_on(patient, moment),
    )


def facts_without_course(patient: Patient, moment: datetime) -> plain.CourseFacts:
    """The patient and the results, for what the rules say of results alone."""
    known = _OF_PATIENT.ask(patient=patient.pk, moment=moment)
    ids = ResultIds.among((row.source, row.source_id) for row in known.results)
    site = patient.site
    return plain.CourseFacts(
        id=str(patient.public_id),
        as_of=moment.astimezone(zone_named(site.timezone)),
        timezone=site.timezone,
        protocol=DEFAULT_PROTOCOL,
        patient=plain.PatientFacts(sex=patient.sex, birth_date=patient.birth_date),
        results=_results(known.results, ids),
    )


# --- the statement ---------------------------------------------------------------------------------


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


class _Version(_Row, frozen=True):
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


class _OwnRecord(_Row, frozen=True):
    on: date
    withdrawn: date | None


class _Closure(_Row, frozen=True):
    on: date


class _Known(CriteriaKnown, frozen=True):
    """Every answer of the statement, after those about the criteria of eligibility."""

    settings: tuple[plain.Settings, ...]
    cycles: tuple[_Cycle, ...]
    given: tuple[_Given, ...]
    results: tuple[_Version, ...]
    weights: tuple[_Weighed, ...]
    adverse_events: tuple[_Event, ...]
    transfusions: tuple[plain.Transfusion, ...]
    attributions: tuple[plain.Attribution, ...]
    confirmations: tuple[plain.Confirmation, ...]
    injections: tuple[plain.Injection, ...]
    scans: tuple[plain.Scan, ...]
    liver_directed: tuple[plain.LiverDirected, ...]
    pregnancy_tests: tuple[plain.PregnancyTest, ...]
    authorizations: tuple[_Granted, ...]
    consents: tuple[_OwnRecord, ...]
    education: tuple[_OwnRecord, ...]
    closures: tuple[_Closure, ...]
    draws: tuple[plain.Draw, ...]
    pins: tuple[_Pin, ...]


_SETTINGS = tuple(name for name in plain.Settings.__struct_fields__ if name != "others")


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
        "settings": SiteSettings.objects.filter(site=site).values(*_SETTINGS),
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
    return {"results": ordered.values(*_Version.__struct_fields__)}


class _OfPatient(_Row, frozen=True):
    results: tuple[_Version, ...]


_OF_PATIENT = Together("results_of_patient", _OfPatient, _result_questions)
_KNOWN = Together("facts_of_course", _Known, _questions)


def _settings(course: Course, known: _Known) -> plain.Settings:
    """The course's own choices, else the site's; None leaves the protocol's."""
    default = known.settings[0] if known.settings else plain.Settings()
    chosen = (_chosen(getattr(course, name), getattr(default, name)) for name in _SETTINGS)
    return msgspec.structs.replace(plain.Settings(*chosen), others=own_bounds(known.chosen))


def _chosen(own: Any, of_site: Any) -> Any:
    return of_site if own is None else own


def _infusions(known: _Known, moved: Mapping[int, date]) -> tuple[plain.Infusion, ...]:
    """One for each cycle that is planned or given; what was given does not move."""
    given = {row.cycle_id: row for row in known.given}
    infusions = []
    for cycle in known.cycles:
        if row := given.get(cycle.id):
            _, *columns = msgspec.structs.astuple(row)
            infusions.append(plain.Infusion(cycle.number, cycle.planned_on, *columns))
        elif planned_on := moved.get(cycle.number, cycle.planned_on):
            infusions.append(plain.Infusion(cycle.number, planned_on))
    return tuple(infusions)


# --- results ---------------------------------------------------------------------------------------


_NUMBERED = re.compile(r"#[0-9]+$")


@dataclass(frozen=True, slots=True)
class ResultIds:
    """What a patient's results are called in a course file.

    The sender's own id, with the sender beside it where two senders use the same; each version apart, the
    later ones by their number. Whatever ids a sender chooses, no two versions have one name: an id that
    looks like one of ours (`X#2`, `X@lab`) always has its sender or its number behind it.
    """

    used_twice: frozenset[str]

    @classmethod
    def among(cls, results: Iterable[tuple[str, str]]) -> "ResultIds":
        """`results` are (source, id of the source)."""
        senders: dict[str, set[str]] = {}
        for source, source_id in results:
            senders.setdefault(source_id, set()).add(source)
        return cls(frozenset(name for name, known in senders.items() if len(known) > 1))

    def of(self, source: str, source_id: str, version: int) -> str:
        named = f"{source_id}@{source}" if source_id in self.used_twice or "@" in source_id else source_id
        return named if version == 1 and not _NUMBERED.search(named) else f"{named}#{version}"


class _Result(NamedTuple):
    """Which result of which sender; `strand` is not empty where another test's id was used for it."""

    source: str
    source_id: str
    strand: str


_Chain = list[tuple[_Version, plain.ResultFact]]
"""The versions of one result, the one that stands first."""


def _results(versions: Iterable[_Version], ids: ResultIds) -> tuple[plain.ResultFact, ...]:
    """Each version received by then, chained so that the one that stands replaces the one before it.

    What was outranked already when it arrived is left out. A result without a collection time cannot be
    placed in the course; it waits in the review queue.
    """
    chains = _chains(versions, ids)
    _name_withdrawn(chains)
    _name_owners(chains)
    _name_replaced(chains)
    facts = [fact for chain in chains.values() for _, fact in chain]
    facts.sort(key=attrgetter("collected_at", "received_at"))
    return tuple(facts)


def _chains(rows: Iterable[_Version], ids: ResultIds) -> dict[_Result, _Chain]:
    chains: dict[_Result, _Chain] = {}
    for row in rows:
        chain = chains.setdefault(_Result(row.source, row.source_id, row.strand), [])
        if chain and (row.strand or chain[-1][0].received_at < row.received_at):
            continue
        fact = _fact(row, ids)
        if chain:
            chain[-1][1].replaces = fact.id
        chain.append((row, fact))
    return chains


def _name_withdrawn(chains: Mapping[_Result, _Chain]) -> None:
    """A withdrawal needs no code that we know: it is one of the analyte to which its id belongs."""
    for result, chain in chains.items():
        code = next((each.loinc for row, each in chain if row.analyte), None)
        for row, fact in chain:
            if code and not result.strand and row.status in LabResult.ENDING and not row.analyte:
                fact.loinc = code


def _name_owners(chains: Mapping[_Result, _Chain]) -> None:
    """A version of another analyte than its id belongs to replaces nothing, and goes by the id it reuses.

    That is the id of the first version to which it belongs.
    """
    for result, chain in chains.items():
        if result.strand:
            fact = chain[0][1]
            own = reversed(chains.get(result._replace(strand=""), ()))
            fact.id = next((first.id for row, first in own if row.analyte), fact.id)


def _name_replaced(chains: dict[_Result, _Chain]) -> None:
    """The last of a chain replaces the result of another id that its sender names: of the same analyte, and
    not one that names it in turn. Where that one arrived later, it was outranked already."""
    named = {
        result._replace(source_id=row.replaces): result
        for result, chain in chains.items()
        for row, _ in chain
        if row.replaces and not row.strand
    }
    replaced = {old: new for old, new in named.items() if old in chains and _counts(old, new, chains)}
    late: set[_Result] = set()
    for old, new in replaced.items():
        tail = _trimmed(chains[new], chains[old])
        if chains[old][0][0].received_at > tail[0].received_at:
            late.add(old)
        else:
            tail[1].replaces = chains[old][0][1].id
    while more := {old for old, new in replaced.items() if new in late} - late:
        late |= more
    for old in late:
        del chains[old]


def _counts(old: _Result, new: _Result, chains: Mapping[_Result, _Chain]) -> bool:
    standing = chains[old][0][0]
    is_mutual = any(row.replaces == new.source_id for row, _ in chains[old])
    return not is_mutual and any(
        row.replaces == old.source_id
        and row.analyte == standing.analyte is not None
        and _may_replace(row.status, standing.status)
        for row, _ in chains[new]
    )


def _trimmed(chain: _Chain, old: _Chain) -> tuple[_Version, plain.ResultFact]:
    """The last version that may replace `old`; preliminary ones before it are left out."""
    while len(chain) > 1 and not _may_replace(chain[-1][0].status, old[0][0].status):
        chain.pop()
        chain[-1][1].replaces = None
    return chain[-1]


def _may_replace(status: str, earlier: str) -> bool:
    """A registered, preliminary or unknown result replaces only its like."""
    return status not in LabResult.TENTATIVE or earlier in LabResult.TENTATIVE


def _fact(row: _Version, ids: ResultIds) -> plain.ResultFact:
    """As its sender's map reads it, where there is one."""
    return plain.ResultFact(
        ids.of(row.source, row.source_id, row.version),
        row.mapped_loinc or row.loinc,
        row.value,
        row.collected_at,
        row.received_at,
        row.status,
        row.comparator,
        row.mapped_unit or row.unit,
        row.low,
        row.high,
        None,
        row.range_text or None,
        row.absent_reason or None,
        row.note or None,
        row.day_only,
    )


# --- the rest --------------------------------------------------------------------------------------


def _eligibility(
    known: _Known, infusions: tuple[plain.Infusion, ...], here: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria not met, and those that cannot be told, for the first infusion; after it none is asked."""
    if any(infusion.started_at and infusion.started_at <= here for infusion in infusions):
        return (), ()
    today = here.date()
    planned = next((infusion.planned_on for infusion in infusions if infusion.cycle == 1), None)
    return doubts(known, on=max(planned or today, today), today=today)


def _authorizations(known: _Known) -> tuple[plain.Authorization, ...]:
    """Up to the day before a withdrawal; none that was withdrawn before it began."""
    lasting = ((row, last_day(row.ends_on, row.withdrawn)) for row in known.authorizations)
    return tuple(
        plain.Authorization(row.starts_on, last, row.doses) for row, last in lasting if last >= row.starts_on
    )


def _own(rows: Iterable[_OwnRecord]) -> tuple[plain.OwnRecord, ...]:
    return tuple(plain.OwnRecord(row.on, row.withdrawn) for row in rows)


def _event(row: _Event) -> plain.AdverseEvent:
    return plain.AdverseEvent(*msgspec.structs.astuple(row))


def _stopped(course: Course, moment: datetime) -> plain.Stopped | None:
    if course.stopped_on is None or (course.ended_at and course.ended_at > moment):
        return None
    return plain.Stopped(course.stopped_on, course.stopped_reason)


def _died_on(patient: Patient, moment: datetime) -> date | None:
    recorded_at = patient.died_recorded_at
    return None if recorded_at and recorded_at > moment else patient.died_on


def _closed_days(
    site: Site, infusions: tuple[plain.Infusion, ...], today: date, closures: Iterable[_Closure]
) -> tuple[date, ...]:
    """The site's closures and public holidays, from before the first infusion to half a year from now."""
    days = [today]
    for infusion in infusions:
        if on := infusion.planned_on or (infusion.started_at and infusion.started_at.date()):
            days.append(on)
    first, last = min(days) - BEFORE, max(days) + AFTER
    public = public_holidays(site.country, site.subdivision, first.year, last.year)
    closed = {row.on for row in closures}.union(public)
    return tuple(sorted(day for day in closed if first <= day <= last))


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, first_year: int, last_year: int) -> tuple[date, ...]:
    """The public holidays of a country (and its part) on working days; none where the package knows none."""
    try:
        known = holidays.country_holidays(
            country, subdiv=subdivision or None, years=range(first_year, last_year + 1)
        )
    except NotImplementedError:
        return ()
    return tuple(sorted(known))
