"""Addresses: added, verified, agreed to, stopped. Each act leaves its row in the history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse

from coordination.base.errors import CareError
from coordination.base.models import Practice, Site, User
from coordination.base.phones import read_phone
from coordination.models import Channel, ContactPoint, MessageDelivery
from patients.models import Patient

BY_THE_RECEIVER = "confirmed by the receiver"


def clean_address(channel: str, address: str, *, country: str = "") -> str:
    """The address in its one form. Raises CareError where it cannot be one.

    `country`: where a phone number without its country is dialed.
    """
    address = address.strip()
    if channel == Channel.SMS:
        return read_phone(address, country=country, field="address")
    try:
        validate_email(address)
    except ValidationError as error:
        raise CareError("This is not an e-mail address.", "address") from error
    return address


@transaction.atomic
def add_contact(
    *,
    by: User,
    now: datetime,
    channel: str,
    address: str,
    patient: Patient | None = None,
    practice: Practice | None = None,
    user: User | None = None,
    country: str = "",
    **details: Any,
) -> ContactPoint:
    """A new address, not verified yet. `details`: language, timezone, quiet_from, quiet_until.

    `country` of the site: where a phone number without its country is dialed; the patient's site's by itself.
    """
    country = patient.site.country if patient else country
    contact = ContactPoint(
        channel=channel,
        address=clean_address(channel, address, country=country),
        patient=patient,
        practice=practice,
        user=user,
        created_at=now,
        **details,
    )
    try:
        with transaction.atomic():
            contact.save_by(by, because="address added")
    except IntegrityError as error:
        raise CareError("This address is listed already.", "address") from error
    return contact


def verify_contact(contact: ContactPoint, *, how: str, by: User | None, now: datetime) -> None:
    """Somebody made sure that it is theirs; an address that had bounced is used again."""
    contact.verified_at, contact.verified_how = now, how
    contact.bounced_at, contact.bounced_because = None, ""
    contact.save_by(by, because=how)


def agree(contact: ContactPoint, *, how: str, by: User | None, now: datetime) -> None:
    """The receiver agreed to be written to on this channel."""
    contact.agreed_at, contact.agreed_how = now, how
    contact.stopped_at, contact.stopped_because = None, ""
    contact.save_by(by, because=how)


def stop_contact(contact: ContactPoint, *, because: str, by: User | None, now: datetime) -> None:
    """No more messages. Nothing that is queued is sent either. Stopping twice is stopping once."""
    if contact.stopped_at:
        return
    contact.stopped_at, contact.stopped_because = now, because
    contact.save_by(by, because=because)


def stop_number(number: str, *, because: str, now: datetime) -> int:
    """No more text messages to a number, whoever gave it; returns how many addresses that ended."""
    points = ContactPoint.objects.standing().filter(channel=Channel.SMS, address=number, stopped_at=None)
    for point in points:
        stop_contact(point, because=because, by=None, now=now)
    return len(points)


def remove_contact(contact: ContactPoint, *, by: User, now: datetime) -> None:
    contact.removed_at = now
    contact.save_by(by, because="address taken away")


def confirm_by_receiver(contact: ContactPoint, *, now: datetime) -> None:
    """The receiver followed the link in a message to this address: it is theirs, and they agree."""
    if not contact.verified_at or contact.bounced_at:
        verify_contact(contact, how=BY_THE_RECEIVER, by=None, now=now)
    if not contact.agreed_at or contact.stopped_at:
        agree(contact, how=BY_THE_RECEIVER, by=None, now=now)


def ask_to_confirm(contact: ContactPoint, *, site: Site, now: datetime) -> MessageDelivery:
    """Queue the message that asks the receiver to confirm. Raises CareError where one waits already."""
    if contact.stopped_at or contact.removed_at:
        raise CareError("The receiver stopped messages to this address.")
    earlier = MessageDelivery.objects.filter(contact=contact, purpose="confirm", state="queued")
    if earlier.exists():
        raise CareError("The message that asks for it is on its way already.")
    return MessageDelivery.objects.create(
        site=site,
        contact=contact,
        patient=contact.patient,
        purpose=MessageDelivery.Purpose.CONFIRM,
        made_at=now,
        send_after=now,
    )


def of_practice_by_mail(practice: Practice, address: str, *, by: User, now: datetime) -> ContactPoint:
    """The contact point of an e-mail address of a practice; a new one, not agreed to, where there is none."""
    known = ContactPoint.objects.standing().filter(
        practice=practice, channel=Channel.EMAIL, address__iexact=address
    )
    return known.first() or add_contact(
        by=by, now=now, channel=Channel.EMAIL, address=address, practice=practice
    )


def way_out_of(contact: ContactPoint) -> str:
    """The address under which the receiver confirms or stops the messages, without signing in."""
    return f"{settings.PUBLIC_URL}{reverse('way-out', args=[contact.token])}"


def contact_by_token(token: str) -> ContactPoint | None:
    """The address a message was sent to, by the secret that the message carried."""
    return ContactPoint.objects.standing().filter(token=token).first()


def of_practices(practices: Sequence[Practice]) -> dict[int, list[ContactPoint]]:
    """The addresses that stand, by practice."""
    found: dict[int, list[ContactPoint]] = {}
    for point in ContactPoint.objects.standing().filter(practice__in=practices):
        found.setdefault(point.practice_id or 0, []).append(point)
    return found


def of_users(users: Sequence[User]) -> dict[int, list[ContactPoint]]:
    """The addresses that stand, by person."""
    found: dict[int, list[ContactPoint]] = {}
    for point in ContactPoint.objects.standing().filter(user__in=users):
        found.setdefault(point.user_id or 0, []).append(point)
    return found
