"""The cycle strip, the due items and the conflicts of a course, put into words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from coordination.base.models import User
from coordination.chart.patient_chart import given_on, infusion_known, local_day
from coordination.chart.sheet import Sheet
from coordination.wording import clinical
from scheduling import conflicts
from scheduling.models import (
    ConflictNotice,
    ConflictOverride,
    Course,
    Cycle,
    DueItem,
    InfusionGiven,
    Signature,
)
from scheduling.models.conflict import PRESCRIBER_ANSWERS
from scheduling.rules.answer import Conflict, ItemState
from scheduling.rules.formatting import day_words
from scheduling.rules.item_owners import owner_of

SOON = timedelta(days=14)
MOVABLE = ("active", "held")
LIMITS = ("lar-last-before", "short-acting-stop")


# --- cycles -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One infusion in the strip, as components/cycle_strip.html reads it."""

    number: int
    status: str
    words: str
    note: str
    is_next: bool
    cycle_id: UUID
    url: str
    book_url: str
    starts: str  # the time of day, where a chair is booked
    on: date | None


def cycle_lines(sheet: Sheet) -> list[CycleLine]:
    projected = {item.cycle: item.target for item in sheet.assessment.due if item.item == "infusion"}
    return [_cycle_line(sheet, cycle, projected.get(cycle.number)) for cycle in sheet.opened.cycles]


def _cycle_line(sheet: Sheet, cycle: Cycle, projected: date | datetime | None) -> CycleLine:
    opened = sheet.opened
    infusion = infusion_known(cycle, opened.now)
    is_next = sheet.dose.cycle == cycle.number
    url = book_url = ""
    if infusion:
        on = given_on(cycle, opened.patient, opened.now)
        status, said = "given", _day(on, opened.today)
        note = administered_words(infusion)
    elif opened.status not in MOVABLE:
        on, status, said, note = None, "cancelled", "Not given", ""
    else:
        on = cycle.planned_on
        status = "planned" if not (is_next and opened.status == "held") else "held"
        said = _day(on, opened.today) if on else "No day yet"
        note = _next_note(sheet, on) if is_next else _projected(projected, on, opened.today)
        if opened.as_of is None:
            place = [opened.patient.public_id, cycle.public_id]
            url = reverse("move-infusion", args=place)
            book_url = reverse("book-infusion", args=place) if on else ""
    starts = (
        f"{timezone.localtime(cycle.planned_start_at):%H:%M}" if cycle.planned_start_at and book_url else ""
    )
    return CycleLine(cycle.number, status, said, note, is_next, cycle.public_id, url, book_url, starts, on)


def administered_words(infusion: InfusionGiven) -> str:
    """What the patient received: "7.35 GBq", with what was left over where it is known."""
    if infusion.administered_gbq is None:
        said = "activity not recorded"
    elif infusion.residual_gbq:
        left = f"{_plain(infusion.residual_gbq)} left over"
        said = f"{_plain(infusion.administered_gbq)} GBq administered ({left})"
    else:
        said = f"{_plain(infusion.administered_gbq)} GBq"
    return f"{said}, given elsewhere" if infusion.elsewhere else said


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _next_note(sheet: Sheet, on: date | None) -> str:
    today = sheet.opened.today
    if on is None:
        return ""
    days = (on - today).days
    return {0: "today", 1: "tomorrow", -1: "yesterday"}.get(
        days, f"in {days} days" if days > 0 else f"{-days} days ago, not recorded"
    )


def _projected(target: date | datetime | None, on: date | None, today: date) -> str:
    return f"projected around {_day(target, today)}" if target and on is None else ""


def _day(day: date | datetime | None, today: date) -> str:
    if day is None:
        return ""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


# --- due items --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueLine:
    key: str
    item: str
    cycle: int | None
    state: str
    opens: date | datetime | None
    target: date | datetime | None
    closes: date | datetime | None
    owner: str
    missing: str
    note: str
    public_id: UUID | None

    @property
    def is_open(self) -> bool:
        return self.state in ("overdue", "not-recorded", "due", "open")

    @property
    def is_too_late(self) -> bool:
        """Nobody can do it any more: a person closes it with a reason."""
        return self.state == "too-late"

    @property
    def is_settled(self) -> bool:
        return self.state in ("done", "not-done", "cancelled")

    @property
    def late_since(self) -> date | datetime | None:
        return self.closes if self.state == "overdue" else None


def due_lines(sheet: Sheet) -> list[DueLine]:
    """Every item the schedule asks for, with what people said about it; the most pressing first."""
    lines = _known_then(sheet) if sheet.opened.as_of else _known_now(sheet)
    return sorted(lines, key=_urgency)


def _urgency(line: DueLine) -> tuple[int, str, str]:
    edge = line.closes or line.target or line.opens
    return clinical.STATE_ORDER.index(line.state), f"{edge:%Y-%m-%d}" if edge else "9", line.item


def _known_now(sheet: Sheet) -> list[DueLine]:
    opened = sheet.opened
    stored = {
        (item.item, item.cycle_number, item.sequence): item
        for item in DueItem.objects.filter(course=sheet.course).select_related("practice", "assigned_to")
    }
    seen: Counter[tuple[str, int | None]] = Counter()
    lines = []
    for item in sheet.assessment.due:
        seen[item.item, item.cycle] += 1
        row = stored.get((item.item, item.cycle, seen[item.item, item.cycle]))
        state = row.state(now=opened.now, today=opened.today).value if row else item.state.value
        lines.append(
            DueLine(
                key=item.item,
                item=clinical.item_word(item.item),
                cycle=item.cycle,
                state=state,
                opens=item.opens,
                target=item.target,
                closes=item.closes,
                owner=_owner(row),
                missing=_missing(item.missing, state),
                note=_note(row, item.reason),
                public_id=row.public_id if row else None,
            )
        )
    return lines


def _known_then(sheet: Sheet) -> list[DueLine]:
    return [
        DueLine(
            key=item.item,
            item=clinical.item_word(item.item),
            cycle=item.cycle,
            state=item.state.value,
            opens=item.opens,
            target=item.target,
            closes=item.closes,
            owner=clinical.owner_word(owner_of(item.item, agreed={}, of_site={}, row_is_open=False)),
            missing=_missing(item.missing, item.state.value),
            note=item.reason,
            public_id=None,
        )
        for item in sheet.assessment.due
    ]


def _missing(names: Iterable[str], state: str) -> str:
    if state in (ItemState.DONE.value, ItemState.CANCELLED.value):
        return ""
    return clinical.listed(clinical.analyte_word(name) for name in names)


def _owner(row: DueItem | None) -> str:
    if row is None:
        return ""
    practice = row.practice.name if row.practice else ""
    return clinical.owner_word(row.owner, practice)


def _note(row: DueItem | None, cancelled: str) -> str:
    if row is None:
        return cancelled
    said = [cancelled]
    if row.not_recorded and not row.not_done_at:
        said.append("the infusion was given without a record of it")
    if row.not_done_at:
        said.append(f"Not done: {row.not_done_reason}")
    if row.assigned_to:
        said.append(f"with {row.assigned_to.full_name}")
    if row.moved_to:
        said.append(f"moved to {day_words(row.moved_to)}")
    if row.snoozed_until:
        said.append(f"snoozed until {day_words(row.snoozed_until)}")
    return "; ".join(filter(None, said))


def pressing(lines: Iterable[DueLine], today: date) -> list[DueLine]:
    """Those whose time has come, and what comes within two weeks; a limit counts by its own day."""
    return [line for line in lines if _presses(line, today)]


def _presses(line: DueLine, today: date) -> bool:
    if line.is_open and line.key not in LIMITS:
        return True
    edge = line.opens or line.target or line.closes
    if edge is None or not (line.is_open or line.state == "planned"):
        return False
    return local_day(edge) <= today + SOON


# --- conflicts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConflictLine:
    code: str
    title: str
    severity: str
    cycle: int | None
    text: str
    legal: tuple[date, ...]
    digest: str
    answered: str  # who went on in spite of it, when and why; empty while nobody has
    flags: tuple[str, ...]
    told: str = ""  # who was told, and when

    @property
    def is_for_prescribers(self) -> bool:
        return self.code in PRESCRIBER_ANSWERS

    @property
    def state(self) -> str:
        return "overridden" if self.answered else self.severity


def conflict_lines(sheet: Sheet) -> list[ConflictLine]:
    """Every conflict that stands, those that block and wait for a person first."""
    found = (
        list(sheet.assessment.conflicts)
        if sheet.opened.as_of
        else conflicts.all_conflicts(sheet.course, sheet.assessment)
    )
    answers = {
        answer.digest: answer
        for answer in ConflictOverride.objects.filter(course=sheet.course)
        .known_at(sheet.opened.now)
        .select_related("recorded_by")
    }
    told = told_of(sheet.course)
    lines = [
        conflict_line(each, answers.get(digest), told=told.get(digest, ""))
        for each in found
        for digest in (conflicts.conflict_digest(each),)
    ]
    return sorted(lines, key=lambda line: (bool(line.answered), line.severity != "block", line.cycle or 0))


def told_of(course: Course) -> dict[str, str]:
    """Of the conflicts that people were told of: who, and when, by the conflict's digest."""
    notices = ConflictNotice.objects.filter(conflict__course=course).select_related("conflict", "user")
    people: dict[str, dict[str, datetime]] = {}
    for notice in notices:
        people.setdefault(notice.conflict.digest, {}).setdefault(notice.user.full_name, notice.told_at)
    return {digest: _told_words(found) for digest, found in people.items()}


def _told_words(people: Mapping[str, datetime]) -> str:
    since = timezone.localtime(min(people.values()))
    return f"{clinical.listed(people)}, on Today since {day_words(since.date())}, {since:%H:%M}"


def conflict_line(
    conflict: Conflict, answer: ConflictOverride | None = None, *, told: str = ""
) -> ConflictLine:
    return ConflictLine(
        code=conflict.code,
        title=clinical.CONFLICTS.get(conflict.code, conflict.code),
        severity=conflict.severity.value,
        cycle=conflict.cycle,
        text=conflict.text,
        legal=conflict.legal,
        digest=conflicts.conflict_digest(conflict),
        answered=_answer_words(answer),
        flags=conflict.flags,
        told=told,
    )


def _answer_words(answer: ConflictOverride | None) -> str:
    if answer is None:
        return ""
    who = answer.recorded_by.full_name if answer.recorded_by else "Somebody"
    told = f" Told: {answer.told}" if answer.told else ""
    return f"{who}, {day_words(local_day(answer.recorded_at))}: {answer.reason}{told}"


# --- who is told of a change ------------------------------------------------------------------------


def who_is_told(sheet: Sheet, cycle: Cycle, moved: Iterable[str], *, by: User) -> list[str]:
    """The people a moved infusion concerns, each once: the patient, owners of what moves, who acted on it."""
    told = {f"The patient, {sheet.opened.patient}": None}
    keys = set(moved)
    for line in due_lines(sheet):
        if line.key in keys and line.owner and line.is_open | (line.state == "planned"):
            told[line.owner] = None
    signed = Signature.objects.to_give(sheet.course, cycle.number).select_related("signed_by").first()
    if signed and signed.signed_by != by:
        told[f"{signed.signed_by.full_name}, who signed the dose"] = None
    if order := cycle.dose_orders.filter(cancelled_at=None).first():
        told[f"{order.supplier or 'The supplier'}, with whom the dose is ordered"] = None
    told.pop("Patient", None)
    told.pop("PRRT center", None)
    return list(told)
