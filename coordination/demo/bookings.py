"""Chairs and people for the infusions of the next days, booked as the navigator books them."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from coordination.base import clock
from coordination.demo.sites_and_people import MAIN, House
from coordination.flows import booking
from scheduling.models import Cycle

BOOKED_AHEAD = timedelta(10)
LASTS = timedelta(hours=5)  # with amino acids and two hours of watching
CHAIRS = (
    ("Chair 1", ("Ana Ruiz, RN", "Tom Becker, CNMT")),
    ("Chair 2", ("Lena Okafor, RN", "Sam Whitfield, CNMT")),
    ("Room 3", ("Iris Novak, RN", "Joel Haddad, CNMT")),
)


def book_chairs(house: House, *, now: datetime) -> None:
    """The infusions of each day share out the chairs; those further ahead still wait for one."""
    site = house.sites[MAIN]
    today = clock.day_at(site, now)
    taken: dict[date | None, int] = defaultdict(int)
    coming = Cycle.objects.planned_between(today, today + BOOKED_AHEAD).filter(course__patient__site=site)
    for cycle in coming.select_related("course__patient__site").order_by("planned_start_at", "pk"):
        place = taken[cycle.planned_on]
        if cycle.planned_start_at is None or place == len(CHAIRS):
            continue
        taken[cycle.planned_on] += 1
        chair, people = CHAIRS[place]
        booking.book_infusion(
            cycle,
            starts_at=cycle.planned_start_at,
            ends_at=cycle.planned_start_at + LASTS,
            chair=chair,
            people=people,
            version=cycle.version,
            answers={},
            by=house.people["navigator"],
            now=now,
        )
