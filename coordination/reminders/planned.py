"""Which step of the timetable falls when, for whom: worked out from the due items, nothing stored."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from coordination.models import ContactPoint
from coordination.reminders.site_timetable import Receivers, SiteDay
from scheduling.models import DoseOrder, DueItem
from scheduling.protocols import get_protocol
from scheduling.rules.order_clock import order_clock
from scheduling.rules.reminders import (
    LONGEST_DAYS,
    NEVER_OVERDUE_ITEMS,
    DatedStep,
    ReminderItem,
    StepMoment,
    dated_steps,
    day_in,
    instant,
    send_at,
)

GATES_THE_DOSE = frozenset({"baseline-labs", "pre-dose-labs"})
"""What has to be there before cancelling an ordered dose stops being free."""
CLOSED_DAYS_IN_A_ROW = 7  # a step moves off closed days by a week at most

Span = tuple[datetime, datetime]
ANY_DAY = (date.min, date.max)
Key = tuple[int, str, int, str, int | None, date]


class Wanted(NamedTuple):
    """One step for one address; `contact` None: nobody can be reached."""

    item: DueItem
    dated_step: DatedStep
    contact: ContactPoint | None
    at: datetime

    @property
    def key(self) -> Key:
        step = self.dated_step.step
        return (
            self.item.pk,
            step.moment.value,
            step.days,
            step.receiver.value,
            self.contact.pk if self.contact else None,
            self.dated_step.anchor,
        )


def askable(place: SiteDay) -> QuerySet[DueItem]:
    """Items that somebody may be reminded of: unsettled, awake, of a living patient."""
    return (
        DueItem.objects.unsettled()
        .awake(place.today)
        .filter(
            waits=False,
            course__patient__site=place.site,
            course__patient__died_on=None,
            course__patient__merged_into=None,
        )
    )


def items_around(place: SiteDay, *, since: datetime, until: datetime) -> list[DueItem]:
    """The items with a step that may fall between two moments: one statement, over the days alone."""
    lines = place.timetable.lines
    ahead = max((days for row in lines for days in (*row.before, *row.money)), default=0)
    after = max(
        (days for row in lines for days in (*row.owner, *row.navigator, *row.prescriber, *row.manager)),
        default=0,
    )
    first = day_in(since, place.zone) - timedelta(min(after, LONGEST_DAYS) + CLOSED_DAYS_IN_A_ROW)
    last = day_in(until, place.zone) + timedelta(min(ahead, LONGEST_DAYS) + CLOSED_DAYS_IN_A_ROW)
    near = Q()
    for edge in ("opens", "target", "closes"):
        near |= Q(**{f"{edge}_on__range": (first, last)})
        near |= Q(**{f"{edge}_at__date__range": (first, last)})
    # The last free day of an ordered dose lies days after its labs were due.
    near |= Q(item__in=GATES_THE_DOSE, closes_on__range=(first - timedelta(LONGEST_DAYS), first))
    return list(with_patients(askable(place).filter(near)))


def with_patients(items: QuerySet[DueItem]) -> QuerySet[DueItem]:
    return items.select_related("course__patient", "practice").order_by("pk")


def wanted(place: SiteDay, items: Sequence[DueItem], *, around: Span | None = None) -> list[Wanted]:
    """Every step of these items, for every address; those without an address once.

    With `around`, without those that cannot fall between these two moments, whichever days are closed.
    """
    if not items:
        return []
    receivers, costs = Receivers(place, items), _costs(items)
    days = _days_around(place, around) if around else ANY_DAY
    return [step for item in items for step in _of_item(place, item, receivers, costs, days)]


def _days_around(place: SiteDay, span: Span) -> tuple[date, date]:
    since, until = span
    week = timedelta(CLOSED_DAYS_IN_A_ROW)
    return day_in(since, place.zone) - week, day_in(until, place.zone) + week


def _of_item(
    place: SiteDay,
    item: DueItem,
    receivers: Receivers,
    costs: dict[tuple[int, int | None], date],
    days: tuple[date, date],
) -> Iterable[Wanted]:
    if _has_passed(item, place):
        return
    asked = ReminderItem(
        item.item, item.owner or "center", item.opens, item.target, item.closes, _money_on(item, costs)
    )
    first_on, last_on = days
    for dated_step in dated_steps(asked, place.timetable.lines, place.zone):
        if not first_on <= dated_step.on <= last_on:
            continue
        last = _last(item, dated_step, place)
        points: Sequence[ContactPoint | None] = receivers.of(item, dated_step.step.receiver) or [None]
        for point in points:
            yield Wanted(item, dated_step, point, send_at(dated_step, place.hours_of(point), last=last))


def _has_passed(item: DueItem, place: SiteDay) -> bool:
    closes = item.closes
    if item.item not in NEVER_OVERDUE_ITEMS or closes is None:
        return False
    return closes < place.now if isinstance(closes, datetime) else closes < place.today


def _last(item: DueItem, dated_step: DatedStep, place: SiteDay) -> datetime | None:
    """The moment after which a step that tells of something open is of no use."""
    if dated_step.step.moment is StepMoment.OVERDUE or item.closes is None:
        return None
    if isinstance(item.closes, datetime):
        return item.closes
    return instant(item.closes + timedelta(1), place.site.opens_at.min, place.zone)


def _money_on(item: DueItem, costs: dict[tuple[int, int | None], date]) -> date | None:
    if item.item == "dose-order":
        return item.closes_on
    return costs.get((item.course_id, item.cycle_number)) if item.item in GATES_THE_DOSE else None


def _costs(items: Iterable[DueItem]) -> dict[tuple[int, int | None], date]:
    """The last free day of each dose on order whose labs are still awaited."""
    courses = {item.course_id for item in items if item.item in GATES_THE_DOSE}
    orders = DoseOrder.objects.standing().filter(cycle__course__in=courses)
    return {
        (course, number): order_clock(number, on, get_protocol(protocol, version)).free_cancel_until
        for course, number, on, protocol, version in orders.values_list(
            *("cycle__course_id", "cycle__number", "calibration_on"),
            *("cycle__course__protocol_key", "cycle__course__protocol_version"),
        )
    }
