"""Where a patient stands, in one line; and the first lines of a page: they come back, who is in charge."""

from dataclasses import dataclass
from datetime import date, timedelta

from coordination.portal.reading import PortalChart
from coordination.wording.bilingual import day, reason_outside
from patients.models import Referral

BACK_AFTER = timedelta(days=35)
State = Referral.State


@dataclass(frozen=True, slots=True)
class Standing:
    """`key` is one of coordination.base.words.STATUSES and gives tone and shape; `word` says the state."""

    key: str
    word: str
    sentence: str


def stands(story: PortalChart) -> Standing:
    if story.patient.died_on:
        return Standing(
            "died", "Died", f"Died on {day(story.patient.died_on)}. Nothing more is asked of you."
        )
    if story.course is None:
        return _before_the_course(story)
    if story.returned_on:
        return Standing(
            "completed",
            "Back with you",
            f"Returned to you on {day(story.returned_on)}, after {_given(story)}.",
        )
    return _over(story) if story.is_over else _running(story)


def _before_the_course(story: PortalChart) -> Standing:
    referral = story.referral
    if referral is None:
        return Standing("waiting", "Known to us", "No referral yet: tell us when you want to refer.")
    if referral.state == State.DECLINED:
        return Standing("cancelled", "Not taken on", f"Stays with you. {referral.declined_because}".strip())
    if referral.state == State.TUMOR_BOARD:
        return Standing("waiting", "Tumor board", "Goes before the tumor board; we write to you at once.")
    if story.missing:
        return Standing("due", "Information needed", "We wait for papers before the tumor board can decide.")
    if referral.state in Referral.UNDECIDED:
        return Standing("waiting", "Received", f"Referral of {day(referral.received_on)} is being read.")
    return Standing("planned", "Accepted", "Accepted for treatment; the course is being planned.")


def _given(story: PortalChart) -> str:
    count, planned = len(story.given), len(story.cycles)
    return f"{count} of {planned} infusions"


def _over(story: PortalChart) -> Standing:
    course, last = story.course, story.last_given
    back = _back(story)
    if course and course.stopped_on:
        because = reason_outside(course.stopped_reason)
        said = f"Stopped on {day(course.stopped_on)} after {_given(story)}: {because}."
        return Standing("stopped", "Stopped", f"{said} {back}")
    when = f", the last on {day(last.on)}" if last else ""
    return Standing("done", "All infusions given", f"{_given(story)} given{when}. {back}")


def _back(story: PortalChart) -> str:
    on = back_on(story)
    if on and on < story.today:
        return "Returns to you; the letter is on its way."
    return f"Returns to you about {day(on)}." if on else "Returns to you."


def back_on(story: PortalChart) -> date | None:
    """The day the patient returns: five weeks after the last infusion given [H22]."""
    return story.last_given.on + BACK_AFTER if story.last_given else None


def _running(story: PortalChart) -> Standing:
    course, upcoming = story.course, story.next_cycle
    ahead = _ahead(story)
    if course and course.held_since:
        since, why = day(course.held_since), reason_outside(course.held_reason)
        return Standing("held", "On hold", f"{_given(story)} given. On hold since {since}: {why}.")
    word = "On treatment" if story.given else "First infusion planned"
    if upcoming and not story.given and upcoming.planned_on is None:
        word = "Being planned"
    key = "active" if story.given else "planned"
    return Standing(key, word, f"{_given(story)} given. {ahead}" if story.given else ahead)


def _ahead(story: PortalChart) -> str:
    upcoming = story.next_cycle
    if upcoming is None:
        return ""
    if upcoming.planned_on and upcoming.planned_on < story.today:
        return (
            f"Infusion {upcoming.number} was planned for {day(upcoming.planned_on)}; it is not recorded yet."
        )
    if upcoming.planned_on:
        distance = (upcoming.planned_on - story.today).days
        when = {0: "today", 1: "tomorrow"}.get(distance, f"in {distance} days")
        return f"Infusion {upcoming.number} {when}, {day(upcoming.planned_on)}."
    expected = story.item("infusion", upcoming.number)
    if expected and expected.target:
        return f"Infusion {upcoming.number} is expected about {day(expected.target)}."
    return f"Infusion {upcoming.number} has no day yet."


def lead_lines(story: PortalChart) -> tuple[str, str]:
    """The first lines: whose patient it is, and who is in charge of what (RULES 9)."""
    name, here = story.patient.spoken_name, story.site.name
    if story.patient.died_on:
        return (f"{name} died on {day(story.patient.died_on)}.", "Nothing more is to be done on this plan.")
    if story.returned_on:
        return (
            f"{name} is back with you, and you are in charge of the care.",
            f"{here} remains available for every question and takes {name} back at any time.",
        )
    if story.is_over:
        on = back_on(story)
        return (
            f"{name} returns to you{f' about {day(on)}' if on and on >= story.today else ''}: "
            "you are in charge from then on.",
            f"Until then {here} watches over what the infusions left behind; everything else is yours.",
        )
    if story.course is None:
        return (
            f"{name} remains your patient and returns to you after treatment.",
            f"You stay in charge of the care. {here} changes nothing without telling you.",
        )
    return (
        f"{name} remains your patient and returns to you about five weeks after the last infusion.",
        f"Until then {here} is in charge of the infusions, their doses and radiation safety; "
        "you stay in charge of everything else.",
    )
