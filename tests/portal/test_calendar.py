"""The calendar of a practice, and its secret address."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from coordination.base.models import AuditEvent, User
from coordination.models import CalendarFeed
from coordination.portal.feed import feed_by, new_feed, token_of
from scheduling.models import Course
from tests.base.objects import World
from tests.patients.stories import NOW

NEW_YORK = ZoneInfo("America/New_York")


def _address(user: User) -> str:
    return reverse("practice-calendar-feed", args=[token_of(new_feed(user, now=NOW))])


def _read(address: str) -> Calendar:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content)
    assert isinstance(found, Calendar)
    return found


def test_a_program_reads_it_without_signing_in_and_finds_initials_only(
    world: World, course: Course, referrer: User
) -> None:
    address = _address(referrer)
    summaries = [str(event["summary"]) for event in _read(address).walk("VEVENT")]
    assert "G.F. infusion 2" in summaries
    assert "G.F. Tell us which adverse events there were since infusion 1" in summaries
    text = Client().get(address).content.decode()
    for name in (course.patient.family_name, "Given", "MRN", "Nora"):
        assert name not in text


def test_reading_it_is_in_the_audit(course: Course, referrer: User) -> None:
    _read(_address(referrer))
    event = AuditEvent.objects.latest("pk")
    assert (event.user, event.kind, event.patients) == (referrer, "export", [course.patient.public_id])


@pytest.mark.parametrize(
    ("on", "offset"),
    [(date(2025, 3, 7), -5), (date(2025, 3, 10), -4), (date(2025, 10, 31), -4), (date(2025, 11, 3), -5)],
)
def test_hours_stay_right_in_the_weeks_of_the_clock_change(
    course: Course, referrer: User, on: date, offset: int
) -> None:
    cycle = course.cycles.get(number=2)
    cycle.planned_on = on
    cycle.planned_start_at = datetime(on.year, on.month, on.day, 10, tzinfo=NEW_YORK)
    cycle.save()
    found = _read(_address(referrer))
    [event] = [event for event in found.walk("VEVENT") if str(event["summary"]) == "G.F. infusion 2"]
    start = event["dtstart"].dt
    assert f"{start:%Y-%m-%d %H:%M}" == f"{on} 10:00"
    assert start.astimezone(UTC).hour == 10 - offset
    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert [str(zone["tzid"]) for zone in found.walk("VTIMEZONE")] == ["America/New_York"]


def test_a_new_address_ends_the_old_one(course: Course, referrer: User) -> None:
    old = _address(referrer)
    client = Client()
    client.force_login(referrer)
    client.post(reverse("practice-calendar-new"))
    assert Client().get(old).status_code == 404
    shown = client.get(reverse("practice-calendar")).content.decode()
    token = token_of(CalendarFeed.objects.standing().get())
    assert reverse("practice-calendar-feed", args=[token]) in shown
    _read(reverse("practice-calendar-feed", args=[token]))


def test_the_address_ends_with_the_access(course: Course, referrer: User) -> None:
    address = _address(referrer)
    referrer.access_ends_on = NOW.date()
    referrer.save()
    _read(address)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert Client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 32, "." * 40, f"{'0' * 32}.{'a' * 43}"])
def test_a_made_up_address_is_not_found(db: None, token: str) -> None:
    assert feed_by(token) is None


def test_the_database_alone_does_not_give_the_address(referrer: User) -> None:
    feed = new_feed(referrer, now=NOW)
    assert feed_by(feed.public_id.hex) is None
    assert feed_by(token_of(feed)) == feed
