"""One analyte over time, with decision and grade lines and a mark at each infusion."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from coordination.graphs.drawing import EMPTY, firsts_of_months, join_markup, places_of_days

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
    place = places_of_days(first, last, LEFT, TREND_WIDTH - RIGHT)
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
    months = firsts_of_months(first, last)
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
    return join_markup(drawn)


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
        join_markup(_point(point, place(point.on), rise(float(point.value))) for point in points),
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
