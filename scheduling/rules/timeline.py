"""What was known at `as_of`, put in order: the one place where facts become a course in time.

Everything the rules ask of the facts is answered from here: which results stand, in which interval each
fact lies, the day of infusion n (given, planned or projected), the baselines. A fact received, given or
recorded after `as_of` does not exist. Source: RULES.md sections 3-5 and 10, COURSE_FILE.md "Input".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from labs.rules.analytes import ANALYTE_OF, Analyte
from labs.rules.ctcae import Grades, grade, that_counts
from labs.rules.hcg import INDETERMINATE, NEGATIVE, pregnancy_of
from labs.rules.reading import Reading, Rejection, derived_neutrophils, over_base, read_result
from labs.rules.renal import Clearance, age_on, clearance
from scheduling.rules.days import add_days, zone_named
from scheduling.rules.facts import (
    AdverseEvent,
    CourseFacts,
    Infusion,
    Injection,
    PregnancyTest,
    ResultFact,
    Settings,
)
from scheduling.rules.protocol import Protocol
from scheduling.rules.versions import newest_replaced, standing
from scheduling.rules.weights import Weights, weights_of

FINAL = frozenset({"final", "corrected", "amended"})
RED_CELLS = "red-cells"
CLOCK_SKEW = timedelta(minutes=10)
_TIMES_OF_THE_DAY = ("antiemetic_at", "amino_acids_started_at", "amino_acids_ended_at")
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
    day_only: bool = False  # `at` is the noon of a day of which no time is known

    @property
    def latest_at(self) -> datetime:
        """The moment that is held against the start of an infusion: a plain date is over with its day."""
        return self.at + timedelta(hours=12) if self.day_only else self.at

    @property
    def draw(self) -> tuple[datetime, bool]:
        """What the results of one draw share: a plain date and a clock time never do."""
        return self.at, self.day_only


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
    weights: Weights = field(default_factory=lambda: Weights(()))
    pregnancy_tests: list[PregnancyTest] = field(default_factory=list)  # known today, from results too
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
    _clearances: dict[Observed, tuple[Clearance, ...]] = field(default_factory=dict)

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
        """D(n): the day infusion n started, else planned, else due after D(n-1); None without a plan."""
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
            if result.interval == 0:  # a plain date of the day of the infusion belongs after it
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

    def weights_for(self, on: date) -> tuple[Decimal, ...]:
        """The weights in kg that count on a day, each a possible one; none: the weight is missing."""
        renal = self.protocol.renal
        return self.weights.possible_on(on, within_days=renal.weight_within_days) if renal else ()

    def clearances_of(self, creatinine: Observed) -> tuple[Clearance, ...]:
        """The creatinine clearances a result can stand for, one for each possible weight, the lowest first.

        None at all under 18, without sex, birth date or a usable weight.
        """
        if creatinine not in self._clearances:
            self._clearances[creatinine] = tuple(self._find_clearances(creatinine))
        return self._clearances[creatinine]

    def _find_clearances(self, creatinine: Observed) -> Iterable[Clearance]:
        patient = self.facts.patient
        if patient.birth_date is None or patient.sex not in ("female", "male"):
            return
        age = age_on(patient.birth_date, creatinine.on)
        if age < 18 or creatinine.reading is None:
            return
        for kg in sorted(self.weights_for(creatinine.on)):
            yield clearance(
                age_years=age,
                weight_kg=kg,
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
        weights=weights_of(facts, today, jump=protocol.renal.weight_jump) if protocol.renal else Weights(()),
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


def _settings(chosen: Settings, protocol: Protocol) -> Settings:
    defaults = protocol.settings
    return Settings(
        nadir=chosen.nadir or defaults.nadir,
        recurrence_scope=chosen.recurrence_scope or defaults.recurrence_scope,
        ctcae=chosen.ctcae or defaults.ctcae,
        confirm_labs=protocol.asks_for("confirm-labs")
        and (defaults.confirm_labs if chosen.confirm_labs is None else chosen.confirm_labs),
        interim_ssa=protocol.asks_for("interim-ssa")
        and (defaults.interim_ssa if chosen.interim_ssa is None else chosen.interim_ssa),
    )


def _known_infusions(facts: CourseFacts, now: datetime) -> Iterable[Infusion]:
    """An infusion given after `now` is still planned, if it has a plan; one that runs has no end yet."""
    for infusion in facts.infusions:
        if infusion.started_at and infusion.started_at > now:
            if infusion.planned_on:
                yield _recorded_by(
                    replace(infusion, started_at=None, ended_at=None, activity_gbq=None, elsewhere=False), now
                )
        elif infusion.ended_at and infusion.ended_at > now:
            yield _recorded_by(replace(infusion, ended_at=None), now)
        else:
            yield _recorded_by(infusion, now)


def _recorded_by(infusion: Infusion, now: datetime) -> Infusion:
    """Without the times of the day that are still to come."""
    later = [name for name in _TIMES_OF_THE_DAY if (at := getattr(infusion, name)) and at > now]
    return replace(infusion, **dict.fromkeys(later)) if later else infusion


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
    _reject_parts_above_their_whole(timeline)
    for kept in (timeline.accepted, timeline.preliminary, timeline.rejected):
        kept.sort(key=_collection_order)
    timeline.by_analyte = group_by_analyte(timeline.accepted)
    for analyte, results in timeline.by_analyte.items():
        timeline.grade_all(results)
        for result in results:
            timeline._by_interval[analyte, result.interval].append(result)
    timeline.grade_all(timeline.preliminary)
    timeline.pregnancy_tests = [
        test for test in timeline.facts.pregnancy_tests if test.on <= timeline.today
    ] + _tests_among_results(timeline)


def _read_results(timeline: Timeline) -> None:
    """A course has hundreds of results: no call without need, and the fields in their order, not by name."""
    accepted, preliminary, rejected = timeline.accepted, timeline.preliminary, timeline.rejected
    places = timeline._places
    counted, reused = standing(timeline.facts.results, timeline.now)
    own = len(counted)
    for index, fact in enumerate(counted + reused if reused else counted):
        status, at, day_only = fact.status, fact.collected_at, fact.day_only
        final = status in FINAL
        on, interval = places.get(at) or timeline.place_of(at)
        if day_only:
            interval = timeline.interval_of_day(on)
        if not final and status != "preliminary":
            reading: Reading | Rejection = Rejection.STATUS
        else:
            reading = read_result(
                *(fact.loinc, fact.value, fact.comparator, fact.unit),
                *(fact.low, fact.high, fact.range_text, fact.absent_reason),
            )
            if reading is not Rejection.CODE and reading is not Rejection.VALUE:
                if index >= own:
                    reading = Rejection.ID_REUSED
                elif _cannot_be_then(timeline, fact, on):
                    reading = Rejection.TIME
        if isinstance(reading, Reading):
            kept = accepted if final else preliminary
            seen = Observed(fact.id, at, fact.received_at, on, interval, final, reading, reading.analyte)
        else:
            kept, code = rejected, ANALYTE_OF.get(fact.loinc)
            if (
                reading is not Rejection.STATUS
                and (later := newest_replaced(fact, timeline.facts.results)) > at
            ):
                at = later
                on, interval = timeline.place_of(at)
            seen = Observed(fact.id, at, fact.received_at, on, interval, final, None, code, reading)
        seen.day_only = day_only
        kept.append(seen)


def _cannot_be_then(timeline: Timeline, fact: ResultFact, on: date) -> bool:
    """Collected before birth, after it was received (clocks differ by 10 minutes), or after `as_of`."""
    at, received_at = fact.collected_at, fact.received_at
    born = timeline.facts.patient.birth_date
    if born is not None and on < born:
        return True
    if fact.day_only:
        return on > timeline.today or on > timeline.local_day(received_at)
    return at > timeline.now or (at > received_at and at > received_at + CLOCK_SKEW)


def _reject_parts_above_their_whole(timeline: Timeline) -> None:
    """Neutrophils or lymphocytes more than 1.02 x a final white cell count of their draw."""
    wholes: dict[tuple[datetime, bool], list[Reading]] = defaultdict(list)
    for result in timeline.accepted:
        if result.analyte is Analyte.WBC and result.reading is not None and not result.reading.comparator:
            wholes[result.draw].append(result.reading)
    if not wholes:
        return
    for kept in (timeline.accepted, timeline.preliminary):
        wrong = [r for r in kept if r.analyte in _PARTS and _is_above_whole(r, wholes.get(r.draw, ()))]
        for result in wrong:
            kept.remove(result)
            timeline.rejected.append(replace(result, reading=None, rejection=Rejection.CONTRADICTS))


_PARTS = frozenset((Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES))
PART_OF_WHOLE = Decimal("1.02")  # rounding
"""A part may be this many times its whole."""


def _is_above_whole(part: Observed, wholes: Iterable[Reading]) -> bool:
    reading = part.reading
    if reading is None or reading.comparator:
        return False
    return any(over_base(reading, whole, PART_OF_WHOLE) for whole in wholes)


def _tests_among_results(timeline: Timeline) -> list[PregnancyTest]:
    """hCG results are pregnancy tests, except where it is a tumor marker: in a man."""
    patient = timeline.facts.patient
    if patient.sex == "male" and not patient.pregnancy_possible:
        return []
    return [test for result in _hcg_results(timeline) if (test := _pregnancy_test(timeline, result))]


def _hcg_results(timeline: Timeline) -> Iterable[Observed]:
    for kept in (timeline.accepted, timeline.preliminary, timeline.rejected):
        yield from (result for result in kept if result.analyte is Analyte.HCG)


def _pregnancy_test(timeline: Timeline, result: Observed) -> PregnancyTest | None:
    if result.rejection is Rejection.STATUS:
        return None
    if result.reading is None:
        is_misdated = result.rejection is Rejection.TIME
        on = timeline.local_day(result.received_at) if is_misdated else result.on
        return PregnancyTest(on, INDETERMINATE)
    found = pregnancy_of(result.reading)
    return None if found == NEGATIVE and not result.final else PregnancyTest(result.on, found)


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
    counted = {result.draw for result in groups.get(Analyte.NEUTROPHILS, ())}
    wbc_at: dict[tuple[datetime, bool], dict[Reading, None]] = defaultdict(dict)
    for wbc in groups.get(Analyte.WBC, ()):
        if wbc.reading is not None:
            wbc_at[wbc.draw][wbc.reading] = None
    return [
        replace(
            percentage,
            reading=count,
            analyte=Analyte.NEUTROPHILS,
            derived=True,
            grades=None,
        )
        for percentage in percentages
        if percentage.draw not in counted and percentage.draw in wbc_at and percentage.reading is not None
        for wbc_reading in wbc_at[percentage.draw]
        if (count := derived_neutrophils(wbc_reading, percentage.reading)) is not None
    ]
