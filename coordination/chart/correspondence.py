"""What of the timeline is written to people: documents from draft to reader, messages, addresses."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from coordination.base.models import AuditEvent
from coordination.chart.event import MOST_OF_A_KIND, Event, name_of_user
from coordination.chart.patient_chart import PatientChart
from coordination.models import (
    ContactPoint,
    Document,
    DocumentSending,
    DocumentVersion,
    MessageDelivery,
    Reminder,
)


def document_events(opened: PatientChart) -> Iterator[Event]:
    """Begun, signed, sent, given up, opened in the portal."""
    patient = opened.patient
    drafts = Document.objects.filter(patient=patient).select_related("created_by", "dropped_by")
    for row in drafts[:MOST_OF_A_KIND]:
        yield _of(row, row.created_at, f"{row}: begun", name_of_user(row.created_by))
        if row.dropped_at:
            said = f"{row}: draft given up"
            yield _of(row, row.dropped_at, said, name_of_user(row.dropped_by), detail=row.dropped_because)
    signed = DocumentVersion.objects.without_bytes().filter(document__patient=patient)
    named = {version.public_id: version for version in signed.select_related("document", "signed_by")}
    for version in list(named.values())[:MOST_OF_A_KIND]:
        yield _of(version.document, version.made_at, _say(version), name_of_user(version.signed_by), "signed")
    if named:
        yield from _sendings(opened)
        yield from _openings(opened, {str(key): version for key, version in named.items()})


def _of(row: Document, at: datetime, words: str, by: str, status: str = "", detail: str = "") -> Event:
    return Event(at, "documents", words, by, detail, status, reverse("document", args=[row.public_id]))


def _say(version: DocumentVersion) -> str:
    return f"{version.document}, version {version.number}"


def _sendings(opened: PatientChart) -> Iterator[Event]:
    rows = DocumentSending.objects.filter(version__document__patient=opened.patient)
    related = rows.select_related("version__document", "by").defer("version__pdf")
    for row in related[:MOST_OF_A_KIND]:
        said = f"{_say(row.version)}: {row.get_channel_display().lower()} to {row.to}"
        yield _of(row.version.document, row.at, said, name_of_user(row.by), "sent")


def _openings(opened: PatientChart, versions: dict[str, DocumentVersion]) -> Iterator[Event]:
    """By somebody of a practice, in the portal."""
    rows = AuditEvent.objects.about(opened.patient.public_id).filter(view="portal-document", status=200)
    for row in rows[:MOST_OF_A_KIND]:
        if version := versions.get(row.detail.get("document", "")):
            said = f"{_say(version)}: opened in the portal"
            yield _of(version.document, row.at, said, row.actor_name)


# --- messages -----------------------------------------------------------------------------------------


def messages(opened: PatientChart) -> Iterator[Event]:
    """What was sent about the patient, to whom, what became of it; and whether they may be written to."""
    lines = Reminder.objects.filter(patient=opened.patient, delivery__claimed_at__isnull=False)
    told: dict[int, list[Reminder]] = {}
    related = ("delivery__contact__practice", "delivery__contact__user", "due_item")
    for line in lines.select_related(*related)[:MOST_OF_A_KIND]:
        told.setdefault(line.delivery_id, []).append(line)
    for together in told.values():
        about = ", ".join(sorted({line.due_item.get_item_display().lower() for line in together}))
        yield from _fate(together[0].delivery, about)
    mails = MessageDelivery.objects.filter(
        sending__version__document__patient=opened.patient, claimed_at__isnull=False
    )
    related = ("contact__practice", "contact__user", "sending__version__document")
    for delivery in mails.select_related(*related).defer("sending__version__pdf")[:MOST_OF_A_KIND]:
        if delivery.sending:
            yield from _fate(delivery, str(delivery.sending.version.document).lower())
    yield from _addresses(opened)


def _fate(delivery: MessageDelivery, about: str) -> Iterator[Event]:
    said = f"{delivery.contact.get_channel_display()} to {delivery.contact.receiver} about {about}"
    if at := delivery.sent_at or delivery.claimed_at:
        yield Event(at, "messages", said, "", delivery.problem, delivery.state)
    for later, state in ((delivery.delivered_at, "delivered"), (delivery.bounced_at, "bounced")):
        if later:
            yield Event(later, "messages", said, "", "", state)


def _addresses(opened: PatientChart) -> Iterator[Event]:
    """The patient's own addresses: added, verified, agreed to, stopped, taken away."""
    history = ContactPoint.history.filter(patient=opened.patient)
    for row in history.select_related("history_user")[:MOST_OF_A_KIND]:
        channel = row.get_channel_display()
        said = f"{channel} to the patient: {row.history_change_reason or 'changed'}"
        yield Event(row.history_date, "messages", said, name_of_user(row.history_user))
