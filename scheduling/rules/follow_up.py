"""Items of the whole course and of the time after the last infusion; they have no cycle.

Series without end are listed up to and including the first whose target is after today (after a death:
after that day). Source: docs/clinical/schedule.md.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, pairwise

from scheduling.rules.answer import DueItemAnswer
from scheduling.rules.days import add_months
from scheduling.rules.due_item_states import ScheduleInputs, due_item, lab_item
from scheduling.rules.protocol import Labs, required_section


def ct_items(course: ScheduleInputs) -> list[DueItemAnswer]:
    """CT or MRI every three months from the first infusion, mid-course included [H22]."""
    first, scans = course.timeline.day(1), course.protocol.scans
    if scans is None or "ct-mri" not in course.asked:
        return []
    if first is None:
        return [due_item(course, "ct-mri", None)]
    slack = timedelta(scans.ct_slack_days)
    done_on = [s.on for s in course.timeline.facts.scans if s.kind == "ct-mri" and s.on <= course.today]
    targets = (add_months(first, scans.ct_every_months * number) for number in count(1))
    return [
        due_item(
            course,
            "ct-mri",
            None,
            opens=target - slack,
            target=target,
            closes=target + slack,
            done=any(target - slack <= on < following - slack for on in done_on),
        )
        for target, following in _listed(targets, course)
    ]


def after_last_items(course: ScheduleInputs) -> list[DueItemAnswer]:
    """The items after the last infusion, or after a course was stopped that had at least one."""
    timeline = course.timeline
    is_over = timeline.all_given or timeline.stopped_on is not None
    last_on = timeline.day(timeline.current_interval)
    if not (is_over and timeline.given and last_on):
        return []
    return [each for item, build in AFTER_LAST if item in course.asked for each in build(course, last_on)]


def _listed(targets: Iterator[date], course: ScheduleInputs) -> Iterator[tuple[date, date]]:
    """Each target with the one that follows it, up to the first target after today."""
    horizon = min(course.today, course.timeline.died_on or course.today)
    for target, following in pairwise(targets):
        yield target, following
        if target > horizon:
            return


def _post_treatment_labs(course: ScheduleInputs, last_on: date) -> list[DueItemAnswer]:
    """Five weeks after completion [H22]; counts until the first follow-up opens."""
    labs = course.protocol.labs
    first_follow_up = next(_follow_up_targets(last_on, labs))
    item = lab_item(
        course,
        "post-treatment-labs",
        None,
        opens=last_on + timedelta(labs.post_treatment_opens),
        target=last_on + timedelta(labs.post_treatment_target),
        closes=last_on + timedelta(labs.post_treatment_closes),
        before=first_follow_up - timedelta(labs.follow_up_slack_days),
    )
    return [item]


def _follow_up_labs(course: ScheduleInputs, last_on: date) -> list[DueItemAnswer]:
    """Late marrow effects: yearly for life [HALF]."""
    labs = course.protocol.labs
    slack = timedelta(labs.follow_up_slack_days)
    return [
        lab_item(
            course,
            "follow-up-labs",
            None,
            opens=target - slack,
            target=target,
            closes=target + slack,
            before=following - slack,
        )
        for target, following in _listed(_follow_up_targets(last_on, labs), course)
    ]


def _follow_up_targets(last_on: date, labs: Labs) -> Iterator[date]:
    for months in labs.follow_up_months:
        yield add_months(last_on, months)
    for number in count(1):
        yield add_months(last_on, labs.follow_up_months[-1] + number * labs.follow_up_then_months)


def _maintenance_lar(course: ScheduleInputs, _last_on: date) -> list[DueItemAnswer]:
    """Every 28 days from the injection before, each from the one that was given.

    The chain begins with the first injection after the last infusion started; before that one is given
    there is no date. It ends with progression or 18 calendar months after the first infusion, the day
    itself included, whichever is earlier.
    """
    ssa = required_section(course.protocol.somatostatin)
    given_on = _days_given_after_last(course)
    last_target = _maintenance_ends(course)
    if not given_on:
        reckoned_on = min(course.today, course.timeline.died_on or course.today)
        return [due_item(course, "maintenance-lar", None)] if reckoned_on <= last_target else []
    slack = timedelta(ssa.maintenance_slack_days)
    items = []
    for number, previous in enumerate(given_on, start=1):
        target = previous + timedelta(ssa.maintenance_days)
        if target > last_target:
            break
        items.append(
            due_item(
                course,
                "maintenance-lar",
                None,
                opens=target - slack,
                target=target,
                closes=target + slack,
                done=number < len(given_on),
            )
        )
    return items


def _days_given_after_last(course: ScheduleInputs) -> list[date]:
    """Two injections on one day are one step of the chain."""
    last = course.starts[course.timeline.current_interval]
    return sorted({i.on for i in course.injections if i.given_at is not None and i.given_at > last})


def _maintenance_ends(course: ScheduleInputs) -> date:
    first_on = course.timeline.local_day(min(course.starts.values()))
    by_months = add_months(first_on, required_section(course.protocol.somatostatin).maintenance_months)
    return min(by_months, course.timeline.progressed_on or by_months)


def _response_pet(course: ScheduleInputs, last_on: date) -> list[DueItemAnswer]:
    """Not sooner than three months after the last infusion [H22]."""
    scans = required_section(course.protocol.scans)
    opens = add_months(last_on, scans.response_after_months)
    done = any(
        scan.kind == "sstr-pet" and opens <= scan.on <= course.today for scan in course.timeline.facts.scans
    )
    closes = opens + timedelta(scans.response_open_days)
    return [due_item(course, "response-sstr-pet", None, opens=opens, closes=closes, done=done)]


def _hand_back(course: ScheduleInputs, last_on: date) -> list[DueItemAnswer]:
    """The patient returns to the referring physician [H22]; no fact of the course file says it is done."""
    after = course.protocol.after
    opens = last_on + timedelta(after.hand_back_opens)
    closes = last_on + timedelta(after.hand_back_closes)
    return [due_item(course, "hand-back", None, opens=opens, closes=closes)]


AFTER_LAST: tuple[tuple[str, Callable[[ScheduleInputs, date], list[DueItemAnswer]]], ...] = (
    ("post-treatment-labs", _post_treatment_labs),
    ("maintenance-lar", _maintenance_lar),
    ("response-sstr-pet", _response_pet),
    ("follow-up-labs", _follow_up_labs),
    ("hand-back", _hand_back),
)
"""What follows the last infusion, in the order in which it is shown."""
