from secrets import token_urlsafe
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import Practice, Recorded, User
from patients.models import Patient


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


def new_token() -> str:
    return token_urlsafe(24)


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def standing(self) -> Self:
        """Those that were not taken away."""
        return self.filter(removed_at=None)

    def usable(self) -> Self:
        """Verified, agreed to, not stopped by the receiver, and mail to it has not come back."""
        return self.standing().filter(
            verified_at__isnull=False, agreed_at__isnull=False, stopped_at=None, bounced_at=None
        )


class ContactPoint(Recorded):
    """One address of a patient, a practice or a member of the staff, for one channel.

    Nothing but the request to confirm it is sent before it was verified and its receiver agreed. The token is
    in every message: with it the receiver confirms the address or stops the messages, without signing in.
    """

    Channel = Channel
    Language = Language

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points"
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points"
    )
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.ENGLISH)
    timezone = models.CharField(max_length=60, blank=True, help_text="Empty: the zone of the site.")
    quiet_from = models.TimeField(null=True, blank=True, help_text="Empty: as at the site.")
    quiet_until = models.TimeField(null=True, blank=True, help_text="Empty: as at the site.")
    created_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_how = models.CharField(max_length=200, blank=True, default="")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_how = models.CharField(max_length=200, blank=True, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=200, blank=True, default="")
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounced_because = models.CharField(max_length=200, blank=True, default="")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            is_one_of("channel", Channel, name="contact_channel_is_ours"),
            is_one_of("language", Language, name="contact_language_is_ours"),
            models.CheckConstraint(
                condition=Q(patient__isnull=False, practice=None, user=None)
                | Q(patient=None, practice__isnull=False, user=None)
                | Q(patient=None, practice=None, user__isnull=False),
                name="contact_point_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["patient", "practice", "user", "channel", "address"],
                condition=Q(removed_at=None),
                nulls_distinct=False,
                name="address_is_listed_once_for_its_owner",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="contact_point_has_an_address"),
            said_with("verified_at", None, "verified_how", name="verified_contact_says_how"),
            said_with("agreed_at", None, "agreed_how", name="agreed_contact_says_how"),
            said_with("stopped_at", None, "stopped_because", name="stopped_contact_says_why"),
            said_with("bounced_at", None, "bounced_because", name="bounced_contact_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} of {self.receiver}"

    @property
    def receiver(self) -> str:
        """Who it belongs to, by kind or name; a patient's name is not said."""
        if self.practice:
            return self.practice.name
        return self.user.full_name if self.user else "the patient"

    @property
    def is_usable(self) -> bool:
        stopped = self.stopped_at or self.bounced_at or self.removed_at
        return bool(self.verified_at and self.agreed_at and not stopped)

    @property
    def state(self) -> str:
        """A key of coordination.base.words.STATUSES, or words of its own."""
        if self.removed_at:
            return "removed"
        if self.stopped_at:
            return "stopped-by-the-receiver"
        if self.bounced_at:
            return "mail-came-back"
        if not self.verified_at:
            return "not-verified"
        return "ready" if self.agreed_at else "not-agreed"

    @property
    def masked(self) -> str:
        """The address with most of it hidden, for lists and print-outs."""
        name, at, domain = self.address.rpartition("@")
        return f"{name[:1]}…@{domain}" if at else f"…{self.address[-3:]}"
