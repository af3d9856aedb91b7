from datetime import date, datetime
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import set_together
from coordination.base.models.recorded import Recorded
from coordination.base.models.site import Site


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def live(self, today: date) -> Self:
        """Those whose token still opens a door."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=today), is_active=True)

    def at(self, sites: models.QuerySet[Site]) -> Self:
        """Those that reach the patients of any of these sites: what an administrator of theirs may see."""
        return self.filter(sites__in=sites).distinct()


class ApiClient(Recorded):
    """A machine that may call us: an EHR, a laboratory, an engine. Never a user."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    sites = models.ManyToManyField(Site, related_name="api_clients", blank=True)
    scopes: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=60), default=list, blank=True
    )
    token_hash = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the token, never the token."
    )
    old_token_hash = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text="Of the token before the last rotation."
    )
    old_token_ends_at = models.DateTimeField(
        null=True, blank=True, help_text="Until then the token before the last rotation opens too."
    )
    expires_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    park_unknown = models.BooleanField(
        default=False, help_text="A report for an unknown patient is accepted and parked, not refused."
    )
    mrn_systems: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Assigning authorities whose numbers this client may use; none listed: any.",
    )
    timezone = models.CharField(
        max_length=60, default="America/New_York", help_text="The zone of times that it sends without one."
    )
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            set_together("old_token_hash", "old_token_ends_at", name="client_old_token_says_when_it_ends"),
        ]

    def __str__(self) -> str:
        return self.name

    def note_use(self, now: datetime) -> None:
        """Not a change that people make, so it leaves no history."""
        ApiClient.objects.filter(pk=self.pk).update(last_used_at=now)
        self.last_used_at = now


class IdempotencyKey(models.Model):
    """A call that was answered: the same key again gets the same answer, and does nothing twice.

    Without an answer only the body is known that had the key: the call may end otherwise the next time.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="idempotency_keys")
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Null where the answer may change."
    )
    response = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="client_uses_a_key_once"),
            set_together("status", "response", name="idempotency_status_and_response_together"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return f"{self.client}: {self.key}"
