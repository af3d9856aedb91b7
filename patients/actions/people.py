"""Who the patient is, by which numbers they are known, who cares for them, and who sees to what."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from coordination.base import clock
from coordination.base.choices import Owner
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import Practice, Site, User
from coordination.base.phones import kept_phone
from patients.models import CareTeamMember, Patient, PatientIdentifier, Responsibility
from patients.models.patient import SHORTEST_CM, TALLEST_CM

CORRECTABLE = frozenset(
    {
        *("family_name", "given_name", "birth_date", "sex", "phone", "email", "address", "language"),
        *("pregnancy_possible", "anticoagulated", "allergies", "height_cm", "referred_by"),
    }
)
"""What a person may put right. The site and the death are acts of their own."""


@transaction.atomic
def register_patient(
    *,
    site: Site,
    family_name: str,
    given_name: str,
    birth_date: date | None,
    sex: str,
    by: User | None,
    now: datetime,
    identifiers: Iterable[tuple[str, str]] = (),
    **details: Any,
) -> Patient:
    """A new patient of a site, with their numbers as (system, value). `details`: any of `CORRECTABLE`."""
    _only_correctable(details)
    known = {"family_name": family_name, "birth_date": birth_date} | details
    _can_be_known(known, died_on=None, today=clock.day_at(site, now))
    if phone := details.get("phone"):
        details["phone"] = kept_phone(phone, country=site.country)
    patient = Patient(
        site=site,
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        birth_date=birth_date,
        sex=sex,
        created_at=now,
        **details,
    )
    patient.save_by(by, because="registered")
    for system, value in identifiers:
        add_identifier(patient, system=system, value=value, by=by)
    return patient


def correct_patient(
    patient: Patient, *, by: User, because: str, version: int, now: datetime, **changes: Any
) -> None:
    """Put right what is known of a person. `version` is what the caller had read."""
    _only_correctable(changes)
    if not because.strip():
        raise CareError("Enter a reason.", "because")
    if not changes:
        raise CareError("Nothing was changed.")
    _can_be_known(changes, died_on=patient.died_on, today=clock.day_at(patient.site, now))
    if changes.get("phone", patient.phone) != patient.phone:
        changes["phone"] = kept_phone(changes["phone"], country=patient.site.country)
    if not patient.next_version(version):
        raise OutOfDate(f"{patient.changed_meanwhile('this patient')} Look again.")
    for name, value in changes.items():
        setattr(patient, name, value)
    patient.save_by(by, because=because)


def _can_be_known(known: Mapping[str, Any], *, died_on: date | None, today: date) -> None:
    """Refuse what cannot be true of a person, and name the field."""
    if not str(known.get("family_name", "a name")).strip():
        raise CareError("Enter a family name.", "family_name")
    born, height = known.get("birth_date"), known.get("height_cm")
    if born and born > today:
        raise CareError("The date of birth is in the future.", "birth_date")
    if born and died_on and born > died_on:
        raise CareError("The date of birth is after the date of death.", "birth_date")
    if height is not None and not SHORTEST_CM <= height <= TALLEST_CM:
        raise CareError(f"A height is between {SHORTEST_CM} and {TALLEST_CM} cm.", "height_cm")


def _only_correctable(changes: Iterable[str]) -> None:
    if unknown := set(changes) - CORRECTABLE:
        raise TypeError(f"not a patient's to correct: {', '.join(sorted(unknown))}")


def add_identifier(
    patient: Patient,
    *,
    system: str,
    value: str,
    by: User | None,
    kind: str = PatientIdentifier.Kind.MEDICAL_RECORD,
) -> PatientIdentifier:
    """A number of an authority; one number names one patient."""
    identifier = PatientIdentifier(patient=patient, system=system.strip(), value=value.strip(), kind=kind)
    if not identifier.system or not identifier.value:
        raise CareError("A number comes with the authority that gave it.", "value")
    try:
        with transaction.atomic():
            identifier.save_by(by, because="number recorded")
    except IntegrityError as error:
        raise CareError("This number already names another patient, or this one.", "value") from error
    return identifier


# --- care team and responsibilities ------------------------------------------------------------------


def join_care_team(
    patient: Patient,
    *,
    name: str,
    part: str,
    by: User | None,
    practice: Practice | None = None,
    phone: str = "",
    email: str = "",
    since: date | None = None,
) -> CareTeamMember:
    if not name.strip():
        raise CareError("Say who.", "name")
    member = CareTeamMember(
        patient=patient,
        name=name,
        part=part,
        practice=practice,
        phone=kept_phone(phone, country=patient.site.country),
        email=email,
        since=since,
    )
    member.save_by(by, because="joined the care team")
    return member


def end_membership(member: CareTeamMember, *, on: date, by: User, because: str) -> None:
    if member.since and on < member.since:
        raise CareError("This lies before the day they joined.", "on")
    member.until = on
    member.save_by(by, because=because or "left the care team")


def agree_responsibility(
    patient: Patient,
    *,
    item: str,
    owner: str,
    by: User | None,
    because: str,
    practice: Practice | None = None,
) -> Responsibility:
    """Who sees to one kind of item for this patient; agreed anew, it replaces what was agreed before."""
    if practice and owner not in (Owner.REFERRING_PRACTICE, Owner.NET_SPECIALIST):
        raise CareError("Only what a practice sees to names a practice.", "practice")
    agreed = Responsibility.objects.filter(patient=patient, item=item).first()
    responsibility = agreed or Responsibility(patient=patient, item=item)
    responsibility.owner, responsibility.practice = owner, practice
    responsibility.save_by(by, because=because)
    return responsibility


def return_to_the_usual_way(patient: Patient, *, item: str, by: User, because: str) -> None:
    """No agreement of this patient's own any more: the site's way holds, or the protocol's."""
    for agreed in Responsibility.objects.filter(patient=patient, item=item):
        agreed.delete_by(by, because=because)


def share_out(
    patient: Patient,
    *,
    items: Iterable[str],
    owner: str,
    by: User,
    because: str,
    read: int,
    practice: Practice | None = None,
) -> None:
    """Agree on several kinds of items at once; without an owner they return to the usual way.

    `read` is the newest agreement that the caller had read (`Responsibility.newest_change`).
    """
    if Responsibility.newest_change(patient) != read:
        raise OutOfDate(f"{_last_to_agree(patient)} changed who does what meanwhile: look at the list again.")
    if practice and not owner:
        raise CareError("The usual way names no practice.", "practice")
    for item in items:
        if owner:
            agree_responsibility(patient, item=item, owner=owner, practice=practice, by=by, because=because)
        else:
            return_to_the_usual_way(patient, item=item, by=by, because=because)


def _last_to_agree(patient: Patient) -> str:
    """Who agreed on something last, or returned something to the usual way."""
    agreements = Responsibility.history.filter(patient=patient)
    last = agreements.select_related("history_user").order_by("-history_id").first()
    return str(last.history_user) if last and last.history_user else "Somebody"
