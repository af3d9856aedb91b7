from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from coordination.base.models import Fact, FactQuerySet
from patients.models import Patient


class TransfusionQuerySet(FactQuerySet["Transfusion"]):
    pass


class TransfusionProduct(models.TextChoices):
    RED_CELLS = "red-cells", "Red cells"
    PLATELETS = "platelets", "Platelets"
    PLASMA = "plasma", "Plasma"
    OTHER = "other", "Other"


class Transfusion(Fact):
    Product = TransfusionProduct

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="transfusions")
    product = models.CharField(max_length=20, choices=Product.choices)
    on = models.DateField()
    units = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects = TransfusionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("product", TransfusionProduct, name="transfusion_product_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(units=None) | Q(units__gt=0), name="transfusion_units_are_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} on {self.on}"
