"""The one way of every act that rests on a decision: sign, order, confirm, change, and what takes them back.

the patient and the course are ours -> assess all that is known -> act -> assess again. A result that is
stored first is in the assessment; one that comes later waits until the act is done, and finds it. What was
assessed stays when the act is refused, so that the page shows why.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from coordination.base.errors import CareError
from coordination.flows.lab_result import lock_patient
from coordination.flows.reassess import reassess
from scheduling.models import Course
from scheduling.rules.answer import Assessment

T = TypeVar("T")


def on_assessed(course: Course, act: Callable[[Assessment], T], *, now: datetime) -> T:
    """Do `act` on what the rules say of everything stored by now; it reads its rows afresh.

    The patient is locked first, as a report does it, so that the two wait for each other in one order.
    """
    with transaction.atomic():
        lock_patient(course.patient)
        assessment = reassess(course.pk, now=now).assessment
        try:
            with transaction.atomic():
                done = act(assessment)
                reassess(course.pk, now=now)
                return done
        except CareError as error:
            refused = error
    raise refused
