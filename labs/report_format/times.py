"""Times that do not say what they mean, completed as the map of their sender says."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from labs.incoming import Times
from labs.report_format.values import DAY, NAIVE

TimesOf = Callable[[str], Times]
"""What the sender means by the times of a laboratory; asked only where a time does not say it itself."""

_TIMES = ("collected_at", "reported_at")


def with_times(report: Any, times_of: TimesOf) -> Any:
    """The same report, its times completed as the map of its sender says; the text that is kept is not."""
    if not isinstance(report, dict) or not isinstance(report.get("results"), list):
        return report
    results = report["results"]
    if not any(_is_incomplete(part) for part in (report, *results)):
        return report
    times = times_of(laboratory_name(report.get("laboratory")))
    return _completed(report, times) | {"results": [_completed(each, times) for each in results]}


def _is_incomplete(part: Any) -> bool:
    return isinstance(part, dict) and any(_says_too_little(part.get(name)) for name in _TIMES)


def _says_too_little(time: Any) -> bool:
    return isinstance(time, str) and NAIVE.fullmatch(time) is not None


def _completed(part: Any, times: Times) -> Any:
    if not _is_incomplete(part):
        return part
    return part | {name: _complete(part[name], times) for name in _TIMES if _says_too_little(part.get(name))}


def _complete(text: str, times: Times) -> str:
    """With the offset that the sender's zone has then; as it was where nobody has said what it means."""
    try:
        if DAY.fullmatch(text) and times.plain_date:
            moment = datetime.combine(date.fromisoformat(text), times.plain_date)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if times.zone is None or (DAY.fullmatch(text) and not times.plain_date):
        return text
    return moment.replace(tzinfo=times.zone).isoformat()


def laboratory_name(sent: Any) -> str:
    return " ".join(sent.split()) if isinstance(sent, str) else ""
