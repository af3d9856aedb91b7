from django.db import models
from django.db.models import Q

from coordination.base.models import Fact, FactQuerySet
from scheduling.models.course import Course


class ConflictOverrideQuerySet(FactQuerySet["ConflictOverride"]):
    pass


class ConflictOverride(Fact):
    """A named person's reason to go on in spite of a conflict. It answers this conflict, not the next.

    `digest` is over the conflict's code, cycle, dates and text: when they change, it must be answered anew.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="conflict_overrides")
    code = models.CharField(max_length=40)
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    reason = models.TextField()

    objects = ConflictOverrideQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["course", "code", "cycle_number", "digest"],
                condition=Q(recorded_in_error_at=None),
                nulls_distinct=False,
                name="conflict_is_overridden_once",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) & ~Q(reason=""),
                name="conflict_override_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.cycle_number or ''} overridden".replace("  ", " ")
