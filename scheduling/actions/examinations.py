"""Record scans, transfusions and pregnancy tests; plan a draw."""

from datetime import date, datetime

from coordination.base.models import Practice, User
from patients.models import Patient
from scheduling.actions.recording import save_fact
from scheduling.models import Draw, PregnancyTest, Scan, Transfusion


def record_scan(
    patient: Patient,
    *,
    kind: str,
    on: date,
    by: User | None,
    now: datetime,
    modality: str = "",
    uptake: str | None = None,
    report: str = "",
) -> Scan:
    """Done, or booked for a day to come; `uptake` as the reader of an SSTR scan states it."""
    scan = Scan(patient=patient, kind=kind, on=on, modality=modality, uptake=uptake, report=report)
    return save_fact(scan, by=by, now=now)


def record_transfusion(
    patient: Patient, *, product: str, on: date, by: User | None, now: datetime, units: int | None = None
) -> Transfusion:
    return save_fact(Transfusion(patient=patient, product=product, on=on, units=units), by=by, now=now)


def record_pregnancy_test(
    patient: Patient, *, on: date, result: str, by: User | None, now: datetime, method: str = ""
) -> PregnancyTest:
    return save_fact(PregnancyTest(patient=patient, on=on, result=result, method=method), by=by, now=now)


def plan_draw(
    patient: Patient,
    *,
    at: datetime,
    by: User,
    now: datetime,
    urgent: bool = False,
    practice: Practice | None = None,
) -> Draw:
    return save_fact(Draw(patient=patient, at=at, urgent=urgent, practice=practice), by=by, now=now)
