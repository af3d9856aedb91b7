"""What we need from a practice, and by when: items of the schedule, papers, and what happened since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coordination.base import clock
from coordination.documents.source import speaking
from coordination.documents.words import ENGLISH, LAB_ITEMS, analytes, ask, by_when, day
from coordination.portal.reading import Story
from patients.models import Patient
from scheduling.models import DueItem
from scheduling.models.due_item import LIMITS

SOON = timedelta(days=28)
PRESSING = timedelta(days=14)
AHEAD = timedelta(days=100)
EVENTS_BEFORE = timedelta(days=14)  # before the infusion: with the blood tests that decide the dose
SCANS = ("ct-mri", "sstr-pet", "response-sstr-pet")


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that the practice does. `state` is a key of STATUSES; `by` is None where no day is known."""

    patient: Patient
    key: str
    what: str
    detail: str
    when: str
    opens: date | None
    by: date | None
    state: str
    today: date
    best: date | None = None
    note: str = ""  # what a list says of it; the patient's page says `detail`

    @property
    def is_now(self) -> bool:
        """It can be done now; what only passes presses when its day is near."""
        if self.key in LIMITS:
            return self.by is not None and self.by - self.today <= PRESSING
        return self.state in ("overdue", "not-recorded", "due", "open")

    @property
    def presses(self) -> bool:
        """It can be done now, and its last day is near, past, or as soon as can be."""
        return self.is_now and (self.by is None or self.by - self.today <= PRESSING)

    @property
    def is_soon(self) -> bool:
        if self.is_now:
            return True
        begins = self.by if self.key in LIMITS else self.opens or self.by
        return begins is not None and begins - self.today <= SOON

    @property
    def days_left(self) -> int | None:
        return (self.by - self.today).days if self.by else None

    @property
    def distance(self) -> str:
        """ "9 days late", "today", "in 3 days"; nothing without a day."""
        left = self.days_left
        if left is None:
            return ""
        if left < 0:
            return f"{-left} {'day' if left == -1 else 'days'} late"
        return {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")

    @property
    def tone(self) -> str:
        left = self.days_left
        if left is not None and left < 0:
            return "danger"
        return "warn" if self.state == "due" or (self.is_now and left is not None and left <= 7) else "info"


def asks(story: Story) -> list[Ask]:
    """What is asked within the next hundred days, the first to close first."""
    if story.patient.died_on:
        return []
    with speaking(ENGLISH, story.site):
        found = [*_papers(story), *_events(story), *(_ask(story, item) for item in story.items)]
    known = [each for each in found if each is not None]
    return in_order(known)


def in_order(found: Iterable[Ask]) -> list[Ask]:
    """The first to close first; what has no day and waits comes right after what is late."""
    return sorted(found, key=lambda each: (each.by or each.today, each.patient.family_name, each.what))


# --- items of the schedule --------------------------------------------------------------------------


def _ask(story: Story, item: DueItem) -> Ask | None:
    state = story.state_of(item)
    if not story.is_ours(item) or state in ("done", "not-done", "cancelled") or story.moves_with_a_hold(item):
        return None
    opens, last = _on(story, item.opens), _on(story, item.closes or item.target or item.opens)
    if last is None or (opens or last) > story.today + AHEAD:
        return None
    return Ask(
        patient=story.patient,
        key=item.item,
        what=ask(item.item, item.cycle_number, item.course.protocol),
        detail=_detail(story, item, state),
        when=by_when(item.opens, item.target, item.closes),
        opens=opens,
        by=last,
        state="planned" if item.item in LIMITS else state,
        today=story.today,
        best=_on(story, item.target),
        note=_missing(story, item, state),
    )


def _on(story: Story, edge: date | datetime | None) -> date | None:
    return clock.day_at(story.site, edge) if isinstance(edge, datetime) else edge


def _detail(story: Story, item: DueItem, state: str) -> str:
    protocol = story.course.protocol if story.course else None
    if protocol is None:
        return ""
    if item.item in LAB_ITEMS:
        if lacking := _missing(story, item, state):
            return f"{lacking} With units and reference ranges, please."
        return f"{analytes(protocol.panel.asked_for)}. With units and reference ranges, please."
    if item.item in SCANS:
        return "Images and report, please."
    if item.item == "lar-last-before" and protocol.somatostatin:
        return f"The infusion needs {protocol.somatostatin.washout_days} days without a long-acting analog."
    return ""


def _missing(story: Story, item: DueItem, state: str) -> str:
    """What a panel lacks of which a part has come."""
    panel = story.course.protocol.panel.analytes if story.course else ()
    if state == "planned" or not item.missing or set(item.missing) >= {str(name) for name in panel}:
        return ""
    return f"Still missing: {analytes(item.missing)}."


# --- papers -----------------------------------------------------------------------------------------


def _papers(story: Story) -> list[Ask]:
    if not story.missing or story.course:
        return []
    lacking = "; ".join(story.missing)
    lacking = f"{lacking[0].upper()}{lacking[1:]}."
    return [
        Ask(
            patient=story.patient,
            key="papers",
            what="Please send what the referral still lacks",
            detail=lacking,
            note=lacking,
            when="before the tumor board can decide",
            opens=story.today,
            by=None,
            state="due",
            today=story.today,
        )
    ]


# --- what happened ----------------------------------------------------------------------------------


def _events(story: Story) -> list[Ask]:
    """Before each further infusion: what happened since the last one, and whom to tell (RULES 9)."""
    last, upcoming = story.last_given, story.next_cycle
    if last is None or upcoming is None:
        return []
    told = story.told_on.get(upcoming.number)
    if told and told >= last.on:
        return []
    by = _events_by(story, upcoming.number, upcoming.planned_on)
    opens = max(last.on, by - EVENTS_BEFORE) if by else None
    is_open = opens is None or opens <= story.today
    state = "overdue" if by and by < story.today else "open" if is_open else "planned"
    return [
        Ask(
            patient=story.patient,
            key="adverse-events",
            what=f"Tell us which adverse events there were since infusion {last.number}",
            detail=f"Since {day(last.on)}. None is an answer too. Grade 3 or more: call at once. "
            f"Tell {whom_to_tell(story)}.",
            note=f"None is an answer too. Tell {whom_to_tell(story)}.",
            when=f"by {day(by)}" if by else f"before infusion {upcoming.number}",
            opens=opens,
            by=by,
            state=state,
            today=story.today,
        )
    ]


def _events_by(story: Story, number: int, planned_on: date | None) -> date | None:
    """With the blood tests that decide the dose, else the day before; unknown while it is planned anew."""
    if story.is_on_hold or (planned_on and planned_on < story.today):
        return None
    labs = story.item("pre-dose-labs", number)
    if labs and labs.closes_on and story.state_of(labs) != "done" and labs.closes_on >= story.today:
        return labs.closes_on
    return planned_on - timedelta(days=1) if planned_on else None


def whom_to_tell(story: Story) -> str:
    """The navigator of this patient, and a number."""
    navigator, site = story.navigator, story.site
    phone = (navigator.phone if navigator else "") or site.phone
    who = navigator.name if navigator else "the nurse navigator"
    return f"{who} at {site.name}{f', {phone}' if phone else ''}"
