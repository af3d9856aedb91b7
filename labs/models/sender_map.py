from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import ApiClient


class SenderMapEntryQuerySet(models.QuerySet["SenderMapEntry"]):
    def current(self) -> Self:
        """Those that are in use."""
        return self.filter(ended_at=None)


class SenderMapEntryKind(models.TextChoices):
    CODE = "code", "Test code"
    UNIT = "unit", "Unit"
    AUTHORITY = "authority", "Assigning authority of patient numbers"
    TIME_ZONE = "time-zone", "Time zone of times sent without one"
    PLAIN_DATE = "plain-date", "Meaning of a date without a time"


class SenderMapEntry(models.Model):
    """What one sender means by a word of its own: "PLT" is LOINC 777-3. Read before the general tables.

    A sender is a client together with the laboratory that its reports name. An entry is never edited: a
    correction ends it and adds the next one, so that it can always be said what was read how, and why.
    """

    Kind = SenderMapEntryKind

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="map_entries")
    laboratory = models.CharField(
        max_length=200, blank=True, help_text="As its reports name it; empty: reports that name none."
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    sent = models.CharField(
        max_length=270,
        blank=True,
        help_text="The sender's word: system|code of a test, a unit (empty: none sent), an authority.",
    )
    analyte = models.CharField(max_length=40, blank=True, help_text="Of a unit: the test it is sent for.")
    means = models.CharField(
        max_length=200, help_text="A LOINC code, a unit, an authority, a time zone, or `day` or HH:MM."
    )
    because = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_because = models.TextField(blank=True, default="")

    objects = SenderMapEntryQuerySet.as_manager()

    class Meta:
        ordering = ["client__name", "laboratory", "kind", "sent", "analyte", "-made_at", "-pk"]
        constraints = [
            is_one_of("kind", SenderMapEntryKind, name="sender_map_kind_is_a_known_word"),
            models.UniqueConstraint(
                fields=["client", "laboratory", "kind", "sent", "analyte"],
                condition=Q(ended_at=None),
                name="sender_means_one_thing_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(means=""), name="sender_map_entry_says_what_is_meant"),
            models.CheckConstraint(
                condition=Q(kind="unit") & ~Q(analyte="") | ~Q(kind="unit") & Q(analyte=""),
                name="sender_map_unit_is_of_an_analyte",
            ),
            said_with(
                "ended_at", "ended_by", "ended_because", name="sender_map_entry_ended_says_who_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.sent or self.kind} is {self.means}"
