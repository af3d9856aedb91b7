"""The days on which a site is closed: its own and public holidays."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

from coordination.base.models import Site
from scheduling.facts_statement import ClosureRow
from scheduling.rules import facts as plain

BEFORE, AFTER = timedelta(days=30), timedelta(days=183)  # how far closed days are told of


def closed_days(
    site: Site, infusions: tuple[plain.InfusionFact, ...], today: date, closures: Iterable[ClosureRow]
) -> tuple[date, ...]:
    """The site's closures and public holidays, from before the first infusion to half a year from now."""
    days = [today]
    for infusion in infusions:
        if on := infusion.planned_on or (infusion.started_at and infusion.started_at.date()):
            days.append(on)
    first, last = min(days) - BEFORE, max(days) + AFTER
    public = public_holidays(site.country, site.subdivision, first.year, last.year)
    closed = {row.on for row in closures}.union(public)
    return tuple(sorted(day for day in closed if first <= day <= last))


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, first_year: int, last_year: int) -> tuple[date, ...]:
    """The public holidays of a country (and its part) on working days; none where the package knows none."""
    try:
        known = holidays.country_holidays(
            country, subdiv=subdivision or None, years=range(first_year, last_year + 1)
        )
    except NotImplementedError:
        return ()
    return tuple(sorted(known))
