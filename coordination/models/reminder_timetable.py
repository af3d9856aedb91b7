from datetime import time
from typing import Any

from django.db import models
from django.db.models import Q

from coordination.base.models import Recorded, Site
from scheduling.rules.reminders import DEFAULT_TIMETABLE, TimetableRow

NUMBERS = ("before", "owner", "navigator", "prescriber", "manager", "money")
A_WEEKEND_AND_A_DAY = 96  # hours: what an outage kept back on a Friday still leaves on Monday


class ReminderTimetable(Recorded):
    """A site's choices of who is reminded when. Without a row the defaults hold."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="reminder_timetable")
    is_on = models.BooleanField("Reminders are sent", default=True)
    quiet_from = models.TimeField("Quiet from", default=time(20))
    quiet_until = models.TimeField("Quiet until", default=time(8))
    stale_after_hours = models.PositiveSmallIntegerField(
        "Not sent when later than", default=A_WEEKEND_AND_A_DAY
    )
    most_per_patient = models.PositiveSmallIntegerField("Most about one patient in 24 hours", default=3)
    most_per_contact = models.PositiveSmallIntegerField("Most to one address in 24 hours", default=20)
    digest_at = models.TimeField("Digest for navigators at", null=True, blank=True, default=time(8))
    rows: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        default=list, blank=True, help_text="Lines of the timetable; empty: the defaults."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stale_after_hours__range=(1, 720)),
                name="a_reminder_is_stale_within_30_days",
            ),
            models.CheckConstraint(
                condition=Q(most_per_patient__gte=1, most_per_contact__gte=1),
                name="at_least_one_message_may_be_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"reminders of {self.site}"

    @property
    def lines(self) -> tuple[TimetableRow, ...]:
        return tuple(_row(stored) for stored in self.rows) or DEFAULT_TIMETABLE

    @classmethod
    def of(cls, site: Site) -> "ReminderTimetable":
        return cls.objects.filter(site=site).first() or cls(site=site)


def _row(stored: dict[str, Any]) -> TimetableRow:
    numbers: dict[str, tuple[int, ...]] = {name: tuple(stored.get(name, ())) for name in NUMBERS}
    return TimetableRow(
        item=stored.get("item", ""),
        owned_by=stored.get("owned_by", ""),
        on_the_day=bool(stored.get("on_the_day")),
        **numbers,
    )


def stored_row(row: TimetableRow) -> dict[str, Any]:
    """A line as it is kept in `rows`."""
    numbers = {name: list(getattr(row, name)) for name in NUMBERS}
    return {"item": row.item, "owned_by": row.owned_by, "on_the_day": row.on_the_day, **numbers}
