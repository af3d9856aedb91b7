from typing import Self
from urllib.parse import urlencode
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.models import Recorded, Site, User


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def offered_to(self, user: User, sites: list[Site]) -> Self:
        """One's own, and those that somebody of one's sites shares."""
        return self.filter(Q(owner=user) | Q(shared_with__in=sites), removed_at=None)


class SavedFilter(Recorded):
    """A named view of the worklist: which lines, which columns. Holds choices of ours, never a patient."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="saved_filters")
    shared_with = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="saved_filters"
    )
    name = models.CharField(max_length=60)
    query: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_has_a_name"),
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(removed_at=None),
                name="saved_filter_name_is_used_once_by_its_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def query_string(self) -> str:
        return urlencode(self.query, doseq=True)
