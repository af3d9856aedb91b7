from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import Recorded
from labs.models.report import LabReport
from labs.models.result import LabResult
from patients.models import Patient


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def open(self) -> Self:
        return self.filter(resolved_at=None)


class ReviewItemKind(models.TextChoices):
    PATIENT_UNKNOWN = "patient-unknown", "Unknown patient"
    IDENTITY_MISMATCH = "identity-mismatch", "Contradicts the patient's record"
    CODE_UNKNOWN = "code-unknown", "Unknown code"
    VALUE_UNREADABLE = "value-unreadable", "Value cannot be read"
    UNIT_MISSING = "unit-missing", "Unit missing"
    UNIT_UNKNOWN = "unit-unknown", "Unknown unit"
    IMPLAUSIBLE = "implausible", "Implausible value"
    STATUS = "status", "Status that no rule uses"
    PRELIMINARY = "preliminary", "Preliminary result that would decide"
    CORRECTED = "corrected", "Corrected after a decision"
    WRONG_PATIENT = "wrong-patient", "Taken back: wrong patient"
    TIME = "time", "Collection time missing or not possible"
    ID_REUSED = "id-reused", "Result number used for another test"
    CONTRADICTS = "contradicts", "Contradicts another result of its draw"
    LIMITS = "limits", "Reference range cannot be right"
    NOTE = "note", "Comment from the laboratory"
    SAME_ID = "same-id", "A message number used for another message"
    REFUSED = "refused", "Not stored"


class ReviewItem(Recorded):
    """A result or report that a person must look at, because no rule may use it as it is."""

    Kind = ReviewItemKind

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    report = models.ForeignKey(LabReport, on_delete=models.PROTECT, related_name="review_items")
    result = models.ForeignKey(
        LabResult, on_delete=models.PROTECT, null=True, blank=True, related_name="review_items"
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="review_items"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    detail = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(blank=True, default="")

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            is_one_of("kind", ReviewItemKind, name="review_item_kind_is_a_known_word"),
            models.UniqueConstraint(
                fields=["report", "result", "kind"],
                condition=Q(resolved_at=None),
                nulls_distinct=False,
                name="one_open_review_item_of_a_kind",
            ),
            said_with("resolved_at", None, "resolution", name="review_item_resolved_says_how"),
            models.CheckConstraint(
                condition=Q(resolved_by=None) | Q(resolved_at__isnull=False),
                name="review_item_resolved_by_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(resolved_at=None), name="review_item_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.detail}"
