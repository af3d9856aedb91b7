"""The calendar of a practice under a secret address: infusions and what is asked, with initials only."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from icalendar import Calendar, Event

from coordination.base.access import access_has_ended
from coordination.base.choices import Role
from coordination.base.models import User
from coordination.messages.texts import initials
from coordination.models import CalendarFeed
from coordination.portal.reading import PortalChart
from coordination.portal.requests import requests_of

SALT = "calendar address"
PAST = timedelta(days=30)
INFUSION_TAKES = timedelta(hours=5)  # amino acids run 30 min before, during and 3 h after


# --- the address ------------------------------------------------------------------------------------


@transaction.atomic
def new_feed(user: User, *, now: datetime) -> CalendarFeed:
    """A new secret address; the one before ends."""
    CalendarFeed.objects.standing().filter(user=user).update(ended_at=now)
    return CalendarFeed.objects.create(user=user, made_at=now)


def token_of(feed: CalendarFeed) -> str:
    return Signer(salt=SALT).sign(feed.public_id.hex).replace(":", ".")


def feed_by(token: str) -> CalendarFeed | None:
    """The feed of an address, if it stands and its person still has access."""
    try:
        public_id = UUID(Signer(salt=SALT).unsign(token.replace(".", ":")))
    except (BadSignature, ValueError):
        return None
    feed = CalendarFeed.objects.standing().filter(public_id=public_id).select_related("user").first()
    if feed is None or not feed.user.is_active or access_has_ended(feed.user):
        return None
    return feed if feed.user.role == Role.REFERRER else None


# --- what it says -----------------------------------------------------------------------------------


def calendar_text(stories: Iterable[PortalChart], *, now: datetime) -> bytes:
    """The iCalendar text (RFC 5545): instants in UTC, for no reader to work out a zone; days stay days."""
    found = Calendar()
    found.add("prodid", "-//Fourfold//Portal//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", "PRRT patients")
    found.add("method", "PUBLISH")
    for story in stories:
        if not story.patient.died_on:
            for event in (*_infusions(story, now), *_asked(story, now)):
                found.add_component(event)
    text: bytes = found.to_ical()
    return text


def _infusions(story: PortalChart, now: datetime) -> Iterator[Event]:
    who = _initials(story)
    for cycle, on in story.to_come:
        event = _event(f"infusion-{cycle.public_id}", f"{who} infusion {cycle.number}", now)
        if cycle.planned_start_at:
            start = cycle.planned_start_at.astimezone(UTC)
            event.add("dtstart", start)
            event.add("dtend", start + INFUSION_TAKES)
        else:
            _all_day(event, on, on)
        event.add("location", story.site.name)
        yield event


def _asked(story: PortalChart, now: datetime) -> Iterator[Event]:
    """Each thing asked on its last day, with the window in words."""
    for ask in requests_of(story):
        if ask.by is None or ask.by < story.today - PAST:
            continue
        item = f"{ask.key}-{story.patient.public_id.hex}-{ask.by:%Y%m%d}"
        event = _event(item, f"{_initials(story)} {ask.what}", now)
        _all_day(event, ask.by, ask.by)
        event.add("description", f"When: {ask.when}.")
        yield event


def _initials(story: PortalChart) -> str:
    return initials(story.patient.given_name, story.patient.family_name)


def _event(uid: str, summary: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@fourfold")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    return event


def _all_day(event: Event, first: date, last: date) -> None:
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
