"""Put a delivery into words: the text of the site, filled with what may leave the house."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from coordination.messages.contacts import way_out_of
from coordination.messages.outgoing import Outgoing
from coordination.messages.texts import Text, TextValues, day_in_message, initials, text_for
from coordination.models import MessageDelivery, MessageKind, Reminder
from coordination.reminders import digest
from coordination.reminders.site_timetable import SiteDay
from scheduling.rules.reminders import day_in


def compose(place: SiteDay, delivery: MessageDelivery, lines: Sequence[Reminder]) -> Outgoing | None:
    """Write the text into the delivery and return what leaves; None: a digest with nothing to tell."""
    kind = message_kind_of(delivery, lines)
    language = delivery.contact.language
    said = _said(place, delivery, lines, language)
    if said is None:
        return None
    text = text_for(place.site, kind=kind, channel=delivery.contact.channel, language=language).filled(said)
    _keep(delivery, kind, language, text)
    return Outgoing(
        channel=delivery.contact.channel,
        to=delivery.contact.address,
        subject=text.subject,
        body=text.body,
        reference=delivery.public_id.hex,
        stop_url=way_out_of(delivery.contact),
        status_url=_address("message-status", delivery.token),
    )


def message_kind_of(delivery: MessageDelivery, lines: Sequence[Reminder]) -> str:
    """Which text: by who receives it, and by the gravest of what it tells of."""
    if delivery.purpose == "confirm":
        return MessageKind.CONFIRM
    if delivery.purpose == "digest":
        return MessageKind.DIGEST
    if delivery.purpose == "document":
        return MessageKind.DOCUMENT
    moments = {line.moment for line in lines}
    contact = delivery.contact
    if contact.patient_id:
        return MessageKind.PATIENT
    if contact.practice_id:
        return MessageKind.PRACTICE_LATE if "overdue" in moments else MessageKind.PRACTICE_AHEAD
    if "money" in moments:
        return MessageKind.STAFF_MONEY
    return MessageKind.STAFF_LATE if "overdue" in moments else MessageKind.STAFF_AHEAD


def _said(
    place: SiteDay, delivery: MessageDelivery, lines: Sequence[Reminder], language: str
) -> TextValues | None:
    stop = way_out_of(delivery.contact)
    if delivery.purpose == "digest":
        return digest.digest_values(place, delivery, stop=stop, link=_address("since-yesterday"))
    patient = delivery.patient if delivery.contact.practice_id else None
    return TextValues(
        initials=initials(patient.given_name, patient.family_name) if patient else "",
        until=day_in_message(_until(lines, place), language),
        count=str(len({line.due_item_id for line in lines})),
        phone=place.site.phone,
        link=_link(delivery),
        stop=stop,
    )


def _link(delivery: MessageDelivery) -> str:
    """Where it leads after signing in; a patient has nothing to sign in to."""
    if delivery.contact.patient_id:
        return ""
    return _address("open-message", delivery.public_id)


def _until(lines: Sequence[Reminder], place: SiteDay) -> date | None:
    """The earliest day that any of it is about: its last day, else its best one, else its first."""
    edges: list[date | datetime] = [
        edge
        for line in lines
        if (edge := line.due_item.closes or line.due_item.target or line.due_item.opens)
    ]
    return min((day_in(edge, place.zone) for edge in edges), default=None)


def _address(name: str, *arguments: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=arguments)}"


def _keep(delivery: MessageDelivery, kind: str, language: str, text: Text) -> None:
    delivery.kind, delivery.language = kind, language
    delivery.subject, delivery.body = text.subject[:200], text.body
    delivery.save(update_fields=["kind", "language", "subject", "body"])
