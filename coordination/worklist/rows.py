"""The lines of one page in full: a constant number of statements, however many lines there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.choices import Item, Owner
from coordination.base.models import Site
from coordination.models import MessageDelivery
from coordination.wording import order_deadline
from coordination.wording.clinical import analyte_word, listed, owner_word
from coordination.worklist.lines import LineKind, PlacedLine, WorklistLine, is_prescribers, line_words
from coordination.worklist.people import Contact, LinePatient, people_of
from coordination.worklist.sources import messages_of, orders_at_risk
from labs.models import ReviewItem
from scheduling.models import CourseConflict, DoseOrder, DueItem, Proposal, Signature
from scheduling.rules.order_clock import order_clock
from scheduling.rules.worklist_reasons import WorklistReason, worklist_reason

NEED_A_DECISION = frozenset({"dose-order", "infusion"})
NO_DECISION = "Not currently approved: sign it, or order ahead while labs are awaited"
NOT_SIGNED = "Not signed yet"
NOT_RECORDED = "The infusion was given without a record of it. Record it, or mark it not done."


@dataclass(slots=True)
class WorklistRow:
    """One line as the page, the print-out and the export show it."""

    entry: PlacedLine
    subject: DueItem | Proposal | CourseConflict | ReviewItem | DoseOrder | MessageDelivery
    patient: LinePatient | None  # None: nobody knows yet whose it is
    mrn: str
    what: str
    detail: str
    owner: str
    assigned_to: str
    contact: Contact | None
    reason: WorklistReason
    site: Site | None
    opens: date | datetime | None
    target: date | datetime | None
    closes: date | datetime | None

    @property
    def line(self) -> WorklistLine:
        return self.entry.line

    @property
    def kind(self) -> LineKind:
        return self.entry.line.kind

    @property
    def item(self) -> DueItem | None:
        return self.subject if isinstance(self.subject, DueItem) else None

    @property
    def late_words(self) -> str:
        """ "9 days late", or less than a day for what ends at a moment; nothing while it is not late."""
        days = self.entry.days_late
        return f"{days} day{'' if days == 1 else 's'} late" if days else ""


def worklist_rows_of(entries: Sequence[PlacedLine], scope: Scope, *, now: datetime) -> list[WorklistRow]:
    """Read the lines of a page in full. One that was settled this very moment is left out."""
    found: dict[tuple[LineKind, int], Any] = {}
    for kinds, query in _QUERIES:
        keys = [entry.line.pk for entry in entries if entry.line.kind in kinds]
        if keys:
            rows = {row.pk: row for row in query(scope).filter(pk__in=keys)}
            found |= {(kind, key): rows[key] for kind in kinds for key in keys if key in rows}
    people = people_of(
        scope,
        patients={entry.line.patient_id for entry in entries if entry.line.patient_id},
        courses=_courses_that_need_a_decision(entries, found),
    )
    known = _Known(
        {person.id: person for person in people.patients},
        {contact.patient_id: contact for contact in people.contacts},
        _withdrawn(scope, found),
        {(dose.course, dose.cycle) for dose in people.decided},
        {(each.course, each.number): each.words for each in people.ahead},
        {site.pk: site for site in scope.sites},
        now,
    )
    return [
        _row(entry, found[entry.line.kind, entry.line.pk], known)
        for entry in entries
        if (entry.line.kind, entry.line.pk) in found
    ]


@dataclass(slots=True)
class _Known:
    patients: dict[int, LinePatient]
    contacts: dict[int, Contact]
    withdrawn: dict[tuple[int, int | None], Signature]
    decided: set[tuple[int, int | None]]  # course and cycle whose dose stands signed
    ahead: dict[tuple[int, int | None], str]  # course and cycle that may be ordered ahead: by whom
    sites: dict[int, Site]
    now: datetime

    def today(self, line: WorklistLine) -> date:
        return clock.day_at(self.sites[line.site_id], self.now)


_QUERIES: tuple[tuple[tuple[LineKind, ...], Callable[[Scope], QuerySet[Any]]], ...] = (
    ((LineKind.DUE,), lambda scope: scope.of(DueItem).select_related("practice", "assigned_to", "course")),
    (
        (LineKind.DECISION, LineKind.WITHDRAWN),
        lambda scope: scope.of(Proposal).select_related("course").defer("facts"),
    ),
    ((LineKind.CONFLICT,), lambda scope: scope.of(CourseConflict).select_related("course")),
    (
        (LineKind.REVIEW,),
        lambda scope: scope.of(ReviewItem).select_related("result", "report").defer("report__body"),
    ),
    ((LineKind.ORDER,), lambda scope: orders_at_risk(scope).select_related("cycle__course", "ahead")),
    (
        (LineKind.MESSAGE,),
        lambda scope: (
            messages_of(scope)
            .select_related("contact__practice", "contact__user", "sending__version__document")
            .defer("sending__version__pdf")
        ),
    ),
)


def _withdrawn(
    scope: Scope, found: dict[tuple[LineKind, int], Any]
) -> dict[tuple[int, int | None], Signature]:
    courses = [subject.course_id for (kind, _), subject in found.items() if kind == LineKind.WITHDRAWN]
    if not courses:
        return {}
    signatures = (
        scope.of(Signature)
        .filter(proposal__course__in=courses, withdrawn_at__isnull=False)
        .order_by("signed_at")
        .select_related("signed_by", "proposal")
        .defer("document", "proposal__document", "proposal__facts")
    )
    return {(each.proposal.course_id, each.proposal.cycle_number): each for each in signatures}


def _courses_that_need_a_decision(
    entries: Sequence[PlacedLine], found: dict[tuple[LineKind, int], Any]
) -> set[int]:
    asking = [entry.line for entry in entries if entry.line.subject in NEED_A_DECISION]
    return {item.course_id for line in asking if (item := found.get((line.kind, line.pk)))}


def _row(entry: PlacedLine, subject: Model, known: _Known) -> WorklistRow:
    line = entry.line
    item = subject if isinstance(subject, DueItem) else None
    practice = item.practice.name if item and item.practice else ""
    patient = known.patients.get(line.patient_id or 0)
    return WorklistRow(
        entry=entry,
        subject=subject,  # type: ignore[arg-type]
        patient=patient,
        mrn=patient.mrn if patient else "",
        what=line_words(line),
        detail=_detail(line, subject, known),
        owner=_owner(line, practice),
        assigned_to=item.assigned_to.full_name if item and item.assigned_to else "",
        contact=known.contacts.get(line.patient_id or 0),
        reason=worklist_reason(line.kind, line.subject, item.course.protocol if item else None),
        site=known.sites.get(line.site_id),
        opens=item.opens if item else None,
        target=_best(item),
        closes=item.closes if item else line.closes,
    )


def _best(item: DueItem | None) -> date | datetime | None:
    """The best day, where it says more than the last."""
    return item.target if item and item.target != item.closes else None


def _owner(line: WorklistLine, practice: str) -> str:
    if is_prescribers(line):
        return "Prescriber"
    return owner_word(line.owner or (Owner.CENTER if line.kind != LineKind.DUE else ""), practice)


def _detail(line: WorklistLine, subject: Any, known: _Known) -> str:
    """The second line: what is missing, what is proposed, what the conflict says, what is at stake."""
    if line.kind == LineKind.DUE:
        return _what_lacks(line, subject, known)
    if line.kind == LineKind.DECISION:
        return subject.text or ""
    if line.kind == LineKind.WITHDRAWN:
        signature = known.withdrawn.get((subject.course_id, subject.cycle_number))
        by = f"Signed by {signature.signed_by.full_name}. " if signature else ""
        return f"{by}Now: {subject.text}"
    if line.kind == LineKind.CONFLICT:
        return subject.text or ""
    if line.kind == LineKind.REVIEW:
        return subject.detail or ""
    if line.kind == LineKind.MESSAGE:
        return f"To {subject.contact.receiver} about {_told_of(subject)}. Call, then decide."
    return _at_stake(subject, today=known.today(line), why=_fell(line, subject))


def _told_of(message: Any) -> str:
    """What a message tells of: the document, or the first of its items."""
    if message.sending:
        return f"the document “{message.sending.version.document}”"
    return Item(message.first_item).label.lower()


def _what_lacks(line: WorklistLine, item: DueItem, known: _Known) -> str:
    """What is missing of a panel; and that nobody may order or give a dose without a decision that stands."""
    if line.subject == Item.INFUSION and item.course.held_since:
        return f"On hold: {item.course.held_reason}"
    if item.not_recorded:
        return NOT_RECORDED
    if line.subject in NEED_A_DECISION:
        return _not_approved(item, known)
    whole = len(item.course.protocol.panel.analytes)
    if len(item.missing) >= whole:
        return "The whole panel is missing"
    missing = listed(analyte_word(name) for name in item.missing)
    return f"Missing: {missing}" if missing else ""


def _not_approved(item: DueItem, known: _Known) -> str:
    """An infusion needs a signature, an order a signature or an order ahead."""
    place = (item.course_id, item.cycle_number)
    if place in known.decided:
        return ""
    if item.item == Item.INFUSION:
        return NOT_SIGNED
    return known.ahead.get(place, NO_DECISION)


def _fell(line: WorklistLine, order: DoseOrder) -> str:
    """Why the order ahead that it was placed on permits it no more."""
    is_it = line.subject == "decision" and order.ahead and order.ahead.ended_at
    return f" {order.ahead.ended_because}" if is_it and order.ahead else ""


def _at_stake(order: DoseOrder, *, today: date, why: str = "") -> str:
    rules = order.cycle.course.protocol.order
    times = order_clock(order.cycle.number, order.calibration_on, order.cycle.course.protocol)
    words = order_deadline.countdown(times, rules, today=today, is_ordered=True)
    planned = order.cycle.planned_on
    moved = (
        f" Planned for {order_deadline.short_day(planned)}."
        if planned and planned != order.calibration_on
        else ""
    )
    dose = f"{order.activity_gbq.normalize():f} GBq for {order_deadline.short_day(order.calibration_on)}."
    return f"{dose}{moved} {words.text}, {words.money}.{why}"
