"""One patient's way through the care, day by day, through the product's own flows and actions."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from coordination.base.models import User
from coordination.demo.arrival import Arrival
from coordination.demo.days import ONE_DAY, weekday_from, weekday_within
from coordination.demo.steps import LAR_MG, NOTHING_SPECIAL, Act
from coordination.documents import versions, ways
from coordination.documents.kinds import KINDS
from coordination.documents.render import missing_libraries
from coordination.documents.ways import Way
from coordination.flows import decision, dose_order
from coordination.flows.hand_back import hand_back
from coordination.flows.record import stood_signed
from coordination.flows.send_document import send_document
from coordination.models import Document
from scheduling import actions
from scheduling.models import AdverseEventInquiry, ContactLog, DoseOrder, DueItem, Injection, Scan
from scheduling.rules.order_clock import order_by

FULL_GBQ, REDUCED_GBQ = Decimal("7.4"), Decimal("3.7")


class Walk(Arrival):
    """A patient under treatment, and after it."""

    # --- decisions, orders, infusions -------------------------------------------------------------

    def signed(self, on: date, clock: str = "16:30") -> None:
        decision.sign(self.proposal().public_id, by=self.prescriber, now=self.at(on, clock))

    def ordered(self, number: int, on: date, clock: str = "16:50", *, confirmed: bool = True) -> None:
        now = self.at(on, clock)
        order = dose_order.order_dose(
            self.cycle(number), by=self.navigator, now=now, supplier="Example Radiopharmacy"
        )
        if confirmed:
            name = f"ORD-{self.mrn[-5:]}-{number}"
            dose_order.confirm_dose(
                order, by=self.navigator, now=now, version=order.version, order_number=name
            )

    def ordered_ahead(self, number: int, on: date) -> None:
        """Ordered by the manufacturer's Tuesday, before the panel that decides about the dose."""
        due_on = max(order_by(on, self.course.protocol.order), self.moment.date())
        if due_on >= self.days.today:
            return
        is_early = due_on > self.moment.date()
        dose_order.allow_ahead(
            self.course,
            number=number,
            activity_gbq=FULL_GBQ,
            by=self.prescriber,
            now=self.at(due_on, "07:40" if is_early else "16:45"),
        )
        self.ordered(number, due_on, "07:50" if is_early else "16:50")

    def ready(self, number: int, on: date) -> None:
        """The panel before an infusion, the signature, and the order unless it went ahead of them."""
        drawn_on = weekday_within(on - timedelta(14), min(on - timedelta(12), self.days.ago(1)))
        self.labs(drawn_on)
        decided_on = min(weekday_from(drawn_on + ONE_DAY), self.days.ago(1))
        self.signed(decided_on)
        if not DoseOrder.objects.standing().filter(cycle=self.cycle(number)).exists():
            self.ordered(number, decided_on)

    def decided(self, on: date, values: Mapping[str, str] = NOTHING_SPECIAL) -> None:
        """The panel before an infusion on `on`, and the signature on the same afternoon."""
        drawn_on = self.lately(on)
        self.labs(drawn_on, values)
        self.signed(drawn_on)

    def asked(self, number: int, on: date) -> tuple[Act, ...]:
        """The patient and the practice are asked what happened since the last infusion."""

        def act(asked: str) -> Act:
            return lambda now: actions.record_inquiry(
                self.cycle(number),
                asked=asked,
                asked_on=on,
                answer=AdverseEventInquiry.Answer.NONE,
                by=self.navigator,
                now=now,
            )

        return tuple(act(party) for party in AdverseEventInquiry.Asked.values)

    def eve(self, number: int, on: date) -> None:
        """The working day before: questions, and where pregnancy is possible the test."""
        eve = weekday_within(on - timedelta(4), on - ONE_DAY)
        acts = [*self.asked(number, eve)]
        if self.person.pregnancy_possible:
            acts.append(
                lambda now: actions.record_pregnancy_test(
                    self.patient, on=eve, result="negative", method="serum", by=self.navigator, now=now
                )
            )
        self.noted(eve, "15:00", *acts)

    def infused(
        self,
        number: int,
        on: date,
        *,
        clock: str = "10:00",
        gbq: Decimal = FULL_GBQ,
        lar: bool = True,
        next_on: date | None = None,
    ) -> None:
        """Confirming labs, the vial, the infusion, the octreotide after it, the next day in the calendar."""
        start = self.days.at(on, clock)
        self.labs(on, clock="08:40", drawn_at="07:20", assess=False)
        written_at = start + timedelta(hours=5, minutes=15)
        acts: list[Act] = [
            self._weight(on),
            lambda now: actions.receive_vial(
                DoseOrder.objects.standing().get(cycle=self.cycle(number)),
                by=self.clinic,
                now=now,
                vial_number=f"V{self.mrn[-5:]}{number}",
                assayed_gbq=gbq,
            ),
            lambda now: actions.record_infusion(
                self.cycle(number),
                started_at=start,
                ended_at=start + timedelta(minutes=35),
                activity_gbq=gbq,
                residual_gbq=Decimal("0.05"),
                antiemetic_at=start - timedelta(minutes=50),
                amino_acids_started_at=start - timedelta(minutes=35),
                amino_acids_ended_at=start + timedelta(hours=4),
                signed=stood_signed(self.cycle(number), at=start),
                by=self.clinic,
                now=now,
            ),
        ]
        if lar:
            acts.append(
                lambda now: actions.record_injection(
                    self.patient,
                    drug=Injection.Drug.OCTREOTIDE_LAR,
                    dose_mg=LAR_MG,
                    given_at=now - timedelta(minutes=10),
                    by=self.clinic,
                    now=now,
                )
            )
        if number < 4:
            acts.append(self._plan(number + 1, next_on or self.days.open_near(on + timedelta(56))))
        self.visit(on, f"{written_at:%H:%M}", *acts)
        self.infusions = number

    def _plan(self, number: int, on: date) -> Act:
        def act(now: datetime) -> None:
            cycle = self.cycle(number)
            actions.plan_infusion(
                cycle,
                on=on,
                by=self.navigator,
                because="booked at discharge",
                version=cycle.version,
                start_at=self.days.at(on, "10:00"),
            )

        return act

    def given(self, number: int, on: date, **how: Any) -> None:
        """One uneventful cycle up to its infusion."""
        self.ready(number, on)
        self.eve(number, on)
        self.infused(number, on, **how)

    def nadir(self, on: date, values: Mapping[str, str] = NOTHING_SPECIAL) -> None:
        """The counts five weeks after an infusion; after the second the CT comes with them."""
        drawn_on = weekday_within(on + timedelta(33), on + timedelta(37))
        self.labs(drawn_on, values)
        if self.infusions == 2:
            self.scanned(drawn_on)

    def scanned(self, on: date, kind: str = Scan.Kind.CT_MRI, clock: str = "15:30") -> None:
        self.visit(
            on,
            clock,
            lambda now: actions.record_scan(self.patient, kind=kind, on=on, by=self.navigator, now=now),
        )

    def treated(
        self, count: int, last_on: date, *, last: Mapping[str, Any] | None = None, **how: Any
    ) -> None:
        """An uneventful course up to and with infusion `count` on `last_on`; `last` as `infused` takes it."""
        grid = [self.days.open_near(last_on - timedelta(56 * back)) for back in range(count - 1, 0, -1)]
        grid.append(last_on)
        self.begun(grid[0], **how)
        for number, on in enumerate(grid, start=1):
            if number == count:
                self.given(number, on, **(last or {}))
                scanned_on = weekday_within(on + timedelta(12), on + timedelta(14))
                if number == 4 and scanned_on < self.days.today:
                    self.scanned(scanned_on)
            else:
                self.given(number, on, next_on=grid[number])
                self.nadir(on)

    def toward(self, number: int, on: date, *, ahead: bool = True, **how: Any) -> date:
        """An uneventful course up to the nadir before infusion `number`, planned for `on`, and its order.

        Returns the day of the infusion before it.
        """
        last_on = self.days.open_near(on - timedelta(56))
        self.treated(number - 1, last_on, last={"next_on": on}, **how)
        self.nadir(last_on)
        if ahead:
            self.ordered_ahead(number, on)
        return last_on

    # --- after the last infusion ------------------------------------------------------------------

    def injected(self, on: date) -> None:
        """A long-acting injection, given by the practice."""
        self.visit(on, "12:00", lambda now: self._lar(now, on))

    # --- letters ------------------------------------------------------------------------------------

    def wrote(
        self, kind: str, on: date, clock: str = "17:20", *, way: str = Way.PORTAL, number: int | None = None
    ) -> None:
        """A document, signed by who may, and sent; nothing where this machine cannot print."""
        now, by = self.at(on, clock), self._signer(kind)
        document = versions.draft(self.patient, KINDS[kind], by=by, now=now, number=number)
        self._signed_and_sent(document, way=way, now=now)

    def drafted(self, kind: str, on: date, clock: str = "17:20") -> None:
        """A document that nobody has signed yet."""
        now = self.at(on, clock)
        versions.draft(self.patient, KINDS[kind], by=self.navigator, now=now)

    def handed_back(self, on: date, clock: str = "14:30") -> None:
        """The patient returns: the course is closed, the letter signed and in the portal."""
        now = self.at(on, clock)
        letter = hand_back(self.course, on=on, by=self.navigator, now=now)
        if letter:
            self._signed_and_sent(letter, way=Way.PORTAL, now=now)

    def _signer(self, kind: str) -> User:
        return self.prescriber if KINDS[kind].prescriber_signs else self.navigator

    def _signed_and_sent(self, document: Document, *, way: str, now: datetime) -> None:
        if missing_libraries():
            return
        version = versions.sign_unread(document, by=self._signer(document.kind), now=now)
        send_document(
            version,
            way=way,
            by=self.navigator,
            now=now,
            to=versions.receiver_of(document),
            addresses=ways.addresses_of(ways.reading_practice(document)) if way == Way.MAIL_LINK else (),
        )

    def called(self, on: date, outcome: str, note: str, item: DueItem | None = None) -> None:
        """A call to the practice, with what came of it."""
        self.visit(
            on,
            "11:30",
            lambda now: actions.log_contact(
                self.patient,
                channel=ContactLog.Channel.PHONE,
                with_whom=f"Front desk, {self.practice.name}",
                outcome=outcome,
                note=note,
                item=item,
                practice=self.practice,
                at=now,
                by=self.navigator,
                now=now,
            ),
        )
