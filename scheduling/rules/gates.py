"""Whether one infusion may go ahead: a gate for each thing that must be so, with the reason and the next act.

One pure function per gate, over plain values gathered for the whole board at once. *Ready*: nothing to do.
*Not yet*: it can still be done in time. *Problem*: a person must act before the infusion. *Cannot tell*: what
is known allows no answer, which is never taken for ready.
Source: RULES sections 4, 6, 7 and 9; docs/clinical.
"""

from collections.abc import Callable, Mapping
from datetime import date

from scheduling.rules.gate_values import GateAct, GateAnswer, GateDecision, GateFacts, GateState


def _ready(reason: str) -> GateAnswer:
    return GateAnswer(GateState.READY, reason)


def _conflict(facts: GateFacts, *codes: str, act: GateAct) -> GateAnswer | None:
    """A problem for the first of the conflicts that nobody has overridden; None without one."""
    for code in codes:
        if code in facts.conflicts:
            return GateAnswer(GateState.PROBLEM, facts.conflicts[code], act)
    return None


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _day_and_month(day: date) -> str:
    return f"{day.day} {day:%b}"


def labs_in(facts: GateFacts) -> GateAnswer:
    """The whole panel is in and every row of the dose table can be told."""
    lab, decision = facts.lab, facts.decision
    if lab is None:
        return GateAnswer(GateState.CANNOT_TELL, "The schedule has no labs for this infusion.", GateAct.LOOK)
    if not lab.done:
        what = f"missing: {', '.join(lab.missing)}" if lab.missing else "no labs yet"
        if lab.closes_on and facts.today > lab.closes_on:
            late = _days((facts.today - lab.closes_on).days)
            return GateAnswer(GateState.PROBLEM, f"{late} late, {what}", GateAct.ENTER_RESULTS)
        opens = (
            f"from {_day_and_month(lab.opens_on)}" if lab.opens_on and facts.today < lab.opens_on else what
        )
        return GateAnswer(GateState.NOT_YET, opens, GateAct.ENTER_RESULTS)
    if decision and decision.cycle == facts.cycle:
        unclear = [row for row, state in decision.rows if state == "cannot-tell"]
        if unclear and not decision.signed_action:
            return GateAnswer(GateState.CANNOT_TELL, f"Cannot be graded: {', '.join(unclear)}", GateAct.LOOK)
    if expired := _conflict(facts, "labs-expired", act=GateAct.ENTER_RESULTS):
        return expired
    return _confirmed(facts)


def _confirmed(facts: GateFacts) -> GateAnswer:
    """Many centers repeat the panel the day before or on the day."""
    confirm = facts.confirm
    if confirm is None or confirm.done:
        return _ready("The panel is in and graded")
    if confirm.opens_on and facts.today >= confirm.opens_on:
        return GateAnswer(GateState.NOT_YET, "Confirming labs of the day before", GateAct.ENTER_RESULTS)
    return _ready("The panel is in and graded; to be confirmed the day before")


def dose_signed(facts: GateFacts) -> GateAnswer:
    """A prescriber's signature to give this infusion stands."""
    decision = facts.decision
    if facts.held_because:
        return GateAnswer(GateState.PROBLEM, f"On hold: {facts.held_because}", GateAct.LOOK)
    if decision is None or decision.cycle is None:
        return GateAnswer(GateState.CANNOT_TELL, "Nothing has been proposed.", GateAct.LOOK)
    if decision.cycle != facts.cycle:
        return GateAnswer(GateState.NOT_YET, f"Infusion {decision.cycle} comes first")
    if decision.signed_action == "give" and decision.is_waiting:
        return GateAnswer(GateState.CANNOT_TELL, "New facts are being assessed", GateAct.LOOK)
    if decision.signed_action == "give":
        return _ready(f"{decision.signed_gbq} GBq, {decision.signed_by}")
    if decision.signed_action:
        return GateAnswer(GateState.PROBLEM, f"Signed: {decision.signed_action}", GateAct.LOOK)
    if decision.withdrawn_because:
        against = "; ".join((*decision.unmet, *decision.unsure))
        why = against if decision.action == "review" and against else "new results"
        return GateAnswer(GateState.PROBLEM, f"Needs re-signing: {why}", GateAct.SIGN)
    return _unsigned(decision, facts.ahead)


def _unsigned(decision: GateDecision, ahead: str) -> GateAnswer:
    if decision.action == "pending":
        awaited = f"Labs awaited; {ahead}" if ahead else "Labs awaited"
        return GateAnswer(GateState.NOT_YET, awaited, GateAct.ENTER_RESULTS)
    if decision.action == "give":
        return GateAnswer(GateState.NOT_YET, "To be signed", GateAct.SIGN)
    if decision.unmet:
        return GateAnswer(GateState.PROBLEM, "; ".join((*decision.unmet, *decision.unsure)), GateAct.SIGN)
    if decision.action == "review" and decision.unsure:
        return GateAnswer(GateState.CANNOT_TELL, "; ".join(decision.unsure), GateAct.SIGN)
    if decision.action == "review":
        return GateAnswer(GateState.CANNOT_TELL, "A prescriber must decide", GateAct.SIGN)
    return GateAnswer(GateState.PROBLEM, f"The table says {decision.action}", GateAct.SIGN)


def sstr_scan_current(facts: GateFacts) -> GateAnswer:
    """SSTR imaging within six months before infusion 1; later infusions do not ask again."""
    if facts.cycle > 1:
        return _ready("Asked before infusion 1 only")
    if facts.sstr_done:
        return _ready(f"Within {facts.sstr_months} months")
    if problem := _conflict(facts, "sstr-pet-expired", act=GateAct.RECORD_SCAN):
        return problem
    return GateAnswer(
        GateState.NOT_YET, f"No SSTR imaging within {facts.sstr_months} months", GateAct.RECORD_SCAN
    )


def adverse_events_asked(facts: GateFacts) -> GateAnswer:
    """Patient and practice were asked since the last infusion; "no events" is an answer, no reply is not."""
    since = facts.previous_on or date.min
    newer = [inquiry for inquiry in facts.inquiries if inquiry.on >= since]
    answered = {inquiry.asked: inquiry for inquiry in newer if inquiry.answer != "not-reached"}
    wanted = {"patient": "the patient", "referring-practice": "the practice"}
    if not facts.has_practice:
        del wanted["referring-practice"]
    lacking = [word for key, word in wanted.items() if key not in answered]
    if not lacking:
        some = any(inquiry.answer == "some" for inquiry in answered.values())
        last = _day_and_month(max(inquiry.on for inquiry in answered.values()))
        return _ready(f"Asked {last}: {'events recorded' if some else 'nothing happened'}")
    tried = ", not reached yet" if len(newer) > len(answered) else ""
    return GateAnswer(GateState.NOT_YET, f"Ask {' and '.join(lacking)}{tried}", GateAct.ASK_EVENTS)


def long_acting_washed_out(facts: GateFacts) -> GateAnswer:
    """No long-acting SSA within four weeks before the infusion (the protocol says how many days)."""
    if problem := _conflict(facts, "lar-within-washout", act=GateAct.RECORD_INJECTION):
        return problem
    if facts.overridden.get("lar-within-washout"):
        return _ready(f"Goes on all the same: {facts.overridden['lar-within-washout']}")
    limit, last = facts.long_acting_limit_on, facts.last_long_acting_on
    if limit and facts.today <= limit:
        return _ready(f"May still be given until {_day_and_month(limit)}")
    if last is None:
        return GateAnswer(
            GateState.CANNOT_TELL, "No long-acting SSA is recorded: ask", GateAct.RECORD_INJECTION
        )
    return _ready(f"Last on {_day_and_month(last)}, {_days((facts.planned_on - last).days)} before")


def short_acting_planned(facts: GateFacts) -> GateAnswer:
    """Short-acting octreotide stops 24 hours before the start; without a start nobody can say when."""
    if problem := _conflict(facts, "short-acting-within-24h", act=GateAct.RECORD_INJECTION):
        return problem
    if facts.starts_at is None:
        return GateAnswer(GateState.NOT_YET, "No start time yet", GateAct.BOOK)
    return _ready(f"Stop by {facts.short_acting_stop_words}")


def pregnancy_excluded(facts: GateFacts) -> GateAnswer:
    """A positive or unclear test is a problem whatever the schedule says."""
    test = facts.pregnancy_test
    if test and test[1] != "negative":
        return GateAnswer(
            GateState.PROBLEM, f"Test of {_day_and_month(test[0])}: {test[1]}", GateAct.RECORD_PREGNANCY_TEST
        )
    if not facts.pregnancy_possible:
        return _ready("Not possible")
    if facts.cycle > 1 and not facts.pregnancy_every_cycle:
        return _ready("Asked before infusion 1 only, by this site's choice")
    days, act = facts.pregnancy_days, GateAct.RECORD_PREGNANCY_TEST
    if test and 0 <= (facts.planned_on - test[0]).days <= days:
        return _ready(f"Negative on {_day_and_month(test[0])}")
    if (facts.planned_on - facts.today).days <= 1:
        return GateAnswer(GateState.PROBLEM, f"No negative test in the last {days} days", act)
    return GateAnswer(GateState.NOT_YET, f"A negative test within {days} days before", act)


def authorized(facts: GateFacts) -> GateAnswer:
    """A granted authorization covers the day of this infusion."""
    act = GateAct.RECORD_AUTHORIZATION
    granted = [
        (payer.starts_on, payer.ends_on)
        for payer in facts.payers
        if payer.state == "granted" and payer.starts_on and payer.ends_on
    ]
    for starts_on, ends_on in granted:
        if starts_on <= facts.planned_on <= ends_on:
            return _ready(f"Until {_day_and_month(ends_on)} {ends_on.year}")
    if granted:
        last = max(ends_on for _, ends_on in granted)
        return GateAnswer(GateState.PROBLEM, f"Does not cover this day (ends {_day_and_month(last)})", act)
    states = {payer.state for payer in facts.payers}
    if "requested" in states:
        return GateAnswer(GateState.NOT_YET, "Requested, no answer yet", act)
    if "denied" in states:
        return GateAnswer(GateState.PROBLEM, "Denied by the payer", act)
    return GateAnswer(GateState.NOT_YET, "Not requested yet", act)


def consented(facts: GateFacts) -> GateAnswer:
    if facts.consent_on:
        return _ready(f"Given {_day_and_month(facts.consent_on)}")
    if facts.consent_withdrawn_on:
        return GateAnswer(
            GateState.PROBLEM,
            f"Withdrawn {_day_and_month(facts.consent_withdrawn_on)}",
            GateAct.RECORD_CONSENT,
        )
    return GateAnswer(GateState.NOT_YET, "No consent recorded", GateAct.RECORD_CONSENT)


def educated(facts: GateFacts) -> GateAnswer:
    if facts.educated_on:
        return _ready(f"Taught {_day_and_month(facts.educated_on)}")
    return GateAnswer(GateState.NOT_YET, "Not taught yet", GateAct.RECORD_EDUCATION)


def dose_ordered(facts: GateFacts) -> GateAnswer:
    """Ordered for this day, confirmed, and the decision it rests on still stands."""
    order, clock = facts.order, facts.clock
    if order is None and facts.held_because:
        return GateAnswer(GateState.NOT_YET, "Not while the course is on hold")
    if order is None:
        if clock and facts.today > clock.order_by:
            late = _days((facts.today - clock.order_by).days)
            return GateAnswer(GateState.PROBLEM, f"Not ordered, {late} late", GateAct.ORDER_DOSE)
        until = f"Order by {_day_and_month(clock.order_by)}" if clock else "Not ordered"
        return GateAnswer(GateState.NOT_YET, until, GateAct.ORDER_DOSE)
    if not order.decision_stands:
        return GateAnswer(GateState.PROBLEM, "Ordered, but not currently approved", GateAct.ORDER_DOSE)
    if order.calibration_on != facts.planned_on:
        return GateAnswer(
            GateState.PROBLEM, f"Ordered for {_day_and_month(order.calibration_on)}", GateAct.ORDER_DOSE
        )
    if problem := _conflict(facts, "activity-mismatch", act=GateAct.ORDER_DOSE):
        return problem
    if not order.confirmed:
        return GateAnswer(GateState.NOT_YET, f"{order.gbq} GBq ordered, not confirmed", GateAct.ORDER_DOSE)
    return _ready(f"{order.gbq} GBq confirmed")


def chair_booked(facts: GateFacts) -> GateAnswer:
    """A start, a chair and the people; a clash or too much licensed activity is a problem until answered."""
    if problem := _conflict(facts, "capacity", act=GateAct.BOOK):
        return problem
    if problem := _conflict(facts, "calibration-day-closed", act=GateAct.MOVE):
        return problem
    if facts.starts_at is None or not facts.booked:
        return GateAnswer(GateState.NOT_YET, "No chair and no people yet", GateAct.BOOK)
    booked = f"{facts.starts_at_words}, {facts.booked}"
    if "capacity" in facts.overridden:
        return _ready(f"{booked}, all the same: {facts.overridden['capacity']}")
    return _ready(booked)


def post_dose_lar_booked(facts: GateFacts) -> GateAnswer:
    """Octreotide LAR between 4 hours after the end and 24 hours after the start."""
    if problem := _conflict(facts, "lar-window-closed-day", act=GateAct.RECORD_INJECTION):
        return problem
    if facts.long_acting_after_on:
        return _ready(f"Booked for {_day_and_month(facts.long_acting_after_on)}")
    return GateAnswer(GateState.NOT_YET, "Not booked", GateAct.RECORD_INJECTION)


GATES: Mapping[str, tuple[str, Callable[[GateFacts], GateAnswer]]] = {
    "labs": ("Labs in and graded", labs_in),
    "signed": ("Dose signed", dose_signed),
    "sstr": ("SSTR scan current", sstr_scan_current),
    "events": ("Adverse events asked for", adverse_events_asked),
    "washout": ("LAR washout", long_acting_washed_out),
    "short-acting": ("Short-acting plan", short_acting_planned),
    "pregnancy": ("Pregnancy status", pregnancy_excluded),
    "authorization": ("Authorization", authorized),
    "consent": ("Consent", consented),
    "education": ("Education", educated),
    "dose": ("Dose ordered and confirmed", dose_ordered),
    "chair": ("Chair and people booked", chair_booked),
    "post-lar": ("Post-dose LAR booked", post_dose_lar_booked),
}


def gates_of(facts: GateFacts) -> dict[str, GateAnswer]:
    """Every gate of one infusion, by its key, in the order of the board."""
    return {key: _answer(facts, key, gate) for key, (_, gate) in GATES.items()}


ITEM_OF_GATE: Mapping[str, str] = {
    "sstr": "sstr-pet",
    "washout": "lar-last-before",
    "short-acting": "short-acting-stop",
    "authorization": "authorization",
    "consent": "consent",
    "education": "education",
    "dose": "dose-order",
    "post-lar": "post-dose-lar",
}
"""Gates that stand open where the protocol does not ask for their item; pregnancy is always asked."""


def _answer(facts: GateFacts, key: str, gate: Callable[[GateFacts], GateAnswer]) -> GateAnswer:
    item = ITEM_OF_GATE.get(key)
    if item and facts.asked is not None and item not in facts.asked:
        return _ready("Not part of this protocol")
    return gate(facts)
