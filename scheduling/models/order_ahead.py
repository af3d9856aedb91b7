from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base.constraints import said_with
from coordination.base.models import Recorded
from scheduling.models.cycle import Cycle


class OrderAheadQuerySet(models.QuerySet["OrderAhead"]):
    def not_ended(self) -> Self:
        return self.filter(ended_at=None)

    def standing(self) -> Self:
        """Those that permit an order: not ended, and their course goes on and is not on hold."""
        return self.not_ended().filter(cycle__course__ended_at=None, cycle__course__held_since=None)


class OrderAhead(Recorded):
    """A prescriber's permission to order a dose before the pre-dose panel is in.

    It permits the order and nothing else: the dose is given on a signature. It ends when the dose is signed,
    when a person withdraws it (`ended_by`), or when the recommendation turns against it (`ended_by` null).
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="orders_ahead")
    activity_gbq = models.DecimalField(max_digits=6, decimal_places=3)
    reason = models.TextField(blank=True)
    allowed_at = models.DateTimeField()
    allowed_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "base.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Null: the recommendation changed.",
    )
    ended_because = models.TextField(blank=True, default="")

    objects = OrderAheadQuerySet.as_manager()

    class Meta:
        ordering = ["-allowed_at", "-pk"]
        verbose_name_plural = "orders ahead"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(ended_at=None), name="cycle_has_one_standing_order_ahead"
            ),
            models.CheckConstraint(condition=Q(activity_gbq__gt=0), name="order_ahead_is_above_zero"),
            said_with("ended_at", None, "ended_because", name="order_ahead_ended_says_why"),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="order_ahead_ended_by_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_gbq.normalize():f} GBq ordered ahead by {self.allowed_by}"
