"""The one place that reads the clock. Everything else is handed `now` or `today`."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone


class InZone(Protocol):
    """Anything that lives in a time zone: a site, an API client."""

    timezone: str


def now() -> datetime:
    """The present instant, in UTC."""
    return timezone.now()


def today(site: InZone) -> date:
    """The present day at `site`."""
    return day_at(site, now())


def day_at(site: InZone, moment: datetime) -> date:
    """The local day of `moment` at `site`."""
    return moment.astimezone(zone_of(site)).date()


def zone_of(site: InZone) -> ZoneInfo:
    return ZoneInfo(site.timezone)
