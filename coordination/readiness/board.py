"""One row of the board for each infusion: the answer of every gate, and the clock of its dose.

The gates themselves are pure: scheduling/rules/gates.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.addresses import address
from coordination.base.models import Site
from coordination.chart.eligibility import lines_of_document
from coordination.chart.waiting_results import Waiting, waiting_among
from coordination.readiness.gate_facts import Known, known_of
from coordination.readiness.gate_queries import LAB_ITEMS
from coordination.readiness.gate_rows import (
    Agreement,
    GateItem,
    InjectionRow,
    Ordered,
    PlannedInfusion,
    Signed,
    StandingOrderAhead,
)
from coordination.wording import order_deadline
from coordination.wording.clinical import ROWS, analyte_word
from scheduling.eligibility import needs_of
from scheduling.protocols import get_protocol
from scheduling.rules import gate_values, gates
from scheduling.rules.answer import OrderClock
from scheduling.rules.gate_values import GateAct, GateAnswer, GateFacts
from scheduling.rules.order_clock import order_clock
from scheduling.rules.protocol import Protocol


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One infusion to come, with the answer of each gate and the clock of its dose."""

    infusion: PlannedInfusion
    today: date
    answers: Mapping[str, GateAnswer]
    clock: order_deadline.ClockWords

    @property
    def url(self) -> str:
        return address("patient", self.infusion.patient_public_id)

    @property
    def problems(self) -> list[str]:
        """The names of the gates at which a person must act before the infusion."""
        return self._named(gate_values.GateState.PROBLEM)

    @property
    def open_gates(self) -> list[str]:
        return self._named(gate_values.GateState.NOT_YET, gate_values.GateState.CANNOT_TELL)

    def _named(self, *states: gate_values.GateState) -> list[str]:
        return [gates.GATES[key][0] for key, answer in self.answers.items() if answer.state in states]


def board(scope: Scope, keys: Sequence[int], *, now: datetime) -> list[BoardRow]:
    """The rows of these infusions, in their order; one statement, however many."""
    if not keys:
        return []
    known = known_of(scope, keys, now=now)
    sites = {site.pk: site for site in scope.sites}
    found = (known.infusions[key] for key in keys if key in known.infusions)
    return [_row(infusion, sites[infusion.site_id], known, now) for infusion in found]


def _row(infusion: PlannedInfusion, site: Site, known: Known, now: datetime) -> BoardRow:
    today = clock.day_at(site, now)
    protocol = get_protocol(infusion.protocol_key, infusion.protocol_version)
    times = order_clock(infusion.number, infusion.planned_on, protocol)
    is_ordered = infusion.id in known.orders
    words = order_deadline.countdown(times, protocol.order, today=today, is_ordered=is_ordered)
    if infusion.held_since and not is_ordered:
        words = order_deadline.on_hold(times)
    facts = _facts(infusion, known, protocol, today=today, zone=ZoneInfo(site.timezone), times=times)
    answers = gates.gates_of(facts)
    waiting = waiting_among(known.waiting.get(infusion.patient_id, ()), site, now)
    return BoardRow(infusion, today, answers | _with_waiting(answers["labs"], waiting), words)


def _with_waiting(labs: GateAnswer, waiting: Sequence[Waiting]) -> dict[str, GateAnswer]:
    """Labs are not ready while one of them waits for a person: what it says may change the dose."""
    if not waiting:
        return {}
    state = gate_values.GateState.CANNOT_TELL if labs.state == gate_values.GateState.READY else labs.state
    return {
        "labs": GateAnswer(state, "; ".join((labs.reason, *(each.text for each in waiting))), GateAct.REVIEW)
    }


def _facts(
    infusion: PlannedInfusion,
    known: Known,
    protocol: Protocol,
    *,
    today: date,
    zone: ZoneInfo,
    times: OrderClock,
) -> GateFacts:
    patient, planned_on, starts_at = infusion.patient_id, infusion.planned_on, infusion.planned_start_at
    items = known.items.get(infusion.place, {})
    lab = next((items[name] for name in LAB_ITEMS if name in items), None)
    given = known.given.get(infusion.course_id)
    injections = known.injections.get(patient, [])
    taken = _taken_on(injections, zone)
    consents = known.consents.get(patient, [])
    limit = items.get("lar-last-before")
    return GateFacts(
        cycle=infusion.number,
        planned_on=planned_on,
        today=today,
        starts_at=starts_at,
        booked=known.bookings.get(infusion.id, ""),
        starts_at_words=f"{starts_at.astimezone(zone):%H:%M}" if starts_at else "",
        previous_on=given.astimezone(zone).date() if given else None,
        held_because=infusion.held_reason if infusion.held_since else "",
        has_practice=infusion.practice_id is not None,
        lab=_lab(lab),
        confirm=_lab(items.get("confirm-labs")),
        decision=_decision(infusion, known),
        sstr_done="sstr-pet" in items and items["sstr-pet"].done,
        inquiries=tuple(known.inquiries.get(infusion.id, ())),
        last_long_acting_on=max((day for day in taken if day <= planned_on and day <= today), default=None),
        long_acting_limit_on=limit.closes_on if limit else None,
        long_acting_after_on=_post_dose(injections, planned_on),
        short_acting_stop_words=_moment(starts_at - _stops_before(protocol), zone) if starts_at else "",
        pregnancy_possible=infusion.pregnancy_possible,
        pregnancy_every_cycle=infusion.site_id in known.every_cycle,
        pregnancy_test=known.tests.get(patient),
        payers=tuple(known.payers.get(patient, ())),
        consent_on=_counting_on(consents, planned_on),
        consent_withdrawn_on=next((each.withdrawn_on for each in consents if each.withdrawn_on), None),
        educated_on=_counting_on(known.educations.get(patient, []), planned_on),
        order=_order(infusion, known),
        ahead=_ahead(infusion, known),
        clock=times,
        conflicts=known.conflicts.get(infusion.place, {}),
        overridden=known.overridden.get(infusion.place, {}),
        asked=frozenset(protocol.schedule.items),
        sstr_months=protocol.scans.sstr_within_months if protocol.scans else 0,
        pregnancy_days=protocol.start.pregnancy_opens_before,
    )


def _stops_before(protocol: Protocol) -> timedelta:
    return timedelta(hours=protocol.somatostatin.short_acting_hours if protocol.somatostatin else 0)


def _counting_on(papers: Iterable[Agreement], day: date) -> date | None:
    """The day of the first paper that counts on a day."""
    return next((paper.on for paper in papers if paper.counts_on(day)), None)


def _lab(item: GateItem | None) -> gate_values.GatePanel | None:
    if item is None:
        return None
    missing = tuple(analyte_word(name) for name in item.missing)
    return gate_values.GatePanel(item.done, missing, item.opens_on, item.closes_on)


def _decision(infusion: PlannedInfusion, known: Known) -> gate_values.GateDecision | None:
    course = infusion.course_id
    proposal, signature = known.proposals.get(course), known.signatures.get(course)
    if proposal is None:
        return None
    needs = known.needs.get(infusion.site_id) or needs_of({})
    criteria = lines_of_document({"criteria": proposal.criteria}, needs)
    was_signed = (course, proposal.cycle_number) in known.withdrawn
    return gate_values.GateDecision(
        cycle=proposal.cycle_number,
        action=proposal.action,
        rows=tuple((ROWS.get(row.row, row.row), row.state) for row in proposal.rows or ()),
        unmet=tuple(line.words for line in criteria if line.state == "not-met"),
        unsure=tuple(line.words for line in criteria if line.state == "cannot-tell"),
        signed_action=signature.action if signature else "",
        signed_by=signature.by if signature else "",
        signed_gbq=f"{signature.activity_gbq.normalize():f}" if signature and signature.activity_gbq else "",
        withdrawn_because="withdrawn" if was_signed and not signature else "",
        is_waiting=infusion.assess_after is not None,
    )


def _order(infusion: PlannedInfusion, known: Known) -> gate_values.GateOrder | None:
    order = known.orders.get(infusion.id)
    if order is None:
        return None
    stands = infusion.held_since is None and (
        _is_signed(known.signatures.get(infusion.course_id), infusion, order)
        or _is_ahead(known.ahead.get(infusion.id), order)
    )
    gbq = f"{order.activity_gbq.normalize():f}"
    return gate_values.GateOrder(gbq, order.calibration_on, order.confirmed_at is not None, stands)


def _is_signed(signature: Signed | None, infusion: PlannedInfusion, order: Ordered) -> bool:
    return (
        signature is not None
        and signature.action == "give"
        and signature.cycle == infusion.number
        and signature.activity_gbq == order.activity_gbq
    )


def _is_ahead(ahead: StandingOrderAhead | None, order: Ordered) -> bool:
    return ahead is not None and ahead.activity_gbq == order.activity_gbq


def _ahead(infusion: PlannedInfusion, known: Known) -> str:
    """The order ahead in words; nothing while the course is on hold."""
    ahead = known.ahead.get(infusion.id)
    if ahead is None or infusion.held_since:
        return ""
    return f"{ahead.activity_gbq.normalize():f} GBq ordered ahead by {ahead.by}"


def _taken_on(injections: Iterable[InjectionRow], zone: ZoneInfo) -> list[date]:
    return [each.given_at.astimezone(zone).date() for each in injections if each.given_at]


def _post_dose(injections: Iterable[InjectionRow], planned_on: date) -> date | None:
    """The long-acting injection booked for the day of the infusion or the day after."""
    days = [each.planned_on for each in injections if each.planned_on and not each.given_at]
    wanted = (planned_on, planned_on + timedelta(days=1))
    return min((day for day in days if day in wanted), default=None)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
