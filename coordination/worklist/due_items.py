"""The open due items in bunches: the same item with the same days and the same owner."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateField, F, Q, QuerySet, TextField

from coordination.base.prepared_queries import PreparedQueries, argument
from coordination.base.prepared_scope import SCOPE, PreparedRow
from coordination.worklist.groups import Key, Members
from coordination.worklist.lines import LineKind, WorklistLine
from coordination.worklist.prepared import ASKED, Here
from coordination.worklist.sources import open_items

SAME = (
    *("at_site", "item", "cycle_number", "opens_on", "target_on", "closes_on", "opens_at", "closes_at"),
    *("owner", "too_late"),
)
"""What the lines of a bunch have in common."""


class DueCount(PreparedRow, frozen=True):
    """How many open items have all this in common; the last three where somebody filters by them."""

    at_site: int
    item: str
    cycle_number: int | None
    opens_on: date | None
    target_on: date | None
    closes_on: date | None
    opens_at: datetime | None
    closes_at: datetime | None
    owner: str
    too_late: bool
    count: int
    practice_id: int | None = None
    assigned_to_id: int | None = None
    snoozed_until: date | None = None


class DueMember(DueCount, frozen=True, kw_only=True):
    id: int
    patient_id: int
    count: int = 1


class DueMembers(PreparedRow, frozen=True):
    items: list[DueMember]


def counted_items(*, wide: bool, also: Sequence[str]) -> QuerySet[Any]:
    items: QuerySet[Any] = open_items(SCOPE, ASKED, wide=wide).annotate(at_site=F("course__patient__site_id"))
    return items.order_by().values(*SAME, *also).annotate(count=Count("*"))  # type: ignore[no-any-return]


class DueBunches:
    """The open due items, bunched by what they have in common and by the columns of `also`."""

    def __init__(self, here: Here, *, wide: bool, also: tuple[str, ...] = ()) -> None:
        self.here = here
        self.wide = wide
        self.also = also
        self._alike = attrgetter(*SAME, *also)

    def members(self, keys: Sequence[DueCount], *, most: int) -> Mapping[Key, Members]:
        days = {_nearest_day(key) for key in keys}
        found = _members(self.wide, self.also, None in days).ask(
            **self.here.arguments,
            days=[day for day in days if day],
            items=list({key.item for key in keys}),
        )
        members: dict[Key, Members] = {}
        for item in found.items:
            members.setdefault(self._alike(item), []).append((item.patient_id, item.id))
        return {key: sorted(members.get(self._alike(key), ()))[:most] for key in keys}

    def line(self, count: DueCount) -> WorklistLine | None:
        """None where its window has not opened yet at its site, which may be west of the others."""
        opened = self.here.day(count.at_site, count.opens_at) if count.opens_at else count.opens_on
        if opened and opened > self.here.days[count.at_site]:
            return None
        return WorklistLine(
            LineKind.DUE,
            0,
            None,
            count.at_site,
            count.item,
            count.cycle_number,
            opened,
            count.target_on,
            count.closes_on,
            count.closes_at,
            count.owner,
            count.practice_id,
            count.assigned_to_id,
            count.snoozed_until,
            count.too_late,
        )


@cache
def _members(wide: bool, also: tuple[str, ...], undated: bool) -> PreparedQueries[DueMembers]:
    """Items of these days and kinds: by the index over the nearest day."""

    def questions() -> Mapping[str, QuerySet[Any]]:
        on_them = Q(nearest_day__any_of=argument("days", ArrayField(DateField())))
        items: QuerySet[Any] = open_items(SCOPE, ASKED, wide=wide).filter(
            on_them | Q(nearest_day=None) if undated else on_them,
            item__any_of=argument("items", ArrayField(TextField())),
        )
        named = items.annotate(at_site=F("course__patient__site_id"), patient_id=F("course__patient_id"))
        return {"items": named.order_by().values("id", "patient_id", *SAME, *also)}

    name = "_".join(
        ("worklist_items", *(("wide",) if wide else ()), *(("undated",) if undated else ()), *also)
    )
    return PreparedQueries(name, DueMembers, questions)


def _nearest_day(count: DueCount) -> date | None:
    """As the index has it: scheduling.models.due_item.NEAREST_DAY."""
    opened = count.opens_at.astimezone(UTC).date() if count.opens_at else None
    best = count.target_on or count.closes_on or count.opens_on or opened
    return min(best, count.closes_on) if best and count.closes_on else best
