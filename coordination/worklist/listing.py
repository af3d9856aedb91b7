"""Which lines a person has, in the order of the list, with the counts that go with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import Practice
from coordination.worklist.counting import count_lines
from coordination.worklist.groups import Bunch, Entries
from coordination.worklist.lines import (
    NEEDS_ME,
    SHOWN_UNASKED,
    LineGroup,
    LineKind,
    PlacedLine,
    WorklistLine,
    entry_of,
    line_words,
    lines_in_order,
    owner_of_line,
)
from coordination.worklist.prepared import Here
from patients.models.patient import PatientQuerySet


@dataclass(frozen=True, slots=True)
class ListFilter:
    """The filters in force; empty ones let everything through."""

    group: str = ""
    kind: str = ""
    owner: str = ""
    assigned: str = ""  # "me", "nobody", or the key of a user
    site: int | None = None
    text: str = ""  # part of an item, rule or practice: never of a patient
    sort: str = ""


@dataclass(slots=True)
class Worklist:
    """The lines in order, and how many each group has before one was chosen."""

    entries: Sequence[PlacedLine] = ()
    groups: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def needing_me(self) -> int:
        """What the badge says: overdue and today."""
        return sum(self.groups[group] for group in NEEDS_ME)

    def of_kinds(self, *kinds: LineKind) -> int:
        return sum(self.kinds[kind] for kind in kinds)


def listed(
    scope: Scope, *, viewer_id: int, role: str, now: datetime, chosen: ListFilter | None = None
) -> Worklist:
    """Every line in reach that the filters let through, in the order of the list."""
    chosen = chosen or ListFilter()
    sites = {site.pk: site for site in scope.sites if chosen.site in (None, site.pk)}
    days = {key: clock.day_at(site, now) for key, site in sites.items()}
    if not days:
        return Worklist()
    here = Here(sites, days, now)
    wide = chosen.group in (LineGroup.LATER, LineGroup.SNOOZED)
    tests = _tests(chosen, viewer_id)
    bunches = [
        Bunch(entry_of(line, days[line.site_id], now=now, role=role), count, key, source)
        for line, count, key, source in count_lines(here, wide=wide, also=_also(chosen))
        if all(test(line) for test in tests)
    ]
    groups = (LineGroup(chosen.group),) if chosen.group else SHOWN_UNASKED
    shown = [bunch for bunch in bunches if bunch.entry.group in groups]
    return Worklist(
        _sorted(scope, shown, chosen.sort),
        _sums((bunch.entry.group, bunch.size) for bunch in bunches),
        _sums((bunch.entry.line.kind, bunch.size) for bunch in shown),
    )


def _also(chosen: ListFilter) -> tuple[str, ...]:
    """What else tells items apart for these filters: the fewer, the fewer bunches."""
    wanted = {
        "assigned_to_id": bool(chosen.assigned),
        "practice_id": bool(chosen.text) or chosen.sort.removeprefix("-") == "owner",
        "snoozed_until": chosen.group in (LineGroup.LATER, LineGroup.SNOOZED),
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)


def _sums(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for key, count in counts:
        sums[key] += count
    return sums


def _sorted(scope: Scope, bunches: list[Bunch], sort: str) -> Sequence[PlacedLine]:
    """By name every line must be read: names are not what bunches have in common."""
    if sort.removeprefix("-") != "patient":
        return Entries(lines_in_order(bunches, sort))
    entries = list(Entries(lines_in_order(bunches, "")))
    names = _names(scope, entries)
    return sorted(
        entries, key=lambda entry: names.get(entry.line.patient_id or 0, -1), reverse=sort.startswith("-")
    )


def _names(scope: Scope, entries: list[PlacedLine]) -> dict[int, int]:
    """The place of each patient in the order of names."""
    keys = {key for entry in entries if (key := entry.line.patient_id)}
    patients: PatientQuerySet = scope.patients  # type: ignore[assignment]
    ordered = patients.filter(pk__in=keys).in_name_order().values_list("pk", flat=True)
    return {key: place for place, key in enumerate(ordered)}


def _tests(chosen: ListFilter, viewer_id: int) -> list[Callable[[WorklistLine], bool]]:
    tests: list[Callable[[WorklistLine], bool]] = []
    if chosen.kind:
        tests.append(lambda line: line.kind == chosen.kind)
    if chosen.owner:
        tests.append(lambda line: owner_of_line(line) == chosen.owner)
    if chosen.assigned == "nobody":
        tests.append(lambda line: line.assigned_to_id is None)
    elif chosen.assigned:
        wanted = viewer_id if chosen.assigned == "me" else int(chosen.assigned)
        tests.append(lambda line: line.assigned_to_id == wanted)
    if chosen.text:
        tests.append(_holds(chosen.text))
    return tests


def _holds(text: str) -> Callable[[WorklistLine], bool]:
    part = text.casefold()
    named = set(Practice.objects.filter(name__icontains=text).values_list("pk", flat=True))
    return lambda line: part in line_words(line).casefold() or line.practice_id in named
