from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import Q

from coordination.base.constraints import said_with, set_together
from coordination.base.models import Fact, FactQuerySet
from labs.models import LabResult
from patients.models import Patient


class WeightQuerySet(FactQuerySet["Weight"]):
    pass


class WeightUnit(models.TextChoices):
    KILOGRAMS = "kg", "kilograms (kg)"
    POUNDS = "lb", "pounds (lb)"


class Weight(Fact):
    """The patient's weight on a day, typed or taken from a result that carried one.

    `kg` is exact; what was typed stands beside it in its own unit. A weight that jumps from the one before
    is used once somebody has looked at it and confirmed it.
    """

    Unit = WeightUnit

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="weights")
    kg = models.DecimalField(max_digits=15, decimal_places=12)
    typed_value = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    typed_unit = models.CharField(max_length=2, choices=WeightUnit.choices, blank=True, default="")
    on = models.DateField()
    result = models.ForeignKey(
        LabResult, on_delete=models.PROTECT, null=True, blank=True, related_name="weights"
    )

    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="Somebody looked at a jump.")
    confirmed_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
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
            models.CheckConstraint(
                condition=Q(typed_value=None, typed_unit="")
                | Q(typed_value__isnull=False, typed_unit__in=WeightUnit.values),
                name="typed_weight_has_a_unit",
            ),
            set_together("confirmed_at", "confirmed_by", name="weight_confirmed_says_by_whom"),
            models.UniqueConstraint(
                fields=["result"],
                condition=Q(recorded_in_error_at=None),
                name="result_gives_one_weight",
            ),
        ]

    def __str__(self) -> str:
        return f"{weight_words(self.kg)} on {self.on}"

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def words(self) -> str:
        """As typed, with kilograms beside pounds: "198.4 lb (90 kg)"."""
        if self.typed_value is None or self.typed_unit == WeightUnit.KILOGRAMS:
            return weight_words(self.kg)
        return f"{self.typed_value.normalize():f} {self.typed_unit} ({weight_words(self.kg)})"


def weight_words(kg: Decimal) -> str:
    """Kilograms for people: one decimal, half up."""
    rounded = kg.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f} kg"
