"""A prescriber's own word on what the dose table cannot know."""

from django.db import models
from django.db.models import Q

from coordination.base.models import Fact, FactQuerySet
from labs.models import LabResult
from scheduling.models.course import Course


class AttributionQuerySet(FactQuerySet["Attribution"]):
    pass


class Attribution(Fact):
    """Whether a row's episode after infusion `cycle_number` is related to the treatment."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attributions")
    row = models.CharField(max_length=30)
    cycle_number = models.PositiveSmallIntegerField()
    related = models.BooleanField()
    reason = models.TextField()

    objects = AttributionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["cycle_number", "row", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["course", "row", "cycle_number"],
                condition=Q(recorded_in_error_at=None),
                name="episode_is_attributed_once",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) & ~Q(reason=""),
                name="attribution_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(cycle_number__range=(1, 10)), name="attribution_cycle_is_from_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} after infusion {self.cycle_number}: {'' if self.related else 'not '}related"


class ConfirmationQuerySet(FactQuerySet["Confirmation"]):
    pass


class Confirmation(Fact):
    """That a row which the table cannot tell has resolved, or has not, as of a day."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="confirmations")
    row = models.CharField(max_length=30)
    on = models.DateField()
    resolved = models.BooleanField()
    reason = models.TextField(blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(recorded_by__isnull=False), name="confirmation_says_who"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {'resolved' if self.resolved else 'not resolved'} on {self.on}"


class BaselinePinQuerySet(FactQuerySet["BaselinePin"]):
    pass


class BaselinePin(Fact):
    """Which result serves as an analyte's baseline, in place of the latest before the first infusion."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="baseline_pins")
    analyte = models.CharField(max_length=40)
    result = models.ForeignKey(LabResult, on_delete=models.PROTECT, related_name="baseline_pins")
    reason = models.TextField()

    objects = BaselinePinQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["analyte", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["course", "analyte"],
                condition=Q(recorded_in_error_at=None),
                name="analyte_has_one_pinned_baseline",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) & ~Q(reason=""),
                name="baseline_pin_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"baseline of {self.analyte}"
