"""Conflicts of the panel and the pregnancy tests with the infusions.

The three about blood tests concern the next infusion only, and only if it has a planned day.
Source: docs/clinical/conflicts.md.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from labs.rules.analytes import Analyte
from scheduling.rules.answer import Conflict, Severity
from scheduling.rules.build_timeline import build_timeline
from scheduling.rules.conflict_inputs import ConflictInputs
from scheduling.rules.formatting import analyte_words, capitalized, day_words, join_with_and
from scheduling.rules.panel import missing_analytes
from scheduling.rules.planner import pre_dose_opens
from scheduling.rules.timeline import Timeline


def labs_expired(course: ConflictInputs) -> Iterator[Conflict]:
    """The panel was complete, and has grown too old for the planned day."""
    infusion = course.next_planned
    opens = pre_dose_opens(course.timeline, course.timeline.next_cycle)
    if infusion is None or opens is None or course.today < opens:
        return
    newest = _newest_days(course)
    if newest is None:
        return
    days = course.protocol.panel.fresh_days
    too_old = {name: on for name, on in newest.items() if (infusion.on - on).days > days}
    if too_old:
        fresh_from = infusion.on - timedelta(days)
        yield Conflict(
            "labs-expired",
            Severity.WARN,
            infusion.cycle,
            f"{capitalized(_listed(too_old))} from {day_words(min(too_old.values()))} will be more than "
            f"{days} days old at {infusion.name}. Draw again on {day_words(fresh_from)} or later.",
        )


def _newest_days(course: ConflictInputs) -> dict[str, date] | None:
    """The newest day of draw of each analyte since day 8; None if one has no result since then."""
    timeline = course.timeline
    last = timeline.day(timeline.current_interval)
    first = last + timedelta(course.protocol.panel.first_day) if last else date.min
    newest = {}
    for name in course.protocol.panel.analytes:
        results = timeline.of(Analyte(name))
        if not results or results[-1].on < first:
            return None
        newest[name] = results[-1].on
    return newest


def labs_after_free_cancel(course: ConflictInputs) -> Iterator[Conflict]:
    """The result that might hold the dose comes after the last day on which cancelling costs nothing."""
    infusion = course.next_planned
    if infusion is None:
        return
    free_until = infusion.on - timedelta(course.protocol.order.free_cancel_days)
    opens = pre_dose_opens(course.timeline, infusion.cycle)
    if opens is None or course.today <= free_until:
        return
    missing = _lacking_by(course.timeline, opens, free_until)
    if missing:
        yield Conflict(
            "labs-after-free-cancel",
            Severity.WARN,
            infusion.cycle,
            f"{capitalized(_listed(missing))} for {infusion.name} not received by {day_words(free_until)}, "
            f"the last day of free cancellation. A hold now costs a fee, unless a result makes the patient "
            f"ineligible.",
        )


def _lacking_by(timeline: Timeline, first: date, last_received: date) -> tuple[str, ...]:
    """The analytes lacking at the end of that day; a result that was corrected since was there then."""
    missing = missing_analytes(timeline, first=first, received_by=last_received)
    standing = len(timeline.accepted) + len(timeline.preliminary) + len(timeline.rejected)
    if not missing or standing == len(timeline.facts.results):
        return missing
    midnight = datetime.combine(last_received + timedelta(1), time(), timeline.zone)
    then = replace(timeline.facts, as_of=midnight - timedelta(microseconds=1))
    return missing_analytes(build_timeline(then, timeline.protocol), first=first)


def confirm_labs_missing(course: ConflictInputs) -> Iterator[Conflict]:
    infusion = course.next_planned
    if infusion is None or infusion.on > course.today or not course.timeline.settings.confirm_labs:
        return
    first = infusion.on - timedelta(course.protocol.labs.confirm_before)
    missing = missing_analytes(course.timeline, first=first)
    if missing:
        yield Conflict(
            "confirm-labs-missing",
            Severity.WARN,
            infusion.cycle,
            f"This site repeats labs from the day before the infusion. Missing since {day_words(first)} for "
            f"{infusion.name}: {_listed(missing)}. Draw before the start.",
        )


def pregnancy_status_missing(course: ConflictInputs) -> Iterator[Conflict]:
    facts, start = course.timeline.facts, course.protocol.start
    first = course.infusion(1) if course.protocol.asks_for("pregnancy-test") else None
    if not facts.patient.pregnancy_possible or first is None or course.timeline.died_on:
        return
    opens = first.on - timedelta(start.pregnancy_opens_before)
    if course.today < first.on - timedelta(start.pregnancy_target_before):
        return
    last = min(first.on, course.today)
    tests = course.timeline.pregnancy_tests
    if not any(test.result == "negative" and opens <= test.on <= last for test in tests):
        yield Conflict(
            "pregnancy-status-missing",
            Severity.BLOCK,
            1,
            f"Pregnancy is possible and there is no negative test from {day_words(opens)} to "
            f"{day_words(first.on)} for {first.name}. Test before the infusion.",
        )


def pregnancy_positive(course: ConflictInputs) -> Iterator[Conflict]:
    """Any test of the newest day that is not negative counts, also an unclear one."""
    timeline = course.timeline
    if timeline.has_ended:
        return
    tests = timeline.pregnancy_tests
    newest = max((test.on for test in tests), default=None)
    if newest and any(test.on == newest and test.result != "negative" for test in tests):
        yield Conflict(
            "pregnancy-positive",
            Severity.BLOCK,
            timeline.next_cycle,
            f"Latest pregnancy test ({day_words(newest)}) is not negative. Infusion {timeline.next_cycle} "
            f"needs a new negative test and prescriber review.",
        )


def _listed(names: Iterable[str]) -> str:
    return join_with_and(analyte_words(name) for name in names)
