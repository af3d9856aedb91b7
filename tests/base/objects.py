"""Two places that must not see each other, and the objects of each, for the walk over the URL map.

A new page with an argument needs a line in `FACTORIES`: given a place, return the URL's arguments.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import ApiClient, Practice, Site, SiteSettings, User
from coordination.models import (
    BatchLetter,
    ContactPoint,
    Document,
    DocumentBatch,
    DocumentSending,
    DocumentVersion,
    HandoverNote,
    Invitation,
    MessageDelivery,
    Reminder,
)
from labs.models import BY_HAND, LabReport, LabResult, ReviewItem, SenderMapEntry
from patients.models import Consent, Patient, PatientIdentifier
from scheduling.models import AdverseEvent, Course, Cycle, DueItem, InfusionGiven, Scan, Weight


@dataclass
class Place:
    """A site, a practice that refers to it, and one patient of both."""

    name: str
    site: Site
    practice: Practice
    made: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def patient(self) -> Patient:
        patient = Patient.objects.create(
            site=self.site,
            family_name=f"Family of {self.name}",
            given_name="Given",
            birth_date=date(1960, 5, 4),
            sex="female",
            referred_by=self.practice,
        )
        PatientIdentifier.objects.create(patient=patient, system="urn:mrn", value=f"MRN-{self.name}")
        return patient

    @cached_property
    def course(self) -> Course:
        return Course.objects.create(
            patient=self.patient,
            protocol_key="lutathera-us-2024",
            protocol_version="1",
            started_anyway_because="Transferred under treatment",
        )

    @cached_property
    def cycle(self) -> Cycle:
        return Cycle.objects.create(course=self.course, number=1)

    @cached_property
    def infusion(self) -> InfusionGiven:
        started_at = datetime(2025, 1, 14, 15, tzinfo=UTC)
        return InfusionGiven.objects.create(cycle=self.cycle, started_at=started_at)

    @cached_property
    def weight(self) -> Weight:
        return Weight.objects.create(patient=self.patient, kg=70, on=date(2025, 1, 7))

    @cached_property
    def typed_result(self) -> LabResult:
        report = LabReport.objects.create(
            site=self.site, patient=self.patient, source=BY_HAND, message_key=uuid4().hex, body_hash="0" * 64
        )
        return LabResult.objects.create(
            report=report,
            patient=self.patient,
            source=BY_HAND,
            source_id=uuid4().hex,
            loinc="777-3",
            value="210",
            unit="10*9/L",
            status="final",
            collected_at=datetime(2025, 1, 7, 9, tzinfo=UTC),
            analyte="platelets",
            usable=True,
        )

    @cached_property
    def due_item(self) -> DueItem:
        return DueItem.objects.create(
            course=self.course, item="hand-back", opens_on=date(2025, 1, 7), owner="center"
        )

    @cached_property
    def review_item(self) -> ReviewItem:
        report = LabReport.objects.create(
            site=self.site, patient=self.patient, source="lab", message_key=uuid4().hex, body_hash="0" * 64
        )
        return ReviewItem.objects.create(report=report, patient=self.patient, kind="unit-missing")

    @cached_property
    def sender_map_entry(self) -> SenderMapEntry:
        client, _ = self.client()
        return SenderMapEntry.objects.create(
            client=client,
            kind="code",
            sent="urn:local:L|PLT",
            means="777-3",
            made_by=self.user(Role.NAVIGATOR),
        )

    @cached_property
    def handover_note(self) -> HandoverNote:
        return HandoverNote.objects.create(
            site=self.site,
            text="Call back",
            written_by=self.user(Role.NAVIGATOR),
            expires_at=clock.now() + timedelta(hours=12),
        )

    @cached_property
    def delivery(self) -> MessageDelivery:
        """A reminder to the practice, waiting to be sent."""
        now = clock.now()
        contact = ContactPoint.objects.create(
            practice=self.practice, channel="email", address=f"desk@{self.name}.example"
        )
        delivery = MessageDelivery.objects.create(
            site=self.site, contact=contact, patient=self.patient, send_after=now
        )
        Reminder.objects.create(
            patient=self.patient,
            due_item=self.due_item,
            moment="overdue",
            days=1,
            receiver="owner",
            contact=contact,
            anchor_on=date(2025, 1, 7),
            due_at=now,
            delivery=delivery,
        )
        return delivery

    @cached_property
    def document(self) -> Document:
        return Document.objects.create(
            kind="tumor-board",
            site=self.site,
            patient=self.patient,
            created_by=self.user(Role.NAVIGATOR),
        )

    @cached_property
    def document_version(self) -> DocumentVersion:
        return self._signed(self.document)

    def _signed(self, document: Document) -> DocumentVersion:
        return DocumentVersion.objects.create(
            document=document,
            number=1,
            made_at=clock.now(),
            signed_by=self.user(Role.NAVIGATOR),
            language="en",
            digest="0" * 64,
            pdf=b"%PDF",
            sha256="0" * 64,
        )

    @cached_property
    def consent(self) -> Consent:
        return Consent.objects.create(patient=self.patient, given_on=date(2025, 1, 7))

    @cached_property
    def booked_scan(self) -> Scan:
        on = clock.now().date() + timedelta(days=9)
        return Scan.objects.create(
            patient=self.patient, kind=Scan.Kind.CT_MRI, on=on, recorded_at=clock.now()
        )

    @cached_property
    def adverse_event(self) -> AdverseEvent:
        return AdverseEvent.objects.create(
            patient=self.patient, term="Nausea", on=clock.now().date(), grade=2, recorded_at=clock.now()
        )

    @cached_property
    def referrer(self) -> User:
        """Somebody of the practice, which has referred a patient."""
        assert self.patient.referred_by == self.practice
        return self.user(Role.REFERRER)

    @cached_property
    def invitation(self) -> Invitation:
        now = clock.now()
        return Invitation.objects.create(
            site=self.site,
            practice=self.practice,
            full_name="Dr. Lena Moss",
            email="moss@practice.example",
            token_hash=hashlib.sha256(uuid4().bytes).hexdigest(),
            invited_at=now,
            invited_by=self.user(Role.NAVIGATOR),
            expires_at=now + timedelta(days=14),
        )

    @cached_property
    def letter_version(self) -> DocumentVersion:
        """A letter to the practice, signed and not sent."""
        letter = Document.objects.create(
            kind="plan",
            site=self.site,
            patient=self.patient,
            practice=self.practice,
            created_by=self.user(Role.NAVIGATOR),
        )
        return self._signed(letter)

    @cached_property
    def portal_document(self) -> DocumentVersion:
        DocumentSending.objects.create(
            version=self.letter_version,
            channel=DocumentSending.Channel.PORTAL,
            at=clock.now(),
            by=self.user(Role.NAVIGATOR),
            to=self.practice.name,
        )
        return self.letter_version

    @cached_property
    def document_batch(self) -> DocumentBatch:
        batch = DocumentBatch.objects.create(
            site=self.site, kind="plan", started_at=clock.now(), started_by=self.user(Role.NAVIGATOR)
        )
        BatchLetter.objects.create(batch=batch, patient=self.patient)
        return batch

    def user(self, role: str) -> User:
        practice = self.practice if role == Role.REFERRER else None
        user = User.objects.create_user(
            f"{role}-{uuid4().hex[:8]}", full_name=f"A {role}", role=role, practice=practice
        )
        if role != Role.REFERRER:
            user.sites.add(self.site)
        return user

    def client(self, *scopes: str) -> tuple[ApiClient, str]:
        """Return a machine of this place and the token it shows."""
        token = uuid4().hex
        client = ApiClient.objects.create(
            name=f"EHR {uuid4().hex[:8]}",
            scopes=list(scopes),
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
        )
        client.sites.add(self.site)
        return client, token


@dataclass(frozen=True)
class World:
    own: Place
    elsewhere: Place  # another site, another practice
    next_door: Place  # the same site, another practice: foreign to a referrer only

    def foreign_to(self, role: str) -> list[Place]:
        return [self.elsewhere, self.next_door] if role == Role.REFERRER else [self.elsewhere]


def _patient_with_course(place: Place) -> dict[str, Any]:
    return {"patient_id": place.course.patient.public_id}


def new_place(name: str, *, site: Site | None = None) -> Place:
    if site is None:
        site = Site.objects.create(key=name, name=f"Site {name}", timezone="America/New_York")
        SiteSettings.objects.create(site=site, second_factor_required=False)
    return Place(name, site, Practice.objects.create(name=f"Practice {name}"))


def new_world() -> World:
    own = new_place("own")
    return World(own, new_place("elsewhere"), new_place("next-door", site=own.site))


# By the `object` of tests/base/url_policy.yaml: the arguments of the URL for the objects of one place.
FACTORIES: dict[str, Callable[[Place], dict[str, Any]]] = {
    "patient": lambda place: {"patient_id": place.patient.public_id},
    "problem-code": lambda _: {"code": "patient-unknown"},
    "patient-with-course": _patient_with_course,
    "course": lambda place: {"course_id": place.course.public_id},
    "cycle": lambda place: {"cycle_id": place.cycle.public_id},
    "due-item": lambda place: {"item_id": place.due_item.public_id},
    "review-item": lambda place: {"review_id": place.review_item.public_id},
    "sender-map-entry": lambda place: {"entry_id": place.sender_map_entry.public_id},
    "delivery": lambda place: {"delivery_id": place.delivery.public_id},
    "way-out": lambda place: {"token": place.delivery.contact.token},
    "message-status": lambda place: {"token": place.delivery.token},
    "practice": lambda place: {"practice_id": place.patient.referred_by.public_id},
    "site": lambda place: {"site_id": place.site.public_id},
    "site-text": lambda place: {
        "site_id": place.site.public_id,
        "kind": "practice-ahead",
        "channel": "email",
        "language": "en",
    },
    "handover-note": lambda place: {"note_id": place.handover_note.public_id},
    "numbered-cycle": lambda place: {
        "patient_id": place.patient.public_id,
        "course_id": place.course.public_id,
        "number": place.cycle.number,
    },
    "patient-course": lambda place: {
        "patient_id": place.patient.public_id,
        "course_id": place.course.public_id,
    },
    "patient-cycle": lambda place: {
        "patient_id": place.patient.public_id,
        "cycle_id": place.cycle.public_id,
    },
    "patient-weight": lambda place: {
        "patient_id": place.patient.public_id,
        "kind": "weight",
        "fact_id": place.weight.public_id,
    },
    "patient-consent": lambda place: {
        "patient_id": place.patient.public_id,
        "kind": "consent",
        "fact_id": place.consent.public_id,
    },
    "patient-jumping-weight": lambda place: {
        "patient_id": place.patient.public_id,
        "weight_id": place.weight.public_id,
    },
    "infusion-given": lambda place: {
        "patient_id": place.patient.public_id,
        "course_id": place.course.public_id,
        "number": place.infusion.cycle.number,
    },
    "patient-plan": lambda place: {
        "patient_id": place.patient.public_id,
        "kind": "scan",
        "fact_id": place.booked_scan.public_id,
    },
    "patient-event": lambda place: {
        "patient_id": place.patient.public_id,
        "event_id": place.adverse_event.public_id,
    },
    "patient-result": lambda place: {
        "patient_id": place.patient.public_id,
        "result_id": place.typed_result.public_id,
    },
    "document": lambda place: {"document_id": place.document.public_id},
    "document-version": lambda place: {"version_id": place.document_version.public_id},
    "document-batch": lambda place: {"batch_id": place.document_batch.public_id},
    "referrer-account": lambda place: {"account_id": place.referrer.public_id},
    "invitation": lambda place: {"invitation_id": place.invitation.public_id},
    "calendar-token": lambda place: {"token": f"{uuid4().hex}.nobody-has-this-one"},
    "portal-document": lambda place: {
        "patient_id": place.patient.public_id,
        "version_id": place.portal_document.public_id,
    },
}
