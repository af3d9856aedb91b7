"""One trial: seed, start, send, strike, settle, count."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from bench.house import House
from bench.seed import seed
from coordination.base import clock
from scheduling.models import Course
from tests.faults.check import check
from tests.faults.inject import FAULTS, Plan
from tests.faults.messages import make_messages
from tests.faults.sender import Senders

COURSES = 60
SETTLE_SECONDS = 180
TURN_SECONDS = 0.05

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The counts that are printed, and in words what is wrong; none where all is well."""

    counts: dict[str, int]
    problems: list[str]

    @property
    def is_well(self) -> bool:
        return not self.problems


def trial(house: House, plan: Plan) -> Outcome:
    say = _teller(plan)
    seed(COURSES, full=0, number=plan.seed)
    Course.objects.all().mark_dirty(clock.now())
    house.start("web", "worker", "beat")
    house.wait_until_ready()
    say("everything runs")
    messages = make_messages(plan.messages, courses=COURSES, now=clock.now(), seed=plan.seed)
    senders = Senders(house, messages)
    senders.start()
    told = []
    for number, letter in enumerate(plan.letters, start=1):
        _wait_for(house, senders, share=number / (len(plan.letters) + 1))
        say(f"{letter}: {(FAULTS[letter].__doc__ or '').strip()}")
        told.append(FAULTS[letter](house, plan.pause))
    _wait_for(house, senders, share=1)
    say(f"{len(senders.acknowledged)} messages acknowledged, {senders.resent} times sent again")
    waiting = _settle(house)
    say(f"settled; {house.restarts} restarts")
    return _outcome(senders, plan, waiting, [text for text in told if text])


def _teller(plan: Plan) -> Say:
    began = time.monotonic()

    def say(text: str) -> None:
        if not plan.is_quiet:
            print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    return say


def _outcome(senders: Senders, plan: Plan, waiting: int, told: list[str]) -> Outcome:
    found = check(senders.acknowledged, sent=senders.messages)
    sent, doubled = len(senders.acknowledged), sum(found.doubled.values())
    wrong = {
        f"{len(senders.refused)} messages refused, such as {senders.refused[:1]}": senders.refused,
        f"{waiting} courses still wait to be assessed": waiting,
        f"{found.lost} acknowledged messages are not stored": found.lost,
        f"{sent - found.assessed} acknowledged messages are not in a decision": sent - found.assessed,
        f"{found.half} messages are stored in part": found.half,
        f"there more than once: {dict(found.doubled)}": doubled,
    }
    counts = {
        "sent": sent,
        "stored": found.stored,
        "assessed": found.assessed,
        "lost": found.lost,
        "doubled": doubled,
        "faults": len(plan.letters),
    }
    return Outcome(counts, told + [text for text, is_wrong in wrong.items() if is_wrong])


def _wait_for(house: House, senders: Senders, *, share: float) -> None:
    """Keep everything running until this share of the messages has been sent."""
    while not senders.are_done and senders.sent < share * len(senders.messages):
        house.keep_running()
        time.sleep(TURN_SECONDS)
    while share == 1 and not senders.are_done:
        house.keep_running()
        time.sleep(TURN_SECONDS)


def _settle(house: House) -> int:
    """Wait until no course waits to be assessed; return how many still do."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        house.keep_running()
        connection.close_if_unusable_or_obsolete()
        waiting = Course.objects.exclude(assess_after=None).count()
        if not waiting:
            return 0
        time.sleep(0.2)
    return waiting
