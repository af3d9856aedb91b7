"""The infusions and injections in which conflicts are looked for: given or planned, never projected."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from msgspec import Struct

from scheduling.rules.facts import InfusionFact
from scheduling.rules.formatting import day_words
from scheduling.rules.long_acting import LongActingInjection, long_acting_injections, post_dose_injection
from scheduling.rules.protocol import Protocol
from scheduling.rules.timeline import Timeline


class DatedInfusion(Struct, frozen=True):
    """One infusion, given or planned; instants in UTC."""

    cycle: int
    on: date
    started_at: datetime | None = None
    ended_at: datetime | None = None
    post_dose_at: datetime | None = None

    @property
    def is_given(self) -> bool:
        return self.started_at is not None

    @property
    def name(self) -> str:
        return f"infusion {self.cycle} {'given' if self.is_given else 'planned'} on {day_words(self.on)}"


@dataclass(slots=True)
class ConflictInputs:
    """The timeline, and the dated infusions and long-acting injections that conflicts compare."""

    timeline: Timeline
    protocol: Protocol = field(init=False)
    today: date = field(init=False)
    infusions: list[DatedInfusion] = field(init=False)  # by cycle
    injections: list[LongActingInjection] = field(init=False)

    def __post_init__(self) -> None:
        timeline = self.timeline
        self.protocol = timeline.protocol
        self.today = timeline.today
        # After a death what was only planned conflicts no more.
        self.injections = [
            i for i in long_acting_injections(timeline) if i.given_at or timeline.died_on is None
        ]
        self.infusions = _dated(timeline, self.injections)

    @property
    def has_stopped(self) -> bool:
        return self.timeline.stopped_on is not None or self.timeline.died_on is not None

    @property
    def next_planned(self) -> DatedInfusion | None:
        """The next infusion, if it has a planned day and will still be given."""
        infusion = None if self.timeline.has_ended else self.infusion(self.timeline.next_cycle)
        return None if infusion is None or infusion.is_given else infusion

    def infusion(self, cycle: int) -> DatedInfusion | None:
        for infusion in self.infusions:
            if infusion.cycle == cycle:
                return infusion
        return None

    @property
    def last_on(self) -> date | None:
        """The day of the last infusion: once stopped, the last one given; None if it has no day yet."""
        if self.has_stopped:
            return self.infusions[-1].on if self.infusions else None
        last = self.infusion(self.protocol.doses.infusions)
        return last.on if last else None


def _dated(timeline: Timeline, injections: list[LongActingInjection]) -> list[DatedInfusion]:
    found = [_given(timeline, infusion, injections) for infusion in timeline.given]
    if timeline.stopped_on is None and timeline.died_on is None:
        found += [DatedInfusion(i.cycle, i.planned_on) for i in timeline.waiting if i.planned_on]
        found.sort(key=lambda infusion: infusion.cycle)
    return found


def _given(
    timeline: Timeline, infusion: InfusionFact, injections: list[LongActingInjection]
) -> DatedInfusion:
    if infusion.started_at is None:
        raise ValueError(f"infusion {infusion.cycle} has not started")
    on = timeline.local_day(infusion.started_at)
    ssa = timeline.protocol.somatostatin
    injection = ssa and post_dose_injection(
        injections,
        started_at=infusion.started_at,
        started_on=on,
        within_days=ssa.post_dose_within_days,
    )
    return DatedInfusion(
        infusion.cycle,
        on,
        infusion.started_at.astimezone(UTC),
        infusion.ended_at.astimezone(UTC) if infusion.ended_at else None,
        injection.given_at.astimezone(UTC) if injection and injection.given_at else None,
    )
