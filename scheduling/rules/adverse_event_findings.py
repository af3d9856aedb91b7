"""Adverse events as the rows of the dose-modification table read them.

Source: RULES.md section 4 [H22 t3, PI24].
"""

from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.formatting import day_words, decapitalized
from scheduling.rules.row_findings import SEVERE, IntervalFacts, Point
from scheduling.rules.timeline import Timeline


def severe_events(interval_facts: IntervalFacts) -> list[Point]:
    """A point for each event of the row that is, or may be, grade 3 or more."""
    timeline = interval_facts.timeline
    return [event_point(timeline, event) for event in interval_facts.events if may_be_severe(timeline, event)]


def lacks_grade(event: AdverseEventFact) -> bool:
    """Whether its worst grade is unknown; the grade after it resolved does not tell the worst one."""
    return event.grade is None and (event.grade_now is None or event.resolved_on is not None)


def may_be_severe(timeline: Timeline, event: AdverseEventFact) -> bool:
    return lacks_grade(event) or worst_grade(timeline, event) >= SEVERE


def worst_grade(timeline: Timeline, event: AdverseEventFact) -> int:
    return max(event.grade or 0, grade_today(timeline, event))


def grade_today(timeline: Timeline, event: AdverseEventFact) -> int:
    """Its grade until it resolved, then the grade that remained; without an end, the newest grade known."""
    if event.resolved_on is None:
        return event.grade if event.grade_now is None and event.grade else event.grade_now or 0
    if event.resolved_on <= timeline.today:
        return event.grade_now or 0
    return event.grade or 0


def event_point(timeline: Timeline, event: AdverseEventFact) -> Point:
    worst = worst_grade(timeline, event)
    is_severe = worst >= SEVERE
    is_over = event.resolved_on is not None and event.resolved_on <= timeline.today
    said = event_words(event)
    return Point(
        subject="event",
        on=event.on,
        fires=True if is_severe else None,
        is_newest=grade_today(timeline, event) >= SEVERE if is_severe else not is_over,
        is_back=True,
        is_lab=False,
        because=(event.id,) if is_severe else (),
        words=said,
        doubt="" if is_severe else f"{said} has no grade",
        worth=f"{{}}grade {worst}",
    )


def event_words(event: AdverseEventFact) -> str:
    return f"{decapitalized(event.term)} on {day_words(event.on)}"
