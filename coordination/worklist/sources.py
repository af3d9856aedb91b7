"""Where the lines come from: one question for each source, over the index of what is still open."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from coordination.base.access import Scope
from coordination.base.choices import Item
from coordination.models import MessageDelivery, Reminder
from labs.models import ReviewItem
from scheduling.models import (
    Action,
    ConflictOverride,
    CourseConflict,
    DoseOrder,
    DueItem,
    InfusionGiven,
    Proposal,
    Signature,
)
from scheduling.models.dose_order import DoseOrderQuerySet
from scheduling.models.due_item import NEAREST_DAY, PASSING, UNSETTLED

WITH_THE_INFUSION = (Item.ANTIEMETIC, Item.AMINO_ACIDS)
"""Steps of the day of treatment: no lines of their own until the infusion was given without their record."""


class ListMoment(NamedTuple):
    """The moment that is asked about, or the arguments of a question that is put together once."""

    today: Any  # the latest day of any site
    horizon: Any
    now: Any


# --- due items -------------------------------------------------------------------------------------


def open_items(scope: Scope, asked: ListMoment, *, wide: bool) -> QuerySet[DueItem]:
    """Due items that a person can do something about: not settled, nor passing by themselves, nor waiting.

    Not `wide`: without what is snoozed, and only what is late or at most a week ahead.
    """
    items = scope.of(DueItem).filter(UNSETTLED, waits=False)
    has_opened = Q(opens_on__lte=asked.today) | Q(opens_at__lte=asked.now) | _never_opens & _has_a_day
    items = items.exclude(item__in=PASSING).exclude(item__in=WITH_THE_INFUSION, not_recorded=False)
    items = items.filter(has_opened | Q(not_recorded=True))
    items = items.exclude(item=Item.DOSE_ORDER, course__held_since__isnull=False)
    items = items.alias(nearest_day=NEAREST_DAY)
    if wide:
        return items
    near = items.filter(nearest_day__lte=asked.horizon)
    return near.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=asked.today))


_never_opens = Q(opens_on=None, opens_at=None)
_has_a_day = Q(target_on__isnull=False) | Q(closes_on__isnull=False) | Q(closes_at__isnull=False)


# --- decisions -------------------------------------------------------------------------------------


def unsigned_proposals(scope: Scope) -> QuerySet[Any]:
    """Current proposals of courses that go on, to be decided; `was_signed` where new facts withdrew that.

    One that waits for labs is listed only when a signature was withdrawn: otherwise the labs are.
    """
    signed = Signature.objects.filter(proposal=OuterRef("pk"))
    proposals = scope.of(Proposal).filter(~Exists(signed), superseded_at=None, course__ended_at=None)
    withdrawn = Signature.objects.withdrawn().filter(
        proposal__course=OuterRef("course"), proposal__cycle_number=OuterRef("cycle_number")
    )
    to_decide = Q(action__in=(Action.GIVE, Action.HOLD, Action.STOP, Action.REVIEW))
    return proposals.annotate(was_signed=Exists(withdrawn)).filter(
        to_decide | Q(was_signed=True, action=Action.PENDING)
    )


# --- conflicts, results, orders --------------------------------------------------------------------


def standing_blocks(scope: Scope) -> QuerySet[CourseConflict]:
    """Conflicts that block, stand, and that nobody has answered."""
    answered = ConflictOverride.objects.known().filter(course=OuterRef("course"), digest=OuterRef("digest"))
    return scope.of(CourseConflict).filter(
        ~Exists(answered), gone_at=None, severity=CourseConflict.Severity.BLOCK
    )


def open_reviews_in_scope(scope: Scope) -> QuerySet[ReviewItem]:
    return scope.of(ReviewItem).filter(resolved_at=None)


def orders_at_risk(scope: Scope) -> QuerySet[Any]:
    """Doses on order that nothing permits any more (`permitted` false), or for another day than planned.

    `signed`: the dose is signed, so that what is wrong with one not permitted is its activity.
    """
    given = InfusionGiven.objects.known().filter(cycle=OuterRef("cycle"), elsewhere=False)
    other_day = ~Q(calibration_on=F("cycle__planned_on")) | Q(cycle__planned_on=None)
    standing = scope.of(DoseOrder).filter(~Exists(given), cancelled_at=None)
    orders: DoseOrderQuerySet = standing  # type: ignore[assignment]
    return orders.with_permit().filter(Q(permitted=False) | other_day)


def messages_to_decide(scope: Scope, now: datetime) -> QuerySet[Any]:
    """Messages nobody can vouch for, of reminders and of documents: one line for each message."""
    return messages_of(scope).filter(pk__in=MessageDelivery.objects.to_decide(now))


def messages_of(scope: Scope) -> QuerySet[Any]:
    """With the patient and the item they tell of: the first that was told, where it is several in one."""
    told_first = (F("dropped_at").asc(nulls_first=True), "pk")
    reminders = Reminder.objects.filter(delivery=OuterRef("pk")).order_by(*told_first)
    return scope.of(MessageDelivery).annotate(
        first_patient=Coalesce(
            "patient_id", Subquery(reminders.values("patient_id")[:1]), output_field=BigIntegerField()
        ),
        first_item=Subquery(reminders.values("due_item__item")[:1]),
    )
