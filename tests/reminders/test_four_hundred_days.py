"""400 days at four sites, ten clock changes: every step is sent, once, in the receiver's hours."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from coordination.base import clock
from coordination.messages import gateway
from coordination.messages.outgoing import Outgoing
from coordination.models import MessageDelivery, Reminder
from coordination.tasks import send_due_reminders, send_message
from scheduling.rules.reminders import DEFAULT_TIMETABLE, Receiver, ReminderItem, dated_steps
from tests.factories import (
    ContactPointFactory,
    CourseFactory,
    DueItemFactory,
    PatientFactory,
    PracticeFactory,
    ReminderTimetableFactory,
    SiteFactory,
)

ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "America/Santiago")
FIRST, DAYS = date(2025, 1, 20), 400
CHANGES = (date(2025, 3, 9), date(2025, 3, 30), date(2025, 4, 6), date(2025, 10, 26), date(2025, 11, 2))
DOWN = {date(2025, 6, 9), date(2025, 6, 10)}  # neither beat nor worker ran on these days


def clock_changes() -> int:
    """How often the clocks of the four sites change within the 400 days."""
    days = [datetime.combine(FIRST + timedelta(n), time(12)) for n in range(DAYS + 1)]
    offsets = [[day.replace(tzinfo=ZoneInfo(zone)).utcoffset() for day in days] for zone in ZONES]
    return sum(a != b for each in offsets for a, b in pairwise(each))


@pytest.mark.hazard("H29")
@pytest.mark.django_db
def test_nothing_is_missed_and_nothing_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock_changes() >= 8
    taken: list[tuple[datetime, Outgoing]] = []
    monkeypatch.setattr(
        gateway, "send_outgoing", lambda message: taken.append((clock.now(), message)) or "taken"
    )
    monkeypatch.setattr(
        send_message, "delay", lambda delivery: [send_message(delivery), send_message(delivery)]
    )
    items = [item for zone in ZONES for item in _site(zone)]

    for moment in _moments():
        with time_machine.travel(moment, tick=False):
            send_due_reminders()

    expected = Counter(step for item in items for step in _steps(item))
    sent = Counter(
        (line.due_item_id, line.moment, line.days, line.anchor_on)
        for line in Reminder.objects.filter(dropped_at=None, delivery__state="sent")
    )
    assert expected - sent == Counter()
    assert sent - expected == Counter()
    assert len(taken) == MessageDelivery.objects.filter(state="sent").count()
    assert Reminder.objects.exclude(dropped_at=None).count() == 0
    assert [_wrong_hour(at, message) for at, message in taken if _wrong_hour(at, message)] == []


def _twice(delivery_id: int) -> None:
    for _ in range(2):
        send_message(delivery_id)


def _site(zone: str) -> list[Any]:
    """A site in this zone; a practice in it that has something to see to every week, and does it late."""
    site = SiteFactory.create(timezone=zone, country="US")
    ReminderTimetableFactory.create(site=site, digest_at=None, most_per_patient=9, stale_after_hours=168)
    practice = PracticeFactory.create()
    ContactPointFactory.create(practice=practice, address=f"desk@{zone.split('/')[1].lower()}.example")
    course = CourseFactory.create(patient=PatientFactory.create(site=site, referred_by=practice))
    weeks = (DAYS - 40) // 7
    return [
        DueItemFactory.create(
            course=course,
            practice=practice,
            item="follow-up-labs",
            cycle_number=None,
            sequence=number + 1,
            opens_on=FIRST + 7 * timedelta(number) + timedelta(14),
            target_on=FIRST + 7 * timedelta(number) + timedelta(16),
            closes_on=FIRST + 7 * timedelta(number) + timedelta(18),
        )
        for number in range(weeks)
    ]


def _steps(item: Any) -> list[tuple[Any, ...]]:
    asked = ReminderItem(item.item, item.owner, item.opens_on, item.target_on, item.closes_on)
    zone = ZoneInfo(item.course.patient.site.timezone)
    return [
        (item.pk, dated_step.step.moment.value, dated_step.step.days, dated_step.anchor)
        for dated_step in dated_steps(asked, DEFAULT_TIMETABLE, zone)
        if dated_step.step.receiver is Receiver.OWNER
    ]


def _moments() -> list[datetime]:
    """Once a day, by turns when one half of the zones is awake; hourly around the clock changes."""
    begin = datetime.combine(FIRST, time(), tzinfo=UTC)
    moments = {begin + timedelta(days=day, hours=(1, 15)[day % 2]) for day in range(DAYS)}
    for change in CHANGES:
        night = datetime.combine(change, time(), tzinfo=UTC) - timedelta(hours=6)
        moments |= {night + timedelta(hours=step) for step in range(24)}
    return sorted(moment for moment in moments if moment.date() not in DOWN)


def _wrong_hour(at: datetime, message: Outgoing) -> str:
    city = message.to.removeprefix("desk@").removesuffix(".example")
    zone = next(zone for zone in ZONES if zone.lower().endswith(city))
    local = at.astimezone(ZoneInfo(zone))
    is_fine = time(8) <= local.time() < time(20) and local.weekday() < 5
    return "" if is_fine else f"{local} to {message.to}"
