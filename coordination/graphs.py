"""The course as a swimlane and the labs as trends: SVG drawn on the server, the same for page and PDF.

A chart takes plain values and gives markup without a style attribute or script: colors come from classes
(static/fourfold/charts.css). Every chart has a title and a description, and the page puts a table with the
same content beside it. Marks carry their words, so that a screen reader and the arrow keys
(static/fourfold/charts.js) reach each one. Coordinates are floats: they place ink, they decide nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

EMPTY = SafeString("")


def _join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _months(first: date, last: date) -> list[date]:
    """The firsts of months within, at most about eighteen of them."""
    months = []
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            months.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months[:: len(months) // 18 + 1]


# --- swimlane ---------------------------------------------------------------------------------------

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
    place = _places(first, last, left, right)
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
        _join(_lane(lane, HEAD + LANE * index, place) for index, lane in enumerate(lanes)),
    )


def _places(first: date, last: date, left: float, right: float) -> Callable[[date], float]:
    span = max((last - first).days, 1)

    def place(day: date) -> float:
        return round(left + (day - first).days / span * (right - left), 1)

    return place


def _month_lines(
    first: date, last: date, place: Callable[[date], float], *, top: float, bottom: float
) -> SafeString:
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="chart-tick" x="{}" y="{}">{}'
        "</text>",
        (
            (place(day), top, place(day), bottom, place(day) + 3, top - 4, _month_word(day, first))
            for day in _months(first, last)
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
        _join(_mark(mark, middle, place) for mark in marks),
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


# --- trends -----------------------------------------------------------------------------------------

TREND_WIDTH, TREND_HEIGHT = 360, 176
LEFT, RIGHT, TOP, BOTTOM = 44, 76, 14, 22


@dataclass(frozen=True, slots=True)
class TrendPoint:
    on: date
    value: Decimal
    words: str
    grade: int | None = None
    is_bound: bool = False  # it carries a comparator: the value lies beyond


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line: where the dose table decides, or where a CTCAE grade begins."""

    value: Decimal
    words: str
    kind: str  # decision, grade, limit


@dataclass(frozen=True, slots=True)
class Trend:
    key: str
    name: str
    unit: str
    points: list[TrendPoint]
    levels: list[Level]


def trend(chart: Trend, *, infusions: Sequence[tuple[int, date]], first: date, last: date) -> SafeString:
    """Draw one analyte over time, with decision and grade lines and a mark at each infusion."""
    place = _places(first, last, LEFT, TREND_WIDTH - RIGHT)
    low, high = _span(chart)
    rise = _heights(low, high)
    shown = [level for level in chart.levels if low <= float(level.value) <= high]
    return format_html(
        '<svg class="chart trend" viewBox="0 0 {} {}" role="group"'
        ' aria-labelledby="trend-{}-title trend-{}-desc" data-marks>'
        '<title id="trend-{}-title">{}</title><desc id="trend-{}-desc">{}</desc>{}{}{}{}{}</svg>',
        TREND_WIDTH,
        TREND_HEIGHT,
        chart.key,
        chart.key,
        chart.key,
        f"{chart.name}{f', {chart.unit}' if chart.unit else ''}",
        chart.key,
        _description(chart),
        _axis(low, high, rise),
        _trend_months(first, last, place),
        _levels(shown, rise),
        _infusions(infusions, place, first, last),
        _points(chart.points, place, rise),
    )


def _description(chart: Trend) -> str:
    if not chart.points:
        return "No value yet."
    newest = chart.points[-1]
    levels = "; ".join(level.words for level in chart.levels if level.kind == "decision")
    return f"{len(chart.points)} values, the newest {newest.words}. {levels}"


def _span(chart: Trend) -> tuple[float, float]:
    """The values that the chart shows: those of the points, and the line that decides."""
    values = [float(point.value) for point in chart.points]
    values += [float(level.value) for level in chart.levels if level.kind == "decision"]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.14 or abs(high) * 0.2 or 1.0
    return max(low - room, 0.0), high + room


def _heights(low: float, high: float) -> Callable[[float], float]:
    def rise(value: float) -> float:
        part = (value - low) / (high - low)
        return round(TREND_HEIGHT - BOTTOM - part * (TREND_HEIGHT - BOTTOM - TOP), 1)

    return rise


def _axis(low: float, high: float, rise: Callable[[float], float]) -> SafeString:
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="chart-tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, rise(value), TREND_WIDTH - RIGHT, rise(value), LEFT - 5, rise(value) + 4, f"{value:g}")
            for value in _ticks(low, high)
        ),
    )


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round figures between low and high."""
    rough = (high - low) / 4
    power = 10.0 ** (len(str(int(rough))) - 1 if rough >= 1 else -len(str(int(1 / rough))))
    step = next(
        step for step in (power, power * 2, power * 2.5, power * 5, power * 10) if step * 1.01 >= rough
    )
    count = int(high / step) + 1
    return [round(step * n, 6) for n in range(count + 1) if low <= step * n <= high]


def _trend_months(first: date, last: date, place: Callable[[date], float]) -> SafeString:
    months = _months(first, last)
    months = months[:: len(months) // 5 + 1]
    return format_html_join(
        "",
        '<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((place(day), TREND_HEIGHT - 6, f"{day:%b %y}") for day in months),
    )


def _levels(levels: Iterable[Level], rise: Callable[[float], float]) -> SafeString:
    """Lines from the lowest up; a word that would lie on the one before is left to the table."""
    drawn: list[SafeString] = []
    taken: list[float] = []
    for level in sorted(levels, key=lambda level: (level.kind != "decision", level.value)):
        y = rise(float(level.value))
        is_free = all(abs(y - other) >= 11 for other in taken)
        word = (
            format_html(
                '<text class="chart-level-word is-{}" x="{}" y="{}">{}</text>',
                level.kind,
                TREND_WIDTH - RIGHT + 4,
                y + 4,
                level.words,
            )
            if is_free
            else EMPTY
        )
        if is_free:
            taken.append(y)
        drawn.append(
            format_html(
                '<line class="chart-level is-{}" x1="{}" y1="{}" x2="{}" y2="{}"><title>{}</title></line>{}',
                level.kind,
                LEFT,
                y,
                TREND_WIDTH - RIGHT,
                y,
                level.words,
                word,
            )
        )
    return _join(drawn)


def _infusions(
    infusions: Sequence[tuple[int, date]], place: Callable[[date], float], first: date, last: date
) -> SafeString:
    return format_html_join(
        "",
        '<line class="chart-infusion" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="chart-infusion-word" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (place(on), TOP - 2, place(on), TREND_HEIGHT - BOTTOM, place(on), TOP - 4, number)
            for number, on in infusions
            if first <= on <= last
        ),
    )


def _points(
    points: Sequence[TrendPoint], place: Callable[[date], float], rise: Callable[[float], float]
) -> SafeString:
    if not points:
        return EMPTY
    line = " ".join(f"{place(point.on)},{rise(float(point.value))}" for point in points)
    return format_html(
        '<polyline class="chart-line" points="{}"/><g role="list" aria-label="Values">{}</g>',
        line,
        _join(_point(point, place(point.on), rise(float(point.value))) for point in points),
    )


def _point(point: TrendPoint, x: float, y: float) -> SafeString:
    grade = min(point.grade or 0, 4)
    bound = mark_safe(" is-bound") if point.is_bound else EMPTY  # nosec B308
    return format_html(
        '<g class="chart-mark is-point grade-{}{}" role="listitem" aria-label="{}" tabindex="-1"><title>{}'
        '</title><circle class="chart-hit" cx="{}" cy="{}" r="8"/><circle cx="{}" cy="{}" r="{}"/></g>',
        grade,
        bound,
        point.words,
        point.words,
        x,
        y,
        x,
        y,
        4.5 if grade >= 2 else 3.5,
    )
