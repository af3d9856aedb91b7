"""Where the lines come from: one statement for each source, over the index of what is still open."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.choices import Item
from coordination.base.models import Site
from coordination.models import MessageDelivery, Reminder
from coordination.worklist.lines import DAYS_AHEAD, Kind, Line
from labs.models import ReviewItem
from scheduling.models import (
    Action,
    ConflictOverride,
    CourseConflict,
    Cycle,
    DoseOrder,
    DueItem,
    InfusionGiven,
    Proposal,
    Signature,
)
from scheduling.models.due_item import BEST_DAY, PASSING, UNSETTLED
from scheduling.protocols import get_protocol
from scheduling.rules.order_clock import order_by

ANSWERED_WITHIN = timedelta(days=1)
"""Setting: a conflict, a decision or a result that no rule may use is answered by the next day."""
WITH_THE_INFUSION = (Item.ANTIEMETIC, Item.AMINO_ACIDS)
"""Steps of the day of treatment: recording the infusion settles them, so they are no lines of their own."""


class Asked(NamedTuple):
    scope: Scope
    sites: Mapping[int, Site]
    days: Mapping[int, date]  # today, by site
    now: datetime
    wide: bool  # what is snoozed or further off is wanted too

    def day(self, site_id: int, moment: datetime) -> date:
        return clock.day_at(self.sites[site_id], moment)


# --- due items -------------------------------------------------------------------------------------


def open_items(scope: Scope, *, today: date, now: datetime, wide: bool = False) -> QuerySet[DueItem]:
    """Due items that a person can do something about: not settled, nor passing by themselves, nor waiting.

    Not `wide`: without what is snoozed, and only what is late or at most a week ahead.
    """
    return only_open(scope.of(DueItem), today, now, wide=wide)


def only_open(items: QuerySet[DueItem], today: date, now: datetime, *, wide: bool) -> QuerySet[DueItem]:
    items = items.filter(UNSETTLED, waits=False)
    has_opened = Q(opens_on__lte=today) | Q(opens_at__lte=now) | _never_opens & _has_a_day
    items = items.exclude(item__in=(*PASSING, *WITH_THE_INFUSION)).filter(has_opened)
    items = items.exclude(item=Item.DOSE_ORDER, course__held_since__isnull=False)
    items = items.alias(best_day=BEST_DAY)
    if wide:
        return items
    near = items.filter(_near(today, now))
    return near.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=today))


_never_opens = Q(opens_on=None, opens_at=None)
_has_a_day = Q(target_on__isnull=False) | Q(closes_on__isnull=False) | Q(closes_at__isnull=False)


def _near(today: date, now: datetime) -> Q:
    """Its best day, or the nearest thing to one, is at most a week ahead; or it opened at a moment."""
    horizon = today + timedelta(days=DAYS_AHEAD)
    by_moment = Q(best_day=None, opens_at__lte=now)
    return Q(best_day__lte=horizon) | Q(closes_on__lt=today) | by_moment


# --- decisions -------------------------------------------------------------------------------------


def unsigned_proposals(scope: Scope) -> QuerySet[Any]:
    """Current proposals of courses that go on, to be decided; `was_signed` where new facts withdrew that.

    One that waits for labs is listed only when a signature was withdrawn: otherwise the labs are.
    """
    proposals = scope.of(Proposal).filter(superseded_at=None, signature=None, course__ended_at=None)
    withdrawn = Signature.objects.withdrawn().filter(
        proposal__course=OuterRef("course"), proposal__cycle_number=OuterRef("cycle_number")
    )
    to_decide = Q(action__in=(Action.GIVE, Action.HOLD, Action.STOP, Action.REVIEW))
    return proposals.annotate(was_signed=Exists(withdrawn)).filter(
        to_decide | Q(was_signed=True, action=Action.PENDING)
    )


def _proposals(asked: Asked) -> Iterable[Line]:
    planned = Cycle.objects.filter(course=OuterRef("course"), number=OuterRef("cycle_number"))
    rows = (
        unsigned_proposals(asked.scope)
        .filter(course__patient__site__in=list(asked.sites))
        .values_list(
            "pk",
            "course__patient_id",
            "course__patient__site_id",
            "action",
            "cycle_number",
            "made_at",
            "was_signed",
            "protocol_key",
            Subquery(planned.values("planned_on")[:1]),
        )
    )
    for pk, patient, site, action, cycle, made_at, was_signed, protocol, planned_on in rows:
        made_on = asked.day(site, made_at)
        kind = Kind.WITHDRAWN if was_signed else Kind.DECISION
        closes = made_on + ANSWERED_WITHIN
        if action == Action.GIVE and planned_on and not was_signed:
            closes = max(closes, order_by(planned_on, get_protocol(protocol).order))
        yield Line(
            kind, pk, patient, site, action, cycle, made_on, made_on, closes, None, "", None, None, None
        )


# --- conflicts, results, orders --------------------------------------------------------------------


def standing_blocks(scope: Scope) -> QuerySet[CourseConflict]:
    """Conflicts that block, stand, and that nobody has answered."""
    answered = ConflictOverride.objects.known().filter(course=OuterRef("course"), digest=OuterRef("digest"))
    return scope.of(CourseConflict).filter(
        ~Exists(answered), gone_at=None, severity=CourseConflict.Severity.BLOCK
    )


def _conflicts(asked: Asked) -> Iterable[Line]:
    rows = (
        standing_blocks(asked.scope)
        .filter(course__patient__site__in=list(asked.sites))
        .values_list(
            "pk", "course__patient_id", "course__patient__site_id", "code", "cycle_number", "found_at"
        )
    )
    for pk, patient, site, code, cycle, found_at in rows:
        yield _found(Kind.CONFLICT, pk, patient, site, code, cycle, asked.day(site, found_at))


def _found(
    kind: Kind, pk: int, patient: int | None, site: int, subject: str, cycle: int | None, on: date
) -> Line:
    """A line that has no window: it came up on a day, and is to be answered by the next."""
    return Line(kind, pk, patient, site, subject, cycle, on, on, on + ANSWERED_WITHIN)


def open_reviews(scope: Scope) -> QuerySet[ReviewItem]:
    return scope.of(ReviewItem).filter(resolved_at=None)


def _reviews(asked: Asked) -> Iterable[Line]:
    rows = open_reviews(asked.scope).values_list(
        "pk", "patient_id", "patient__site_id", "report__site_id", "kind", "opened_at"
    )
    for pk, patient, site_of_patient, site_of_report, kind, opened_at in rows:
        site = site_of_patient or site_of_report
        if site in asked.sites:
            yield _found(Kind.REVIEW, pk, patient, site, kind, None, asked.day(site, opened_at))


def orders_at_risk(scope: Scope) -> QuerySet[Any]:
    """Doses on order whose decision no longer stands (`decided` false), or for another day than planned."""
    decided = Exists(
        Signature.objects.standing().filter(
            proposal__course=OuterRef("cycle__course"),
            proposal__cycle_number=OuterRef("cycle__number"),
            proposal__course__ended_at=None,
            proposal__course__held_since=None,
            action=Action.GIVE,
            activity_gbq=OuterRef("activity_gbq"),
        )
    )
    given = InfusionGiven.objects.known().filter(cycle=OuterRef("cycle"))
    other_day = ~Q(calibration_on=F("cycle__planned_on")) | Q(cycle__planned_on=None)
    orders = scope.of(DoseOrder).filter(~Exists(given), cancelled_at=None)
    return orders.annotate(decided=decided).filter(Q(~decided) | other_day)


def _orders(asked: Asked) -> Iterable[Line]:
    """Its last day is the last on which cancelling is free."""
    rows = (
        orders_at_risk(asked.scope)
        .filter(cycle__course__patient__site__in=list(asked.sites))
        .values_list(
            "pk",
            "cycle__course__patient_id",
            "cycle__course__patient__site_id",
            "decided",
            "cycle__number",
            "calibration_on",
            "cycle__course__protocol_key",
        )
    )
    for pk, patient, site, decided, cycle, calibration_on, protocol in rows:
        free_days = get_protocol(protocol).order.free_cancel_days
        last_free_on = calibration_on - timedelta(days=free_days)
        today, subject = asked.days[site], "day" if decided else "decision"
        target = min(today, last_free_on)
        yield Line(Kind.ORDER, pk, patient, site, subject, cycle, None, target, last_free_on)


def messages_to_decide(scope: Scope, now: datetime) -> QuerySet[Reminder]:
    """Reminders whose message nobody can vouch for: one line for each message, on its first reminder."""
    undecided = MessageDelivery.objects.to_decide(now)
    first = scope.of(Reminder).filter(delivery__in=undecided).order_by("delivery_id", "pk")
    return first.distinct("delivery_id")


def _messages(asked: Asked) -> Iterable[Line]:
    rows = messages_to_decide(asked.scope, asked.now).values_list(
        "pk", "patient_id", "patient__site_id", "delivery__state", "delivery__made_at"
    )
    for pk, patient, site, state, made_at in rows:
        if site in asked.sites:
            yield _found(Kind.MESSAGE, pk, patient, site, state, None, asked.day(site, made_at))


# Due items come in bunches: bunches.py.
SOURCES: tuple[tuple[frozenset[Kind], Callable[[Asked], Iterable[Line]]], ...] = (
    (frozenset({Kind.DECISION, Kind.WITHDRAWN}), _proposals),
    (frozenset({Kind.CONFLICT}), _conflicts),
    (frozenset({Kind.REVIEW}), _reviews),
    (frozenset({Kind.ORDER}), _orders),
    (frozenset({Kind.MESSAGE}), _messages),
)
