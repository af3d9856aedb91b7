"""Which lines a person has, in the order of the list, with the counts that go with it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import Practice
from coordination.worklist.lines import (
    NEEDS_ME,
    SHOWN_UNASKED,
    Entry,
    Group,
    Kind,
    Line,
    entry_of,
    in_order,
    owner_of,
    words_of,
)
from coordination.worklist.sources import SOURCES, Asked
from patients.models.patient import PatientQuerySet


@dataclass(frozen=True, slots=True)
class Chosen:
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

    entries: list[Entry] = field(default_factory=list)
    groups: Counter[str] = field(default_factory=Counter)

    @property
    def needing_me(self) -> int:
        """What the badge says: overdue and today."""
        return sum(self.groups[group] for group in NEEDS_ME)

    def of_kinds(self, *kinds: Kind) -> int:
        return sum(entry.line.kind in kinds for entry in self.entries)


def listed(
    scope: Scope, *, viewer_id: int, role: str, now: datetime, chosen: Chosen | None = None
) -> Worklist:
    """Every line in reach that the filters let through, in the order of the list."""
    chosen = chosen or Chosen()
    sites = {site.pk: site for site in scope.sites if chosen.site in (None, site.pk)}
    days = {key: clock.day_at(site, now) for key, site in sites.items()}
    if not days:
        return Worklist()
    wide = chosen.group in (Group.LATER, Group.SNOOZED)
    asked = Asked(scope, sites, days, now, wide)
    wanted = [read for kinds, read in SOURCES if not chosen.kind or chosen.kind in kinds]
    lines = [line for read in wanted for line in read(asked)]
    for test in _tests(chosen, viewer_id):
        lines = [line for line in lines if test(line)]
    entries = [entry_of(line, days[line.site_id], now=now, role=role) for line in lines]
    groups = (Group(chosen.group),) if chosen.group else SHOWN_UNASKED
    shown = [entry for entry in entries if entry.group in groups]
    names = _names(scope, shown) if chosen.sort.removeprefix("-") == "patient" else {}
    return Worklist(in_order(shown, chosen.sort, names), Counter(entry.group for entry in entries))


def _names(scope: Scope, entries: list[Entry]) -> dict[int, int]:
    """The place of each patient in the order of names."""
    keys = {key for entry in entries if (key := entry.line.patient_id)}
    patients: PatientQuerySet = scope.patients  # type: ignore[assignment]
    ordered = patients.filter(pk__in=keys).in_name_order().values_list("pk", flat=True)
    return {key: place for place, key in enumerate(ordered)}


def _tests(chosen: Chosen, viewer_id: int) -> list[Callable[[Line], bool]]:
    tests: list[Callable[[Line], bool]] = []
    if chosen.kind:
        tests.append(lambda line: line.kind == chosen.kind)
    if chosen.owner:
        tests.append(lambda line: owner_of(line) == chosen.owner)
    if chosen.assigned == "nobody":
        tests.append(lambda line: line.assigned_to_id is None)
    elif chosen.assigned:
        wanted = viewer_id if chosen.assigned == "me" else int(chosen.assigned)
        tests.append(lambda line: line.assigned_to_id == wanted)
    if chosen.text:
        tests.append(_holds(chosen.text))
    return tests


def _holds(text: str) -> Callable[[Line], bool]:
    part = text.casefold()
    named: Mapping[int, str] = dict(Practice.objects.filter(name__icontains=text).values_list("pk", "name"))
    return lambda line: part in words_of(line).casefold() or line.practice_id in named
