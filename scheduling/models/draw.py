from datetime import datetime
from typing import Self

from django.db import models

from coordination.base.choices import Item
from coordination.base.models import CancellableFact, CancellableQuerySet, Practice
from patients.models import Patient


class DrawQuerySet(CancellableQuerySet["Draw"]):
    def to_come(self, now: datetime) -> Self:
        return self.known().filter(at__gt=now)


class Draw(CancellableFact):
    """A planned blood draw. An urgent one is never blocked."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="draws")
    at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    item = models.CharField(max_length=30, choices=Item.choices, blank=True)
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="draws"
    )
    note = models.TextField(blank=True)

    objects = DrawQuerySet.as_manager()

    class Meta(CancellableFact.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"draw at {self.at:%Y-%m-%d %H:%M}"
