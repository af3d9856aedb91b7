"""How the worklist asks: statements put together once, filled in with sites, days and the moment."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import DateField, DateTimeField

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import Site
from coordination.base.prepared_queries import argument
from coordination.worklist.lines import DAYS_AHEAD
from coordination.worklist.sources import ListMoment

ASKED = ListMoment(
    today=argument("today", DateField()),
    horizon=argument("horizon", DateField()),
    now=argument("now", DateTimeField()),
)


class Here(NamedTuple):
    """Who asks, and when: their sites, or the one they chose, and the day at each."""

    sites: Mapping[int, Site]
    days: Mapping[int, date]
    now: datetime

    def day(self, site_id: int, moment: datetime) -> date:
        return clock.day_at(self.sites[site_id], moment)

    @property
    def scope(self) -> Scope:
        return Scope(sites=tuple(self.sites.values()))

    @property
    def arguments(self) -> dict[str, Any]:
        today = max(self.days.values())
        return {
            "sites": list(self.sites),
            "today": today,
            "horizon": today + timedelta(days=DAYS_AHEAD),
            "now": self.now,
        }
