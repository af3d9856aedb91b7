"""One line of the worklist: what it is about, where it belongs, and in which order lines come."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeVar

from coordination.base.choices import Item, Owner, Role
from labs.models import ReviewItem
from scheduling.models import Action
from scheduling.models.conflict import PRESCRIBER_ANSWERS
from scheduling.rules.worklist_urgency import urgency

DAYS_AHEAD = 7
ANSWERED_WITHIN_DAYS = 1  # setting: a conflict, decision or unusable result is answered by the next day
ONE_DAY = timedelta(days=1)


class LineKind(StrEnum):
    DUE = "due-item"
    DECISION = "decision"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"
    REVIEW = "review"
    ORDER = "order"
    MESSAGE = "message"


class LineGroup(StrEnum):
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    WAITING = "waiting"
    TOO_LATE = "too-late"
    LATER = "later"
    SNOOZED = "snoozed"


SHOWN_UNASKED = (LineGroup.OVERDUE, LineGroup.TODAY, LineGroup.WEEK, LineGroup.WAITING, LineGroup.TOO_LATE)
NEEDS_ME = (LineGroup.OVERDUE, LineGroup.TODAY)
"""What the badge counts."""

_PLACE_IN_LIST = {group: place for place, group in enumerate(LineGroup)}
PRESCRIBERS = frozenset({LineKind.DECISION, LineKind.WITHDRAWN})
"""What only a prescriber settles: others wait for it."""


def is_prescribers(line: "WorklistLine") -> bool:
    """Whether only a prescriber settles it: a decision, or a conflict that only a prescriber answers."""
    return line.kind in PRESCRIBERS or (line.kind == LineKind.CONFLICT and line.subject in PRESCRIBER_ANSWERS)


class WorklistLine(NamedTuple):
    """One line, by its light columns. Days are local to the site of the patient (or of the report)."""

    kind: LineKind
    pk: int
    patient_id: int | None
    site_id: int
    subject: str  # the item, action, code or kind it is about
    cycle: int | None
    opens: date | None
    target: date | None
    closes: date | None
    closes_at: datetime | None = None
    owner: str = ""
    practice_id: int | None = None
    assigned_to_id: int | None = None
    snoozed_until: date | None = None
    too_late: bool = False


class PlacedLine(NamedTuple):
    """A line with its place: what the list is sorted and counted by."""

    line: WorklistLine
    group: LineGroup
    level: int
    days_late: int


# --- where a line belongs --------------------------------------------------------------------------


def entry_of(line: WorklistLine, today: date, *, now: datetime, role: str) -> PlacedLine:
    return PlacedLine(
        line,
        place(line, today=today, now=now, role=role),
        urgency(line.kind, line.subject),
        days_late(line, today=today, now=now),
    )


def place(line: WorklistLine, *, today: date, now: datetime, role: str) -> LineGroup:
    """Overdue: its last day is over, whoever has it. Waiting: somebody else has it and is not late.

    Today: its best or last day has come. This week: that day is at most a week away. Later: its window is
    open, but the best day is further off. Too late: what it was for is over.
    """
    if line.snoozed_until and line.snoozed_until > today:
        return LineGroup.SNOOZED
    if line.too_late:
        return LineGroup.TOO_LATE
    if (line.closes_at and now > line.closes_at) or (line.closes and today > line.closes):
        return LineGroup.OVERDUE
    best = line.target or line.closes or line.opens
    if best and best > today + timedelta(days=DAYS_AHEAD):
        return LineGroup.LATER
    if _is_with_others(line, role):
        return LineGroup.WAITING
    if (line.closes and line.closes <= today) or best is None or best <= today:
        return LineGroup.TODAY
    return LineGroup.WEEK


def _is_with_others(line: WorklistLine, role: str) -> bool:
    if is_prescribers(line):
        return role != Role.PRESCRIBER
    return line.kind == LineKind.DUE and line.owner not in (Owner.CENTER, "")


def days_late(line: WorklistLine, *, today: date, now: datetime) -> int:
    """Whole days since the last day; a window that ends at a moment counts from that moment's day.

    What nobody can do any more does not get later.
    """
    if line.too_late:
        return 0
    if line.closes and today > line.closes:
        return (today - line.closes).days
    if line.closes_at and now > line.closes_at:
        return max((now - line.closes_at).days, 1)
    return 0


FAR = date.max


def _by_urgency(entry: PlacedLine) -> tuple[Any, ...]:
    line = entry.line
    return (
        _PLACE_IN_LIST[entry.group],
        entry.level,
        -entry.days_late,
        _last(line),
        line.patient_id or 0,
        line.pk,
    )


_SORTS: Mapping[str, Callable[[PlacedLine], tuple[Any, ...]]] = {
    "late": lambda entry: (-entry.days_late, _last(entry.line), entry.level),
    "window": lambda entry: (_last(entry.line), entry.level),
    "what": lambda entry: (line_words(entry.line), _last(entry.line)),
    "owner": lambda entry: (entry.line.owner, entry.line.practice_id or 0, entry.level),
}
SORTS = (*_SORTS, "patient")


class Placed(Protocol):
    """Something with a place in the list: an entry, or a bunch of them."""

    @property
    def entry(self) -> PlacedLine: ...


P = TypeVar("P", bound=Placed)


def lines_in_order(placed: Iterable[P], sort: str) -> list[P]:
    """Sort as the person chose ("-late" the other way round), else by group, urgency and lateness."""
    urgent = sorted(placed, key=lambda each: _by_urgency(each.entry))
    key = sort.removeprefix("-")
    if key not in _SORTS:
        return urgent
    return sorted(urgent, key=lambda each: _SORTS[key](each.entry), reverse=sort != key)


def _last(line: WorklistLine) -> date:
    return line.closes or line.target or line.opens or FAR


def owner_of_line(line: WorklistLine) -> str:
    """Who settles it; a decision is a prescriber's, anything else without an owner is the center's."""
    return "prescriber" if is_prescribers(line) else line.owner or Owner.CENTER


DECISIONS: Mapping[str, str] = {
    Action.GIVE: "Sign the dose",
    Action.HOLD: "Sign the hold",
    Action.STOP: "Sign the stop",
    Action.REVIEW: "Decide on the dose",
    Action.PENDING: "Labs awaited",
}
CONFLICTS: Mapping[str, str] = {
    "lar-within-washout": "Long-acting SSA too close to the infusion",
    "lar-window-closed-day": "Closed for the whole LAR window",
    "routine-draw-in-precautions": "Routine blood draw during precautions",
    "interval-short": "Infusions too close",
    "interval-beyond-limit": "Infusions more than 16 weeks apart",
    "sstr-pet-expired": "No SSTR imaging within 6 months",
    "pregnancy-status-missing": "No negative pregnancy test",
    "pregnancy-positive": "Pregnancy test not negative",
    "too-many-doses": "More infusions than the protocol has",
    "activity-mismatch": "Activity differs from the signed one",
    "given-without-decision": "Given without a signature to give",
    "amino-acids-late": "Amino acids started too late",
    "owner-missing": "Nobody has an item of the schedule",
    "capacity": "Chair, people or licensed activity double-booked",
}


def line_words(line: WorklistLine) -> str:
    """What a line is about, in a few words."""
    words = _subject_words(line)
    return f"{words}, cycle {line.cycle}" if line.cycle else words


def _subject_words(line: WorklistLine) -> str:
    subject = line.subject
    if line.kind == LineKind.DUE:
        return str(Item(subject).label)
    if line.kind == LineKind.DECISION:
        return DECISIONS.get(subject, subject)
    if line.kind == LineKind.WITHDRAWN:
        return "Signature withdrawn by new facts"
    if line.kind == LineKind.CONFLICT:
        return CONFLICTS.get(subject) or subject.replace("-", " ").capitalize()
    if line.kind == LineKind.MESSAGE:
        return MESSAGE_WORDS[subject]
    if line.kind == LineKind.REVIEW:
        return f"Result: {ReviewItem.Kind(subject).label.lower()}"
    return ORDER_WORDS[subject]


ORDER_WORDS: Mapping[str, str] = {
    "decision": "Dose on order, not currently approved",
    "activity": "Dose on order with another activity than signed",
    "day": "Dose on order for another day",
}

MESSAGE_WORDS: Mapping[str, str] = {
    "sending": "Message: nobody knows whether it was sent",
    "unknown": "Message: nobody knows whether it was sent",
    "bounced": "Message came back",
    "failed": "Message was refused",
    "queued": "Message cannot be sent",
}
