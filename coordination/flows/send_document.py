"""A signed document leaves the house.

note how and to whom -> by mail: one message for each address, with a link and initials. It waits for its turn
like every message: claimed, looked at again, sent at most once, and what became of it is on the timeline.
From the moment it is noted the practice reads it in the portal.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import User
from coordination.documents import delivery_channels, versions
from coordination.documents.delivery_channels import DeliveryChannel
from coordination.models import ContactPoint, Document, DocumentSending, DocumentVersion, MessageDelivery


@transaction.atomic
def send_document(
    version: DocumentVersion,
    *,
    way: str,
    by: User,
    now: datetime,
    to: str = "",
    addresses: Sequence[ContactPoint] = (),
) -> DocumentSending:
    """Send a version its way. `to` names the receiver on paper. Raises CareError where it cannot go."""
    if way == DeliveryChannel.PRINT:
        return versions.note_sent(version, channel=way, to=to, by=by, now=now)
    practice = delivery_channels.reading_practice(version.document)
    name = practice.name if practice else ""
    sending = versions.note_sent(version, channel=way, to=name, by=by, now=now)
    if way == DeliveryChannel.MAIL_LINK:
        _announce(sending, addresses, now=now)
    return sending


@dataclass(slots=True)
class Sent:
    """What became of many: how many went, and of the others why not and how many."""

    count: int = 0
    why_not: Counter[str] = field(default_factory=Counter)


def send_all(signed: Iterable[DocumentVersion], *, way: str, by: User, now: datetime) -> Sent:
    """Send each version that was not sent yet the same way, to whoever it is usually for."""
    sent = Sent()
    for version in signed:
        document = version.document
        practice = delivery_channels.reading_practice(document)
        try:
            send_document(
                version,
                way=way,
                by=by,
                now=now,
                to=versions.receiver_of(document),
                addresses=delivery_channels.addresses_of(practice)
                if way == DeliveryChannel.MAIL_LINK
                else (),
            )
            sent.count += 1
        except CareError as error:
            sent.why_not[error.message] += 1
    return sent


def _announce(sending: DocumentSending, addresses: Sequence[ContactPoint], *, now: datetime) -> None:
    document = sending.version.document
    practice = delivery_channels.reading_practice(document)
    allowed = {point.pk for point in delivery_channels.addresses_of(practice)}
    if not addresses or not {point.pk for point in addresses} <= allowed:
        raise CareError("Choose an address of the practice that is verified and agreed to.", "addresses")
    on_its_way = _told_already(sending.version)
    new = [point for point in addresses if point.pk not in on_its_way]
    if not new:
        raise CareError("The mail that tells of this version is on its way already.", "addresses")
    for point in new:
        MessageDelivery.objects.create(
            site=document.site,
            contact=point,
            patient=document.patient,
            purpose=MessageDelivery.Purpose.DOCUMENT,
            sending=sending,
            made_at=now,
            send_after=now,
        )


def _told_already(version: DocumentVersion) -> set[int]:
    """Addresses whose mail waits or is being sent: nobody is told twice because somebody pressed twice."""
    Document.objects.lock().get(pk=version.document_id)
    on_its_way = (MessageDelivery.State.QUEUED, MessageDelivery.State.SENDING)
    told = MessageDelivery.objects.filter(sending__version=version, state__in=on_its_way)
    return set(told.values_list("contact_id", flat=True))
