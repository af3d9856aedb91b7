"""Days, windows and lateness as the ward says them; statuses with a tone and a shape."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from coordination.base.words import STATUSES
from coordination.templatetags import fourfold as words
from scheduling.rules.answer import DoseAction, ItemState, RowState, Severity

ROOT = Path(__file__).parents[2]
SPRITE = (ROOT / "coordination/static/vendor/tabler-icons-3.52.0/icons.svg").read_text()
TONES = {"danger", "warn", "ok", "info", "review", "quiet"}
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _eleventh_of_january() -> Iterator[None]:
    """Sunday 11 January 2026, 22:00 in New York: already the 12th in UTC."""
    with (
        time_machine.travel(datetime(2026, 1, 12, 3, 0, tzinfo=UTC), tick=False),
        timezone.override(NEW_YORK),
    ):
        yield


def _draw(template: str, **context: object) -> str:
    drawn = Template("{% load fourfold %}" + template).render(Context(context))
    return " ".join(re.sub(r"<[^>]+>", "", drawn).split()).replace(" ,", ",")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 14), "in 3 days, Wed 14 Jan"),
        (date(2026, 1, 12), "tomorrow, Mon 12 Jan"),
        (date(2026, 1, 11), "today, Sun 11 Jan"),
        (date(2026, 1, 10), "yesterday, Sat 10 Jan"),
        (date(2025, 12, 31), "11 days ago, Wed 31 Dec 2025"),
        (datetime(2026, 1, 15, 4, 59, tzinfo=UTC), "in 3 days, Wed 14 Jan"),
        (None, ""),
    ],
)
def test_a_day_says_how_far_it_is(day: date | None, expected: str) -> None:
    assert words.relative_day(day) == expected


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        (date(2026, 1, 12), ""),
        (date(2026, 1, 11), ""),
        (date(2026, 1, 10), "1 day late"),
        (date(2026, 1, 2), "9 days late"),
        (datetime(2026, 1, 12, 3, 0, tzinfo=UTC), ""),
        (datetime(2026, 1, 12, 2, 59, tzinfo=UTC), "less than an hour late"),
        (datetime(2026, 1, 12, 2, 0, tzinfo=UTC), "1 hour late"),
        (datetime(2026, 1, 11, 3, 0, 1, tzinfo=UTC), "23 hours late"),
        (datetime(2026, 1, 11, 3, 0, tzinfo=UTC), "1 day late"),
    ],
)
def test_lateness_begins_after_the_window(closes: date, expected: str) -> None:
    assert words.lateness(closes) == expected


@pytest.mark.parametrize(
    ("opens", "best", "closes", "expected"),
    [
        (date(2026, 1, 14), date(2026, 1, 15), date(2026, 1, 17), "14-17 Jan, best 15"),
        (date(2026, 1, 28), date(2026, 2, 1), date(2026, 2, 3), "28 Jan - 3 Feb, best 1 Feb"),
        (date(2026, 12, 28), None, date(2027, 1, 3), "28 Dec - 3 Jan 2027"),
        (date(2026, 1, 14), date(2026, 1, 14), date(2026, 1, 14), "14 Jan"),
        (None, None, date(2026, 1, 17), "until Sat 17 Jan"),
        (date(2026, 1, 14), None, None, "from Wed 14 Jan"),
        (None, date(2026, 1, 15), None, "Thu 15 Jan"),
        (
            datetime(2026, 1, 14, 18, 30, tzinfo=UTC),
            None,
            datetime(2026, 1, 14, 22, 0, tzinfo=UTC),
            "Wed 14 Jan 13:30-17:00",
        ),
        (
            datetime(2026, 1, 14, 18, 30, tzinfo=UTC),
            None,
            datetime(2026, 1, 15, 14, 30, tzinfo=UTC),
            "Wed 14 Jan 13:30 - Thu 15 Jan 09:30",
        ),
    ],
)
def test_a_window_says_from_to_and_best(
    opens: date | None, best: date | None, closes: date | None, expected: str
) -> None:
    assert _draw("{% window opens best closes %}", opens=opens, best=best, closes=closes) == expected


def test_a_closed_best_day_names_the_open_one() -> None:
    drawn = _draw(
        "{% window a b c open_best=d %}",
        a=date(2026, 1, 14),
        b=date(2026, 1, 17),
        c=date(2026, 1, 20),
        d=date(2026, 1, 16),
    )
    assert drawn == "14-20 Jan, best 17 (closed: take 16)"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 5), "week 1"),
        (date(2026, 1, 11), "week 1"),
        (date(2026, 1, 12), "week 2"),
        (date(2026, 1, 4), "before cycle 1"),
    ],
)
def test_the_week_of_the_course_begins_with_the_first_infusion(day: date, expected: str) -> None:
    assert words.course_week(day, date(2026, 1, 5)) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 2, 28), "65"), (date(2026, 3, 1), "66"), (date(2028, 2, 29), "68")],
)
def test_who_was_born_on_29_february_ages_on_1_march(today: date, expected: str) -> None:
    assert words.age(date(1960, 2, 29), today) == expected


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words_of", [DoseAction, RowState, ItemState, Severity])
def test_every_word_of_the_rules_has_its_tag(words_of: type[DoseAction]) -> None:
    shown = [STATUSES[word] for word in words_of]
    assert len({status.icon for status in shown}) == len(shown)


def test_every_status_has_a_tone_and_an_icon_that_exist() -> None:
    for key, status in STATUSES.items():
        assert status.tone in TONES, key
        assert f'id="{status.icon}"' in SPRITE, key


def test_every_icon_that_a_template_names_exists() -> None:
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())
    }
    assert [name for name in sorted(named) if f'id="{name}"' not in SPRITE] == []


@pytest.mark.hazard("H46")
def test_what_a_laboratory_sends_is_text_to_the_page() -> None:
    drawn = Template(
        "{% load fourfold %}{% callout title=said %}{{ said }}{% endcallout %}{% status said %}"
    ).render(Context({"said": "<script>alert(1)</script>"}))
    assert "<script" not in drawn


# --- no inline style or script ------------------------------------------------------------------


@pytest.mark.hazard("H46")
@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_carries_style_script_or_an_unescaped_value(path: Path) -> None:
    text = path.read_text()
    if "documents" in path.parts or "messages" in path.parts:  # printed or mailed, not shown in a browser
        return
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style|<script(?! src=)", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"\|\s*safe\b|autoescape off|hx-on|javascript:", text)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", text)
