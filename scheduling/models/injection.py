from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from coordination.base.models import CancellableFact, CancellableQuerySet, Practice
from patients.models import Patient


class InjectionQuerySet(CancellableQuerySet["Injection"]):
    def given(self) -> Self:
        return self.known().filter(given_at__isnull=False)

    def planned(self) -> Self:
        return self.known().filter(given_at=None)

    def long_acting(self) -> Self:
        return self.exclude(drug=Injection.Drug.OCTREOTIDE_SHORT)


class InjectionDrug(models.TextChoices):
    OCTREOTIDE_LAR = "octreotide-lar", "Octreotide LAR"
    LANREOTIDE = "lanreotide", "Lanreotide"
    OTHER_LONG_ACTING = "other-long-acting", "Other long-acting analog"
    OCTREOTIDE_SHORT = "octreotide-short", "Short-acting octreotide"


class Injection(CancellableFact):
    """A somatostatin analog, planned or given or planned and then given."""

    Drug = InjectionDrug

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="injections")
    drug = models.CharField(max_length=30, choices=Drug.choices)
    dose_mg = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField("given by", max_length=200, blank=True)
    practice = models.ForeignKey(
        Practice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="injections",
        help_text="Who plans or gives it; empty: the center.",
    )
    note = models.TextField(blank=True)

    objects = InjectionQuerySet.as_manager()

    class Meta(CancellableFact.Meta):
        ordering = ["pk"]
        constraints = [
            *CancellableFact.Meta.constraints,
            is_one_of("drug", InjectionDrug, name="injection_drug_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | Q(given_at__isnull=False),
                name="injection_is_planned_or_given",
            ),
            models.CheckConstraint(
                condition=Q(dose_mg=None) | Q(dose_mg__gt=0), name="injection_dose_is_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drug} {self.given_at or self.planned_on}"
