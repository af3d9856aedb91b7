"""Make the stored due items of a course equal to the answer; what people said about them stays.

An item keeps its row by (item, cycle, place in its series). Derived columns are not what people change, so
writing them leaves no history, and writing touches no other column.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from coordination.base import clock
from scheduling.models import Course, DueItem
from scheduling.rules import answer as plain
from scheduling.rules.answer import Assessment, ItemState, RowState
from scheduling.rules.due_items_too_late import are_too_late
from scheduling.rules.item_owners import REFERRING_PRACTICE, owner_of
from scheduling.stored_rows import StoredItem, StoredRows

WAIT_FOR_THE_INFUSION = frozenset({"post-dose-lar", "radiation-precautions", "nadir-labs", "interim-ssa"})
NO_LONGER_ASKED_FOR = "no longer asked for"

Key = tuple[str, int | None, int]


class Derived(NamedTuple):
    """The columns of a due item that follow from the facts."""

    opens_on: date | None
    target_on: date | None
    closes_on: date | None
    opens_at: datetime | None
    target_at: datetime | None
    closes_at: datetime | None
    done: bool
    waits: bool
    too_late: bool
    not_recorded: bool
    cancelled_because: str
    missing: list[str]
    owner: str
    practice_id: int | None


_KEY = ("course", "item", "cycle_number", "sequence")
_WRITTEN = [name.removesuffix("_id") for name in Derived._fields]


def reconcile(course: Course, assessment: Assessment, stored: StoredRows) -> list[str]:
    """Write what differs; return the items that nobody sees to, for they are a conflict."""
    known = {(row.item, row.cycle_number, row.sequence): row for row in stored.due_items}
    wanted = _wanted(course, assessment, stored)
    changed = [
        DueItem(course=course, item=key[0], cycle_number=key[1], sequence=key[2], **columns._asdict())
        for key, columns in wanted.items()
        if key not in known or _derived(known[key]) != columns
    ]
    if changed:
        DueItem.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=_KEY, update_fields=_WRITTEN
        )
    gone = [row.id for key, row in known.items() if key not in wanted and not row.cancelled_because]
    if gone:
        DueItem.objects.filter(pk__in=gone).update(cancelled_because=NO_LONGER_ASKED_FOR)
    return _unowned(wanted, known)


def unowned(course: Course, assessment: Assessment, stored: StoredRows) -> list[str]:
    """The items that nobody would see to if the answer were this one; stores nothing."""
    known = {(row.item, row.cycle_number, row.sequence): row for row in stored.due_items}
    return _unowned(_wanted(course, assessment, stored), known)


def _unowned(wanted: Mapping[Key, Derived], known: Mapping[Key, StoredItem]) -> list[str]:
    return [key[0] for key, columns in wanted.items() if _is_unowned(columns, known.get(key))]


def without_owner(stored: StoredRows) -> list[str]:
    """The stored items that nobody sees to."""
    return [row.item for row in stored.due_items if _is_unowned(_derived(row), row)]


def _is_unowned(columns: Derived, marked: StoredItem | None) -> bool:
    """Unsettled, and nobody's, or a practice's while none is known."""
    if (
        columns.done
        or columns.cancelled_because
        or (marked and (marked.not_done_at or marked.marked_done_at))
    ):
        return False
    return not columns.owner or (columns.owner == REFERRING_PRACTICE and columns.practice_id is None)


def _derived(row: StoredItem) -> Derived:
    return Derived(
        row.opens_on,
        row.target_on,
        row.closes_on,
        row.opens_at,
        row.target_at,
        row.closes_at,
        row.done,
        row.waits,
        row.too_late,
        row.not_recorded,
        row.cancelled_because,
        row.missing,
        row.owner,
        row.practice_id,
    )


def _wanted(course: Course, assessment: Assessment, stored: StoredRows) -> dict[Key, Derived]:
    owners = _Owners(course, assessment, stored)
    recorded = _recorded_elsewhere(course, stored)
    seen: Counter[tuple[str, int | None]] = Counter()
    given = {item.cycle for item in assessment.due if item.item == "dose-order" and _is_done(item)}
    over = are_too_late(
        assessment.due, given=given, today=clock.day_at(course.patient.site, assessment.as_of)
    )
    wanted = {}
    for item, is_over in zip(assessment.due, over, strict=True):
        is_done = _is_done(item) or (item.item, item.cycle) in recorded
        place = (item.item, item.cycle)
        seen[place] += 1
        wanted[*place, seen[place]] = Derived(
            _day(item.opens),
            _day(item.target),
            _day(item.closes),
            _instant(item.opens),
            _instant(item.target),
            _instant(item.closes),
            is_done,
            item.item in WAIT_FOR_THE_INFUSION and item.cycle not in given,
            is_over and not is_done and item.state is not ItemState.CANCELLED,
            item.state is ItemState.NOT_RECORDED and not is_done,
            item.reason if item.state is ItemState.CANCELLED else "",
            list(item.missing),
            *owners.of(item.item),
        )
    return wanted


def _is_done(item: plain.DueItemAnswer) -> bool:
    return item.state is ItemState.DONE


def _day(edge: date | datetime | None) -> date | None:
    return None if isinstance(edge, datetime) else edge


def _instant(edge: date | datetime | None) -> datetime | None:
    return edge if isinstance(edge, datetime) else None


def _recorded_elsewhere(course: Course, stored: StoredRows) -> set[tuple[str, int | None]]:
    """Items that have a record of their own, which a course file does not carry."""
    done: set[tuple[str, int | None]] = {("dose-order", cycle.number) for cycle in stored.ordered}
    if course.handed_back_on:
        done.add(("hand-back", None))
    return done


class _Owners:
    """Who sees to which item, by the patient's list of responsibilities and the site's defaults."""

    def __init__(self, course: Course, assessment: Assessment, stored: StoredRows) -> None:
        self.agreed = {row.item: row.owner for row in stored.responsibilities}
        self.practices = {row.item: row.practice_id for row in stored.responsibilities}
        self.of_site = stored.site_choices.default_owners
        self.referred_by = course.patient.referred_by_id
        self.row_is_open = any(row.state is RowState.OPEN for row in assessment.next_dose.rows)

    def of(self, item: str) -> tuple[str, int | None]:
        """The owner, and the practice where it is one's."""
        owner = owner_of(item, agreed=self.agreed, of_site=self.of_site, row_is_open=self.row_is_open)
        if owner != REFERRING_PRACTICE:
            return owner, None
        return owner, self.practices.get(item) or self.referred_by
