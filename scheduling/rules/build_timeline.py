"""Build the timeline of a course from what was known of it at `as_of`."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec.structs import replace

from scheduling.rules.days import zone_named
from scheduling.rules.facts import CourseFacts, InfusionFact, InjectionFact, Settings
from scheduling.rules.protocol import Protocol
from scheduling.rules.timeline import Timeline
from scheduling.rules.timeline_results import place_results
from scheduling.rules.weights import Weights, weights_of

RED_CELLS = "red-cells"
_TIMES_OF_THE_DAY = ("antiemetic_at", "amino_acids_started_at", "amino_acids_ended_at")


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
    place_results(timeline)
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


def _known_infusions(facts: CourseFacts, now: datetime) -> Iterable[InfusionFact]:
    """The infusions as known at `now`: one given later is only planned, one that still runs has no end."""
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


def _recorded_by(infusion: InfusionFact, now: datetime) -> InfusionFact:
    """The infusion without those of its recorded times that are later than `now`."""
    later = [name for name in _TIMES_OF_THE_DAY if (at := getattr(infusion, name)) and at > now]
    return replace(infusion, **dict.fromkeys(later)) if later else infusion


def _known_injections(facts: CourseFacts, now: datetime) -> list[InjectionFact]:
    known = []
    for injection in facts.injections:
        if injection.given_at is None or injection.given_at <= now:
            known.append(injection)
        elif injection.planned_on:
            known.append(replace(injection, given_at=None))
    return known
