from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import days_in_order, set_together
from coordination.base.models import Recorded, Site


class HandoverNoteQuerySet(models.QuerySet["HandoverNote"]):
    def standing(self, now: datetime) -> Self:
        """Neither expired nor taken down."""
        return self.filter(expires_at__gt=now, ended_at=None)


class HandoverNote(Recorded):
    """A word to whoever works next at a site. It expires by itself; nothing clinical rests on it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="handover_notes")
    text = models.TextField()
    written_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="handover_notes")
    written_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HandoverNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="handover_note_says_something"),
            days_in_order(
                "written_at", "expires_at", touching=False, name="handover_note_expires_after_it_was_written"
            ),
            set_together("ended_at", "ended_by", name="handover_note_ended_says_by_whom"),
        ]
        indexes = [
            models.Index(
                fields=["site", "expires_at"], condition=Q(ended_at=None), name="handover_note_standing"
            )
        ]

    def __str__(self) -> str:
        return f"note of {self.written_by} at {self.written_at:%Y-%m-%d %H:%M}"
