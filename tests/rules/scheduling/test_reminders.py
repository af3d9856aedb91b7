"""Who is reminded when: the steps, the ladder, and the receiver's hours across clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.rules.reminders import (
    DEFAULT_TIMETABLE,
    Receiver,
    ReceiverHours,
    ReminderItem,
    StepMoment,
    TimetableRow,
    dated_steps,
    next_allowed,
    row_for,
    send_at,
)

NEW_YORK, BERLIN, SYDNEY = (
    ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Australia/Sydney")
)
LABS = ReminderItem(
    "baseline-labs", "referring-practice", date(2025, 1, 6), date(2025, 1, 8), date(2025, 1, 10)
)


def days_of(
    asked: ReminderItem, rows: tuple[TimetableRow, ...] = DEFAULT_TIMETABLE
) -> list[tuple[str, str, str]]:
    return [
        (str(dated_step.on), dated_step.step.moment.value, dated_step.step.receiver.value)
        for dated_step in dated_steps(asked, rows, NEW_YORK)
    ]


def test_a_practice_is_told_before_on_the_day_and_after_and_then_the_ladder_climbs() -> None:
    assert days_of(LABS) == [
        ("2025-01-03", "before", "owner"),
        ("2025-01-08", "due", "owner"),
        ("2025-01-11", "overdue", "owner"),
        ("2025-01-12", "overdue", "navigator"),
        ("2025-01-14", "overdue", "owner"),
        ("2025-01-15", "overdue", "prescriber"),
        ("2025-01-20", "overdue", "manager"),
    ]


def test_before_money_is_lost_owner_and_navigators_are_told() -> None:
    money = [each for each in days_of(LABS._replace(money_on=date(2025, 1, 9))) if each[1] == "money"]
    assert money == [("2025-01-07", "money", "owner"), ("2025-01-07", "money", "navigator")]


def test_a_limit_is_told_of_before_its_last_moment_and_is_never_late() -> None:
    stop = ReminderItem("short-acting-stop", "patient", closes=datetime(2025, 1, 14, 3, tzinfo=UTC))
    assert days_of(stop) == [("2025-01-11", "before", "owner")]  # 13 January 22:00 in New York


@pytest.mark.parametrize("item", ["infusion", "antiemetic", "amino-acids", "radiation-precautions"])
def test_what_the_day_of_treatment_sees_to_is_not_reminded_of(item: str) -> None:
    assert days_of(LABS._replace(item=item)) == []


def test_the_most_particular_line_holds() -> None:
    rows = (
        TimetableRow(before=(1,)),
        TimetableRow(owned_by="patient", before=(2,)),
        TimetableRow(item="consent", before=(3,)),
        TimetableRow(item="consent", owned_by="patient", before=(4,)),
    )
    found = [
        row_for(rows, item, owner).before[0]
        for item, owner in [
            ("ct-mri", "center"),
            ("ct-mri", "patient"),
            ("consent", "center"),
            ("consent", "patient"),
        ]
    ]
    assert found == [1, 2, 3, 4]
    assert row_for((), "ct-mri", "center") == TimetableRow()


# --- hours --------------------------------------------------------------------------------------------


def wall(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        (NEW_YORK, "2025-01-06 08:00", "2025-01-06 08:00"),
        (NEW_YORK, "2025-01-06 07:59", "2025-01-06 08:00"),
        (NEW_YORK, "2025-01-06 20:00", "2025-01-07 08:00"),
        (NEW_YORK, "2025-01-03 20:00", "2025-01-06 08:00"),  # Friday evening to Monday
        (NEW_YORK, "2025-03-09 01:30", "2025-03-10 08:00"),  # the clock skips 02:00-03:00 on this Sunday
        (BERLIN, "2025-03-30 03:30", "2025-03-31 08:00"),
        (BERLIN, "2025-10-24 21:00", "2025-10-27 08:00"),
        (SYDNEY, "2025-10-05 03:30", "2025-10-06 08:00"),
    ],
)
def test_the_next_moment_is_on_the_receivers_wall_clock(zone: ZoneInfo, now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=zone)
    assert wall(next_allowed(moment, ReceiverHours(zone)), zone) == expected


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [(date(2025, 3, 9), NEW_YORK, 11), (date(2025, 11, 2), NEW_YORK, 13), (date(2025, 3, 30), BERLIN, 11)],
)
def test_a_night_with_a_clock_change_is_shorter_or_longer(day: date, zone: ZoneInfo, hours: int) -> None:
    always = ReceiverHours(zone, workdays_only=False)
    evening = datetime.combine(day - timedelta(1), time(20), tzinfo=zone).astimezone(UTC)
    assert next_allowed(evening, always) - evening == timedelta(hours=hours)


def test_a_skipped_hour_counts_as_the_one_after_it() -> None:
    hours = ReceiverHours(NEW_YORK, time(20), time(2, 30), workdays_only=False)
    evening = datetime(2025, 3, 8, 23, tzinfo=NEW_YORK)
    assert wall(next_allowed(evening, hours), NEW_YORK) == "2025-03-09 03:30"


@pytest.mark.parametrize("change", [date(2025, 3, 9), date(2025, 11, 2), date(2026, 3, 8), date(2026, 11, 1)])
def test_a_repeated_or_skipped_hour_sends_nothing_twice_and_nothing_at_night(change: date) -> None:
    hours = ReceiverHours(NEW_YORK, workdays_only=False)
    moment = datetime.combine(change - timedelta(1), time(12), tzinfo=NEW_YORK).astimezone(UTC)
    end = moment + timedelta(days=2)
    while moment < end:
        allowed = next_allowed(moment, hours)
        assert not hours.is_quiet(allowed)
        assert (allowed == moment) == (not hours.is_quiet(moment))
        moment += timedelta(minutes=30)


ZONES = (NEW_YORK, BERLIN, SYDNEY, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/Phoenix"))
THREE_YEARS = 3 * 365 * 24 * 60


@given(
    minutes=st.integers(0, THREE_YEARS),
    zone=st.sampled_from(ZONES),
    quiet=st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
    workdays=st.booleans(),
)
def test_the_next_allowed_moment_is_allowed_and_never_earlier(
    minutes: int, zone: ZoneInfo, quiet: tuple[int, int], workdays: bool
) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    begins, ends = (time(each // 60, each % 60) for each in quiet)
    hours = ReceiverHours(zone, begins, ends, workdays)
    allowed = next_allowed(moment, hours)
    assert allowed >= moment
    assert hours.is_open(allowed.astimezone(zone).date())
    assert next_allowed(allowed, hours) == allowed


# --- which day --------------------------------------------------------------------------------------------


def sent(asked: ReminderItem, moment: StepMoment, hours: ReceiverHours | None = None) -> list[str]:
    hours = hours or ReceiverHours(NEW_YORK)
    return [
        wall(send_at(dated_step, hours), hours.zone)
        for dated_step in dated_steps(asked, DEFAULT_TIMETABLE, NEW_YORK)
        if dated_step.step.moment is moment and dated_step.step.receiver is Receiver.OWNER
    ]


def test_what_warns_goes_out_before_a_closed_day_what_is_late_after_it() -> None:
    sunday = LABS._replace(opens=date(2025, 1, 8), closes=date(2025, 1, 10))
    assert sent(sunday, StepMoment.BEFORE) == ["2025-01-03 08:00"]  # Sunday 5 January: the Friday before
    assert sent(sunday, StepMoment.OVERDUE)[0] == "2025-01-13 08:00"  # Saturday 11 January: the Monday after


def test_a_holiday_is_a_closed_day() -> None:
    hours = ReceiverHours(NEW_YORK, closed_days=frozenset({date(2025, 1, 13)}))
    assert sent(LABS, StepMoment.OVERDUE, hours)[0] == "2025-01-14 08:00"


def test_a_window_of_hours_is_told_within_it() -> None:
    """Octreotide LAR 4 to 24 hours after the dose: at night it is told while the window is still open."""
    opens = datetime(2025, 1, 14, 21, tzinfo=NEW_YORK)
    closes = opens + timedelta(hours=20)
    asked = ReminderItem("post-dose-lar", "center", opens, None, closes)
    (dated_step,) = [
        each for each in dated_steps(asked, DEFAULT_TIMETABLE, NEW_YORK) if each.step.moment is StepMoment.DUE
    ]
    assert wall(send_at(dated_step, ReceiverHours(NEW_YORK), last=closes), NEW_YORK) == "2025-01-15 08:00"


def test_what_would_come_after_its_last_moment_is_told_before() -> None:
    friday = datetime(2025, 1, 10, 21, tzinfo=NEW_YORK)
    closes = friday + timedelta(hours=20)
    asked = ReminderItem("post-dose-lar", "center", friday, None, closes)
    (dated_step,) = [
        each for each in dated_steps(asked, DEFAULT_TIMETABLE, NEW_YORK) if each.step.moment is StepMoment.DUE
    ]
    assert wall(send_at(dated_step, ReceiverHours(NEW_YORK), last=closes), NEW_YORK) == "2025-01-10 08:00"


@pytest.mark.hazard("H37")
def test_a_receiver_in_another_zone_is_told_on_their_own_morning() -> None:
    dated_step = dated_steps(LABS, DEFAULT_TIMETABLE, NEW_YORK)[1]
    assert (
        wall(send_at(dated_step, ReceiverHours(ZoneInfo("America/Los_Angeles"))), NEW_YORK)
        == "2025-01-08 11:00"
    )
