"""What the sender sends: laboratory reports with everything a real feed does wrong.

New results, corrections that may come before what they correct, weights, units nobody knows, preliminary
values; out of order, some twice under the same key and some again under another. The same seed makes the
same messages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bench.names import SYSTEM, mrn

OUT_OF_ORDER_WITHIN = 60
SENT_TWICE = 0.10
SENT_AGAIN_UNDER_ANOTHER_KEY = 0.05

Result = dict[str, Any]
Version = tuple[str, str | None, str, datetime | None]


@dataclass(slots=True)
class Message:
    """One report, and the version of each result that must be found once it was acknowledged."""

    key: str
    course: int
    body: dict[str, Any]
    reported_at: datetime

    @property
    def versions(self) -> list[Version]:
        """No two messages report at the same moment, so no two corrections are one version."""
        return [
            (result["id"], result["value"], result["status"], self.reported_at)
            for result in self.body["results"]
        ]


def make_messages(count: int, *, courses: int, now: datetime, seed: int) -> list[Message]:
    """Return `count` messages with a key of their own each, and the repetitions among them."""
    random = Random(seed)
    results: list[tuple[int, Result]] = []
    messages = []
    for number in range(count):
        course = random.randrange(1, courses + 1)
        if results and random.random() < 0.15:
            course, earlier = random.choice(results)
            sent = [_corrected(earlier, random)]
        else:
            sent = [_new_result(f"m{number}.{place}", random) for place in range(random.randint(1, 3))]
        results += [(course, result) for result in sent]
        reported = now - timedelta(seconds=count - number)
        messages.append(_message(f"k{number}", course, sent, collected=_collected(now, random), at=reported))
    return _with_repetitions(_out_of_order(messages, random), random)


def _message(key: str, course: int, results: list[Result], *, collected: datetime, at: datetime) -> Message:
    body = {
        "patient": {"system": SYSTEM, "value": mrn(course)},
        "collected_at": collected.isoformat(),
        "reported_at": at.isoformat(),
        "results": results,
    }
    return Message(key, course, body, at)


def _collected(now: datetime, random: Random) -> datetime:
    return now - timedelta(minutes=random.randrange(120, 7 * 24 * 60))


_LOINC = {"system": "http://loinc.org"}


def _new_result(identity: str, random: Random) -> Result:
    chance = random.random()
    if chance < 0.05:
        return _result(identity, "29463-7", str(random.randrange(50, 110)), "kg")
    if chance < 0.10:
        return _result(identity, "777-3", "200", "bushels")
    if chance < 0.15:
        return _result(identity, "777-3", str(random.randrange(40, 300)), "10*9/L", status="preliminary")
    if chance < 0.60:
        return _result(identity, "777-3", str(random.randrange(40, 300)), "10*9/L")
    if chance < 0.80:
        return _result(identity, "2160-0", f"{random.randrange(60, 250) / 100:.2f}", "mg/dL")
    return _result(identity, "718-7", f"{random.randrange(70, 150) / 10:.1f}", "g/dL")


def _result(identity: str, loinc: str, value: str, unit: str, *, status: str = "final") -> Result:
    return {
        "id": identity,
        "code": _LOINC | {"code": loinc},
        "value": value,
        "unit": unit,
        "status": status,
    }


def _corrected(earlier: Result, random: Random) -> Result:
    """The same result with another value, as its laboratory corrects it."""
    value = str(int(float(earlier["value"])) + random.randrange(1, 5))
    return earlier | {"value": value, "status": "corrected"}


def _out_of_order(messages: list[Message], random: Random) -> list[Message]:
    places = {
        id(message): place + random.random() * OUT_OF_ORDER_WITHIN for place, message in enumerate(messages)
    }
    return sorted(messages, key=lambda message: places[id(message)])


def _with_repetitions(messages: Iterable[Message], random: Random) -> list[Message]:
    """Some come a second time: with the same key, or with another as if the sender had forgotten."""
    sent = []
    for message in messages:
        sent.append(message)
        chance = random.random()
        if chance < SENT_TWICE:
            sent.append(message)
        elif chance < SENT_TWICE + SENT_AGAIN_UNDER_ANOTHER_KEY:
            sent.append(replace(message, key=f"{message.key}-again"))
    return sent
