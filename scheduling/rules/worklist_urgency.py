"""How urgent a line of the worklist is, by what it is about. A list sorts by this, then by lateness.

The order is ours (a setting, no source gives one): harm first, then what stands against a rule, then what
keeps the next dose waiting, then what costs a window or money, then routine.
"""

from collections.abc import Mapping
from enum import IntEnum


class Urgency(IntEnum):
    """How urgent a line is; smaller values come first."""

    HARM = 1
    AGAINST_A_RULE = 2
    DOSE_WAITS = 3
    WINDOW_CLOSES = 4
    ROUTINE = 5


URGENCY_WORDS: Mapping[Urgency, str] = {
    Urgency.HARM: "Somebody could come to harm",
    Urgency.AGAINST_A_RULE: "An infusion or an order stands against a rule",
    Urgency.DOSE_WAITS: "The next dose waits for it",
    Urgency.WINDOW_CLOSES: "A window or money is lost",
    Urgency.ROUTINE: "Routine",
}

BY_SUBJECT: Mapping[tuple[str, str], Urgency] = {
    ("decision", "stop"): Urgency.HARM,
    ("decision", "hold"): Urgency.HARM,
    ("conflict", "pregnancy-positive"): Urgency.HARM,
    ("conflict", "activity-mismatch"): Urgency.HARM,
    ("conflict", "given-without-decision"): Urgency.HARM,
    ("due-item", "post-dose-lar"): Urgency.DOSE_WAITS,
    ("due-item", "pregnancy-test"): Urgency.DOSE_WAITS,
    ("due-item", "baseline-labs"): Urgency.DOSE_WAITS,
    ("due-item", "pre-dose-labs"): Urgency.DOSE_WAITS,
    ("due-item", "confirm-labs"): Urgency.DOSE_WAITS,
    ("due-item", "nadir-labs"): Urgency.DOSE_WAITS,
    ("due-item", "infusion"): Urgency.WINDOW_CLOSES,
    ("due-item", "dose-order"): Urgency.WINDOW_CLOSES,
    ("due-item", "sstr-pet"): Urgency.WINDOW_CLOSES,
    ("due-item", "authorization"): Urgency.WINDOW_CLOSES,
    ("due-item", "consent"): Urgency.WINDOW_CLOSES,
    ("due-item", "antiemetic"): Urgency.WINDOW_CLOSES,
    ("due-item", "amino-acids"): Urgency.WINDOW_CLOSES,
    ("due-item", "maintenance-lar"): Urgency.WINDOW_CLOSES,
}
BY_KIND: Mapping[str, Urgency] = {
    "withdrawn": Urgency.HARM,
    "conflict": Urgency.AGAINST_A_RULE,
    "order": Urgency.AGAINST_A_RULE,
    "decision": Urgency.DOSE_WAITS,
    "review": Urgency.DOSE_WAITS,
    "message": Urgency.WINDOW_CLOSES,
    "due-item": Urgency.ROUTINE,
}


def urgency(kind: str, subject: str) -> Urgency:
    """Say how urgent a line is: `kind` is the kind of line, `subject` its item, action or code."""
    return BY_SUBJECT.get((kind, subject)) or BY_KIND[kind]
