"""Where an accepted referral stands: it follows from the course, and nobody has to move it along.

accepted -> scheduled (the first infusion has a day) -> on treatment -> follow-up -> returned.
"""

from patients.actions import follow_course
from patients.models import Referral
from scheduling.models import Course
from scheduling.rules.facts import CourseFacts

State = Referral.State


def keep_up(course: Course, facts: CourseFacts) -> None:
    """Called whenever a course was assessed. Safe to repeat: the second time nothing has changed."""
    if course.referral and course.referral.state not in (*Referral.UNDECIDED, State.DECLINED):
        follow_course(course.referral, state_of(course, facts), returned_on=course.handed_back_on)


def state_of(course: Course, facts: CourseFacts) -> str:
    if course.handed_back_on:
        return State.RETURNED
    given = sum(1 for infusion in facts.infusions if infusion.started_at)
    if course.ended_at or given == course.protocol.doses.infusions:
        return State.FOLLOW_UP
    if given:
        return State.ON_TREATMENT
    return State.SCHEDULED if facts.infusions else State.ACCEPTED
