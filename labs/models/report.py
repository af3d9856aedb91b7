from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of
from coordination.base.models import ApiClient, Site
from patients.models import Patient

BY_HAND = "by-hand"


class LabReportQuerySet(models.QuerySet["LabReport"]):
    def waiting(self, now: datetime) -> Self:
        """Received, not yet applied, and due to be tried."""
        return self.filter(state=LabReport.State.RECEIVED, next_try_at__lte=now)

    def parked(self) -> Self:
        """Kept for a person: nobody knows which patient it is about, or it contradicts the record."""
        return self.filter(state=LabReport.State.PARKED)

    def claim(self, now: datetime) -> Self:
        """The waiting ones that nobody else is busy with, locked until the transaction ends."""
        return self.waiting(now).order_by("pk").select_for_update(of=("self",), skip_locked=True)


class LabReportState(models.TextChoices):
    RECEIVED = "received", "Received"
    APPLIED = "applied", "Applied"
    PARKED = "parked", "Waiting for a person"
    REFUSED = "refused", "Not readable"


class LabReport(models.Model):
    """A message as it came in, committed before anything is acknowledged. The row is the truth."""

    State = LabReportState

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="lab_reports"
    )
    client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, null=True, blank=True, related_name="lab_reports"
    )
    source = models.CharField(max_length=200, help_text="Who sent it; typed by hand: by-hand.")
    laboratory = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="The laboratory that the report names.",
    )
    message_key = models.CharField(max_length=255, help_text="The sender's own number for the message.")
    body_hash = models.CharField(max_length=64, help_text="SHA-256 of the body.")
    body = models.TextField(blank=True)
    body_raw = models.BinaryField(
        null=True, blank=True, help_text="The bytes, where they are no text: `body` shows them as \\x00."
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="lab_reports"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    problem = models.TextField(blank=True)
    received_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)

    objects = LabReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            is_one_of("state", LabReportState, name="lab_report_state_is_a_known_word"),
            models.UniqueConstraint(
                fields=["source", "message_key", "body_hash"], name="lab_report_is_received_once"
            ),
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | ~Q(state="applied") & Q(applied_at=None),
                name="lab_report_applied_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(patient__isnull=False),
                name="lab_report_is_applied_to_a_patient",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="received"), name="lab_report_waiting"),
        ]

    def __str__(self) -> str:
        return f"report {self.message_key} from {self.source}"
