from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.models import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class CalendarFeed(models.Model):
    """A secret address under which a calendar program reads what one person may see, with initials only.

    The address is a signature over `public_id`: who reads the database alone cannot make it. A new address
    ends the one before; when the person's access ends, so does the feed.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_feeds")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="user_has_one_calendar_feed"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar feed of {self.user}"
