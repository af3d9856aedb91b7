"""The timeline of a course: what was known at `as_of`, with the days and intervals of every fact.

Everything the rules ask of the facts is answered from here: which results stand, in which interval each
fact lies, the day of infusion n (given, planned or projected), the baselines. A fact received, given or
recorded after `as_of` does not exist. Source: RULES.md sections 3-5 and 10, COURSE_FILE.md "Input".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from labs.rules.analytes import Analyte
from labs.rules.ctcae import grade, that_counts
from labs.rules.reading import Reading
from labs.rules.renal import Clearance, age_on, clearance
from scheduling.rules.days import add_days
from scheduling.rules.facts import (
    AdverseEventFact,
    CourseFacts,
    InfusionFact,
    InjectionFact,
    PregnancyTestFact,
    Settings,
)
from scheduling.rules.observed_results import ObservedResult
from scheduling.rules.protocol import Protocol
from scheduling.rules.weights import Weights


@dataclass(slots=True)
class Timeline:
    facts: CourseFacts
    protocol: Protocol
    settings: Settings
    zone: ZoneInfo
    now: datetime
    today: date
    given: list[InfusionFact]  # started by now, by cycle
    waiting: list[InfusionFact]  # planned and not given, by cycle
    accepted: list[ObservedResult] = field(default_factory=list)  # final, usable, by collection time
    preliminary: list[ObservedResult] = field(default_factory=list)  # usable
    rejected: list[ObservedResult] = field(default_factory=list)
    by_analyte: dict[Analyte, list[ObservedResult]] = field(default_factory=dict)  # of `accepted` and derived
    weights: Weights = field(default_factory=lambda: Weights(()))
    pregnancy_tests: list[PregnancyTestFact] = field(default_factory=list)  # known today, from results too
    events: list[AdverseEventFact] = field(default_factory=list)
    injections: list[InjectionFact] = field(default_factory=list)
    red_cells: list[tuple[date, int]] = field(default_factory=list)  # day and interval of each transfusion
    _by_interval: dict[tuple[Analyte, int], list[ObservedResult]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _days: dict[int, date | None] = field(default_factory=dict)
    _baselines: dict[Analyte, ObservedResult | None] = field(default_factory=dict)
    _that_count: dict[Analyte, Reading | None] = field(default_factory=dict)
    _starts: list[tuple[int, datetime, date]] = field(default_factory=list)
    _places: dict[datetime, tuple[date, int]] = field(default_factory=dict)
    _events: dict[int, list[AdverseEventFact]] = field(default_factory=lambda: defaultdict(list))
    _clearances: dict[ObservedResult, tuple[Clearance, ...]] = field(default_factory=dict)

    # --- infusions ---------------------------------------------------------------------------------

    @property
    def last(self) -> InfusionFact | None:
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

    def infusion(self, cycle: int) -> InfusionFact | None:
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

    def events_in(self, interval: int) -> list[AdverseEventFact]:
        return self._events.get(interval, [])

    # --- results -----------------------------------------------------------------------------------

    def of(self, analyte: Analyte) -> list[ObservedResult]:
        return self.by_analyte.get(analyte, [])

    def in_interval(self, analyte: Analyte, interval: int) -> list[ObservedResult]:
        return self._by_interval.get((analyte, interval), [])

    def baseline(self, analyte: Analyte) -> ObservedResult | None:
        """The latest usable final result collected before the first infusion started, or the pinned one."""
        if analyte not in self._baselines:
            self._baselines[analyte] = self._find_baseline(analyte)
        return self._baselines[analyte]

    def _find_baseline(self, analyte: Analyte) -> ObservedResult | None:
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

    def grade_all(self, results: Iterable[ObservedResult]) -> None:
        """Set the possible grades of each result: by its baseline if drawn after the first infusion."""
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
        """The weights in kg that are possible on a day; none where the weight is missing."""
        renal = self.protocol.renal
        return self.weights.possible_on(on, within_days=renal.weight_within_days) if renal else ()

    def clearances_of(self, creatinine: ObservedResult) -> tuple[Clearance, ...]:
        """The possible creatinine clearances of a result, one for each possible weight, the lowest first.

        Empty under 18, without sex, birth date or a usable weight.
        """
        if creatinine not in self._clearances:
            self._clearances[creatinine] = tuple(self._find_clearances(creatinine))
        return self._clearances[creatinine]

    def _find_clearances(self, creatinine: ObservedResult) -> Iterable[Clearance]:
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
