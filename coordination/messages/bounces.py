"""What became of a message: mail that came back (RFC 3464), and what the gateway of text messages says."""

import email
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from uuid import UUID

from django.db import transaction

from coordination.models import MessageDelivery

REFERENCE = re.compile(r"\b([0-9a-f]{32})@|\+([0-9a-f]{32})@")
PERMANENT = re.compile(r"^status:\s*5\.\d+\.\d+", re.IGNORECASE | re.MULTILINE)
DELAYED = re.compile(r"^action:\s*(delayed|relayed|delivered|expanded)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    reference: UUID
    for_good: bool


def read_bounce(raw: bytes) -> Bounce | None:
    """What a returned mail says; None where it is none, or names no delivery of ours."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    text = raw.decode("utf-8", "replace")
    report = _report(mail)
    if report and DELAYED.search(report):
        return None
    found = REFERENCE.search(str(mail.get("To", ""))) or REFERENCE.search(text)
    if found is None or not (report or _is_from_a_server(mail)):
        return None
    return Bounce(UUID(found.group(1) or found.group(2)), bool(PERMANENT.search(report)))


def _report(mail: EmailMessage) -> str:
    parts = (part for part in mail.walk() if part.get_content_type() == "message/delivery-status")
    return "\n".join(
        str(each) for part in parts for each in (part.get_payload() if part.is_multipart() else [part])
    )


def _is_from_a_server(mail: EmailMessage) -> bool:
    return "mailer-daemon" in str(mail.get("From", "")).lower() or mail.get("Return-Path") == "<>"


@transaction.atomic
def take_bounce(bounce: Bounce, *, now: datetime) -> bool:
    """Mark the delivery; an address that is gone for good is not written to again. False: nothing to mark."""
    return mark_bounced(
        MessageDelivery.objects.filter(public_id=bounce.reference).first(), for_good=bounce.for_good, now=now
    )


@transaction.atomic
def mark_bounced(delivery: MessageDelivery | None, *, for_good: bool, now: datetime) -> bool:
    if delivery is None or delivery.state == delivery.State.BOUNCED or not delivery.claimed_at:
        return False
    delivery.state = delivery.State.BOUNCED
    delivery.bounced_at = now
    delivery.problem = "address does not exist" if for_good else "could not be delivered"
    delivery.save(update_fields=["state", "bounced_at", "problem"])
    contact = delivery.contact
    if for_good and contact.bounced_at is None:
        contact.bounced_at, contact.bounced_because = now, "the address does not exist"
        contact.save_by(None, because="a message came back")
    return True


@transaction.atomic
def mark_delivered(delivery: MessageDelivery, *, now: datetime) -> None:
    """The carrier says that it arrived; also settles what nobody had confirmed."""
    arrived = MessageDelivery.objects.filter(
        pk=delivery.pk, claimed_at__isnull=False, state__in=["sending", "sent", "unknown"]
    )
    arrived.update(state="delivered", delivered_at=now, sent_at=delivery.sent_at or now)


def delivery_by_token(token: str) -> MessageDelivery | None:
    """A delivery by the secret that the gateway of text messages was given with it."""
    return MessageDelivery.objects.select_related("contact").filter(token=token).first()
