"""The course as a swimlane: a lane for each kind of thing, windows as bars, today as a line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from coordination.graphs.drawing import EMPTY, firsts_of_months, join_markup, places_of_days

WIDTH, GUTTER, HEAD, LANE = 1080, 132, 34, 34
RADIUS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a day, or a window from `on` to `until`. `words` say all of it."""

    on: date
    words: str
    shape: str  # given, planned, window, flag
    tone: str = "info"
    until: date | None = None
    sign: str = ""  # a figure inside the mark
    move_url: str = ""  # where another day for it is chosen: it can be dragged (static/fourfold/swimlane.js)


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    marks: list[Mark] = field(default_factory=list)


def swimlane(lanes: Sequence[Lane], *, today: date, title: str, key: str = "swimlane") -> SafeString:
    """Draw the course: a lane for each kind of thing, windows as bars, today as a line."""
    days = [day for lane in lanes for mark in lane.marks for day in (mark.on, mark.until or mark.on)]
    first = min([today, *days]) - timedelta(days=10)
    last = max([today, *days]) + timedelta(days=10)
    left, right = GUTTER, WIDTH - 12
    place = places_of_days(first, last, left, right)
    height = HEAD + LANE * len(lanes) + 8
    return format_html(
        '<svg class="chart swimlane" viewBox="0 0 {} {}" role="group" aria-labelledby="{}-title {}-desc"'
        ' data-marks data-today="{}" data-day-width="{}">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}</svg>',
        WIDTH,
        height,
        key,
        key,
        today.isoformat(),
        round((right - left) / (last - first).days, 4),
        key,
        title,
        key,
        "Each lane is one kind of event; bars are windows. The table below holds the same.",
        _month_lines(first, last, place, top=HEAD, bottom=height - 8),
        _today_line(today, place, top=HEAD - 12, bottom=height - 8),
        join_markup(_lane(lane, HEAD + LANE * index, place) for index, lane in enumerate(lanes)),
    )


def _month_lines(
    first: date, last: date, place: Callable[[date], float], *, top: float, bottom: float
) -> SafeString:
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="chart-tick" x="{}" y="{}">{}'
        "</text>",
        (
            (place(day), top, place(day), bottom, place(day) + 3, top - 4, _month_word(day, first))
            for day in firsts_of_months(first, last)
        ),
    )


def _month_word(day: date, first: date) -> str:
    is_new_year = day.month == 1 or (day.year, day.month) == (first.year, first.month + 1)
    return f"{day:%b %Y}" if is_new_year else f"{day:%b}"


def _today_line(today: date, place: Callable[[date], float], *, top: float, bottom: float) -> SafeString:
    x = place(today)
    return format_html(
        '<line class="chart-today" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="chart-today-word" x="{}" y="{}" text-anchor="middle">Today</text>',
        x,
        top + 2,
        x,
        bottom,
        x,
        top - 2,
    )


def _lane(lane: Lane, top: float, place: Callable[[date], float]) -> SafeString:
    middle = top + LANE / 2
    frame = format_html(
        '<line class="chart-lane-line" x1="0" y1="{}" x2="{}" y2="{}"/>'
        '<text class="chart-lane-name" x="4" y="{}">{}</text>',
        top,
        WIDTH,
        top,
        middle + 4,
        lane.name,
    )
    if not lane.marks:
        return frame
    marks = sorted(lane.marks, key=lambda mark: (mark.shape != "window", mark.on))
    return format_html(
        '{}<g role="list" aria-label="{}">{}</g>',
        frame,
        lane.name,
        join_markup(_mark(mark, middle, place) for mark in marks),
    )


def _mark(mark: Mark, middle: float, place: Callable[[date], float]) -> SafeString:
    x = place(mark.on)
    sign = (
        format_html(
            '<text class="chart-sign" x="{}" y="{}" text-anchor="middle">{}</text>', x, middle + 4, mark.sign
        )
        if mark.sign
        else EMPTY
    )
    return format_html(
        '<g class="chart-mark is-{} tone-{}" role="listitem" aria-label="{}" tabindex="-1"{}>'
        "<title>{}</title>{}{}</g>",
        mark.shape,
        mark.tone,
        mark.words,
        _movable(mark),
        mark.words,
        _shape(mark, x, middle, place),
        sign,
    )


def _movable(mark: Mark) -> SafeString:
    if not mark.move_url:
        return EMPTY
    return format_html(' data-move="{}" data-on="{}"', mark.move_url, mark.on.isoformat())


def _shape(mark: Mark, x: float, middle: float, place: Callable[[date], float]) -> SafeString:
    if mark.shape == "window":
        width = max(place(mark.until or mark.on) - x, 4)
        return format_html(
            '<rect x="{}" y="{}" width="{}" height="12" rx="4"/>', x, middle - 6, round(width, 1)
        )
    if mark.shape == "flag":
        return format_html('<path d="M{} {}l8 14h-16z"/>', x, middle - 8)
    if mark.sign:
        return format_html('<circle cx="{}" cy="{}" r="{}"/>', x, middle, RADIUS + 2)
    if mark.shape == "planned":
        return format_html('<path d="M{} {}l7 7-7 7-7-7z"/>', x, middle - 7)
    return format_html('<circle cx="{}" cy="{}" r="{}"/>', x, middle, RADIUS - 3)
