"""The order clock in words: how many days are left, and what is at stake when they are over."""

from dataclasses import dataclass
from datetime import date

from scheduling.rules.answer import OrderClock
from scheduling.rules.order_clock import cost_of_cancelling
from scheduling.rules.protocol import OrderRules


@dataclass(frozen=True, slots=True)
class ClockWords:
    """`text` says what runs out and when; `money` what it costs afterwards; `tone` how near that is."""

    text: str
    money: str
    tone: str
    until: date


def countdown(clock: OrderClock, order: OrderRules, *, today: date, is_ordered: bool) -> ClockWords:
    """The next date of the clock that matters today."""
    if not is_ordered:
        return _to_order(clock, today)
    late, unused = f"{order.late_fee_usd} USD", f"{order.unused_fee_usd} USD"
    if today <= clock.free_cancel_until:
        tone = "warn" if (clock.free_cancel_until - today).days <= 2 else "info"
        return _until("Free to cancel", clock.free_cancel_until, today, f"then {late}", tone)
    if today <= clock.late_cancel_until:
        return _until(f"{late} to cancel", clock.late_cancel_until, today, f"then {unused}", "warn")
    money = f"{unused} if unused; waived when testing made the patient ineligible"
    return ClockWords("Too late to cancel", money, "danger", clock.late_cancel_until)


def on_hold(clock: OrderClock) -> ClockWords:
    """Nothing is ordered while a course is on hold, so nothing runs out."""
    return ClockWords("On hold: no dose is ordered", "", "quiet", clock.order_by)


def _to_order(clock: OrderClock, today: date) -> ClockWords:
    left = (clock.order_by - today).days
    if left < 0:
        return ClockWords(
            f"Order was due {short_day(clock.order_by)}", "the slot is at stake", "danger", clock.order_by
        )
    tone = "warn" if left <= 2 else "quiet"
    return _until("Order", clock.order_by, today, "", tone, verb="by")


def _until(what: str, day: date, today: date, then: str, tone: str, *, verb: str = "until") -> ClockWords:
    left = (day - today).days
    count = {0: "last day today", 1: "1 day left"}.get(left, f"{left} days left")
    return ClockWords(f"{what} {verb} {short_day(day)}, {count}", then, tone, day)


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def cost_now(clock: OrderClock, order: OrderRules, *, today: date) -> str:
    """What cancelling today costs."""
    cost = cost_of_cancelling(today, clock, order)
    return f"{cost} USD" if cost else "nothing"
