"""What a corrected fact of a patient sets in motion.

can it be? -> store it, with who and why -> assess the patient's courses: sex, birth date, anticoagulation and
pregnancy steer the rules.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.flows.record import record_fact
from labs.models import LabResult
from patients import actions
from patients.models import Patient
from scheduling.models import InfusionGiven
from scheduling.rules.formatting import day_words


def edit_patient(
    patient: Patient,
    *,
    by: User,
    because: str,
    version: int,
    now: datetime,
    changes: Mapping[str, Any],
) -> None:
    """Raises CareError, which names the field, and OutOfDate where somebody saved since `version`."""

    def act() -> None:
        if changes.get("birth_date"):
            _born_before_it_all(patient, changes["birth_date"])
        actions.correct_patient(patient, by=by, because=because, version=version, now=now, **changes)

    record_fact(patient, act, now=now)


def _born_before_it_all(patient: Patient, born: date) -> None:
    """Nothing was collected or given before the birth; one of the two dates is wrong."""
    for what, first in (("result", _first_collected(patient)), ("infusion", _first_given(patient))):
        if first is None:
            continue
        on = clock.day_at(patient.site, first)
        if on < born:
            raise CareError(
                f"The first {what} is of {day_words(on)}, before this date of birth. Check both dates.",
                "birth_date",
            )


def _first_collected(patient: Patient) -> datetime | None:
    results = LabResult.objects.filter(patient=patient, collected_at__isnull=False).usable().standing()
    return results.order_by("collected_at").values_list("collected_at", flat=True).first()


def _first_given(patient: Patient) -> datetime | None:
    given = InfusionGiven.objects.known().filter(cycle__course__patient=patient)
    return given.order_by("started_at").values_list("started_at", flat=True).first()
