from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from coordination.base.models import Recorded, Site
from coordination.models.contact_point import Channel, Language


class MessageKind(models.TextChoices):
    PRACTICE_AHEAD = "practice-ahead", "To a practice: something is needed"
    PRACTICE_LATE = "practice-late", "To a practice: something is late"
    PATIENT = "patient", "To a patient: something is coming up"
    STAFF_AHEAD = "staff-ahead", "To the staff: something is needed"
    STAFF_LATE = "staff-late", "To the staff: something is late"
    STAFF_MONEY = "staff-money", "To the staff: money is about to be lost"
    DIGEST = "digest", "To navigators: what changed since yesterday"
    CONFIRM = "confirm", "To anybody: confirm this address"
    DOCUMENT = "document", "To a practice: a document is there"


class MessageTemplate(Recorded):
    """A text of a site, in place of the one that comes with the product (templates/messages)."""

    Kind = MessageKind

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="message_templates")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=5, choices=Language.choices)
    subject = models.CharField(max_length=120, blank=True)
    body = models.TextField()

    class Meta:
        ordering = ["kind", "channel", "language"]
        constraints = [
            is_one_of("kind", MessageKind, name="message_template_kind_is_ours"),
            is_one_of("channel", Channel, name="message_template_channel_is_ours"),
            is_one_of("language", Language, name="message_template_language_is_ours"),
            models.UniqueConstraint(
                fields=["site", "kind", "channel", "language"], name="site_has_each_message_text_once"
            ),
            models.CheckConstraint(
                condition=~Q(body="") & (~Q(channel=Channel.EMAIL) | ~Q(subject="")),
                name="message_text_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.channel}, {self.language})"
