from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import days_in_order, said_with, set_together
from coordination.base.models import Practice, Recorded, Site, User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> Self:
        """Neither used, withdrawn nor expired."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)

    def lock(self) -> Self:
        return self.select_for_update(of=("self",))


class Invitation(Recorded):
    """Somebody of a practice is asked into the portal, by a link that works once and for some days.

    Of the secret in the link only its SHA-256 is kept: a link that was lost is replaced, never read again.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="invitations")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="invitations")
    full_name = models.CharField(max_length=200)
    email = models.EmailField()
    access_days = models.PositiveSmallIntegerField(default=365, help_text="How long the access lasts.")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(default=clock.now)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, default="", help_text="Why it was not sent.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    account = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.TextField(blank=True, default="")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            days_in_order(
                "invited_at", "expires_at", touching=False, name="invitation_expires_after_it_was_made"
            ),
            set_together("accepted_at", "account", name="invitation_accepted_says_whose_account"),
            said_with(
                "withdrawn_at",
                "withdrawn_by",
                "withdrawn_because",
                name="invitation_withdrawn_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_is_used_or_withdrawn_not_both",
            ),
            models.CheckConstraint(
                condition=~Q(email="") & ~Q(full_name=""), name="invitation_says_whom_it_is_for"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.full_name}, {self.practice}"

    def state(self, now: datetime) -> str:
        """used, withdrawn, expired or waiting."""
        if self.accepted_at:
            return "used"
        if self.withdrawn_at:
            return "withdrawn"
        return "expired" if self.expires_at <= now else "waiting"
