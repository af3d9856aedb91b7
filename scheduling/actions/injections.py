"""Record injections, given or planned."""

from datetime import date, datetime
from decimal import Decimal

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import Practice, User
from patients.models import Patient
from scheduling.actions.recording import check_is_past, save_fact
from scheduling.models import Injection


def record_injection(
    patient: Patient,
    *,
    drug: str,
    by: User | None,
    now: datetime,
    given_at: datetime | None = None,
    planned_on: date | None = None,
    dose_mg: Decimal | None = None,
    practice: Practice | None = None,
    note: str = "",
    plan: Injection | None = None,
) -> Injection:
    """Given, or planned. A `plan` that is now given is the same injection: its row gets the time.

    Raises OutOfDate where the plan was given or called off meanwhile.
    """
    check_is_past(given_at, "given_at", now=now)
    if plan:
        return _given_as_planned(
            plan, drug=drug, given_at=given_at, dose_mg=dose_mg, practice=practice, note=note, by=by
        )
    if given_at is None and planned_on is None:
        raise CareError("Say when it was given, or for which day it is planned.", "given_at")
    return save_fact(
        Injection(
            patient=patient,
            drug=drug,
            dose_mg=dose_mg,
            planned_on=planned_on,
            given_at=given_at,
            practice=practice,
            note=note,
        ),
        by=by,
        now=now,
    )


def _given_as_planned(
    plan: Injection,
    *,
    drug: str,
    given_at: datetime | None,
    dose_mg: Decimal | None,
    practice: Practice | None,
    note: str,
    by: User | None,
) -> Injection:
    if given_at is None:
        raise CareError("Say when it was given. To move a plan, call it off and plan it anew.", "given_at")
    if not Injection.objects.planned().filter(pk=plan.pk).exists():
        raise OutOfDate("This plan was given, called off or taken back meanwhile.", "plan")
    plan.drug, plan.given_at, plan.dose_mg, plan.practice = drug, given_at, dose_mg, practice
    plan.note = note or plan.note
    plan.save_by(by, because="given")
    return plan
