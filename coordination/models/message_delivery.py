from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import Site, User
from coordination.models.contact_point import ContactPoint, new_token
from coordination.models.document import DocumentSending
from coordination.models.message_template import MessageKind
from patients.models import Patient

CONFIRMED_WITHIN = timedelta(hours=1)
TRIED_FOR = timedelta(hours=2)


class DeliveryState(models.TextChoices):
    QUEUED = "queued", "Waits to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Arrived"
    BOUNCED = "bounced", "Came back"
    FAILED = "failed", "Was refused"
    UNKNOWN = "unknown", "Nobody knows whether it was sent"
    CANCELLED = "not-sent", "Not sent"


class DeliveryPurpose(models.TextChoices):
    REMINDER = "reminder", "Reminder"
    DIGEST = "digest", "What changed since yesterday"
    CONFIRM = "confirm", "Confirm an address"
    DOCUMENT = "document", "A document is there"


DECIDED_BY_A_PERSON = (DeliveryPurpose.REMINDER, DeliveryPurpose.DOCUMENT)
"""What somebody counts on: where it did not arrive, a person must know."""


class DeliveryDecision(models.TextChoices):
    ARRIVED = "arrived", "It arrived"
    CALLED = "called", "Told by phone instead"
    AGAIN = "again", "Send it again"
    LEAVE = "leave", "No longer needed"


class MessageDeliveryQuerySet(models.QuerySet["MessageDelivery"]):
    def due(self, now: datetime) -> Self:
        """Waiting, and their time has come; the longest waiting first."""
        return self.filter(state=DeliveryState.QUEUED, send_after__lte=now).order_by("send_after", "pk")

    def to_decide(self, now: datetime) -> Self:
        """What a person must look at: unconfirmed, come back, refused, or not to be sent for hours."""
        unconfirmed = Q(state=DeliveryState.SENDING, claimed_at__lt=now - CONFIRMED_WITHIN)
        stuck = Q(state=DeliveryState.QUEUED, first_tried_at__lt=now - TRIED_FOR)
        failed = Q(state__in=[DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.BOUNCED])
        undecided = self.filter(failed | unconfirmed | stuck, decided_at=None)
        return undecided.filter(purpose__in=DECIDED_BY_A_PERSON)

    def left_the_house(self) -> Self:
        """Sent, or perhaps sent."""
        return self.filter(
            state__in=[
                DeliveryState.SENDING,
                DeliveryState.SENT,
                DeliveryState.DELIVERED,
                DeliveryState.BOUNCED,
                DeliveryState.UNKNOWN,
            ]
        )


class MessageDelivery(models.Model):
    """One message to one address: the row that is claimed before it is sent, and says what became of it.

    queued -> sending (claimed, committed) -> sent -> delivered or bounced. It goes back to queued only when
    the server certainly did not take it. `sending` that nobody confirmed within the hour is never sent again
    by itself: a person decides. The text is kept as sent; of a patient it holds initials at most.
    """

    State = DeliveryState
    Purpose = DeliveryPurpose
    Decision = DeliveryDecision

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="message_deliveries")
    contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="deliveries")
    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="message_deliveries",
        help_text="Empty for the staff, who are told of several in one message.",
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.REMINDER)
    for_on = models.DateField(null=True, blank=True, help_text="The day of a digest.")
    sending = models.ForeignKey(
        DocumentSending,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        help_text="Of a document that it tells of.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    made_at = models.DateTimeField(default=clock.now)
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True, help_text="Of attempts that failed.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, default="")
    cancelled_because = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=20, choices=MessageKind.choices, blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    subject = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField(blank=True, default="")
    reference = models.CharField(max_length=200, blank=True, default="", help_text="The carrier's own id.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default="")
    decision_note = models.TextField(blank=True, default="")
    again_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sent_again_as"
    )

    objects = MessageDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name_plural = "message deliveries"
        constraints = [
            is_one_of("state", DeliveryState, name="delivery_state_is_ours"),
            is_one_of("purpose", DeliveryPurpose, name="delivery_purpose_is_ours"),
            models.CheckConstraint(
                condition=(Q(claimed_at=None) & ~Q(state=DeliveryState.SENDING))
                | (Q(claimed_at__isnull=False) & ~Q(state=DeliveryState.QUEUED)),
                name="delivery_is_claimed_before_it_is_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DeliveryState.SENT, DeliveryState.DELIVERED])
                | Q(claimed_at__isnull=False, sent_at__isnull=False),
                name="sent_delivery_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.CANCELLED) & ~Q(cancelled_because="")
                | ~Q(state=DeliveryState.CANCELLED) & Q(cancelled_because=""),
                name="delivery_not_sent_says_why",
            ),
            said_with("decided_at", "decided_by", "decision", name="delivery_decided_says_what"),
            models.CheckConstraint(
                condition=Q(purpose=DeliveryPurpose.DOCUMENT, sending__isnull=False)
                | ~Q(purpose=DeliveryPurpose.DOCUMENT) & Q(sending=None),
                name="delivery_of_a_document_says_which",
            ),
            models.UniqueConstraint(
                fields=["contact", "site", "for_on"],
                condition=Q(purpose=DeliveryPurpose.DIGEST),
                name="one_digest_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_after"], condition=Q(state=DeliveryState.QUEUED), name="delivery_waiting"
            ),
            models.Index(fields=["contact", "claimed_at"], name="delivery_by_contact"),
            models.Index(
                fields=["claimed_at"],
                condition=Q(decided_at=None)
                & Q(
                    state__in=[
                        DeliveryState.QUEUED,
                        DeliveryState.SENDING,
                        DeliveryState.UNKNOWN,
                        DeliveryState.FAILED,
                        DeliveryState.BOUNCED,
                    ]
                ),
                name="delivery_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.made_at:%Y-%m-%d}: {self.state}"
