from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from coordination.base.constraints import days_in_order, said_with
from coordination.base.models import Recorded
from scheduling.models.cycle import Cycle


class ChairBookingQuerySet(models.QuerySet["ChairBooking"]):
    def standing(self) -> Self:
        return self.filter(cancelled_at=None)


class ChairBooking(Recorded):
    """A chair or room and the people an infusion needs, from when until when.

    A clash is not refused: a named person goes on in spite of the conflict. What is cancelled clashes with
    nothing.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="bookings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    chair = models.CharField(max_length=60)
    people: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=200))
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_because = models.TextField(blank=True, default="")

    objects = ChairBookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(cancelled_at=None), name="cycle_has_one_standing_booking"
            ),
            days_in_order("starts_at", "ends_at", touching=False, name="booking_starts_before_it_ends"),
            models.CheckConstraint(
                condition=~Q(chair="") & Q(people__len__gt=0), name="booking_names_a_chair_and_people"
            ),
            said_with(
                "cancelled_at", "cancelled_by", "cancelled_because", name="booking_cancelled_says_who_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chair}, {', '.join(self.people)}"

    @property
    def uses(self) -> frozenset[str]:
        """What it takes, for as long as it lasts."""
        return frozenset({self.chair, *self.people})
