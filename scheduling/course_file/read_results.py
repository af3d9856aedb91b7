"""Read laboratory results and the choice of a baseline result."""

from datetime import UTC, datetime, time
from functools import lru_cache

from msgspec import UNSET

from labs.rules.analytes import Analyte
from scheduling.course_file import shape
from scheduling.course_file.shape import CourseShape
from scheduling.course_file.values import (
    optional_figure,
    parse_day,
    parse_instant_as_utc,
    read_all,
    refuse_instant,
    required_choice,
    required_text,
)
from scheduling.rules.days import zone_named
from scheduling.rules.facts import BaselinePinFact, ResultFact


def read_results(document: CourseShape) -> tuple[ResultFact, ...]:
    return read_all("results", document.results, lambda result: _result(result, document.timezone))


def _result(result: shape.ResultShape, timezone: str) -> ResultFact:
    """Read one result. A course has hundreds: hence few calls, and fields by position instead of by name."""
    value, low, high, received = result.value, result.low, result.high, result.received_at
    collected_at = parse_instant_as_utc(result.collected_at)
    day_only = collected_at is None
    end_of_day = None
    if collected_at is None:
        collected_at, end_of_day = _noon_and_end(result.collected_at, timezone)
    return ResultFact(
        result.id or required_text(result.id, "id"),
        result.loinc or "",
        value if type(value) is str else optional_figure(value, "value"),
        collected_at,
        end_of_day or collected_at
        if received is UNSET or received is None
        else parse_instant_as_utc(received) or refuse_instant(received, "received_at"),
        result.status,
        result.comparator or None,
        result.unit or None,
        low if type(low) is str else optional_figure(low, "low"),
        high if type(high) is str else optional_figure(high, "high"),
        result.replaces or None,
        result.range_text or None,
        result.absent_reason or None,
        result.note or None,
        day_only,
    )


@lru_cache(maxsize=1 << 12)
def _noon_and_end(text: str, timezone: str) -> tuple[datetime, datetime]:
    """Return noon, by which a plain date is ordered, and the end of the day, its default time of receipt."""
    on = parse_day(text) or refuse_instant(text, "collected_at")
    zone = zone_named(timezone)
    noon, end = (datetime.combine(on, at, zone) for at in (time(12), time.max))
    return noon.astimezone(UTC), end.astimezone(UTC)


def read_baseline_pin(baseline: shape.BaselineShape) -> BaselinePinFact:
    analyte = required_choice(baseline.analyte, tuple(Analyte), "analyte")
    return BaselinePinFact(analyte, required_text(baseline.result, "result"))
