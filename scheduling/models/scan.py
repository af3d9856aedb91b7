from datetime import date
from typing import Self

from django.db import models

from coordination.base.constraints import is_one_of
from coordination.base.models import CancellableFact, CancellableQuerySet
from patients.models import Patient


class ScanQuerySet(CancellableQuerySet["Scan"]):
    def done(self, today: date) -> Self:
        return self.known().filter(on__lte=today)

    def booked(self, today: date) -> Self:
        return self.known().filter(on__gt=today)


class ScanKind(models.TextChoices):
    SSTR_PET = "sstr-pet", "Somatostatin-receptor imaging"
    CT_MRI = "ct-mri", "CT or MRI"


class ScanUptake(models.TextChoices):
    BELOW_LIVER = "below-liver", "Below liver"
    LIVER = "liver", "Like liver"
    ABOVE_LIVER = "above-liver", "Above liver"


class Scan(CancellableFact):
    """Imaging done, or booked for a day to come."""

    Kind = ScanKind
    Uptake = ScanUptake

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="scans")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    on = models.DateField()
    modality = models.CharField(max_length=60, blank=True, help_text="Such as Ga-68 DOTATATE PET/CT.")
    uptake = models.CharField(max_length=20, choices=Uptake.choices, null=True, blank=True)
    where = models.CharField(max_length=200, blank=True)
    report = models.TextField(blank=True)
    report_received_on = models.DateField(null=True, blank=True)
    images_received_on = models.DateField(null=True, blank=True)

    objects = ScanQuerySet.as_manager()

    class Meta(CancellableFact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *CancellableFact.Meta.constraints,
            is_one_of("kind", ScanKind, name="scan_kind_is_a_known_word"),
            is_one_of("uptake", ScanUptake, name="scan_uptake_is_a_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.on}"
