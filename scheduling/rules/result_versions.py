"""Which versions of the results count, and which only use an id that belongs to another analyte.

The same id again replaces the earlier copy, and `replaces` names an earlier id; but a registered, preliminary
or unknown version replaces only another such version. An id belongs to the analyte of its first version with
a known code. Source: RULES.md section 10, Identity; COURSE_FILE.md, "Input".
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from labs.rules.analytes import ANALYTE_OF, Analyte
from scheduling.rules.facts import ResultFact

TENTATIVE = frozenset({"registered", "preliminary", "unknown"})
WITHDRAWN = frozenset({"cancelled", "entered-in-error"})


def standing_versions(
    results: Iterable[ResultFact], now: datetime
) -> tuple[list[ResultFact], list[ResultFact]]:
    """The versions received by `now` that count, and those that reuse an id: the newest of each analyte."""
    known = [result for result in results if result.received_at <= now]
    if not any(result.replaces or result.series for result in known) and len(
        {result.id for result in known}
    ) == len(known):
        return known, []
    known.sort(key=lambda version: version.received_at)
    own, reused, owners = _by_owner(known)
    newest: dict[str, ResultFact] = {}
    for result in own:
        earlier = newest.get(result.id)
        if earlier is None or _may_replace(result, earlier):
            newest[result.id] = result
    gone = _replaced(own, newest, owners)
    return [result for result in newest.values() if result.id not in gone], reused


def newest_replaced_at(result: ResultFact, results: Iterable[ResultFact]) -> datetime:
    """When the newest of a result's versions was collected.

    A correction that cannot be used stands where what it replaced stood: a mistyped year must not take a
    count away as if it had never been.
    """
    by_id: dict[str, list[ResultFact]] = {}
    for version in results:
        if version.received_at <= result.received_at:
            by_id.setdefault(version.id, []).append(version)
    newest, waiting, seen = result.collected_at, [result.id], set[str]()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for version in by_id.get(name, ()):
            newest = max(newest, version.collected_at)
            if version.replaces and version.replaces not in seen:
                waiting.append(version.replaces)
    return newest


def _series(result: ResultFact) -> str:
    return result.series or result.id


def _by_owner(
    known: list[ResultFact],
) -> tuple[list[ResultFact], list[ResultFact], dict[str, Analyte]]:
    """The versions of each id's own analyte, the newest of any other analyte, and the analyte of each id.

    `known` in order of receipt.
    """
    owners: dict[str, Analyte] = {}
    own: list[ResultFact] = []
    others: dict[tuple[str, Analyte | None], ResultFact] = {}
    for result in known:
        series, analyte = _series(result), ANALYTE_OF.get(result.loinc)
        owner = owners.get(series)
        if owner is None and analyte is not None:
            owners[series] = owner = analyte
        if owner is None or analyte is owner or (analyte is None and result.status in WITHDRAWN):
            own.append(result)
        else:
            others[series, analyte] = result
    return own, list(others.values()), owners


def _may_replace(result: ResultFact, earlier: ResultFact) -> bool:
    return result.status not in TENTATIVE or earlier.status in TENTATIVE


def _replaced(
    own: list[ResultFact], newest: Mapping[str, ResultFact], owners: Mapping[str, Analyte]
) -> set[str]:
    """The ids that another result replaces; of results that replace each other in a circle, none."""
    names: dict[str, set[str]] = {}
    for result in own:
        target = newest.get(result.replaces) if result.replaces else None
        if target is not None and _counts(result, target, owners):
            names.setdefault(result.id, set()).add(target.id)
    return {
        target for source, targets in names.items() for target in targets if not _leads(target, source, names)
    }


def _counts(result: ResultFact, target: ResultFact, owners: Mapping[str, Analyte]) -> bool:
    """Whether `result` replaces `target`: in the sender's order within a series, else in that of receipt."""
    if target.id == result.id:
        return False
    if not _may_replace(result, target):
        return False
    if result.series and result.series == target.series:
        return True
    is_same_analyte = owners.get(_series(result)) is owners.get(_series(target))
    return is_same_analyte and target.received_at <= result.received_at


def _leads(start: str, end: str, names: Mapping[str, set[str]]) -> bool:
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(names.get(name, ()))
    return False
