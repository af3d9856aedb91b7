"""The answer of the rules about one course, asked afresh, with who signed what beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from coordination.base.models import SiteSettings
from coordination.base.words import distance
from coordination.chart.eligibility import AssessedLine, lines_of_card
from coordination.chart.patient_chart import PatientChart
from coordination.chart.waiting_results import Waiting, waiting_of
from coordination.wording import clinical
from coordination.wording.order_deadline import countdown
from coordination.wording.order_deadline import short_day as said_day
from labs.models import ReviewItem
from scheduling.answers import OVERTAKEN, answer_of, signed_digest
from scheduling.models import Course, DoseOrder, OrderAhead, Proposal, Signature
from scheduling.rules.answer import (
    Assessment,
    CriterionState,
    DoseAction,
    FirstDoseCriterion,
    NextDose,
    RowAnswer,
)
from scheduling.rules.facts import CourseFacts, WeightFact
from scheduling.rules.order_clock import order_clock
from scheduling.rules.protocol import Protocol

FIRST_TRUSTED_PRESCRIBER_STATES = (DoseAction.GIVE, DoseAction.HOLD, DoseAction.STOP)


@dataclass(frozen=True)
class Sheet:
    """What a page about a course is drawn from."""

    opened: PatientChart
    course: Course
    protocol: Protocol
    facts: CourseFacts
    assessment: Assessment
    proposal: Proposal | None  # the newest stored by that moment
    is_settled: bool  # the stored proposal says what the rules say now

    @property
    def dose(self) -> NextDose:
        return self.assessment.next_dose

    @property
    def weight(self) -> WeightFact | None:
        """The newest weight known by then."""
        known = (weight for weight in self.facts.weights if weight.on <= self.opened.today)
        return max(known, key=lambda weight: weight.on, default=None)

    @property
    def is_overtaken(self) -> bool:
        """New facts have come that no worker has assessed yet: what is stored no longer says what holds."""
        return self.opened.as_of is None and not self.is_settled

    @property
    def signature(self) -> Signature | None:
        """The signature on the newest proposal, if it had been given by then and nothing has overtaken it."""
        return None if self.is_overtaken else self._signed

    @property
    def withdrawn(self) -> Signature | None:
        """The newest signature for this dose that new facts withdrew by then, where none stands since."""
        if self.signature or self.dose.cycle is None:
            return None
        if self._signed and self._signed.proposal.cycle_number == self.dose.cycle:
            return self._signed  # not yet, but it is about to be
        return (
            Signature.objects.filter(
                proposal__course=self.course,
                proposal__cycle_number=self.dose.cycle,
                withdrawn_at__lte=self.opened.now,
            )
            .select_related("signed_by")
            .order_by("-withdrawn_at")
            .first()
        )

    @property
    def _signed(self) -> Signature | None:
        signature: Signature | None = getattr(self.proposal, "signature", None)
        return signature if signature and signature.signed_at <= self.opened.now else None

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The results of the panel that waited for a person at that moment."""
        items = ReviewItem.objects.filter(patient=self.opened.patient)
        return waiting_of(items, self.opened.patient.site, self.opened.now)

    @property
    def order(self) -> DoseOrder | None:
        """The dose that stands ordered for the next infusion."""
        if self.dose.cycle is None:
            return None
        ordered = DoseOrder.objects.filter(
            cycle__course=self.course, cycle__number=self.dose.cycle, ordered_at__lte=self.opened.now
        )
        return ordered.standing().with_permit().first()

    @property
    def ahead(self) -> OrderAhead | None:
        """The order ahead that permits the order of the next dose; of the present alone."""
        if self.dose.cycle is None or self.opened.as_of:
            return None
        standing = OrderAhead.objects.standing().filter(
            cycle__course=self.course, cycle__number=self.dose.cycle
        )
        return standing.select_related("allowed_by", "cycle__course").first()


def read_sheet(opened: PatientChart) -> Sheet:
    """Ask the rules about the patient's course, as it was known at the moment the page speaks of."""
    course = opened.course_or_404
    facts, assessment = answer_of(course, as_of=opened.now)
    proposal = (
        Proposal.objects.filter(course=course, made_at__lte=opened.now)
        .select_related("signature__signed_by")
        .defer("document", "facts", "signature__document")
        .first()
    )
    return Sheet(
        opened=opened,
        course=course,
        protocol=course.protocol,
        facts=facts,
        assessment=assessment,
        proposal=proposal,
        is_settled=bool(proposal and proposal.digest == signed_digest(assessment)),
    )


# --- the next dose, in words ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """What was signed of the newest proposal: `state` is a key of coordination.base.words.STATUSES."""

    state: str
    words: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RowLine:
    name: str
    row: str
    state: str
    grade: int | None
    occurrence: int
    text: str
    fires: bool  # something a prescriber may attribute
    rests_on_an_event: bool  # whoever records may say how it is now
    doubtful: bool  # something a prescriber may confirm


@dataclass(frozen=True, slots=True)
class LastDay:
    """The running 16-week clock: the last allowed day, and the last day to order for it."""

    on: date
    order_on: date
    days_left: int
    tone: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """The dose that is ordered, and what runs out while its decision does not stand."""

    text: str
    money: str
    tone: str
    is_adrift: bool  # neither a signature nor an order ahead permits it


@dataclass(frozen=True, slots=True)
class DoseCard:
    """The next-dose card: everything a prescriber needs in view."""

    title: str
    tone: str
    action: str
    sentence: str
    figures: list[tuple[str, str]]
    missing: str
    waiting: list[str]  # results of the panel in the review queue
    notes: list[str]
    rows: list[RowLine]
    criteria: list[AssessedLine]
    signature: SignatureLine | None
    withdrawn: SignatureLine | None
    order: OrderLine | None
    ahead: str  # the order ahead that stands, in words
    may_order_ahead: bool  # a prescriber may permit the order: labs are awaited
    last_day: LastDay | None
    can_be_signed: bool  # accepted as it stands
    is_to_decide: bool  # there is something for a prescriber to sign or decide


def _named_unmet(sheet: Sheet) -> tuple[FirstDoseCriterion, ...]:
    """What people have found against the first dose is shown while its labs are awaited, too."""
    if sheet.dose.action is not DoseAction.PENDING or sheet.dose.cycle != 1:
        return ()
    return tuple(FirstDoseCriterion(name, CriterionState.NOT_MET) for name in sheet.facts.eligibility_unmet)


def dose_card(sheet: Sheet) -> DoseCard:
    dose = sheet.dose
    action = dose.action.value
    signature, ahead = _signature_line(sheet), sheet.ahead
    undecided = sheet.opened.as_of is None and dose.action is not DoseAction.NONE and not sheet.signature
    return DoseCard(
        title=_title(dose),
        tone=clinical.ACTION_TONES[action],
        action=action,
        sentence=dose.text,
        figures=_figures(sheet),
        missing=clinical.listed(clinical.analyte_word(name).lower() for name in dose.missing),
        waiting=[each.text for each in sheet.waiting],
        notes=[clinical.NOTES.get(note, note) for note in dose.notes],
        rows=_row_lines(sheet),
        criteria=lines_of_card(sheet.opened, dose.criteria or _named_unmet(sheet)),
        signature=signature,
        withdrawn=_withdrawn_line(sheet),
        order=_order_line(sheet),
        ahead=ahead_words(ahead) if ahead else "",
        may_order_ahead=undecided and dose.action is DoseAction.PENDING and sheet.opened.status == "active",
        last_day=last_possible_day(sheet),
        can_be_signed=undecided and dose.action in FIRST_TRUSTED_PRESCRIBER_STATES,
        is_to_decide=undecided and dose.action is not DoseAction.PENDING,
    )


def _title(dose: NextDose) -> str:
    if dose.cycle is None:
        return "No further dose to decide"
    activity = f" {dose.activity_gbq} GBq" if dose.activity_gbq is not None else ""
    return f"Infusion {dose.cycle}: {clinical.ACTIONS[dose.action.value]}{activity}"


def _figures(sheet: Sheet) -> list[tuple[str, str]]:
    dose, today = sheet.dose, sheet.opened.today
    figures = []
    if dose.days_since_last_infusion is not None:
        figures.append(("Days since last infusion", str(dose.days_since_last_infusion)))
    planned = next((c.planned_on for c in sheet.opened.cycles if c.number == dose.cycle), None)
    if dose.cycle is not None:
        figures.append(("Planned", _day_and_distance(planned, today) if planned else "no day yet"))
    if dose.last_allowed_on:
        figures.append(("Last allowed day", _day_and_distance(dose.last_allowed_on, today)))
    if dose.crcl_ml_min is not None:
        figures.append(("Creatinine clearance", f"{dose.crcl_ml_min} mL/min"))
    return figures


def _day_and_distance(day: date, today: date) -> str:
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}, {distance(day, today=today)}"


def _row_lines(sheet: Sheet) -> list[RowLine]:
    events = {event.id for event in sheet.facts.adverse_events}
    return [_row_line(row, events) for row in sheet.dose.rows]


def _row_line(row: RowAnswer, events: set[str]) -> RowLine:
    state = row.state.value
    return RowLine(
        name=clinical.ROWS.get(row.row, row.row),
        row=row.row,
        state="problem" if state == "open" else state,
        grade=row.grade,
        occurrence=row.occurrence,
        text=row.text,
        fires=bool(row.because),
        rests_on_an_event=not events.isdisjoint(row.because),
        doubtful=state == "cannot-tell",
    )


def _signature_line(sheet: Sheet) -> SignatureLine | None:
    signature = sheet.signature
    if signature is None:
        if sheet.dose.action is DoseAction.NONE:
            return None
        return SignatureLine("unsigned", "Nobody has signed this yet")
    said = decision_words(signature)
    if signature.withdrawn_at and signature.withdrawn_at <= sheet.opened.now:
        return SignatureLine("withdrawn", said, signature.withdrawn_because)
    return SignatureLine("signed", said, signature.override_reason)


def _withdrawn_line(sheet: Sheet) -> SignatureLine | None:
    signature = sheet.withdrawn
    if signature is None:
        return None
    because = signature.withdrawn_because or OVERTAKEN
    return SignatureLine("withdrawn", decision_words(signature), because)


def _order_line(sheet: Sheet) -> OrderLine | None:
    order, dose = sheet.order, sheet.dose
    if order is None or dose.cycle is None:
        return None
    dates = order_clock(dose.cycle, order.calibration_on, sheet.protocol)
    left = countdown(dates, sheet.protocol.order, today=sheet.opened.today, is_ordered=True)
    is_adrift = sheet.is_overtaken or not order.permitted
    said = f"{order.activity_gbq.normalize():f} GBq are ordered for {said_day(order.calibration_on)}"
    return OrderLine(
        text=f"{said}, but this is not currently approved. {left.text}"
        if is_adrift
        else f"{said}. {left.text}",
        money=left.money,
        tone="danger" if is_adrift else "info",
        is_adrift=is_adrift,
    )


def ahead_words(ahead: OrderAhead) -> str:
    """Say an order ahead: "Dr. Osei ordered 7.4 GBq ahead of the labs"."""
    return f"{ahead.allowed_by.full_name} ordered {ahead.activity_gbq.normalize():f} GBq ahead of the labs"


def decision_words(signature: Signature) -> str:
    """Say a decision: "Dr. Osei signed: give 3.7 GBq, otherwise than proposed"."""
    activity = f" {signature.activity_gbq.normalize():f} GBq" if signature.activity_gbq else ""
    otherwise = (
        f", otherwise than proposed ({signature.get_override_code_display().lower()})"
        if signature.decision == Signature.Decision.OVERRIDE
        else ""
    )
    return f"{signature.signed_by.full_name} signed: {signature.action}{activity}{otherwise}"


# --- the 16-week clock ------------------------------------------------------------------------------

NEAR_DAYS = 28


def last_possible_day(sheet: Sheet) -> LastDay | None:
    """The last allowed day less the lead time of an order; None where no limit runs."""
    last = sheet.dose.last_allowed_on
    if last is None or sheet.dose.action is DoseAction.NONE:
        return None
    lead = (
        SiteSettings.objects.filter(site=sheet.opened.patient.site_id)
        .values_list("order_lead_days", flat=True)
        .first()
    )
    left = (last - sheet.opened.today).days
    tone = "danger" if left < 0 else "warn" if left <= NEAR_DAYS else "quiet"
    return LastDay(last, last - timedelta(days=14 if lead is None else lead), left, tone)
