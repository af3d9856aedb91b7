from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.models import Fact, FactQuerySet
from coordination.base.promises import in_order
from scheduling.models.cycle import Cycle
from scheduling.models.signature import Signature


class InfusionGivenQuerySet(FactQuerySet["InfusionGiven"]):
    def under_way(self) -> Self:
        return self.known().filter(ended_at=None)


class InfusionGiven(Fact):
    """What was given on the day, from the start on; the end and the activity may follow.

    A cycle has one, apart from those recorded in error. `signed_gbq` is the activity that had been signed
    when it was given, kept here because a signature can be withdrawn later.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="infusions")
    signature = models.ForeignKey(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="infusions"
    )
    signed_gbq = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    activity_gbq = models.DecimalField(
        "activity given (GBq)", max_digits=6, decimal_places=3, null=True, blank=True
    )
    residual_gbq = models.DecimalField(
        "left in the vial (GBq)", max_digits=6, decimal_places=3, null=True, blank=True
    )
    antiemetic_at = models.DateTimeField(null=True, blank=True)
    amino_acids_started_at = models.DateTimeField(null=True, blank=True)
    amino_acids_ended_at = models.DateTimeField(null=True, blank=True)
    watched_until = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    instructions_understood = models.BooleanField(null=True, blank=True)
    interrupted_because = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = InfusionGivenQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["started_at", "pk"]
        verbose_name_plural = "infusions given"
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(recorded_in_error_at=None),
                name="cycle_has_one_infusion_given",
            ),
            in_order("started_at", "ended_at", name="infusion_ends_after_it_started"),
            in_order(
                "amino_acids_started_at", "amino_acids_ended_at", name="amino_acids_end_after_they_started"
            ),
            models.CheckConstraint(
                condition=Q(activity_gbq=None) | Q(activity_gbq__gt=0), name="activity_given_is_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(signed_gbq=None) | Q(signed_gbq__gt=0), name="activity_signed_is_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(residual_gbq=None) | Q(residual_gbq__gte=0), name="residual_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"infusion of {self.cycle} at {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def differs_from_signed(self) -> Decimal | None:
        """The part of the signed activity by which the given one differs; None where either is unknown."""
        if self.activity_gbq is None or self.signed_gbq is None:
            return None
        return abs(self.activity_gbq - self.signed_gbq) / self.signed_gbq
