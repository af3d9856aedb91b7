from django.db import models
from django.db.models import Q

from coordination.base.models import Fact, FactQuerySet
from coordination.base.promises import said_with
from labs.models import LabResult
from patients.models import Patient


class WeightQuerySet(FactQuerySet["Weight"]):
    pass


class Weight(Fact):
    """The patient's weight on a day, typed or taken from a result that carried one."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="weights")
    kg = models.DecimalField(max_digits=7, decimal_places=3)
    on = models.DateField()
    result = models.ForeignKey(
        LabResult, on_delete=models.PROTECT, null=True, blank=True, related_name="weights"
    )

    objects = WeightQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            # What a machine reported, the machine takes back: the result was corrected or withdrawn.
            said_with(
                "recorded_in_error_at",
                "recorded_in_error_by",
                "recorded_in_error_because",
                name="weight_in_error_says_who_and_why",
                unless_unknown="recorded_by",
            ),
            models.CheckConstraint(condition=Q(kg__gt=0), name="weight_is_above_zero"),
            models.UniqueConstraint(
                fields=["result"],
                condition=Q(recorded_in_error_at=None),
                name="result_gives_one_weight",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kg} kg on {self.on}"
