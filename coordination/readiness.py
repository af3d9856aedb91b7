"""What is known of every infusion of the next weeks, gathered for the whole board in a few statements.

The gates themselves are pure: scheduling/rules/gates.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from coordination import order_words
from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.addresses import address
from coordination.base.models import SiteSettings
from coordination.patient_page.words import ROWS, analyte_word
from patients.models import Authorization, Consent, Education, Patient, PatientIdentifier
from scheduling.models import (
    AdverseEventInquiry,
    ChairBooking,
    ConflictOverride,
    CourseConflict,
    Cycle,
    DoseOrder,
    DueItem,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Proposal,
    Signature,
)
from scheduling.protocols import get_protocol
from scheduling.rules import gates
from scheduling.rules.gates import Answer, InfusionFacts
from scheduling.rules.order_clock import order_clock

LAB_ITEMS = ("baseline-labs", "pre-dose-labs")
ITEMS = (*LAB_ITEMS, "confirm-labs", "sstr-pet", "lar-last-before", "short-acting-stop")
OVERDUE_WEEKS = 8  # an infusion planned this long ago and not recorded still stands on the board


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One infusion to come, with the answer of each gate and the clock of its dose."""

    cycle: Cycle
    patient: Patient
    mrn: str
    planned_on: date
    today: date
    answers: Mapping[str, Answer]
    clock: order_words.ClockWords

    @property
    def url(self) -> str:
        return address("patient", self.patient.public_id)

    @property
    def problems(self) -> list[str]:
        """The names of the gates at which a person must act before the infusion."""
        return self._named(gates.GateState.PROBLEM)

    @property
    def open_gates(self) -> list[str]:
        return self._named(gates.GateState.NOT_YET, gates.GateState.CANNOT_TELL)

    def _named(self, *states: gates.GateState) -> list[str]:
        return [gates.GATES[key][0] for key, answer in self.answers.items() if answer.state in states]


def infusions(scope: Scope, *, weeks: int, now: datetime) -> QuerySet[Cycle]:
    """Planned and not given, of courses that go on, up to `weeks` ahead; the earliest first."""
    today = clock.day_at(scope.sites[0], now) if scope.sites else now.date()
    first, last = today - timedelta(weeks=OVERDUE_WEEKS), today + timedelta(weeks=weeks)
    cycles = scope.of(Cycle).planned_between(first, last)  # type: ignore[attr-defined]
    return (  # type: ignore[no-any-return]
        cycles.filter(course__patient__died_on=None)
        .select_related("course__patient__site", "course__patient__referred_by")
        .order_by("planned_on", "planned_start_at", "pk")
    )


def board(scope: Scope, cycles: Sequence[Cycle], *, now: datetime) -> list[BoardRow]:
    """The rows of one page of the board; a constant number of statements."""
    known = _gather(scope, cycles)
    return [_row(cycle, known, now) for cycle in cycles]


# --- gathered once ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Known:
    numbers: dict[int, str]
    items: dict[tuple[int, int | None], dict[str, DueItem]]
    proposals: dict[int, Mapping[str, Any]]
    signatures: dict[int, Signature]  # standing, by course
    withdrawn: set[tuple[int, int | None]]
    given: dict[int, datetime]  # the newest infusion given, by course
    inquiries: dict[int, list[AdverseEventInquiry]]
    injections: dict[int, list[Injection]]
    tests: dict[int, PregnancyTest]
    payers: dict[int, list[Authorization]]
    consents: dict[int, list[Consent]]
    educations: dict[int, Education]
    orders: dict[int, DoseOrder]
    bookings: dict[int, ChairBooking]
    conflicts: dict[tuple[int, int | None], dict[str, str]]
    overridden: dict[tuple[int, int | None], dict[str, str]]
    every_cycle: set[int]  # sites that ask for a pregnancy test before every infusion


def _gather(scope: Scope, cycles: Sequence[Cycle]) -> _Known:
    courses = [cycle.course_id for cycle in cycles]
    patients = [cycle.course.patient_id for cycle in cycles]
    sites = {cycle.course.patient.site_id for cycle in cycles}
    numbers = PatientIdentifier.objects.filter(
        patient__in=patients, kind=PatientIdentifier.Kind.MEDICAL_RECORD
    )
    signed = scope.of(Signature).filter(proposal__course__in=courses)
    return _Known(
        numbers=dict(numbers.order_by("-pk").values_list("patient_id", "value")),
        items=_items(scope, courses),
        proposals={
            row["course_id"]: row
            for row in scope.of(Proposal)
            .filter(course__in=courses, superseded_at=None)
            .values("course_id", "cycle_number", "action", rows=F("document__next_dose__rows"))
        },
        signatures={
            each.proposal.course_id: each
            for each in signed.filter(withdrawn_at=None, proposal__superseded_at=None)
            .select_related("proposal", "signed_by")
            .defer("document", "proposal__document", "proposal__facts")
        },
        withdrawn=set(
            signed.filter(withdrawn_at__isnull=False).values_list(
                "proposal__course_id", "proposal__cycle_number"
            )
        ),
        given=dict(
            _known(scope, InfusionGiven)
            .filter(cycle__course__in=courses)
            .order_by("started_at")
            .values_list("cycle__course_id", "started_at")
        ),
        inquiries=_grouped(
            _known(scope, AdverseEventInquiry).filter(cycle__in=[cycle.pk for cycle in cycles]), "cycle_id"
        ),
        injections=_grouped(
            _known(scope, Injection)
            .filter(patient__in=patients, cancelled_at=None)
            .exclude(drug=Injection.Drug.OCTREOTIDE_SHORT),
            "patient_id",
        ),
        tests={
            test.patient_id: test
            for test in _known(scope, PregnancyTest)
            .filter(patient__in=patients)
            .order_by("on", "recorded_at", "pk")
        },
        payers=_grouped(_known(scope, Authorization).filter(patient__in=patients), "patient_id"),
        consents=_grouped(
            _known(scope, Consent).filter(patient__in=patients, kind=Consent.Kind.TREATMENT), "patient_id"
        ),
        educations={
            each.patient_id: each
            for each in _known(scope, Education).filter(patient__in=patients, topic=Education.Topic.TREATMENT)
        },
        orders={
            order.cycle_id: order
            for order in scope.of(DoseOrder).filter(
                cycle__in=[cycle.pk for cycle in cycles], cancelled_at=None
            )
        },
        bookings={
            booking.cycle_id: booking
            for booking in scope.of(ChairBooking).filter(
                cycle__in=[cycle.pk for cycle in cycles], cancelled_at=None
            )
        },
        **_conflicts(scope, courses),
        every_cycle=set(
            SiteSettings.objects.filter(site__in=sites, pregnancy_test_every_cycle=True).values_list(
                "site_id", flat=True
            )
        ),
    )


def _known(scope: Scope, model: Any) -> QuerySet[Any]:
    """Facts in reach, without what was recorded in error."""
    return scope.of(model).filter(recorded_in_error_at=None)


def _grouped(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _items(scope: Scope, courses: list[int]) -> dict[tuple[int, int | None], dict[str, DueItem]]:
    found: dict[tuple[int, int | None], dict[str, DueItem]] = defaultdict(dict)
    items = scope.of(DueItem).filter(course__in=courses, item__in=ITEMS, cancelled_because="")
    for item in items.only("course", "cycle_number", "item", "done", "missing", "opens_on", "closes_on"):
        found[item.course_id, item.cycle_number][item.item] = item
    return found


def _conflicts(scope: Scope, courses: list[int]) -> dict[str, Any]:
    """Those that stand, by course and cycle; answered ones with who goes on and why."""
    reasons = {
        (each.course_id, each.digest): f"{each.recorded_by}: {each.reason}"
        for each in _known(scope, ConflictOverride).filter(course__in=courses).select_related("recorded_by")
    }
    open_ones: dict[tuple[int, int | None], dict[str, str]] = defaultdict(dict)
    answered: dict[tuple[int, int | None], dict[str, str]] = defaultdict(dict)
    for each in scope.of(CourseConflict).filter(course__in=courses, gone_at=None):
        reason = reasons.get((each.course_id, each.digest))
        place = (each.course_id, each.cycle_number)
        if reason:
            answered[place][each.code] = reason
        else:
            open_ones[place][each.code] = each.text
    return {"conflicts": open_ones, "overridden": answered}


# --- one row ---------------------------------------------------------------------------------------


def _row(cycle: Cycle, known: _Known, now: datetime) -> BoardRow:
    course, patient = cycle.course, cycle.course.patient
    today = clock.day_at(patient.site, now)
    planned_on = cycle.planned_on or today
    protocol = get_protocol(course.protocol_key)
    times = order_clock(cycle.number, planned_on, protocol)
    order = known.orders.get(cycle.pk)
    words = order_words.countdown(times, protocol.order, today=today, is_ordered=order is not None)
    if course.held_since and order is None:
        words = order_words.on_hold(times)
    facts = _facts(cycle, known, today=today, planned_on=planned_on, times=times)
    return BoardRow(
        cycle, patient, known.numbers.get(patient.pk, ""), planned_on, today, gates.gates_of(facts), words
    )


def _facts(cycle: Cycle, known: _Known, *, today: date, planned_on: date, times: Any) -> InfusionFacts:
    course, patient = cycle.course, cycle.course.patient
    items = known.items.get((course.pk, cycle.number), {})
    lab = next((items[name] for name in LAB_ITEMS if name in items), None)
    zone = ZoneInfo(patient.site.timezone)
    given = known.given.get(course.pk)
    previous_on = given.astimezone(zone).date() if given else None
    taken = _taken_on(known.injections.get(patient.pk, []), zone)
    test = known.tests.get(patient.pk)
    consent = next((each for each in known.consents.get(patient.pk, []) if not each.withdrawn_on), None)
    withdrawn = next((each for each in known.consents.get(patient.pk, []) if each.withdrawn_on), None)
    education = known.educations.get(patient.pk)
    limit = items.get("lar-last-before")
    starts_at = cycle.planned_start_at
    stop = starts_at - timedelta(hours=24) if starts_at else None
    return InfusionFacts(
        cycle=cycle.number,
        planned_on=planned_on,
        today=today,
        starts_at=starts_at,
        booked=str(known.bookings.get(cycle.pk, "")),
        starts_at_words=f"{starts_at.astimezone(zone):%H:%M}" if starts_at else "",
        previous_on=previous_on,
        held_because=course.held_reason if course.held_since else "",
        has_practice=patient.referred_by_id is not None,
        lab=_lab(lab),
        confirm=_lab(items.get("confirm-labs")),
        decision=_decision(course.pk, known),
        sstr_done="sstr-pet" in items and items["sstr-pet"].done,
        inquiries=tuple(
            gates.Inquiry(each.asked, each.asked_on, each.answer)
            for each in known.inquiries.get(cycle.pk, [])
        ),
        last_long_acting_on=max((day for day in taken if day <= planned_on and day <= today), default=None),
        long_acting_limit_on=limit.closes_on if limit else None,
        long_acting_after_on=_post_dose(known.injections.get(patient.pk, []), planned_on, zone),
        short_acting_stop_words=_moment(stop, zone),
        pregnancy_possible=patient.pregnancy_possible,
        pregnancy_every_cycle=patient.site_id in known.every_cycle,
        pregnancy_test=(test.on, str(test.result)) if test else None,
        payers=tuple(
            gates.Payer(each.state, each.starts_on, each.ends_on) for each in known.payers.get(patient.pk, [])
        ),
        consent_on=consent.given_on if consent else None,
        consent_withdrawn_on=withdrawn.withdrawn_on if withdrawn else None,
        educated_on=education.on if education else None,
        order=_order(known.orders.get(cycle.pk), known.signatures.get(course.pk), cycle),
        clock=times,
        conflicts=known.conflicts.get((course.pk, cycle.number), {}),
        overridden=known.overridden.get((course.pk, cycle.number), {}),
    )


def _lab(item: DueItem | None) -> gates.Lab | None:
    if item is None:
        return None
    missing = tuple(analyte_word(name) for name in item.missing)
    return gates.Lab(item.done, missing, item.opens_on, item.closes_on)


def _decision(course: int, known: _Known) -> gates.Decision | None:
    proposal, signature = known.proposals.get(course), known.signatures.get(course)
    if proposal is None:
        return None
    was_signed = (course, proposal["cycle_number"]) in known.withdrawn
    return gates.Decision(
        cycle=proposal["cycle_number"],
        action=proposal["action"],
        rows=tuple((ROWS.get(row["row"], row["row"]), row["state"]) for row in proposal["rows"] or ()),
        signed_action=signature.action if signature else "",
        signed_by=signature.signed_by.full_name if signature else "",
        signed_gbq=f"{signature.activity_gbq.normalize():f}" if signature and signature.activity_gbq else "",
        withdrawn_because="withdrawn" if was_signed and not signature else "",
    )


def _order(order: DoseOrder | None, signature: Signature | None, cycle: Cycle) -> gates.Order | None:
    if order is None:
        return None
    stands = (
        signature is not None
        and signature.action == "give"
        and signature.proposal.cycle_number == cycle.number
        and signature.activity_gbq == order.activity_gbq
        and cycle.course.held_since is None
    )
    gbq = f"{order.activity_gbq.normalize():f}"
    return gates.Order(gbq, order.calibration_on, order.confirmed_at is not None, stands)


def _taken_on(injections: Iterable[Injection], zone: ZoneInfo) -> list[date]:
    return [each.given_at.astimezone(zone).date() for each in injections if each.given_at]


def _post_dose(injections: Iterable[Injection], planned_on: date, zone: ZoneInfo) -> date | None:
    """The long-acting injection booked for the day of the infusion or the day after."""
    days = [each.planned_on for each in injections if each.planned_on and not each.given_at]
    wanted = (planned_on, planned_on + timedelta(days=1))
    return min((day for day in days if day in wanted), default=None)


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
