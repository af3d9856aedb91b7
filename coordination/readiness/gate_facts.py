"""What is known of infusions to come: which they are, and all that their gates ask for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.prepared_scope import sites_of
from coordination.readiness.gate_queries import GATE_QUERIES
from coordination.readiness.gate_rows import GateItem, GateRows, Place
from scheduling.eligibility import needs_of
from scheduling.models import Cycle
from scheduling.rules.gate_values import GateInquiry

OVERDUE_WEEKS = 8  # an infusion planned this long ago and not recorded still stands on the board
T = TypeVar("T")


class Known:
    """What was found, by course, cycle, patient or site."""

    def __init__(self, found: GateRows) -> None:
        self.infusions = {each.id: each for each in found.infusions}
        self.items: dict[Place, dict[str, GateItem]] = defaultdict(dict)
        for item in found.items:
            self.items[item.course_id, item.cycle_number][item.item] = item
        self.proposals = {each.course_id: each for each in found.proposals}
        self.signatures = {
            each.course: each for each in found.signatures if not (each.withdrawn_at or each.superseded_at)
        }
        self.ahead = {each.cycle_id: each for each in found.ahead}
        self.withdrawn = {(each.course, each.cycle) for each in found.signatures if each.withdrawn_at}
        self.given = {each.course: each.started_at for each in found.given}  # the newest of a course
        self.inquiries = _grouped(
            (each.cycle_id, GateInquiry(each.asked, each.asked_on, each.answer)) for each in found.inquiries
        )
        self.injections = _grouped((each.patient_id, each) for each in found.injections)
        self.tests = {each.patient_id: (each.on, each.result) for each in found.tests}  # the newest
        self.payers = _grouped((each.patient_id, each.payer) for each in found.authorizations)
        self.consents = _grouped((each.patient_id, each) for each in found.consents)
        self.educations = _grouped((each.patient_id, each) for each in found.educations)
        self.orders = {each.cycle_id: each for each in found.orders}
        self.bookings = {each.cycle_id: ", ".join((each.chair, *each.people)) for each in found.bookings}
        self.conflicts, self.overridden = _conflicts(found)
        self.needs = {each.site_id: needs_of(each.changes) for each in found.thresholds}
        self.every_cycle = {each.site_id for each in found.every_cycle}
        self.waiting = _grouped((each.patient_id, each) for each in found.waiting)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return found


def _conflicts(found: GateRows) -> tuple[dict[Place, dict[str, str]], dict[Place, dict[str, str]]]:
    """Those that stand, with their text; and of those that somebody answered, who goes on and why."""
    reasons = {(each.course_id, each.digest): f"{each.by}: {each.reason}" for each in found.overrides}
    unanswered: dict[Place, dict[str, str]] = defaultdict(dict)
    answered: dict[Place, dict[str, str]] = defaultdict(dict)
    for each in found.conflicts:
        place = (each.course_id, each.cycle_number)
        if reason := reasons.get((each.course_id, each.digest)):
            answered[place][each.code] = reason
        else:
            unanswered[place][each.code] = each.text
    return unanswered, answered


def infusions(scope: Scope, *, weeks: int, now: datetime) -> list[int]:
    """The keys of those planned and not given, of courses that go on, `weeks` ahead; the earliest first.

    A statement of its own, not a prepared one: how many there are decides how best to find them.
    """
    if not scope.sites:
        return []
    today = clock.day_at(scope.sites[0], now)
    first, last = today - timedelta(weeks=OVERDUE_WEEKS), today + timedelta(weeks=weeks)
    cycles = scope.of(Cycle).planned_between(first, last)  # type: ignore[attr-defined]
    living = cycles.filter(course__patient__died_on=None)
    return list(living.order_by("planned_on", "planned_start_at", "pk").values_list("pk", flat=True))


def known_of(scope: Scope, keys: Sequence[int], *, now: datetime) -> Known:
    """All that the gates of these infusions ask for, as far as they are in reach."""
    return Known(GATE_QUERIES.ask(sites=sites_of(scope), cycles=list(keys), now=now))
