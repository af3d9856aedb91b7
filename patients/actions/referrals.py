"""A referral and its states: received, information needed, tumor board, accepted or declined.

What comes after acceptance is not decided but follows from the course (`follow_course`).
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from coordination.base.errors import CareError
from coordination.base.models import Practice, User
from patients.models import Patient, Referral, ReferralPaper

State = Referral.State


def receive_referral(
    patient: Patient,
    *,
    practice: Practice | None,
    received_on: date,
    by: User | None,
    referred_by_name: str = "",
    came_through: str = "",
    reason: str = "",
    advice_only: bool = False,
    placer: tuple[str, str] | None = None,
) -> Referral:
    """A practice asks. `placer` is its own number for the referral, as (system, value), used once."""
    if Referral.objects.undecided().filter(patient=patient).exists():
        raise CareError("A referral of this patient is already waiting for a decision.")
    referral = Referral(
        patient=patient,
        practice=practice,
        received_on=received_on,
        referred_by_name=referred_by_name,
        came_through=came_through,
        reason=reason,
        advice_only=advice_only,
        placer_system=placer[0] if placer else None,
        placer_number=placer[1] if placer else None,
    )
    try:
        with transaction.atomic():
            referral.save_by(by, because="referral received")
    except IntegrityError as error:
        raise CareError("A referral with this number was already received.", "placer") from error
    return referral


def receive_paper(
    referral: Referral,
    *,
    kind: str,
    received_on: date,
    by: User | None,
    now: datetime,
    dated_on: date | None = None,
    note: str = "",
) -> ReferralPaper:
    """A report, images or a history has come in."""
    if dated_on and dated_on > received_on:
        raise CareError("A paper is not dated after the day it came.", "dated_on")
    paper = ReferralPaper(
        referral=referral,
        kind=kind,
        dated_on=dated_on,
        received_on=received_on,
        note=note,
        recorded_at=now,
        recorded_by=by,
    )
    paper.save_by(by, because="paper received")
    return paper


# --- states ------------------------------------------------------------------------------------------


def ask_for_information(referral: Referral, *, by: User, because: str) -> None:
    """The practice is asked for what is missing; `because` says what."""
    _undecided(referral)
    if not because.strip():
        raise CareError("Say what is missing.", "because")
    _move(referral, State.INFORMATION_NEEDED, by=by, because=because)


def send_to_board(referral: Referral, *, by: User, because: str = "") -> None:
    _undecided(referral)
    _move(referral, State.TUMOR_BOARD, by=by, because=because or "for the tumor board")


def accept_referral(referral: Referral, *, by: User, now: datetime, because: str = "") -> None:
    _undecided(referral)
    if referral.advice_only:
        raise CareError("This is a question before a referral: nobody has been referred yet.")
    referral.decided_at, referral.decided_by = now, by
    _move(referral, State.ACCEPTED, by=by, because=because or "accepted")


def decline_referral(referral: Referral, *, by: User, now: datetime, because: str) -> None:
    """The reason goes back to the practice with the answer."""
    _undecided(referral)
    if not because.strip():
        raise CareError("Say why it is declined.", "because")
    referral.decided_at, referral.decided_by = now, by
    referral.declined_because = because
    _move(referral, State.DECLINED, by=by, because=because)


def follow_course(referral: Referral, state: str, *, returned_on: date | None = None) -> bool:
    """An accepted referral stands where its course stands. False where it stood there already."""
    if referral.state in (*Referral.UNDECIDED, State.DECLINED):
        raise CareError("A referral without an acceptance has no course to follow.")
    if (referral.state, referral.returned_on) == (state, returned_on):
        return False
    referral.returned_on = returned_on
    _move(referral, state, by=None, because="follows from the course")
    return True


def _undecided(referral: Referral) -> None:
    if referral.state in Referral.UNDECIDED:
        return
    if referral.state == State.DECLINED:
        raise CareError(f"This referral was declined by {referral.decided_by}: {referral.declined_because}")
    raise CareError(f"This referral was already accepted by {referral.decided_by}.")


def _move(referral: Referral, state: str, *, by: User | None, because: str) -> None:
    referral.state = state
    referral.version += 1
    referral.save_by(by, because=because)
