"""The places and people of the demo: two sites, four practices, a person for each role, one EHR."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from coordination.base.choices import Role
from coordination.base.models import ApiClient, Practice, Site, SiteClosure, SiteSettings, User
from coordination.demo.days import Days
from scheduling.closed_days import public_holidays

MRN_SYSTEM = "urn:oid:2.16.840.1.113883.3.9999.1"
MAIN, SECOND = "harbor-point", "prairie-lake"
SCOPES = ("results:write", "patients:read", "courses:read")
BECAUSE = "demo data"

SITES: tuple[tuple[str, str, str, str, str, dict[str, str]], ...] = (
    (MAIN, "Harbor Point Medical Center", "America/New_York", "NY", "+1 212-555-0100", {}),
    (SECOND, "Prairie Lake Cancer Center", "America/Chicago", "IL", "+1 312-555-0150", {"ctcae": "6.0"}),
)
PRACTICES = {
    "maple": ("Maple Street Cancer Care", "+1 212-555-0110"),
    "northfield": ("Northfield Oncology Associates", "+1 212-555-0120"),
    "riverside": ("Riverside Hematology and Oncology", "+1 212-555-0130"),
    "lakeshore": ("Lakeshore Medical Oncology", "+1 312-555-0140"),
}
PEOPLE: tuple[tuple[str, str, Role, tuple[str, ...]], ...] = (  # username, full name, role, sites or practice
    ("navigator", "Nora Lindqvist, RN", Role.NAVIGATOR, (MAIN,)),
    ("prescriber", "Dr. Priya Raman", Role.PRESCRIBER, (MAIN,)),
    ("clinic", "Clara Mendes, CNMT", Role.CLINIC, (MAIN,)),
    ("manager", "Martin Vogel", Role.MANAGER, (MAIN, SECOND)),
    ("referrer", "Dr. Ruth Halvorsen", Role.REFERRER, ("maple",)),
    ("admin", "Ada Novak", Role.ADMIN, (MAIN, SECOND)),
    ("prescriber-two", "Dr. Samuel Okafor", Role.PRESCRIBER, (MAIN, SECOND)),
    ("navigator-west", "Inés Carballo, RN", Role.NAVIGATOR, (SECOND,)),
)
WORDS = (
    *("amber", "birch", "cedar", "copper", "coral", "delta", "ember", "fern", "garnet", "hazel"),
    *("indigo", "jasper", "juniper", "lantern", "maple", "meadow", "opal", "pebble", "river", "willow"),
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one signs in with: made from the seed, so that it can be told again."""

    password: str
    token: str
    client_id: UUID


def secrets_of(seed: int) -> Secrets:
    dice = Random(f"fourfold demo {seed}")  # noqa: S311 - a password that everybody is told
    password = "-".join([*dice.sample(WORDS, 3), str(dice.randint(10, 99))])
    token = f"demo-{dice.getrandbits(96):024x}"
    return Secrets(password, token, UUID(int=dice.getrandbits(128), version=4))


@dataclass(frozen=True, slots=True)
class House:
    sites: dict[str, Site]
    practices: dict[str, Practice]
    people: dict[str, User]
    client: ApiClient
    days: dict[str, Days]

    def staff(self, site: str, role: Role) -> User:
        """Who does the work of a role at a site, the first of the list."""
        for username, _, has_role, places in PEOPLE:
            if has_role == role and site in places:
                return self.people[username]
        return self.staff(MAIN, role)


def is_built() -> bool:
    return Site.objects.filter(key=MAIN).exists()


def build(seed: int, *, opened_at: datetime, as_of: datetime) -> House:
    secrets = secrets_of(seed)
    sites = {row[0]: _site(*row) for row in SITES}
    practices = {key: _practice(name, phone) for key, (name, phone) in PRACTICES.items()}
    password = make_password(secrets.password)  # once: a hash is made to be slow
    people = {
        username: _person(username, full_name, role, places, password, sites, practices, opened_at)
        for username, full_name, role, places in PEOPLE
    }
    client = ApiClient(
        name="Demo EHR",
        public_id=secrets.client_id,
        scopes=list(SCOPES),
        token_hash=hashlib.sha256(secrets.token.encode()).hexdigest(),
        park_unknown=True,
        mrn_systems=[MRN_SYSTEM],
    )
    client.save_by(people["admin"], because=BECAUSE)
    client.sites.set(sites.values())
    days = {key: demo_days_of(site, as_of) for key, site in sites.items()}
    _close_for_training(sites[MAIN], days[MAIN], by=people["admin"])
    return House(sites, practices, people, client, days)


def _site(key: str, name: str, timezone: str, subdivision: str, phone: str, settings: dict[str, str]) -> Site:
    site = Site(key=key, name=name, timezone=timezone, subdivision=subdivision, phone=phone)
    site.save_by(None, because=BECAUSE)
    # The demo has no phones: whoever has set up a second factor is asked for it, others sign without.
    SiteSettings(site=site, second_factor_required=False, **settings).save_by(None, because=BECAUSE)
    return site


def _practice(name: str, phone: str) -> Practice:
    practice = Practice(name=name, phone=phone, fax=phone[:-1] + "9", address="100 Example Avenue")
    practice.save_by(None, because=BECAUSE)
    return practice


def _person(
    username: str,
    full_name: str,
    role: Role,
    places: tuple[str, ...],
    password: str,
    sites: dict[str, Site],
    practices: dict[str, Practice],
    opened_at: datetime,
) -> User:
    practice = practices[places[0]] if role == Role.REFERRER else None
    user = User(
        username=username,
        full_name=full_name,
        role=role,
        practice=practice,
        password=password,
        created_at=opened_at,
    )
    user.save_by(None, because=BECAUSE)
    user.sites.set(sites[place] for place in places if place in sites)
    return user


def _close_for_training(site: Site, days: Days, *, by: User) -> None:
    closure = SiteClosure(site=site, on=days.open_near(days.ahead(33)), reason="Physics and safety training")
    closure.save_by(by, because=BECAUSE)


def demo_days_of(site: Site, as_of: datetime) -> Days:
    zone = ZoneInfo(site.timezone)
    today: date = as_of.astimezone(zone).date()
    holidays = public_holidays(site.country, site.subdivision, today.year - 2, today.year + 1)
    return Days(today, zone, frozenset(holidays))
