from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of, said_with
from scheduling.models.course import Course
from scheduling.models.proposal import Action, Proposal


class SignatureQuerySet(models.QuerySet["Signature"]):
    def standing(self) -> Self:
        """Those that may be acted on: not withdrawn, and their proposal is the current one."""
        return self.filter(withdrawn_at=None, proposal__superseded_at=None)

    def withdrawn(self) -> Self:
        return self.filter(withdrawn_at__isnull=False)

    def to_give(self, course: Course, cycle_number: int) -> Self:
        """The standing decision to give this cycle's dose."""
        return self.standing().filter(
            proposal__course=course, proposal__cycle_number=cycle_number, action=Action.GIVE
        )


class SignatureDecision(models.TextChoices):
    ACCEPT = "accept", "Accepted as proposed"
    OVERRIDE = "override", "Decided otherwise"


class SignatureOverrideCode(models.TextChoices):
    CLINICAL_JUDGMENT = "clinical-judgment", "Clinical judgment"
    NOT_TREATMENT_RELATED = "not-treatment-related", "Not related to the treatment"
    BENEFIT_OUTWEIGHS = "benefit-outweighs", "Benefit outweighs the risk"
    PATIENT_WISH = "patient-wish", "The patient's wish"
    LABS_ELSEWHERE = "labs-elsewhere", "Results seen elsewhere"
    AHEAD_OF_PANEL = "ahead-of-panel", "Ordered ahead of the panel"
    LOGISTICS = "logistics", "Logistics"
    OTHER = "other", "Other"


class Signature(models.Model):
    """A prescriber's decision on one proposal, with all they saw frozen. Added, or withdrawn once."""

    Decision = SignatureDecision
    OverrideCode = SignatureOverrideCode

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="signature")
    signed_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="signatures")
    signed_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices)
    action = models.CharField(max_length=10, choices=Action.choices)
    activity_gbq = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    override_code = models.CharField(max_length=30, choices=OverrideCode.choices, blank=True)
    override_reason = models.TextField(blank=True)
    document = models.JSONField(help_text="The inputs and the answer as they were signed.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "base.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Null: new facts did it.",
    )
    withdrawn_because = models.TextField(blank=True, default="")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            is_one_of("decision", SignatureDecision, name="signature_decision_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(action__in=["give", "hold", "stop"]), name="signature_is_to_give_hold_or_stop"
            ),
            models.CheckConstraint(
                condition=Q(action="give", activity_gbq__isnull=False, activity_gbq__gt=0)
                | ~Q(action="give") & Q(activity_gbq=None),
                name="signature_names_an_activity_just_when_to_give",
            ),
            models.CheckConstraint(
                condition=Q(decision="accept", override_code="", override_reason="")
                | ~Q(decision="accept") & ~Q(override_code="") & ~Q(override_reason=""),
                name="override_has_a_code_and_a_reason",
            ),
            said_with("withdrawn_at", None, "withdrawn_because", name="signature_withdrawn_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None) | Q(withdrawn_at__isnull=False),
                name="signature_withdrawn_by_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["proposal"], condition=Q(withdrawn_at__isnull=False), name="signature_withdrawn"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.activity_gbq or ''} signed by {self.signed_by}"

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None and self.proposal.superseded_at is None
