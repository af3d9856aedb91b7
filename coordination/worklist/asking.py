"""How the worklist asks: statements put together once, filled in with sites, days and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateField, DateTimeField, Q

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import Site
from coordination.worklist.lines import DAYS_AHEAD
from coordination.worklist.sources import Asked
from scheduling.together import argument


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row of an answer."""


@dataclass(slots=True)
class _ScopeToCome(Scope):
    """The reach of whoever will ask: its sites are an argument."""

    def _at_sites(self, path: str) -> Q:
        return Q(**{f"{path}__any_of": argument("sites", ArrayField(BigIntegerField()))})


SCOPE = _ScopeToCome()
ASKED = Asked(
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
