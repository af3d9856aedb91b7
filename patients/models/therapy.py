from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.constraints import days_in_order, is_one_of
from coordination.base.models import CancellableFact, CancellableQuerySet
from patients.models.patient import Patient


class PriorTherapyQuerySet(CancellableQuerySet["PriorTherapy"]):
    def liver_directed(self) -> Self:
        """Of every kind, ablation and bland embolization too."""
        return self.filter(kind__in=PriorTherapy.LIVER_DIRECTED)

    def arterial(self) -> Self:
        """The liver-directed ones that a course file knows."""
        return self.filter(kind__in=PriorTherapy.ARTERIAL)


class PriorTherapyKind(models.TextChoices):
    TARE = "TARE", "Radioembolization (TARE)"
    SIRT = "SIRT", "Radioembolization (SIRT)"
    TACE = "TACE", "Chemoembolization"
    BLAND_EMBOLIZATION = "bland-embolization", "Bland embolization"
    ABLATION = "ablation", "Ablation"
    PRRT_Y90 = "prrt-y90", "PRRT with Y-90"
    PRRT_LU177 = "prrt-lu177", "PRRT with Lu-177"
    SSA = "ssa", "Somatostatin analog"
    CHEMOTHERAPY = "chemotherapy", "Chemotherapy"
    KINASE_INHIBITOR = "kinase-inhibitor", "Kinase inhibitor"
    MTOR_INHIBITOR = "mtor-inhibitor", "mTOR inhibitor"
    INTERFERON = "interferon", "Interferon"
    SURGERY = "surgery", "Surgery"
    DEBULKING = "debulking", "Debulking or liver resection"
    EXTERNAL_RADIATION = "external-radiation", "External-beam radiation"
    OTHER = "other", "Other"


class PriorTherapy(CancellableFact):
    """Another therapy than this course: before it, beside it, or planned."""

    Kind = PriorTherapyKind

    ARTERIAL = (Kind.TARE, Kind.SIRT, Kind.TACE)
    LIVER_DIRECTED = (*ARTERIAL, Kind.BLAND_EMBOLIZATION, Kind.ABLATION)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="therapies")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    name = models.CharField("drug or procedure", max_length=200, blank=True)
    on = models.DateField("day, or first day", null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    planned = models.BooleanField(default=False)
    cycles = models.PositiveSmallIntegerField(null=True, blank=True)
    cumulative_gbq = models.DecimalField(
        "cumulative activity (GBq)", max_digits=6, decimal_places=2, null=True, blank=True
    )
    progressed = models.BooleanField("progressed under it", null=True, blank=True)
    details = models.TextField(blank=True)

    objects = PriorTherapyQuerySet.as_manager()

    class Meta(CancellableFact.Meta):
        ordering = ["on", "pk"]
        verbose_name_plural = "prior therapies"
        constraints = [
            *CancellableFact.Meta.constraints,
            is_one_of("kind", PriorTherapyKind, name="therapy_kind_is_a_known_word"),
            days_in_order("on", "ended_on", name="therapy_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(cumulative_gbq=None) | Q(cumulative_gbq__gt=0),
                name="therapy_activity_is_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on or 'day not known'}"

    @property
    def is_liver_directed(self) -> bool:
        return self.kind in self.LIVER_DIRECTED
