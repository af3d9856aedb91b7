"""Every line in reach, counted: one statement, whatever the size of the center."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from msgspec import field

from coordination.asking import SCOPE, Row
from coordination.worklist.asking import ASKED, Here
from coordination.worklist.bunches import Key, Source
from coordination.worklist.decisions import DecisionBunches, DecisionCount, counted_decisions
from coordination.worklist.due_items import DueBunches, DueCount, counted_items
from coordination.worklist.lines import ANSWERED_WITHIN_DAYS, Kind, Line
from coordination.worklist.sources import messages_to_decide, open_reviews, orders_at_risk, standing_blocks
from scheduling.protocols import get_protocol
from scheduling.together import Together

Counted = tuple[Line, int, Key, Source | None]


class _Found(Row, frozen=True):
    """Something that came up at a moment, and is to be answered by the next day."""

    id: int
    its_patient: int | None
    at_site: int
    subject: str
    came_up_at: datetime
    its_cycle: int | None = None


class _Message(_Found, frozen=True):
    """What it is about is what became of it."""

    subject: str = field(name="state")


class _Order(Row, frozen=True):
    id: int
    its_patient: int
    at_site: int
    permitted: bool
    signed: bool
    its_cycle: int
    calibration_on: date
    protocol: str
    protocol_version: str


class _Counts(Row, frozen=True):
    due_items: list[DueCount]
    decisions: list[DecisionCount]
    conflicts: list[_Found]
    reviews: list[_Found]
    orders: list[_Order]
    messages: list[_Message]


def counted(here: Here, *, wide: bool, also: tuple[str, ...]) -> Iterator[Counted]:
    """Each line or bunch of lines: what it is about, how many there are, and how to read them."""
    counts = _asked(wide, also).ask(**here.arguments)
    due, decisions = DueBunches(here, wide=wide, also=also), DecisionBunches(here)
    for items in counts.due_items:
        if line := due.line(items):
            yield line, items.count, items, due
    for proposals in counts.decisions:
        yield decisions.line(proposals), proposals.count, proposals, decisions
    for kind, found in (
        (Kind.CONFLICT, counts.conflicts),
        (Kind.REVIEW, counts.reviews),
        (Kind.MESSAGE, counts.messages),
    ):
        for each in found:
            yield _found(kind, each, here), 1, None, None
    for order in counts.orders:
        yield _order(order, here), 1, None, None


@cache
def _asked(wide: bool, also: tuple[str, ...]) -> Together[_Counts]:
    name = "_".join(("worklist", *(("wide",) if wide else ()), *also))
    return Together(name, _Counts, lambda: _questions(wide, also))


def _questions(wide: bool, also: tuple[str, ...]) -> Mapping[str, QuerySet[Any]]:
    return {
        "due_items": counted_items(wide=wide, also=also),
        "decisions": counted_decisions(),
        "conflicts": standing_blocks(SCOPE)
        .order_by()
        .values(
            "id",
            its_patient=F("course__patient_id"),
            at_site=F("course__patient__site_id"),
            subject=F("code"),
            came_up_at=F("found_at"),
            its_cycle=F("cycle_number"),
        ),
        "reviews": open_reviews(SCOPE)
        .order_by()
        .values(
            "id",
            its_patient=F("patient_id"),
            at_site=Coalesce("patient__site_id", "report__site_id"),
            subject=F("kind"),
            came_up_at=F("opened_at"),
        ),
        "orders": orders_at_risk(SCOPE)
        .order_by()
        .values(
            "id",
            "permitted",
            "signed",
            "calibration_on",
            its_patient=F("cycle__course__patient_id"),
            at_site=F("cycle__course__patient__site_id"),
            its_cycle=F("cycle__number"),
            protocol=F("cycle__course__protocol_key"),
            protocol_version=F("cycle__course__protocol_version"),
        ),
        "messages": messages_to_decide(SCOPE, ASKED.now)
        .order_by()
        .values(
            "id",
            "state",
            its_patient=F("first_patient"),
            at_site=Coalesce("patient__site_id", "site_id"),
            came_up_at=F("made_at"),
        ),
    }


def _found(kind: Kind, found: _Found, here: Here) -> Line:
    """A line that has no window: it came up on a day, and is to be answered by the next."""
    on = here.day(found.at_site, found.came_up_at)
    closes = on + timedelta(days=ANSWERED_WITHIN_DAYS)
    return Line(
        kind, found.id, found.its_patient, found.at_site, found.subject, found.its_cycle, on, on, closes
    )


def _order(order: _Order, here: Here) -> Line:
    """Its last day is the last on which cancelling is free."""
    free_days = get_protocol(order.protocol, order.protocol_version).order.free_cancel_days
    last_free_on = order.calibration_on - timedelta(days=free_days)
    target = min(here.days[order.at_site], last_free_on)
    subject = "day" if order.permitted else "activity" if order.signed else "decision"
    return Line(
        Kind.ORDER,
        order.id,
        order.its_patient,
        order.at_site,
        subject,
        order.its_cycle,
        None,
        target,
        last_free_on,
    )
