from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import Case, F, When

from coordination.base.constraints import said_with, set_together
from coordination.base.models import Fact, FactQuerySet

FactModel = TypeVar("FactModel", bound="WithdrawableFact")


class WithdrawableQuerySet(FactQuerySet[FactModel]):
    def standing(self) -> Self:
        """Known, and not withdrawn."""
        return self.known().filter(withdrawn_on=None)

    def as_withdrawn_at(self, moment: datetime) -> Self:
        """With `known_withdrawn_on`: the day of a withdrawal that had been recorded by `moment`."""
        known = When(withdrawn_at__lte=moment, then=F("withdrawn_on"))
        return self.alias(known_withdrawn_on=Case(known, output_field=models.DateField()))


class WithdrawableFact(Fact):
    """A fact that counts until somebody withdraws it: that it was once so stays."""

    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When that was recorded.")
    withdrawn_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_because = models.TextField(blank=True, default="")

    class Meta(Fact.Meta):
        abstract = True
        constraints = [
            *Fact.Meta.constraints,
            said_with(
                "withdrawn_at",
                "withdrawn_by",
                "withdrawn_because",
                name="%(class)s_withdrawn_says_who_and_why",
                unless_unknown="recorded_by",
            ),
            set_together("withdrawn_on", "withdrawn_at", name="%(class)s_withdrawn_says_the_day"),
        ]
