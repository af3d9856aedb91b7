"""What the pages show of messages: what is planned, what left, what a person must decide, by scope."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from coordination.base.access import Scope
from coordination.models import Document, DocumentSending, MessageDelivery, Reminder
from coordination.reminders.derive import known_keys
from coordination.reminders.planned import Wanted, items_around, wanted
from coordination.reminders.site_timetable import SiteDay
from patients.models import Patient
from scheduling.rules.reminders import StepMoment

DAYS_AHEAD = 7
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Told:
    """One delivery and what it tells of, as far as the viewer may reach the patients."""

    delivery: MessageDelivery
    lines: list[Reminder]
    sending: DocumentSending | None = None

    @property
    def patients(self) -> list[Patient]:
        found = {line.patient_id: line.patient for line in self.lines}
        if self.document and self.document.patient:
            found[self.document.patient.pk] = self.document.patient
        return list(found.values())

    @property
    def document(self) -> Document | None:
        return self.sending.version.document if self.sending else None


class Planned(NamedTuple):
    """One step to come. Without a contact nobody can be reached."""

    place: SiteDay
    step: Wanted

    @property
    def why(self) -> str:
        return step_words(self.step.dated_step.step.moment, self.step.dated_step.step.days)


def step_words(moment: str, days: int) -> str:
    """Say a step: "3 days before it opens", "1 day late"."""
    count = "1 day" if days == 1 else f"{days} days"
    match moment:
        case StepMoment.BEFORE:
            return f"{count} before it opens" if days else "on the day it opens"
        case StepMoment.DUE:
            return "on its day"
        case StepMoment.OVERDUE:
            return f"{count} late"
        case StepMoment.MONEY:
            return f"{count} before it costs" if days else "on the last day before it costs"
        case _:
            return "asked for by a person"


def planned_messages(scope: Scope, *, now: datetime) -> list[Planned]:
    """What would be sent within the next week as things stand, the soonest first."""
    found: list[Planned] = []
    for site in scope.sites:
        place = SiteDay(site, now)
        if not place.timetable.is_on:
            continue
        stale = now - timedelta(hours=place.timetable.stale_after_hours)
        until = now + timedelta(days=DAYS_AHEAD)
        steps = wanted(place, items_around(place, since=stale, until=until), around=(stale, until))
        near = [step for step in steps if stale < step.at <= until]
        known = set(known_keys(near))
        found += [Planned(place, step) for step in near if step.key not in known]
    return sorted(found, key=lambda each: (each.step.at, each.step.item.pk))


def messages_to_decide(scope: Scope, *, now: datetime) -> list[Told]:
    """Messages that a person must look at, the oldest first."""
    return _told(scope, MessageDelivery.objects.to_decide(now).order_by("made_at"))


def latest(scope: Scope) -> list[Told]:
    """What left or was not sent, the newest first; what waits is on the list of what would be sent."""
    return _told(scope, MessageDelivery.objects.filter(purpose__in=("reminder", "document")))


def of_patient(scope: Scope, patient: Patient) -> list[Told]:
    """Everything sent, not sent or waiting about one patient."""
    about = Reminder.objects.filter(patient=patient).values("delivery")
    replaced = MessageDelivery.objects.filter(pk__in=about).values("again_of")
    of_documents = Q(sending__version__document__patient=patient)
    rows = MessageDelivery.objects.filter(Q(pk__in=about) | Q(pk__in=replaced) | of_documents)
    return _told(scope, rows, only=patient, empty=True)


def find_delivery(scope: Scope, public_id: UUID) -> Told:
    """One delivery that tells of somebody in reach, or Http404."""
    told = _told(scope, MessageDelivery.objects.filter(public_id=public_id))
    if not told:
        scope.get(MessageDelivery, public_id)  # notes in the audit what was asked for in vain
        raise Http404
    return told[0]


def _told(
    scope: Scope, rows: QuerySet[MessageDelivery], *, only: Patient | None = None, empty: bool = False
) -> list[Told]:
    related = rows.select_related("contact__practice", "contact__user", "decided_by", "site")
    deliveries = list(related[:MOST_SHOWN])
    lines = scope.of(Reminder).filter(delivery__in=deliveries).select_related("due_item__course", "patient")
    if only:
        lines = lines.filter(patient=only)
    by_delivery: dict[int, list[Reminder]] = {}
    for line in lines:
        by_delivery.setdefault(line.delivery_id, []).append(line)
    sendings = _sendings(scope, deliveries)
    found = [
        Told(delivery, by_delivery.get(delivery.pk, []), sendings.get(delivery.sending_id or 0))
        for delivery in deliveries
    ]
    return [told for told in found if empty or told.lines or told.sending]


def _sendings(scope: Scope, deliveries: list[MessageDelivery]) -> dict[int, DocumentSending]:
    """The documents that these tell of, in reach."""
    keys = {delivery.sending_id for delivery in deliveries if delivery.sending_id}
    rows = scope.of(DocumentSending).filter(pk__in=keys)
    related = rows.select_related("version__document__patient").defer("version__pdf")
    return {sending.pk: sending for sending in related}
