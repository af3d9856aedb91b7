"""A course begins: on an accepted referral, or on a named person's reason why without one.

Every door comes through here: the accepted referral, the form, the demo. What the check says is shown on the
form before it is sent; the reason stays with the course, and the database repeats both.
"""

from datetime import date, datetime

from django.db import transaction

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.flows.lab_result import lock_patient
from coordination.flows.reassess import reassess
from patients.models import Patient, Referral
from scheduling import actions
from scheduling.models import Course
from scheduling.rules.formatting import day_words


@transaction.atomic
def start_course(
    patient: Patient,
    *,
    first_on: date | None,
    by: User,
    now: datetime,
    protocol_key: str = "",
    anyway_because: str = "",
) -> Course:
    """Begin a course, its first infusion planned where the day is known.

    Raises CareError where no referral of the patient is accepted, unless `anyway_because` says why it
    begins anyway.
    """
    lock_patient(patient)
    referral = Referral.objects.newest_of(patient)
    lacking = acceptance_lacking(referral)
    because = anyway_because.strip() if lacking else ""
    if lacking and not because:
        raise CareError(f"{lacking} Enter a reason to start the course anyway.", "anyway_because")
    course = actions.start_course(
        patient,
        first_on=first_on,
        by=by,
        now=now,
        protocol_key=protocol_key,
        referral=None if lacking else referral,
        anyway_because=because,
    )
    reassess(course.pk, now=now)
    return course


def acceptance_lacking(referral: Referral | None) -> str:
    """Why the newest referral is no ground to start a course, as a sentence; empty where it is one."""
    if referral is None:
        return "No referral is on file."
    if referral.is_accepted:
        return ""
    received = f"The referral of {day_words(referral.received_on)}"
    if referral.state == Referral.State.DECLINED and referral.decided_at:
        on = day_words(clock.day_at(referral.patient.site, referral.decided_at))
        return f"{received} was declined by {referral.decided_by} on {on}: {referral.declined_because}"
    if referral.state == Referral.State.RETURNED and referral.returned_on:
        return f"{received} ended when the patient was handed back on {day_words(referral.returned_on)}."
    if referral.advice_only:
        return f"{received} only asked for advice."
    return f"{received} has not been accepted yet ({referral.get_state_display().lower()})."
