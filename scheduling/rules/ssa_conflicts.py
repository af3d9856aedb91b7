"""Conflicts of somatostatin analogs with infusions [PI24, H22]. Source: docs/clinical/conflicts.md.

Long-acting: none within the washout before an infusion; after it, 4 h after the end to 24 h after the start.
Short-acting: none in the last 24 h before the start. Days are local, hours are real hours.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from scheduling.rules.answer import Conflict, Severity
from scheduling.rules.conflict_inputs import ConflictInputs, DatedInfusion
from scheduling.rules.formatting import day_words, moment_words
from scheduling.rules.long_acting import LongActingInjection
from scheduling.rules.protocol import Somatostatin
from scheduling.rules.workdays import is_closed

_PLAIN_NAME = {
    "octreotide-lar": "Octreotide LAR",
    "lanreotide": "Lanreotide",
    "other-long-acting": "Long-acting SSA",
}


def lar_within_washout(course: ConflictInputs) -> Iterator[Conflict]:
    ssa = course.protocol.somatostatin
    if ssa is None:
        return
    washout = ssa.washout_days
    for infusion in course.infusions:
        newest = _newest_before(infusion, course.injections)
        if newest is None:
            continue
        days = (infusion.on - newest.on).days
        if days < washout:
            legal = newest.on + timedelta(washout)
            given = "given" if newest.given_at else "planned"
            before = f"{days} days before" if days else "on the day of"
            yield Conflict(
                "lar-within-washout",
                Severity.BLOCK,
                infusion.cycle,
                f"{_PLAIN_NAME[newest.drug]} {given} on {day_words(newest.on)} is {before} "
                f"{infusion.name}. Long-acting SSA needs a {washout}-day washout: infuse on "
                f"{day_words(legal)} or later.",
                (legal,),
            )


def _newest_before(
    infusion: DatedInfusion, injections: list[LongActingInjection]
) -> LongActingInjection | None:
    """The newest injection before the infusion; on its day, only one that was given before the start."""
    for injection in reversed(injections):
        if injection.on < infusion.on:
            return injection
        if injection.on > infusion.on or injection.given_at is None:
            continue
        if infusion.started_at is None or injection.given_at < infusion.started_at:
            return injection
    return None


def short_acting_within_24h(course: ConflictInputs) -> Iterator[Conflict]:
    short_acting = [
        injection.given_at.astimezone(UTC)
        for injection in course.timeline.injections
        if injection.drug == "octreotide-short" and injection.given_at
    ]
    ssa = course.protocol.somatostatin
    if not short_acting or ssa is None:
        return
    hours = ssa.short_acting_hours
    for infusion in course.infusions:
        start = infusion.started_at
        if start is None:
            continue
        too_late = [at for at in short_acting if start - timedelta(hours=hours) < at <= start]
        if too_late:
            yield Conflict(
                "short-acting-within-24h",
                Severity.WARN,
                infusion.cycle,
                f"Short-acting octreotide ({_clock(course, max(too_late))}) is less than {hours} h before "
                f"the start of infusion {infusion.cycle} ({_clock(course, start)}).",
            )


def lar_outside_window(course: ConflictInputs) -> Iterator[Conflict]:
    ssa = course.protocol.somatostatin
    if ssa is None:
        return
    for infusion in course.infusions:
        given_at = infusion.post_dose_at
        if given_at is None:
            continue
        opens, closes = _window(ssa, infusion)
        if not opens <= given_at <= closes:
            yield Conflict(
                "lar-outside-window",
                Severity.WARN,
                infusion.cycle,
                f"Long-acting SSA on {_clock(course, given_at)} is outside the window for infusion "
                f"{infusion.cycle}: {ssa.post_dose_from_hours} h after the end to "
                f"{ssa.post_dose_until_hours} h after the start ({_clock(course, opens)} to "
                f"{_clock(course, closes)}). Next due 4 weeks from this dose.",
            )


def lar_window_closed_day(course: ConflictInputs) -> Iterator[Conflict]:
    ssa = course.protocol.somatostatin
    if course.timeline.died_on or ssa is None or not course.protocol.asks_for("post-dose-lar"):
        return
    for infusion in course.infusions:
        if not infusion.is_given or infusion.post_dose_at:
            continue
        opens, closes = _window(ssa, infusion)
        if not _is_ever_open(course, opens, closes):
            yield Conflict(
                "lar-window-closed-day",
                Severity.BLOCK,
                infusion.cycle,
                f"The site is closed for the whole LAR window of infusion {infusion.cycle} "
                f"({_clock(course, opens)} to {_clock(course, closes)}). Arrange it elsewhere, or call in "
                f"staff.",
            )


def _window(ssa: Somatostatin, infusion: DatedInfusion) -> tuple[datetime, datetime]:
    """From 4 h after the end (while that is not known: after the start) to 24 h after the start."""
    start = infusion.started_at
    if start is None:
        raise ValueError(f"infusion {infusion.cycle} has not started")
    opens = (infusion.ended_at or start) + timedelta(hours=ssa.post_dose_from_hours)
    return opens, start + timedelta(hours=ssa.post_dose_until_hours)


def _is_ever_open(course: ConflictInputs, opens: datetime, closes: datetime) -> bool:
    """Whether the site is open at any time between; a common boundary alone does not count."""
    zone, hours = course.timeline.zone, course.protocol.conflicts
    day, last = opens.astimezone(zone).date(), closes.astimezone(zone).date()
    while day <= last:
        if not is_closed(day, course.timeline.facts.closed_days):
            open_from = _local(course, day, hours.site_opens)
            open_until = _local(course, day, hours.site_closes)
            if max(opens, open_from) < min(closes, open_until):
                return True
        day += timedelta(1)
    return False


def _local(course: ConflictInputs, day: date, at: time) -> datetime:
    return datetime.combine(day, at, course.timeline.zone).astimezone(UTC)


def _clock(course: ConflictInputs, instant: datetime) -> str:
    return moment_words(instant.astimezone(course.timeline.zone))
