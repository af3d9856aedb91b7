"""Tell every story into an empty database, and say what one signs in with."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import Site, User
from coordination.demo import sites_and_people as houses
from coordination.demo.addresses import give_addresses
from coordination.demo.bookings import book_chairs
from coordination.demo.sites_and_people import MRN_SYSTEM, PEOPLE
from coordination.demo.stories import NUMBERED
from coordination.demo.story import DemoStory
from coordination.demo.story_time import StoryTime, told_at
from coordination.demo.walk import Walk
from coordination.flows.record import assess_all
from scheduling.models import Course

TRY = "try"
OPEN_SINCE = timedelta(730)


@transaction.atomic
def seed(number: int, *, as_of: datetime, stories: Mapping[str, DemoStory] = NUMBERED) -> None:
    """All or nothing. Raises CareError where the database holds data already."""
    if Site.objects.exists() or User.objects.exists():
        raise CareError("This database is in use: demo data go into an empty one.")
    time = StoryTime(as_of - OPEN_SINCE)
    with told_at(time):
        house = houses.build(number, opened_at=time.now, as_of=as_of)
        give_addresses(house, now=time.now)
        for mrn, story in stories.items():
            story.tell(Walk(house, story.person, mrn=mrn, seed=number, time=time, as_of=as_of))
        time.now = as_of
        book_chairs(house, now=as_of)
        assess_all(Course.objects.order_by("pk").values_list("pk", flat=True), now=as_of)


def is_seeded() -> bool:
    return houses.is_built()


def is_of(number: int) -> bool:
    """Whether the people of this database sign in with what this seed makes."""
    user = User.objects.filter(username=PEOPLE[0][0]).first()
    return user is not None and user.check_password(houses.secrets_of(number).password)


def told(number: int) -> dict[str, Any]:
    """What scripts and people are told: who signs in, the machine's token, each patient and their story."""
    secrets = houses.secrets_of(number)
    tried = next(mrn for mrn, story in NUMBERED.items() if story.key == TRY)
    return {
        "people": [
            {"role": role.value, "username": username, "password": secrets.password}
            for username, _, role, _ in PEOPLE
        ],
        "api_token": secrets.token,
        "patients": [
            {"mrn_system": MRN_SYSTEM, "mrn": mrn, "story": story.line} for mrn, story in NUMBERED.items()
        ],
        "try": {"mrn_system": MRN_SYSTEM, "mrn": tried, "curl": curl(tried, secrets.token)},
    }


def curl(mrn: str, token: str) -> str:
    """A platelet count of 62, drawn now, in one line. `{url}` is where the demo answers."""
    result = (
        '{"id":"TRY.777-3","code":{"system":"http://loinc.org","code":"777-3"},'
        '"value":"62","unit":"10*3/uL","low":"150","high":"400","status":"final"}'
    )
    body = (
        f'{{"patient":{{"system":"{MRN_SYSTEM}","value":"{mrn}"}},'
        f""""collected_at":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","results":[{result}]}}"""
    )
    return (
        "curl -sS {url}/api/v1/lab-results"
        f" -H 'Authorization: Bearer {token}'"
        " -H 'Content-Type: application/json'"
        ' -H "Idempotency-Key: try-$(date +%s)"'
        f" -d '{body}'"
    )
