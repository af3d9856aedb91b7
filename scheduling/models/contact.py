from django.db import models

from coordination.base.constraints import is_one_of
from coordination.base.models import Fact, FactQuerySet, Practice
from patients.models import Patient
from scheduling.models.due_item import DueItem


class ContactLogQuerySet(FactQuerySet["ContactLog"]):
    pass


class ContactLogChannel(models.TextChoices):
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    TEXT = "text", "Text message"
    FAX = "fax", "Fax"
    LETTER = "letter", "Letter"
    IN_PERSON = "in-person", "In person"


class ContactLogOutcome(models.TextChoices):
    REACHED = "reached", "Reached"
    LEFT_MESSAGE = "left-message", "Left a message"
    NO_ANSWER = "no-answer", "No answer"
    WRONG_CONTACT = "wrong-contact", "Wrong number or address"
    SENT = "sent", "Sent"


class ContactLog(Fact):
    """Somebody was called, written to or seen, and what came of it. `recorded_by` made the contact."""

    Channel = ContactLogChannel
    Outcome = ContactLogOutcome

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    due_item = models.ForeignKey(
        DueItem, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=Channel.choices)
    with_whom = models.CharField(max_length=200)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    note = models.TextField(blank=True)

    objects = ContactLogQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["-at", "-pk"]
        verbose_name = "contact"
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("channel", ContactLogChannel, name="contact_channel_is_a_known_word"),
            is_one_of("outcome", ContactLogOutcome, name="contact_outcome_is_a_known_word"),
        ]
        indexes = [models.Index(fields=["patient", "at"], name="contact_by_patient")]

    def __str__(self) -> str:
        return f"{self.channel} with {self.with_whom}: {self.outcome}"
