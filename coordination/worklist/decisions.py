"""What a prescriber has to decide, in bunches: the same proposal, made on the same day, for the same day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    FilteredRelation,
    Func,
    Q,
    QuerySet,
    When,
    Window,
)
from django.db.models.functions import Cast, RowNumber

from coordination.base.access import Scope
from coordination.base.prepared_scope import SCOPE, PreparedRow
from coordination.worklist.groups import Key, Members
from coordination.worklist.lines import ANSWERED_WITHIN_DAYS, LineKind, WorklistLine
from coordination.worklist.prepared import Here
from coordination.worklist.sources import unsigned_proposals
from scheduling.models import Action
from scheduling.protocols import get_protocol
from scheduling.rules.order_clock import order_by

SAME = ("at_site", "action", "cycle_number", "made_on", "was_signed", "protocol_key", "infusion_on")


class DecisionCount(PreparedRow, frozen=True):
    at_site: int
    action: str
    cycle_number: int | None
    made_on: date
    was_signed: bool
    protocol_key: str
    infusion_on: date | None
    count: int


def counted_decisions() -> QuerySet[Any]:
    return _with_days(SCOPE).order_by().values(*SAME).annotate(count=Count("*"))  # type: ignore[no-any-return]


def _with_days(scope: Scope) -> QuerySet[Any]:
    """With the day at the site on which each was made, and that of the infusion where its dose waits."""
    at_the_site = Func(
        F("course__patient__site__timezone"),
        F("made_at"),
        function="timezone",
        output_field=DateTimeField(),
    )
    proposals = unsigned_proposals(scope)
    return proposals.annotate(  # type: ignore[no-any-return]
        its_cycle=FilteredRelation("course__cycles", condition=Q(course__cycles__number=F("cycle_number"))),
        at_site=F("course__patient__site_id"),
        made_on=Cast(at_the_site, DateField()),
        infusion_on=Case(When(action=Action.GIVE, was_signed=False, then=F("its_cycle__planned_on"))),
    )


class DecisionBunches:
    """Unsigned proposals, and those whose signature new facts withdrew."""

    def __init__(self, here: Here) -> None:
        self.here = here

    def line(self, count: DecisionCount) -> WorklistLine:
        """To be answered by the next day; a dose to give, by the day on which it must be ordered."""
        made_on, site = count.made_on, count.at_site
        kind = LineKind.WITHDRAWN if count.was_signed else LineKind.DECISION
        closes = made_on + timedelta(days=ANSWERED_WITHIN_DAYS)
        if count.infusion_on:
            closes = max(closes, order_by(count.infusion_on, get_protocol(count.protocol_key).order))
        return WorklistLine(kind, 0, None, site, count.action, count.cycle_number, made_on, made_on, closes)

    def members(self, keys: Sequence[DecisionCount], *, most: int) -> Mapping[Key, Members]:
        by_columns = {_alike(key): key for key in keys}
        alike = Q()
        for columns in by_columns:
            alike |= _equal(dict(zip(SAME, columns, strict=True)))
        patient = "course__patient_id"
        place = Window(RowNumber(), partition_by=[F(name) for name in SAME], order_by=[patient, "pk"])
        rows = _with_days(self.here.scope).filter(alike).annotate(place=place).filter(place__lte=most)
        found: dict[Key, Members] = {}
        for patient_id, pk, *its in rows.order_by("place").values_list(patient, "pk", *SAME):
            found.setdefault(by_columns[tuple(its)], []).append((patient_id, pk))
        return found


_alike = attrgetter(*SAME)


def _equal(columns: Mapping[str, Any]) -> Q:
    named = {name: value for name, value in columns.items() if value is not None}
    empty = {f"{name}__isnull": True for name, value in columns.items() if value is None}
    return Q(**named, **empty)
