"""The calendar of a practice, and its secret address."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from coordination.base.models import AuditEvent, Site, User
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


def _raw(address: str, summary: str) -> list[str]:
    """The lines of one event as they are sent."""
    text = Client().get(address).content.decode().replace("\r\n ", "")
    [event] = [each for each in text.split("BEGIN:VEVENT") if f"SUMMARY:{summary}" in each]
    return event.split("\r\n")


@pytest.mark.hazard("H37")
@pytest.mark.parametrize(
    ("on", "hour", "zone"),
    [
        (date(2025, 3, 7), 15, "America/New_York"),
        (date(2025, 3, 10), 14, "America/New_York"),
        (date(2025, 10, 31), 14, "America/New_York"),
        (date(2025, 11, 3), 15, "America/New_York"),
        (date(2025, 3, 28), 10, "Europe/London"),
        (date(2025, 3, 31), 9, "Europe/London"),
    ],
)
def test_instants_are_in_utc_and_right_in_the_weeks_of_the_clock_change(
    course: Course, referrer: User, on: date, hour: int, zone: str
) -> None:
    Site.objects.filter(pk=course.patient.site_id).update(timezone=zone)
    cycle = course.cycles.get(number=2)
    cycle.planned_on = on
    cycle.planned_start_at = datetime(on.year, on.month, on.day, 10, tzinfo=ZoneInfo(zone))
    cycle.save()
    address = _address(referrer)

    lines = _raw(address, "G.F. infusion 2")

    assert f"DTSTART:{on:%Y%m%d}T{hour:02}0000Z" in lines
    assert f"DTEND:{on:%Y%m%d}T{hour + 5:02}0000Z" in lines
    assert [line for line in lines if line.startswith("DTSTAMP")] == [f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}"]
    assert not _read(address).walk("VTIMEZONE")
    assert "TZID" not in Client().get(address).content.decode()


def test_an_evening_infusion_whose_utc_day_is_the_next_ends_on_that_day(
    course: Course, referrer: User
) -> None:
    cycle = course.cycles.get(number=2)
    cycle.planned_on = date(2025, 3, 10)
    cycle.planned_start_at = datetime(2025, 3, 10, 20, 30, tzinfo=NEW_YORK)
    cycle.save()

    assert "DTSTART:20250311T003000Z" in _raw(_address(referrer), "G.F. infusion 2")


def test_a_day_without_a_time_stays_a_day(course: Course, referrer: User) -> None:
    cycle = course.cycles.get(number=2)
    cycle.planned_on, cycle.planned_start_at = date(2025, 3, 9), None
    cycle.save()

    lines = _raw(_address(referrer), "G.F. infusion 2")

    assert "DTSTART;VALUE=DATE:20250309" in lines
    assert "DTEND;VALUE=DATE:20250310" in lines


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
