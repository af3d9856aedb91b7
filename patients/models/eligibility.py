from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.constraints import days_in_order, is_one_of
from coordination.base.models import Fact, FactQuerySet
from patients.models.patient import Patient
from patients.models.referral import Referral


class EligibilityEvidenceQuerySet(FactQuerySet["EligibilityEvidence"]):
    def newest(self) -> Self:
        """The newest word on each criterion of each patient."""
        return (
            self.known()
            .order_by("patient_id", "criterion", "-evidence_on", "-recorded_at", "-pk")
            .distinct("patient_id", "criterion")
        )

    def current(self, today: date) -> Self:
        """Evidence that has not expired."""
        return self.known().filter(Q(expires_on=None) | Q(expires_on__gte=today))


class EligibilityEvidenceAnswer(models.TextChoices):
    MET = "met", "Met"
    NOT_MET = "not-met", "Not met"
    CANNOT_TELL = "cannot-tell", "Cannot tell"


class EligibilityEvidence(Fact):
    """What is known of one criterion of eligibility [H22 t1], on what evidence, and until when it holds."""

    Answer = EligibilityEvidenceAnswer

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="eligibility")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="eligibility"
    )
    criterion = models.CharField(max_length=60)
    answer = models.CharField(max_length=20, choices=Answer.choices)
    value = models.CharField(max_length=60, blank=True, help_text="The figure found, with its unit.")
    threshold = models.CharField(max_length=60, blank=True, help_text="The threshold it was held against.")
    source = models.CharField(max_length=120, blank=True, help_text="Whose threshold it is.")
    evidence = models.TextField(blank=True)
    evidence_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)

    objects = EligibilityEvidenceQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["criterion", "-evidence_on", "-pk"]
        verbose_name_plural = "eligibility evidence"
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("answer", EligibilityEvidenceAnswer, name="eligibility_answer_is_a_known_word"),
            days_in_order("evidence_on", "expires_on", name="evidence_does_not_expire_before_its_day"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.answer}"
