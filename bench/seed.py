"""Fill a throw-away database with courses, fast: COPY, not the product's own actions.

Every course has its own values, dates and names, dated relative to today. The first `FULL` are four days
from their fourth infusion and have 120 results; the others are spread over all phases and have what came
in so far of a smaller panel.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction

from bench.copy_rows import copy
from bench.derived_rows import derive_the_rest, sign_proposals
from bench.names import TOKEN, ZONE_OF_SITES
from bench.seed_rows import course_tables, people_tables, plans_of
from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import ApiClient, Practice, Site, SiteSettings, User, UserSession
from coordination.base.sessions import SessionStore
from coordination.flows.reassess import reassess
from labs.models import LabResult

FULL = 2_000
CLIENT_SCOPES = ["results:write", "patients:read", "courses:read"]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measures need to know of the data."""

    courses: int
    patients: int
    full: int
    results: int
    session_key: str
    seconds: float


def seed(courses: int, *, patients: int = 0, full: int = FULL, number: int = 4) -> Seeded:
    """Fill an empty, migrated database with `courses` courses; the same number makes the same values.

    The first `full` of them are assessed, the others get the derived rows of one of those. Of `patients`
    those beyond the courses have a name, a number and a phone, and no course.
    """
    began = time.monotonic()
    sites, practices, session_key = _people_and_places()
    random = Random(number)
    today = clock.today(sites[0])
    full = min(courses, full)
    plans = plans_of(courses, full, random, today)
    people = range(1, max(courses, patients) + 1)
    for model, columns, rows in (
        *people_tables(people, sites, practices),
        *course_tables(plans, full, sites),
    ):
        copy(model, columns, rows)
    for key in range(1, full + 1):
        reassess(key, now=clock.now())
    derive_the_rest(full, courses)
    sign_proposals()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as a database that has been running for a while
    return Seeded(
        courses=courses,
        patients=len(people),
        full=full,
        results=LabResult.objects.count(),
        session_key=session_key,
        seconds=time.monotonic() - began,
    )


@transaction.atomic
def _people_and_places() -> tuple[list[Site], list[Practice], str]:
    from coordination.base.api_clients import hash_of

    sites = [
        Site.objects.create(key=f"bench-{place}", name=f"Center {place}", timezone=ZONE_OF_SITES)
        for place in ("north", "south")
    ]
    for site in sites:
        SiteSettings.objects.create(site=site)
    practices = [Practice.objects.create(name=f"Oncology Practice {number}") for number in range(50)]
    navigator = User.objects.create_user(username="bench", full_name="Bench Navigator", role=Role.NAVIGATOR)
    navigator.sites.set(sites)
    client = ApiClient.objects.create(
        name="Bench EHR", scopes=CLIENT_SCOPES, token_hash=hash_of(TOKEN), mrn_systems=[]
    )
    client.sites.set(sites)
    return sites, practices, sign_in(navigator)


def sign_in(user: User) -> str:
    """Return the key of a session in which `user` is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def open_again(session_key: str) -> None:
    """Seeded data may be older than a session lasts."""
    now = clock.now()
    UserSession.objects.filter(session_key=session_key).update(
        last_seen_at=now, expire_date=now + timedelta(days=1)
    )
