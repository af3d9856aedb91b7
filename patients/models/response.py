from typing import Self

from django.db import models

from coordination.base.constraints import is_one_of
from coordination.base.models import Fact, FactQuerySet
from patients.models.patient import Patient


class ResponseAssessmentQuerySet(FactQuerySet["ResponseAssessment"]):
    def progressions(self) -> Self:
        """Known, and resting on more than the first scan after treatment."""
        return self.known().filter(outcome=ResponseAssessmentOutcome.PROGRESSION, first_scan_only=False)


class ResponseAssessmentOutcome(models.TextChoices):
    COMPLETE = "complete", "Complete response"
    PARTIAL = "partial", "Partial response"
    STABLE = "stable", "Stable disease"
    PROGRESSION = "progression", "Progression"
    NOT_EVALUABLE = "not-evaluable", "Not evaluable"


class ResponseAssessment(Fact):
    """How the tumor answered, on what basis.

    A progression call resting only on the first scan after treatment may be pseudoprogression [H22], so
    that is recorded with it.
    """

    Outcome = ResponseAssessmentOutcome

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="response_assessments")
    on = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    basis = models.TextField(blank=True, help_text="Scans, markers, symptoms; criteria, such as RECIST 1.1.")
    first_scan_only = models.BooleanField("rests only on the first scan after treatment", default=False)

    objects = ResponseAssessmentQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("outcome", ResponseAssessmentOutcome, name="response_outcome_is_a_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} on {self.on}"

    @property
    def is_progression(self) -> bool:
        return self.outcome == ResponseAssessmentOutcome.PROGRESSION and not self.first_scan_only
