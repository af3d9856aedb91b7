"""The state of a due item is worked out from its days and today, never stored (RULES 5)."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import DueItem
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
STARTS_AT = datetime(2025, 1, 14, 10, tzinfo=NEW_YORK)


def state(item: DueItem, on: str | datetime) -> str:
    now = on if isinstance(on, datetime) else datetime.combine(date.fromisoformat(on), STARTS_AT.timetz())
    return item.state(now=now, today=now.astimezone(NEW_YORK).date())


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2024-12-30", "planned"),
        ("2024-12-31", "open"),
        ("2025-01-01", "open"),
        ("2025-01-02", "due"),
        ("2025-01-03", "due"),
        ("2025-01-04", "overdue"),
    ],
)
def test_an_item_opens_falls_due_and_is_overdue(today: str, expected: str) -> None:
    item = make.DueItemFactory()

    assert state(item, today) == expected
    day = date.fromisoformat(today)
    assert DueItem.objects.open(day).exists() == (expected != "planned")
    assert DueItem.objects.overdue(day).exists() == (expected == "overdue")


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"done": True}, "done"),
        ({"cancelled_because": "the course was stopped"}, "cancelled"),
        ({"done": True, "cancelled_because": "the course was stopped"}, "cancelled"),
        ({"not_done_at": NOW, "not_done_reason": "the patient travels"}, "not-done"),
        ({"marked_done_at": NOW}, "done"),
        ({"waits": True}, "planned"),
    ],
)
def test_what_the_facts_or_a_person_settled_does_not_fall_due(marks: dict[str, Any], expected: str) -> None:
    nurse = make.UserFactory()
    if "not_done_at" in marks:
        marks["not_done_by"] = nurse
    if "marked_done_at" in marks:
        marks["marked_done_by"] = nurse
    item = make.DueItemFactory(**marks)

    assert state(item, "2025-02-01") == expected
    assert not DueItem.objects.overdue(date(2025, 2, 1)).exists()


def test_an_item_of_instants_is_overdue_from_the_instant_on() -> None:
    item = make.DueItemFactory(
        item="post-dose-lar",
        opens_on=None,
        target_on=None,
        closes_on=None,
        opens_at=STARTS_AT + timedelta(hours=4, minutes=40),
        closes_at=STARTS_AT + timedelta(hours=24),
    )

    assert state(item, STARTS_AT) == "planned"
    assert state(item, STARTS_AT + timedelta(hours=5)) == "open"
    assert state(item, STARTS_AT + timedelta(hours=24)) == "open"
    assert state(item, STARTS_AT + timedelta(hours=24, seconds=1)) == "overdue"


def test_a_limit_is_open_until_it_has_passed_and_never_overdue() -> None:
    limit = make.DueItemFactory(
        item="lar-last-before", opens_on=None, target_on=None, closes_on=date(2024, 12, 17)
    )

    assert state(limit, "2024-12-17") == "open"
    assert state(limit, "2024-12-18") == "done"
    assert not DueItem.objects.overdue(date(2025, 1, 1)).exists()


def test_radiation_precautions_are_over_when_they_have_closed() -> None:
    precautions = make.DueItemFactory(
        item="radiation-precautions",
        opens_on=date(2025, 1, 14),
        target_on=None,
        closes_on=date(2025, 1, 21),
    )

    assert [state(precautions, f"2025-01-{day}") for day in (13, 14, 21, 22)] == [
        "planned",
        "open",
        "open",
        "done",
    ]
    assert DueItem.objects.open(date(2025, 1, 21)).exists()
    assert not DueItem.objects.open(date(2025, 1, 22)).exists()


def test_a_moment_that_is_not_given_does_not_move_the_state() -> None:
    consent = make.DueItemFactory(item="consent", opens_on=None, target_on=None, closes_on=date(2025, 1, 13))

    assert state(consent, "2025-01-13") == "planned"
    assert state(consent, "2025-01-14") == "overdue"
    assert not DueItem.objects.open(date(2025, 1, 13)).exists()
    assert DueItem.objects.open(date(2025, 1, 14)).exists()


def test_a_snoozed_item_sleeps_until_its_day() -> None:
    make.DueItemFactory(snoozed_until=date(2025, 1, 10))

    assert not DueItem.objects.awake(date(2025, 1, 9)).exists()
    assert DueItem.objects.awake(date(2025, 1, 10)).exists()


def test_what_is_too_late_is_neither_open_nor_overdue() -> None:
    item = make.DueItemFactory(item="confirm-labs", closes_on=date(2025, 1, 14), too_late=True)
    day = date(2025, 2, 1)
    assert item.state(now=datetime(2025, 2, 1, 12, tzinfo=NEW_YORK), today=day) == "too-late"
    assert not DueItem.objects.overdue(day).exists()
    assert not DueItem.objects.open(day).exists()
