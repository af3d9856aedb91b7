"""The schedule: every item before, on and after the infusions, with its dates and its state.

D(n) is the day of infusion n: given, else planned, else projected. Every number is the protocol's.
Source: docs/clinical/schedule.md, which has the table and our reading of it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto

from scheduling.rules.answer import DueItemAnswer, ItemState
from scheduling.rules.days import add_months
from scheduling.rules.due_item_states import ScheduleInputs, due_item, lab_item, limit_item, recorded_item
from scheduling.rules.facts import ConsentOrEducationFact
from scheduling.rules.follow_up import after_last_items, ct_items
from scheduling.rules.long_acting import post_dose_injection
from scheduling.rules.order_clock import order_by
from scheduling.rules.protocol import required_section
from scheduling.rules.timeline import Timeline


def plan_items(timeline: Timeline) -> tuple[DueItemAnswer, ...]:
    """Every item of the course: cycle by cycle, then the scans of the course, then what follows the last."""
    course = ScheduleInputs(timeline)
    items: list[DueItemAnswer] = []
    number = course.protocol.doses.infusions
    asked = [(_span(which, number), build) for item, which, build in AROUND_INFUSIONS if item in course.asked]
    for cycle in range(1, number + 1):
        for cycles, build in asked:
            if cycle in cycles and (due := build(course, cycle)):
                items.append(due)
    items += ct_items(course)
    items += after_last_items(course)
    return tuple(items)


class Cycles(Enum):
    """The infusions around which an item is asked for."""

    EACH = auto()
    FIRST = auto()
    LATER = auto()
    ALL_BUT_LAST = auto()


def _span(which: Cycles, number: int) -> range:
    """The cycles of a course of so many infusions."""
    first = 2 if which is Cycles.LATER else 1
    last = 1 if which is Cycles.FIRST else number - 1 if which is Cycles.ALL_BUT_LAST else number
    return range(first, last + 1)


def shift_day(day: date | None, days: int) -> date | None:
    return None if day is None else day + timedelta(days)


# --- before the infusion ------------------------------------------------------------------------------


def _infusion(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    """Its days count from the actual day of the infusion before, not from the first plan [H22]."""
    before = course.timeline.day(cycle - 1)
    interval = course.protocol.interval
    return due_item(
        course,
        "infusion",
        cycle,
        opens=shift_day(before, interval.earliest),
        target=shift_day(before, interval.target),
        closes=shift_day(before, interval.latest),
        done=cycle in course.starts,
    )


def _sstr_pet(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    first = course.timeline.day(cycle)
    if first is None:
        return due_item(course, "sstr-pet", cycle)
    opens = add_months(first, -required_section(course.protocol.scans).sstr_within_months)
    done = any(
        scan.kind == "sstr-pet" and opens <= scan.on <= min(first, course.today)
        for scan in course.timeline.facts.scans
    )
    return due_item(course, "sstr-pet", cycle, opens=opens, closes=first, done=done)


def _baseline_labs(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    first, labs = course.timeline.day(cycle), course.protocol.labs
    return lab_item(
        course,
        "baseline-labs",
        cycle,
        opens=shift_day(first, -labs.baseline_opens_before),
        target=shift_day(first, -labs.baseline_target_before),
        closes=shift_day(first, -labs.baseline_closes_before),
        until=course.starts.get(cycle),
    )


def _pregnancy_test(course: ScheduleInputs, cycle: int) -> DueItemAnswer | None:
    facts = course.timeline.facts
    if not facts.patient.pregnancy_possible:
        return None
    first, start = course.timeline.day(cycle), course.protocol.start
    opens = shift_day(first, -start.pregnancy_opens_before)
    done = (
        first is not None
        and opens is not None
        and any(
            test.result == "negative" and opens <= test.on <= min(first, course.today)
            for test in course.timeline.pregnancy_tests
        )
    )
    target = shift_day(first, -start.pregnancy_target_before)
    return due_item(course, "pregnancy-test", cycle, opens=opens, target=target, closes=first, done=done)


def _education(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    return _consent_or_education(course, "education", cycle, course.timeline.facts.education)


def _consent(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    return _consent_or_education(course, "consent", cycle, course.timeline.facts.consents)


def _consent_or_education(
    course: ScheduleInputs, item: str, cycle: int, records: Sequence[ConsentOrEducationFact]
) -> DueItemAnswer:
    target, closes = _paperwork_days(course, cycle)
    return recorded_item(
        course, item, cycle, target=target, closes=closes, done=_is_recorded(course, records)
    )


def _authorization(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    day, granted = course.timeline.day(cycle), course.timeline.facts.authorizations
    done = day is not None and any(one.start <= day <= one.end for one in granted)
    target, closes = _paperwork_days(course, cycle)
    return due_item(course, "authorization", cycle, target=target, closes=closes, done=done)


def _paperwork_days(course: ScheduleInputs, cycle: int) -> tuple[date | None, date | None]:
    day, start = course.timeline.day(cycle), course.protocol.start
    return shift_day(day, -start.paperwork_target_before), shift_day(day, -start.paperwork_closes_before)


def _is_recorded(course: ScheduleInputs, records: Sequence[ConsentOrEducationFact]) -> bool:
    """Whether a record of D(1) or before was not withdrawn by then."""
    first, today = course.timeline.day(1), course.today
    until = today if first is None else min(first, today)
    return any(
        record.on <= until and (record.withdrawn_on is None or record.withdrawn_on > until)
        for record in records
    )


def _dose_order(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    day = course.timeline.day(cycle)
    latest = order_by(day, course.protocol.order) if day else None
    done = cycle in course.starts
    return due_item(course, "dose-order", cycle, target=latest, closes=latest, done=done)


def _pre_dose_labs(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    day, labs = course.timeline.day(cycle), course.protocol.labs
    return lab_item(
        course,
        "pre-dose-labs",
        cycle,
        opens=pre_dose_opens(course.timeline, cycle),
        target=shift_day(day, -labs.pre_dose_target_before),
        closes=shift_day(day, -course.protocol.panel.closes_days_before),
        until=course.starts.get(cycle),
    )


def pre_dose_opens(timeline: Timeline, cycle: int) -> date | None:
    """The day from which the panel before an infusion counts: for a later one never before day 8."""
    day, protocol = timeline.day(cycle), timeline.protocol
    if cycle == 1:
        return shift_day(day, -protocol.labs.baseline_opens_before)
    before = timeline.day(cycle - 1)
    opens = shift_day(day, -protocol.labs.pre_dose_opens_before)
    if opens is None or before is None:
        return opens
    return max(opens, before + timedelta(protocol.panel.first_day))


def _confirm_labs(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    """Many centers repeat the blood tests the day before or the same day [H22 f1]."""
    day = course.timeline.day(cycle)
    opens = shift_day(day, -course.protocol.labs.confirm_before)
    until = course.starts.get(cycle)
    return lab_item(course, "confirm-labs", cycle, opens=opens, target=opens, closes=day, until=until)


def _lar_last_before(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    closes = shift_day(
        course.timeline.day(cycle), -required_section(course.protocol.somatostatin).washout_days
    )
    ended_on = course.ended_on
    reckoned_on = course.today if ended_on is None else min(course.today, ended_on)
    has_passed = closes is not None and reckoned_on > closes
    return limit_item(course, "lar-last-before", cycle, closes=closes, has_passed=has_passed)


def _short_acting_stop(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    """Counted in hours from the start: without a known start it has no time."""
    start = course.starts.get(cycle)
    hours = required_section(course.protocol.somatostatin).short_acting_hours
    closes = _hours_from(start, -hours).astimezone(course.timeline.zone) if start else None
    return limit_item(course, "short-acting-stop", cycle, closes=closes, has_passed=start is not None)


# --- at the infusion and after it ---------------------------------------------------------------------


def _antiemetic(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    infusion = course.timeline.infusion(cycle)
    done = infusion is not None and infusion.antiemetic_at is not None
    return recorded_item(course, "antiemetic", cycle, opens=course.timeline.day(cycle), done=done)


def _amino_acids(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    infusion = course.timeline.infusion(cycle)
    done = infusion is not None and infusion.amino_acids_started_at is not None
    return recorded_item(course, "amino-acids", cycle, opens=course.timeline.day(cycle), done=done)


def _post_dose_lar(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    """Its window is in real hours: from 4 h after the end to 24 h after the start."""
    start, day = course.starts.get(cycle), course.timeline.day(cycle)
    if start is None or day is None:
        return due_item(course, "post-dose-lar", cycle, waits=True)
    end = course.given[cycle].ended_at
    ssa, zone = required_section(course.protocol.somatostatin), course.timeline.zone
    opens = _hours_from(end, ssa.post_dose_from_hours) if end else None
    closes = _hours_from(start, ssa.post_dose_until_hours)
    is_given = post_dose_injection(
        course.injections, started_at=start, started_on=day, within_days=ssa.post_dose_within_days
    )
    reason = "" if is_given else course.cancelled_because(cycle)
    if is_given:
        state = ItemState.DONE
    elif reason:
        state = ItemState.CANCELLED
    else:
        state = _state_at(course.timeline.now, opens, closes)
    return DueItemAnswer(
        "post-dose-lar",
        cycle,
        opens.astimezone(zone) if opens else None,
        None,
        closes.astimezone(zone),
        state,
        (),
        reason,
    )


def _state_at(now: datetime, opens: datetime | None, closes: datetime) -> ItemState:
    if now > closes:
        return ItemState.OVERDUE
    return ItemState.OPEN if opens and now >= opens else ItemState.PLANNED


def _hours_from(instant: datetime, hours: int) -> datetime:
    """The instant so many elapsed hours later (earlier, if negative), in UTC, across clock changes too."""
    return instant.astimezone(UTC) + timedelta(hours=hours)


def _radiation_precautions(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    """Done when they have closed; a death before that cancels them [H22 t2]."""
    day = course.timeline.day(cycle)
    closes = shift_day(day, course.protocol.after.precaution_days)
    is_given = cycle in course.starts
    died_on = course.timeline.died_on
    reckoned_on = course.today if died_on is None else min(course.today, died_on)
    return due_item(
        course,
        "radiation-precautions",
        cycle,
        opens=day,
        closes=closes,
        done=is_given and closes is not None and reckoned_on > closes,
        waits=not is_given,
    )


def _nadir_labs(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    day, labs = course.timeline.day(cycle), course.protocol.labs
    return lab_item(
        course,
        "nadir-labs",
        cycle,
        opens=shift_day(day, labs.nadir_opens),
        target=shift_day(day, labs.nadir_target),
        closes=shift_day(day, labs.nadir_closes),
        until=course.starts.get(cycle + 1),
        waits=cycle not in course.starts,
    )


def _interim_ssa(course: ScheduleInputs, cycle: int) -> DueItemAnswer:
    """The monthly injection some centers give: legal on day 28 of a 56-day cycle only."""
    day = course.timeline.day(cycle)
    on = shift_day(day, required_section(course.protocol.somatostatin).interim_day)
    first = shift_day(day, course.protocol.panel.first_day)
    until = course.starts.get(cycle + 1)
    is_given = cycle in course.starts
    done = is_given and any(
        injection.given_at is not None
        and first is not None
        and injection.on >= first
        and (until is None or injection.given_at < until)
        for injection in course.injections
    )
    return due_item(
        course, "interim-ssa", cycle, opens=on, target=on, closes=on, done=done, waits=not is_given
    )


AROUND_INFUSIONS: tuple[tuple[str, Cycles, Callable[[ScheduleInputs, int], DueItemAnswer | None]], ...] = (
    ("sstr-pet", Cycles.FIRST, _sstr_pet),
    ("baseline-labs", Cycles.FIRST, _baseline_labs),
    ("pregnancy-test", Cycles.FIRST, _pregnancy_test),
    ("education", Cycles.FIRST, _education),
    ("consent", Cycles.FIRST, _consent),
    ("authorization", Cycles.FIRST, _authorization),
    ("infusion", Cycles.LATER, _infusion),
    ("pre-dose-labs", Cycles.LATER, _pre_dose_labs),
    ("dose-order", Cycles.EACH, _dose_order),
    ("confirm-labs", Cycles.EACH, _confirm_labs),
    ("lar-last-before", Cycles.EACH, _lar_last_before),
    ("short-acting-stop", Cycles.EACH, _short_acting_stop),
    ("antiemetic", Cycles.EACH, _antiemetic),
    ("amino-acids", Cycles.EACH, _amino_acids),
    ("post-dose-lar", Cycles.EACH, _post_dose_lar),
    ("radiation-precautions", Cycles.EACH, _radiation_precautions),
    ("nadir-labs", Cycles.ALL_BUT_LAST, _nadir_labs),
    ("interim-ssa", Cycles.ALL_BUT_LAST, _interim_ssa),
)
"""What hangs around an infusion, in the order in which it is shown."""
