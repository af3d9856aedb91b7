"""Many lines that differ only in whose they are: counted by the database, placed once, read when shown.

A center with ten thousand courses has as many open items, but only some hundred kinds of them: the same
item with the same days and the same owner, the same decision made on the same day. Where a line belongs
depends on nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, overload

from coordination.worklist.lines import PlacedLine

Key = Any
"""What tells a bunch from the others of its source; it can be hashed."""
Members = list[tuple[int, int]]
"""Patient and row of each line of a bunch, in order."""


class GroupSource(Protocol):
    """Where bunches come from."""

    def members(self, keys: Sequence[Key], *, most: int) -> Mapping[Key, Members]:
        """The lines of these bunches, `most` of each at least."""


class Bunch(NamedTuple):
    """`size` lines at one place of the list. Without a source, the entry is itself the one line."""

    entry: PlacedLine
    size: int = 1
    key: Key = None
    source: GroupSource | None = None


class Part(NamedTuple):
    """The part of a bunch that lies in a stretch of the list."""

    bunch: Bunch
    first: int
    last: int


class Entries(Sequence[PlacedLine]):
    """The lines in order. Its length costs nothing; a slice reads its own lines, each source once."""

    def __init__(self, bunches: list[Bunch]) -> None:
        self._bunches = bunches
        self._length = sum(bunch.size for bunch in bunches)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[PlacedLine]:
        return iter(self[:])

    @overload
    def __getitem__(self, which: int) -> PlacedLine: ...
    @overload
    def __getitem__(self, which: slice) -> list[PlacedLine]: ...
    def __getitem__(self, which: int | slice) -> PlacedLine | list[PlacedLine]:
        if isinstance(which, int):
            return self[which : which + 1][0]
        start, stop, _ = which.indices(self._length)
        return self._between(start, stop)

    def _between(self, start: int, stop: int) -> list[PlacedLine]:
        parts = list(self._overlapping(start, stop))
        members = _members_of(parts)
        return [entry for part in parts for entry in _entries_of(part, members)]

    def _overlapping(self, start: int, stop: int) -> Iterator[Part]:
        at = 0
        for bunch in self._bunches:
            first, last = max(start - at, 0), min(stop - at, bunch.size)
            if first < last:
                yield Part(bunch, first, last)
            at += bunch.size
            if at >= stop:
                return


Found = dict[tuple[GroupSource, Key], Members]


def _members_of(parts: Iterable[Part]) -> Found:
    by_source: dict[GroupSource, list[Part]] = {}
    for part in parts:
        if part.bunch.source:
            by_source.setdefault(part.bunch.source, []).append(part)
    found: Found = {}
    for source, own in by_source.items():
        most = max(part.last for part in own)
        read = source.members([part.bunch.key for part in own], most=most)
        found |= {(source, key): members for key, members in read.items()}
    return found


def _entries_of(part: Part, members: Found) -> list[PlacedLine]:
    bunch = part.bunch
    if bunch.source is None:
        return [bunch.entry]
    return [
        bunch.entry._replace(line=bunch.entry.line._replace(pk=pk, patient_id=patient))
        for patient, pk in members.get((bunch.source, bunch.key), [])[part.first : part.last]
    ]
