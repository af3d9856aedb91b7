from datetime import date
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q

from coordination.base.models import Recorded, Versioned
from scheduling.models.course import Course

if TYPE_CHECKING:
    from scheduling.models.infusion import InfusionGiven


class CycleQuerySet(models.QuerySet["Cycle"]):
    def given(self) -> Self:
        """Whose infusion has at least begun."""
        return self.filter(Exists(self._infusions()))

    def to_come(self) -> Self:
        """Whose infusion has not begun."""
        return self.filter(~Exists(self._infusions()))

    def planned_between(self, first: date, last: date) -> Self:
        """To come, in a course that goes on, with a planned day in this span (ends included)."""
        return self.to_come().filter(planned_on__range=(first, last), course__ended_at=None)

    def lock(self) -> Self:
        return self.select_for_update(of=("self",))

    def _infusions(self) -> "models.QuerySet[InfusionGiven]":
        from scheduling.models.infusion import InfusionGiven

        return InfusionGiven.objects.known().filter(cycle=OuterRef("pk"))


class Cycle(Recorded, Versioned):
    """One infusion of a course and the weeks after it. Without a planned day it is only projected."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    planned_on = models.DateField(null=True, blank=True)
    planned_start_at = models.DateTimeField(null=True, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["course", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__range=(1, 10)), name="cycle_number_is_from_1_to_10"),
            models.UniqueConstraint(fields=["course", "number"], name="course_has_each_cycle_once"),
            models.CheckConstraint(
                condition=Q(planned_start_at=None) | Q(planned_on__isnull=False),
                name="cycle_planned_start_has_a_planned_day",
            ),
        ]
        indexes = [models.Index(fields=["planned_on"], name="cycle_by_planned_day")]

    def __str__(self) -> str:
        return f"cycle {self.number}"

    @property
    def infusion(self) -> "InfusionGiven | None":
        """The infusion given, without those recorded in error; uses prefetched `infusions`."""
        known = (given for given in self.infusions.all() if given.recorded_in_error_at is None)
        return next(known, None)

    @property
    def used_its_dose(self) -> bool:
        """The infusion was given here: one given elsewhere did not use the dose that was ordered."""
        return self.infusion is not None and not self.infusion.elsewhere
