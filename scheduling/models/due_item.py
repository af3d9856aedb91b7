from datetime import UTC, date, datetime
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Least, TruncDate

from coordination.base.choices import Item, Owner
from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import Practice, Recorded, Versioned
from scheduling.models.course import Course

LIMITS = (Item.LAR_LAST_BEFORE, Item.SHORT_ACTING_STOP)
PASSING = (*LIMITS, Item.RADIATION_PRECAUTIONS)
"""What time alone settles: it is done when it has passed, and never overdue."""


NEAREST_DAY = Least(
    Coalesce("target_on", "closes_on", "opens_on", TruncDate("opens_at", tzinfo=UTC)), "closes_on"
)
"""The day it is best done, or the nearest thing to one, or its last day where that is earlier."""
UNSETTLED = Q(done=False, cancelled_because="", not_done_at=None, marked_done_at=None)


class DueItemQuerySet(models.QuerySet["DueItem"]):
    def unsettled(self) -> Self:
        """Neither done, cancelled nor marked not done."""
        return self.filter(UNSETTLED)

    def without_owner(self) -> Self:
        """Nobody sees to them, or a practice that is not known."""
        return self.filter(Q(owner="") | Q(owner=Owner.REFERRING_PRACTICE, practice=None))

    def awake(self, today: date) -> Self:
        """Without those that somebody snoozed."""
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=today))

    def open(self, today: date) -> Self:
        """Unsettled, and their time has come; a limit asks for nothing, and what passes is over then."""
        items = self._on_their_days().unsettled().exclude(item__in=LIMITS)
        items = items.exclude(item__in=PASSING, closes_day__lt=today)
        has_come = Q(opens_day__lte=today) | Q(closes_day__lt=today) | Q(not_recorded=True)
        return items.filter(has_come, waits=False, too_late=False)

    def overdue(self, today: date) -> Self:
        """Unsettled, and past their last day; a limit does not fall due, it passes."""
        items = self._on_their_days().unsettled().exclude(item__in=PASSING)
        return items.filter(waits=False, too_late=False, not_recorded=False, closes_day__lt=today)

    def _on_their_days(self) -> Self:
        return self.annotate(
            opens_day=Coalesce("opens_on", "opens_at__date", "target_on", "target_at__date"),
            closes_day=Coalesce("closes_on", "closes_at__date"),
        )


class DueItemState(models.TextChoices):
    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    DUE = "due", "Due"
    OVERDUE = "overdue", "Overdue"
    TOO_LATE = "too-late", "Too late"
    NOT_RECORDED = "not-recorded", "Not recorded"
    DONE = "done", "Done"
    NOT_DONE = "not-done", "Not done"
    CANCELLED = "cancelled", "Cancelled"


class DueItem(Recorded, Versioned):
    """Something the schedule asks for, derived again from the facts whenever one changes.

    The state is worked out from these columns and the day, and never stored: `done` and `waits` say what
    the facts say whatever the day. What a person moved, assigned, snoozed or marked not done survives
    re-derivation, because an item keeps its row by (course, item, cycle, place in its series).
    """

    State = DueItemState

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="due_items")
    item = models.CharField(max_length=30, choices=Item.choices)
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    sequence = models.PositiveSmallIntegerField(
        default=1, help_text="Place in a series; 1 where there is none."
    )

    # Derived.
    opens_on = models.DateField(null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    target_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    done = models.BooleanField(default=False, help_text="The fact exists.")
    waits = models.BooleanField(default=False, help_text="Stays planned until its infusion is given.")
    too_late = models.BooleanField(default=False, help_text="What it was for is over; closed with a reason.")
    not_recorded = models.BooleanField(
        default=False, help_text="Its infusion was given, and nobody recorded this before it."
    )
    cancelled_because = models.TextField(blank=True, default="")
    missing: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=40), default=list, blank=True
    )
    owner = models.CharField(
        max_length=20, choices=Owner.choices, blank=True, help_text="Empty: nobody has it."
    )
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="due_items"
    )

    # What people said.
    moved_to = models.DateField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="due_items"
    )
    snoozed_until = models.DateField(null=True, blank=True)
    not_done_at = models.DateTimeField(null=True, blank=True)
    not_done_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    not_done_reason = models.TextField(blank=True, default="")
    marked_done_at = models.DateTimeField(
        null=True, blank=True, help_text="For what no other fact shows, such as the hand-back."
    )
    marked_done_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DueItemQuerySet.as_manager()

    class Meta:
        ordering = ["course", "cycle_number", "pk"]
        constraints = [
            is_one_of("item", Item, name="due_item_is_a_known_word"),
            models.UniqueConstraint(
                fields=["course", "item", "cycle_number", "sequence"],
                nulls_distinct=False,
                name="course_has_each_due_item_once",
            ),
            models.CheckConstraint(
                condition=Q(cycle_number=None) | Q(cycle_number__range=(1, 10)),
                name="due_item_cycle_is_from_1_to_10",
            ),
            models.CheckConstraint(
                condition=(Q(opens_on=None) | Q(opens_at=None))
                & (Q(target_on=None) | Q(target_at=None))
                & (Q(closes_on=None) | Q(closes_at=None)),
                name="due_item_has_a_day_or_an_instant_not_both",
            ),
            said_with("not_done_at", "not_done_by", "not_done_reason", name="not_done_says_who_and_why"),
            models.CheckConstraint(
                condition=Q(marked_done_at=None, marked_done_by=None)
                | Q(marked_done_at__isnull=False, marked_done_by__isnull=False, not_done_at=None),
                name="marked_done_says_who_and_is_not_also_not_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["closes_on"],
                condition=UNSETTLED,
                name="due_item_unsettled",
            ),
            # Holds all that the worklist counts by, so that counting reads the index alone.
            models.Index(
                NEAREST_DAY,
                include=[
                    *("item", "cycle_number", "opens_on", "target_on", "closes_on", "opens_at", "closes_at"),
                    *("owner", "too_late", "not_recorded", "snoozed_until", "course"),
                ],
                condition=UNSETTLED & Q(waits=False),
                name="due_item_by_nearest_day",
            ),
            models.Index(
                fields=["opens_at"],
                condition=UNSETTLED & Q(opens_at__isnull=False),
                name="due_item_by_opening_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.cycle_number or ''}".strip()

    @property
    def opens(self) -> date | datetime | None:
        return self.opens_at or self.opens_on

    @property
    def target(self) -> date | datetime | None:
        return self.target_at or self.target_on

    @property
    def closes(self) -> date | datetime | None:
        return self.closes_at or self.closes_on

    def state(self, *, now: datetime, today: date) -> DueItemState:
        """The state at `now`, `today` being its day at the site; as in scheduling/rules/due_item_states.py.

        One state is ours: *too late* is what nobody can do any more (scheduling/rules/due_items_too_late.py).
        *Not recorded* stays until somebody records it or marks it not done.
        """
        if settled := self._settled():
            return settled
        if self.not_recorded:
            return DueItemState.NOT_RECORDED
        if self.waits:
            return DueItemState.PLANNED
        if self.too_late:
            return DueItemState.TOO_LATE
        if self.item in PASSING:
            has_passed = _passed(self.closes, now, today)
            is_open = self.item in LIMITS or _reached(self.opens, now, today)
            ahead = DueItemState.OPEN if is_open else DueItemState.PLANNED
            return DueItemState.DONE if has_passed else ahead
        if _passed(self.closes, now, today):
            return DueItemState.OVERDUE
        if _reached(self.target, now, today):
            return DueItemState.DUE
        return DueItemState.OPEN if _reached(self.opens, now, today) else DueItemState.PLANNED

    def _settled(self) -> DueItemState | None:
        if self.cancelled_because:
            return DueItemState.CANCELLED
        if self.done or self.marked_done_at:
            return DueItemState.DONE
        return DueItemState.NOT_DONE if self.not_done_at else None


def _reached(edge: date | datetime | None, now: datetime, today: date) -> bool:
    """A column without a date does not move the state."""
    if edge is None:
        return False
    return now >= edge if isinstance(edge, datetime) else today >= edge


def _passed(edge: date | datetime | None, now: datetime, today: date) -> bool:
    if edge is None:
        return False
    return now > edge if isinstance(edge, datetime) else today > edge
