"""The patient returns to the practice: the loop is closed.

close the course (or mark a stopped one as handed back) -> assess: the item is done, the referral is returned,
follow-up goes on with its owners -> begin the letter, for somebody to read and sign. The portal says
"back with you" from then on, and shows the plan.
"""

from datetime import date, datetime

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.documents import versions
from coordination.documents.kinds import DOCUMENT_KINDS
from coordination.flows.lab_result import lock_patient
from coordination.flows.reassess import reassess
from coordination.models import Document
from coordination.wording.bilingual import day
from scheduling import actions
from scheduling.models import Course, Cycle

LETTER = DOCUMENT_KINDS[Document.Kind.HAND_BACK]


@transaction.atomic
def hand_back(course: Course, *, on: date, by: User, now: datetime) -> Document | None:
    """Return the patient. Gives the draft of the letter; None where nobody referred the patient.

    Raises CareError while infusions are to come, and where the patient is back already.
    """
    lock_patient(course.patient)
    course.refresh_from_db()
    if course.handed_back_on:
        raise CareError(f"The patient was handed back on {day(course.handed_back_on)}.")
    if course.is_current:
        _nothing_to_come(course)
        actions.complete_course(course, by=by, on=on, now=now)
    else:
        actions.hand_back_course(course, by=by, on=on)
    reassess(course.pk, now=now)
    return _letter(course, by=by, now=now)


def _nothing_to_come(course: Course) -> None:
    ahead = Cycle.objects.filter(course=course).to_come().count()
    if ahead:
        what = "One infusion is" if ahead == 1 else f"{ahead} infusions are"
        raise CareError(f"{what} still to come: a prescriber stops the course first, and says why.")


def _letter(course: Course, *, by: User, now: datetime) -> Document | None:
    if course.patient.referred_by is None or not Cycle.objects.filter(course=course).given().exists():
        return None
    return versions.draft(course.patient, LETTER, by=by, now=now)
