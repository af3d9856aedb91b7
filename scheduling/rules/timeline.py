"""What was known at `as_of`, put in order: the one place where facts become a course in time.

Everything the rules ask of the facts is answered from here: which results stand, in which interval each
fact lies, the day of infusion n (given, planned or projected), the baselines. A fact received, given or
recorded after `as_of` does not exist. Source: RULES.md sections 3-5, COURSE_FILE.md "Input".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from labs.rules.analytes import ANALYTE_OF, PLAUSIBLE, Analyte
from labs.rules.ctcae import Grades, grade, that_counts
from labs.rules.reading import Reading, Rejection, derived_neutrophils, read_result
from labs.rules.renal import Clearance, age_on, clearance
from scheduling.rules.days import add_days, zone_named
from scheduling.rules.facts import (
    AdverseEvent,
    CourseFacts,
    Infusion,
    Injection,
    ResultFact,
    Settings,
    Weight,
)
from scheduling.rules.protocol import Protocol

FINAL = frozenset({"final", "corrected", "amended"})
TENTATIVE = frozenset({"registered", "preliminary", "unknown"})
RED_CELLS = "red-cells"
LONG_ACTING = frozenset({"octreotide-lar", "lanreotide", "other-long-acting"})


class Observed(Struct, eq=False, gc=False):  # a course has hundreds: see ResultFact
    """One result that stands, read and placed in time; without a reading it was rejected."""

    id: str
    at: datetime
    received_at: datetime
    on: date
    interval: int
    final: bool
    reading: Reading | None
    analyte: Analyte | None
    rejection: Rejection | None = None
    derived: bool = False
    grades: Grades | None = None  # still possible; None where its analyte has no grade. See `grade_all`


@dataclass(slots=True)
class Timeline:
    facts: CourseFacts
    protocol: Protocol
    settings: Settings
    zone: ZoneInfo
    now: datetime
    today: date
    given: list[Infusion]  # started by now, by cycle
    waiting: list[Infusion]  # planned and not given, by cycle
    accepted: list[Observed] = field(default_factory=list)  # final, usable, by collection time
    preliminary: list[Observed] = field(default_factory=list)  # usable
    rejected: list[Observed] = field(default_factory=list)
    by_analyte: dict[Analyte, list[Observed]] = field(default_factory=dict)  # of `accepted` and derived
    weights: list[Weight] = field(default_factory=list)  # by day
    events: list[AdverseEvent] = field(default_factory=list)
    injections: list[Injection] = field(default_factory=list)
    red_cells: list[tuple[date, int]] = field(default_factory=list)  # day and interval of each transfusion
    _by_interval: dict[tuple[Analyte, int], list[Observed]] = field(default_factory=lambda: defaultdict(list))
    _days: dict[int, date | None] = field(default_factory=dict)
    _baselines: dict[Analyte, Observed | None] = field(default_factory=dict)
    _that_count: dict[Analyte, Reading | None] = field(default_factory=dict)
    _starts: list[tuple[int, datetime, date]] = field(default_factory=list)
    _places: dict[datetime, tuple[date, int]] = field(default_factory=dict)
    _events: dict[int, list[AdverseEvent]] = field(default_factory=lambda: defaultdict(list))
    _clearances: dict[Observed, Clearance | None] = field(default_factory=dict)

    # --- infusions ---------------------------------------------------------------------------------

    @property
    def last(self) -> Infusion | None:
        return self.given[-1] if self.given else None

    @property
    def current_interval(self) -> int:
        return self.given[-1].cycle if self.given else 0

    @property
    def next_cycle(self) -> int:
        return self.current_interval + 1

    @property
    def all_given(self) -> bool:
        wanted = self.protocol.doses.infusions
        return len(self.given) >= wanted or self.current_interval >= wanted

    @property
    def stopped_on(self) -> date | None:
        stopped = self.facts.stopped
        return stopped.on if stopped and stopped.on <= self.today else None

    @property
    def died_on(self) -> date | None:
        died = self.facts.died_on
        return died if died and died <= self.today else None

    @property
    def progressed_on(self) -> date | None:
        progressed = self.facts.progressed_on
        return progressed if progressed and progressed <= self.today else None

    @property
    def has_ended(self) -> bool:
        """No further infusion will be given."""
        return self.stopped_on is not None or self.died_on is not None or self.all_given

    def infusion(self, cycle: int) -> Infusion | None:
        for infusion in (*self.given, *self.waiting):
            if infusion.cycle == cycle:
                return infusion
        return None

    def is_given(self, cycle: int) -> bool:
        return any(infusion.cycle == cycle for infusion in self.given)

    def started_at(self, cycle: int) -> datetime | None:
        for infusion in self.given:
            if infusion.cycle == cycle:
                return infusion.started_at
        return None

    def day(self, cycle: int) -> date | None:
        """D(n): the day infusion n started if given, else planned, else D(n-1) + 56; None before any plan."""
        if cycle not in self._days:
            self._days[cycle] = self._find_day(cycle)
        return self._days[cycle]

    def _find_day(self, cycle: int) -> date | None:
        if cycle < 1:
            return None
        infusion = self.infusion(cycle)
        if infusion and infusion.started_at:
            return self.local_day(infusion.started_at)
        if infusion and infusion.planned_on:
            return infusion.planned_on
        before = self.day(cycle - 1)
        return add_days(before, self.protocol.interval.target) if before else None

    @property
    def days_since_last(self) -> int | None:
        last = self.last
        if last is None or last.started_at is None:
            return None
        return (self.today - self.local_day(last.started_at)).days

    @property
    def is_past_limit(self) -> bool:
        days = self.days_since_last
        return days is not None and self.protocol.interval.is_past_limit(days)

    @property
    def last_allowed_on(self) -> date | None:
        last = self.last
        if last is None or last.started_at is None:
            return None
        return add_days(self.local_day(last.started_at), self.protocol.interval.last_allowed)

    # --- time --------------------------------------------------------------------------------------

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def place_of(self, at: datetime) -> tuple[date, int]:
        """The local day and the interval of an instant; the results of one draw share it."""
        place = self._places.get(at)
        if place is None:
            place = self._places[at] = self.local_day(at), self.interval_of_instant(at)
        return place

    def interval_of_instant(self, at: datetime) -> int:
        """Interval k runs from the start of infusion k (exclusive) to that of k+1 (inclusive)."""
        interval = 0
        for cycle, started, _ in self._starts:
            if started < at:
                interval = cycle
        return interval

    def interval_of_day(self, on: date) -> int:
        """A fact with only a date belongs to the interval that begins on that date."""
        interval = 0
        for cycle, _, day in self._starts:
            if day <= on:
                interval = cycle
        return interval

    def events_in(self, interval: int) -> list[AdverseEvent]:
        return self._events.get(interval, [])

    # --- results -----------------------------------------------------------------------------------

    def of(self, analyte: Analyte) -> list[Observed]:
        return self.by_analyte.get(analyte, [])

    def in_interval(self, analyte: Analyte, interval: int) -> list[Observed]:
        return self._by_interval.get((analyte, interval), [])

    def baseline(self, analyte: Analyte) -> Observed | None:
        """The latest usable final result collected before the first infusion started, or the pinned one."""
        if analyte not in self._baselines:
            self._baselines[analyte] = self._find_baseline(analyte)
        return self._baselines[analyte]

    def _find_baseline(self, analyte: Analyte) -> Observed | None:
        results = self.of(analyte)
        if pinned := {pin.result for pin in self.facts.baseline_pins if pin.analyte == analyte}:
            for result in results:
                if result.id in pinned:
                    return result
        latest = None
        for result in results if self._starts else ():
            if result.at >= self._starts[0][1]:
                break
            latest = result
        return latest

    def grade_all(self, results: Iterable[Observed]) -> None:
        """Note the grades that each can have: by its baseline if drawn after the first infusion."""
        version, anticoagulated = self.settings.ctcae or "", self.facts.patient.anticoagulated
        known = self._that_count
        for result in results:
            reading = result.reading
            if reading is None:
                continue
            analyte = reading.analyte
            if analyte not in known:
                known[analyte] = self._find_baseline_that_counts(analyte, version)
            base = known[analyte] if result.interval else None
            result.grades = grade(reading, version, base, anticoagulated)

    def _find_baseline_that_counts(self, analyte: Analyte, version: str) -> Reading | None:
        base = self.baseline(analyte)
        if base is None or base.reading is None:
            return None
        return that_counts(base.reading, version, self.facts.patient.anticoagulated)

    # --- kidneys -----------------------------------------------------------------------------------

    def weight_for(self, on: date) -> Weight | None:
        """The newest weight on or before that day, failing that the first after it, near enough."""
        nearest = None
        for weight in self.weights:
            if nearest is not None and weight.on > on:
                break
            nearest = weight
        limit = self.protocol.renal.weight_within_days
        return nearest if nearest and abs((nearest.on - on).days) <= limit else None

    def clearance_of(self, creatinine: Observed) -> Clearance | None:
        """Creatinine clearance of a result; None under 18, without sex, birth date or a usable weight."""
        if creatinine not in self._clearances:
            self._clearances[creatinine] = self._find_clearance(creatinine)
        return self._clearances[creatinine]

    def _find_clearance(self, creatinine: Observed) -> Clearance | None:
        patient = self.facts.patient
        weight = self.weight_for(creatinine.on)
        if patient.birth_date is None or patient.sex not in ("female", "male") or weight is None:
            return None
        age = age_on(patient.birth_date, creatinine.on)
        if age < 18 or creatinine.reading is None:
            return None
        return clearance(
            age_years=age,
            weight_kg=weight.kg,
            creatinine=creatinine.reading,
            female=patient.sex == "female",
        )


def build_timeline(facts: CourseFacts, protocol: Protocol) -> Timeline:
    zone = zone_named(facts.timezone)
    now = facts.as_of.astimezone(UTC)  # instants of one zone compare three times as fast
    today = now.astimezone(zone).date()
    infusions = sorted(_known_infusions(facts, now), key=lambda infusion: infusion.cycle)
    timeline = Timeline(
        facts=facts,
        protocol=protocol,
        settings=_settings(facts.settings, protocol),
        zone=zone,
        now=now,
        today=today,
        given=[infusion for infusion in infusions if infusion.started_at],
        waiting=[infusion for infusion in infusions if not infusion.started_at],
        weights=_usable_weights(facts, today),
        events=[event for event in facts.adverse_events if event.on <= today],
        injections=_known_injections(facts, now),
    )
    timeline._starts = [
        (infusion.cycle, infusion.started_at, timeline.local_day(infusion.started_at))
        for infusion in timeline.given
        if infusion.started_at
    ]
    for event in timeline.events:
        timeline._events[timeline.interval_of_day(event.on)].append(event)
    timeline.red_cells = [
        (given.on, timeline.interval_of_day(given.on))
        for given in facts.transfusions
        if given.product == RED_CELLS and given.on <= today
    ]
    _place_results(timeline)
    return timeline


def _usable_weights(facts: CourseFacts, today: date) -> list[Weight]:
    """By day; one outside the plausible band is kept as a fact and used by no rule."""
    band = PLAUSIBLE.by_analyte[Analyte.WEIGHT]
    usable = [w for w in facts.weights if w.on <= today and band.lowest <= w.kg <= band.highest]
    return sorted(usable, key=lambda weight: weight.on)


def _settings(chosen: Settings, protocol: Protocol) -> Settings:
    defaults = protocol.settings
    return Settings(
        nadir=chosen.nadir or defaults.nadir,
        recurrence_scope=chosen.recurrence_scope or defaults.recurrence_scope,
        ctcae=chosen.ctcae or defaults.ctcae,
        confirm_labs=defaults.confirm_labs if chosen.confirm_labs is None else chosen.confirm_labs,
        interim_ssa=defaults.interim_ssa if chosen.interim_ssa is None else chosen.interim_ssa,
    )


def _known_infusions(facts: CourseFacts, now: datetime) -> Iterable[Infusion]:
    """An infusion given after `now` is still planned, if it has a plan; one that runs has no end yet."""
    for infusion in facts.infusions:
        if infusion.started_at and infusion.started_at > now:
            if infusion.planned_on:
                yield replace(infusion, started_at=None, ended_at=None, activity_gbq=None)
        elif infusion.ended_at and infusion.ended_at > now:
            yield replace(infusion, ended_at=None)
        else:
            yield infusion


def _known_injections(facts: CourseFacts, now: datetime) -> list[Injection]:
    known = []
    for injection in facts.injections:
        if injection.given_at is None or injection.given_at <= now:
            known.append(injection)
        elif injection.planned_on:
            known.append(replace(injection, given_at=None))
    return known


def _place_results(timeline: Timeline) -> None:
    _read_results(timeline)
    for kept in (timeline.accepted, timeline.preliminary, timeline.rejected):
        kept.sort(key=_collection_order)
    timeline.by_analyte = group_by_analyte(timeline.accepted)
    for analyte, results in timeline.by_analyte.items():
        timeline.grade_all(results)
        for result in results:
            timeline._by_interval[analyte, result.interval].append(result)
    timeline.grade_all(timeline.preliminary)


def _read_results(timeline: Timeline) -> None:
    """A course has hundreds of results: no call without need, and the fields in their order, not by name."""
    accepted, preliminary, rejected = timeline.accepted, timeline.preliminary, timeline.rejected
    places = timeline._places
    for fact in standing(timeline.facts.results, timeline.now):
        status, at = fact.status, fact.collected_at
        final = status in FINAL
        on, interval = places.get(at) or timeline.place_of(at)
        if not final and status != "preliminary":
            reading: Reading | Rejection = Rejection.STATUS
        else:
            reading = read_result(fact.loinc, fact.value, fact.comparator, fact.unit, fact.low, fact.high)
        if isinstance(reading, Reading):
            kept = accepted if final else preliminary
            analyte = reading.analyte
            kept.append(Observed(fact.id, at, fact.received_at, on, interval, final, reading, analyte))
        else:
            why, code = reading, ANALYTE_OF.get(fact.loinc)
            rejected.append(Observed(fact.id, at, fact.received_at, on, interval, final, None, code, why))


def standing(results: Iterable[ResultFact], now: datetime) -> list[ResultFact]:
    """The versions that count: received by `now`, and not replaced by a later version of the same result.

    The same id again replaces the earlier copy, and `replaces` names an earlier id; but a registered,
    preliminary or unknown version replaces only its like.
    """
    known = [result for result in results if result.received_at <= now]
    if not any(result.replaces for result in known) and len({result.id for result in known}) == len(known):
        return known
    newest: dict[str, ResultFact] = {}
    for result in sorted(known, key=lambda version: version.received_at):
        earlier = newest.get(result.id)
        if earlier is None or _may_replace(result, earlier):
            newest[result.id] = result
    gone = {
        result.replaces
        for result in known
        if result.replaces
        and result.replaces != result.id
        and result.replaces in newest
        and _may_replace(result, newest[result.replaces])
    }
    return [result for result in newest.values() if result.id not in gone]


def _may_replace(result: ResultFact, earlier: ResultFact) -> bool:
    return result.status not in TENTATIVE or earlier.status in TENTATIVE


_collection_order = attrgetter("at", "received_at", "id")


def group_by_analyte(results: Iterable[Observed]) -> dict[Analyte, list[Observed]]:
    """Results by analyte, by collection time; a neutrophil count derived from one draw stands among them."""
    groups: dict[Analyte, list[Observed]] = defaultdict(list)
    for result in results:
        if result.analyte is not None:
            groups[result.analyte].append(result)
    if percentages := groups.get(Analyte.NEUTROPHILS_PCT):
        derived = _derive_neutrophils(groups, percentages)
        if derived:
            groups[Analyte.NEUTROPHILS] = sorted(groups[Analyte.NEUTROPHILS] + derived, key=_collection_order)
    return groups


def _derive_neutrophils(groups: dict[Analyte, list[Observed]], percentages: list[Observed]) -> list[Observed]:
    """WBC x neutrophil % of one draw that has no absolute count; each WBC of the draw, if it has several."""
    counted = {result.at for result in groups.get(Analyte.NEUTROPHILS, ())}
    wbc_at: dict[datetime, dict[Reading, None]] = defaultdict(dict)
    for wbc in groups.get(Analyte.WBC, ()):
        if wbc.reading is not None:
            wbc_at[wbc.at][wbc.reading] = None
    return [
        replace(
            percentage,
            reading=count,
            analyte=Analyte.NEUTROPHILS,
            derived=True,
            grades=None,
        )
        for percentage in percentages
        if percentage.at not in counted and percentage.at in wbc_at and percentage.reading is not None
        for wbc_reading in wbc_at[percentage.at]
        if (count := derived_neutrophils(wbc_reading, percentage.reading)) is not None
    ]
