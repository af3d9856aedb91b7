"""Many lines that differ only in whose they are: counted by the database, placed once, read when shown.

A center with ten thousand courses has as many open items, but only some hundred kinds of them: the same
item with the same days and the same owner. Where a line belongs depends on nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple, overload

from django.db.models import Count, Q, QuerySet

from coordination.worklist.lines import Entry, Kind, Line
from coordination.worklist.sources import Asked, only_open, open_items
from scheduling.models import Course, DueItem

SITE = "course__patient__site_id"
SAME = (
    SITE,
    "item",
    "cycle_number",
    "opens_on",
    "target_on",
    "closes_on",
    "opens_at",
    "closes_at",
    "owner",
)
"""What the lines of a bunch have in common."""

Key = tuple[Any, ...]


class Bunch(NamedTuple):
    """`size` lines at one place of the list. Without a key, the entry is itself the one line."""

    entry: Entry
    size: int = 1
    key: Key = ()


class DueBunches:
    """The open due items, bunched by what they have in common and by the columns of `also`."""

    def __init__(self, asked: Asked, also: tuple[str, ...] = ()) -> None:
        self.asked = asked
        self.columns = (*SAME, *also)

    def counted(self) -> Iterable[tuple[Line, int, Key]]:
        """One statement: a line without its patient, how many there are, and the key to read them by."""
        rows = self._items().order_by().values(*self.columns).annotate(count=Count("pk"))
        for *key, count in rows.values_list(*self.columns, "count"):
            line = self._line(dict(zip(self.columns, key, strict=True)))
            if line:
                yield line, count, tuple(key)

    def members(self, keys: Iterable[Key]) -> dict[Key, list[tuple[int, int]]]:
        """Patient and item of each line of these bunches, in order.

        Two statements, because joined the database would rather walk all patients: the items with these
        days, then whose they are, as far as that is in reach.
        """
        alike, days = Q(), set()
        for key in keys:
            columns = dict(zip(self.columns, key, strict=True))
            alike |= _has(columns)
            days.add(columns["target_on"] or columns["closes_on"] or columns["opens_on"])
        items = self._items_on(days).filter(alike)
        rows = list(items.values_list("pk", "course_id", *self.columns[1:]))
        courses = self.asked.scope.of(Course).filter(pk__in={course for _, course, *_ in rows})
        known = {pk: rest for pk, *rest in courses.values_list("pk", "patient_id", "patient__site_id")}
        found: dict[Key, list[tuple[int, int]]] = {}
        for pk, course, *key in rows:
            if course in known:
                patient, site = known[course]
                found.setdefault((site, *key), []).append((patient, pk))
        return {key: sorted(members) for key, members in found.items()}

    def _items_on(self, days: set[date | None]) -> QuerySet[DueItem]:
        """By the index over the best day; what the courses are, `members` asks within reach."""
        on_them = Q(best_day__in=days - {None}) | (Q(best_day=None) if None in days else Q())
        asked = self.asked
        return only_open(DueItem.objects.all(), max(asked.days.values()), asked.now, wide=asked.wide).filter(
            on_them
        )

    def _items(self) -> QuerySet[DueItem]:
        asked = self.asked
        items = open_items(asked.scope, today=max(asked.days.values()), now=asked.now, wide=asked.wide)
        return items.filter(course__patient__site__in=list(asked.sites))

    def _line(self, columns: dict[str, Any]) -> Line | None:
        """None where its window has not opened yet at its site, which may be west of the others."""
        site, opens_at = columns[SITE], columns["opens_at"]
        opened = self.asked.day(site, opens_at) if opens_at else columns["opens_on"]
        if opened and opened > self.asked.days[site]:
            return None
        return Line(
            Kind.DUE,
            0,
            None,
            site,
            columns["item"],
            columns["cycle_number"],
            opened,
            columns["target_on"],
            columns["closes_on"],
            columns["closes_at"],
            columns["owner"],
            columns.get("practice_id"),
            columns.get("assigned_to_id"),
            columns.get("snoozed_until"),
        )


def _has(columns: dict[str, Any]) -> Q:
    """All but the site, which is the patient's."""
    own = {name: value for name, value in columns.items() if name != SITE}
    named = {name: value for name, value in own.items() if value is not None}
    empty = {f"{name}__isnull": True for name, value in own.items() if value is None}
    return Q(**named, **empty)


class Entries(Sequence[Entry]):
    """The lines in order. Its length costs nothing; a slice reads its own lines in one statement."""

    def __init__(
        self, bunches: list[Bunch], members: Callable[[Iterable[Key]], dict[Key, list[tuple[int, int]]]]
    ) -> None:
        self._bunches = bunches
        self._members = members
        self._length = sum(bunch.size for bunch in bunches)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Entry]:
        return iter(self[:])

    @overload
    def __getitem__(self, which: int) -> Entry: ...
    @overload
    def __getitem__(self, which: slice) -> list[Entry]: ...
    def __getitem__(self, which: int | slice) -> Entry | list[Entry]:
        if isinstance(which, int):
            return self[which : which + 1][0]
        start, stop, _ = which.indices(self._length)
        return self._between(start, stop)

    def _between(self, start: int, stop: int) -> list[Entry]:
        wanted = list(self._overlapping(start, stop))
        keys = [bunch.key for bunch, _, _ in wanted if bunch.key]
        members = self._members(keys) if keys else {}
        found: list[Entry] = []
        for bunch, first, last in wanted:
            found += _members_of(bunch, members, first, last) if bunch.key else [bunch.entry]
        return found

    def _overlapping(self, start: int, stop: int) -> Iterator[tuple[Bunch, int, int]]:
        """The bunches of a stretch of the list, with the part of each that lies in it."""
        at = 0
        for bunch in self._bunches:
            first, last = max(start - at, 0), min(stop - at, bunch.size)
            if first < last:
                yield bunch, first, last
            at += bunch.size
            if at >= stop:
                return


def _members_of(
    bunch: Bunch, members: dict[Key, list[tuple[int, int]]], first: int, last: int
) -> list[Entry]:
    entry = bunch.entry
    return [
        entry._replace(line=entry.line._replace(pk=pk, patient_id=patient))
        for patient, pk in members.get(bunch.key, [])[first:last]
    ]
