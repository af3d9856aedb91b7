"""What races against a report: one story for every act that rests on a decision.

Each is told of one patient whose laboratory reports platelets of 210, corrects them to 62, and back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.db import models

from coordination.base.models import ApiClient
from coordination.flows import decision, dose_order
from coordination.flows.lab_result import receive_report
from coordination.flows.reassess import reassess, reassess_if_due
from coordination.flows.record import record_given_infusion
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from labs.models import LabResult
from scheduling import actions
from scheduling.models import DoseOrder, InfusionGiven, OrderAhead
from tests.factories import ApiClientFactory, PatientIdentifierFactory
from tests.flows.courses import NOW, Care, care, cleared

FULL_GBQ = Decimal("7.4")
WELL, LOW = "210", "62"  # platelets, 10*9/L
DRAWN_AT = datetime(2025, 2, 28, 14, tzinfo=UTC)
PLANNED_ON, MOVED_TO = date(2025, 3, 11), date(2025, 3, 12)
_began = time.monotonic()
_messages = count(1)


def story_now() -> datetime:
    """The present of the stories: the day of their panel, and it goes on as fast as ours."""
    return NOW + timedelta(seconds=time.monotonic() - _began)


@dataclass
class Lane:
    """One patient, the laboratory that reports, and how often it has."""

    here: Care
    client: ApiClient
    key: PatientKey
    source_id: str = field(default_factory=lambda: f"platelets-{next(_messages)}")

    def platelets(self, value: str) -> LabResult:
        """The laboratory reports, or corrects, the platelets; committed when it returns."""
        number = next(_messages)
        now = story_now()
        result = IncomingResult(
            id=self.source_id,
            loinc="777-3",
            value=value,
            unit="10*9/L",
            low="150",
            high="400",
            status="corrected",
            collected_at=DRAWN_AT,
        )
        report = IncomingReport(
            source=str(self.client.public_id),
            message_key=f"message-{number}",
            body="{}",
            body_hash=f"{number:064d}",
            patient=self.key,
            reported_at=now,
            results=(result,),
        )
        receipt = receive_report(report, client=self.client, sites=[self.here.patient.site], now=now)
        return receipt.results[0].result

    def worker(self) -> None:
        reassess_if_due(self.here.course.pk, now=story_now())

    # --- acts ---------------------------------------------------------------------------------------

    def sign(self) -> models.Model:
        here = self.here
        return decision.sign_proposal(here.proposal.public_id, by=here.prescriber, now=story_now())

    def allow_ahead(self) -> models.Model:
        here = self.here
        return dose_order.allow_ahead(
            here.course, number=2, activity_gbq=FULL_GBQ, by=here.prescriber, now=story_now()
        )

    def order(self) -> models.Model:
        order = dose_order.order_dose(self.here.cycle(2), by=self.here.navigator, now=story_now())
        return _last_step(order)

    def confirm(self) -> models.Model:
        order = self.standing()
        dose_order.confirm_dose(order, by=self.here.navigator, now=story_now(), version=order.version)
        return _last_step(order)

    def change(self) -> models.Model:
        order = self.standing()
        dose_order.change_dose(order, by=self.here.navigator, now=story_now(), version=order.version)
        return _last_step(order)

    def infuse(self) -> models.Model:
        now = story_now()
        return record_given_infusion(
            self.here.cycle(2),
            started_at=now,
            ended_at=None,
            activity_gbq=FULL_GBQ,
            by=self.here.navigator,
            now=now,
        )

    def standing(self) -> DoseOrder:
        return DoseOrder.objects.select_related("cycle__course__patient").get(
            cycle=self.here.cycle(2), cancelled_at=None
        )

    # --- back to the beginning ----------------------------------------------------------------------

    def undo(self) -> None:
        """Nothing is given, ordered or permitted; the platelets are well again; assessed once, at the end."""
        by, now, cycle = self.here.prescriber, story_now(), self.here.cycle(2)
        for infusion in InfusionGiven.objects.known().filter(cycle=cycle):
            actions.record_in_error(infusion, by=by, because="race", now=now)
        for order in DoseOrder.objects.standing().filter(cycle=cycle):
            actions.cancel_order(order, by=by, because="race", now=now)
        for ahead in OrderAhead.objects.not_ended().filter(cycle=cycle):
            actions.end_order_ahead(ahead, by=by, because="race", now=now)
        self.move(PLANNED_ON)
        self.platelets(WELL)
        reassess(self.here.course.pk, now=story_now())

    def move(self, to: date) -> None:
        cycle = self.here.cycle(2)
        if cycle.planned_on != to:
            by = self.here.navigator
            actions.plan_infusion(cycle, on=to, by=by, because="travels", version=cycle.version)


def _last_step(order: DoseOrder) -> models.Model:
    """The row of the history that the act has written, in the act's own transaction."""
    step: models.Model = order.history.latest("history_id")
    return step


@dataclass(frozen=True, slots=True)
class Story:
    """How it begins, and the act that meets the report."""

    name: str
    patient: Callable[[], Care]
    prepare: Callable[[Lane], object]
    act: Callable[[Lane], models.Model]
    with_worker: bool = True  # a worker comes to the report meanwhile

    def lane(self) -> Lane:
        here = self.patient()
        number = PatientIdentifierFactory.create(patient=here.patient)
        client = ApiClientFactory.create(sites=[here.patient.site])
        return Lane(here, client, PatientKey(number.system, number.value))


def _ordered(lane: Lane) -> None:
    lane.sign()
    lane.order()


def _ordered_for_another_day(lane: Lane) -> None:
    _ordered(lane)
    lane.move(MOVED_TO)


STORIES = (
    Story("order", cleared, Lane.sign, Lane.order),
    Story("order ahead", care, Lane.allow_ahead, Lane.order),
    Story("confirm", cleared, _ordered, Lane.confirm),
    Story("change", cleared, _ordered_for_another_day, Lane.change),
    # A worker would withdraw the signature, and with that write its row anew.
    Story("sign", cleared, lambda lane: None, Lane.sign, with_worker=False),
    Story("infusion", cleared, Lane.sign, Lane.infuse),
)
