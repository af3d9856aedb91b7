"""What a fact that a person records sets in motion.

record it -> assess the patient's courses -> the page answers with what changed. One transaction: the nurse
who typed it sees what follows from it.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.flows.lab_result import Receipt, enter_results, lock_patient, mark_courses
from coordination.flows.reassess import reassess
from labs.incoming import IncomingReport
from patients.models import Patient

T = TypeVar("T")


@transaction.atomic
def record(patient: Patient, act: Callable[[], T], *, now: datetime) -> T:
    """Do `act` for a patient (an action that stores one change), then assess."""
    lock_patient(patient)
    done = act()
    assess_all(mark_courses(patient, now=now), now=now)
    return done


@transaction.atomic
def type_results(incoming: IncomingReport, *, patient: Patient, by: User, now: datetime) -> Receipt:
    """Results typed by a person are assessed before the page answers."""
    receipt = enter_results(incoming, patient=patient, by=by, now=now)
    assess_all(receipt.courses, now=now)
    return receipt


@transaction.atomic
def record_death(patient: Patient, *, died_on: date, by: User, now: datetime) -> None:
    """Every open item is cancelled, nothing is planned, nobody is reminded."""
    lock_patient(patient)
    if patient.died_on:
        raise CareError(f"The death on {patient.died_on} is already recorded.")
    patient.died_on = died_on
    patient.died_recorded_at = now
    patient.died_recorded_by = by
    patient.save_by(by, because="death recorded")
    assess_all(mark_courses(patient, now=now), now=now)


def assess_all(courses: Iterable[int], *, now: datetime) -> None:
    for course_id in courses:
        reassess(course_id, now=now)
