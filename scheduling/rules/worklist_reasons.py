"""Why a line of the worklist is there: one plain sentence each, with its source, as the pages show it.

Why the schedule asks for an item says the protocol, with its own numbers; the rest is the product's.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

from scheduling.rules.protocol import Protocol


class Reason(NamedTuple):
    text: str
    source: str


KINDS: Mapping[str, Reason] = {
    "decision": Reason(
        "The rules propose, a prescriber signs: until then nobody orders or gives the dose.",
        "the dose-modification table",
    ),
    "withdrawn": Reason(
        "New facts changed the answer after it was signed; whoever acted on the signature must know.",
        "the dose-modification table",
    ),
    "conflict": Reason(
        "What is planned or was done breaks a rule: move it, or a named person says why it stands.",
        "the conflict table of the schedule",
    ),
    "message": Reason(
        "A message that nobody can vouch for is never sent again by itself: a person calls, and decides.",
        "messages to people leave at most once",
    ),
    "review": Reason(
        "No rule may use this result as it came. It decides nothing until a person has looked.",
        "the reading rules for laboratory results",
    ),
    "order": Reason(
        "A dose is on order, and the decision or the day it was ordered for no longer stands.",
        "the manufacturer's ordering page",
    ),
}


def reason(kind: str, subject: str, protocol: Protocol | None = None) -> Reason:
    """Say why a line of the worklist is there; `protocol` is that of the item's course."""
    if kind == "due-item":
        said = _of_item(subject, protocol) if protocol else None
        return said or Reason("The schedule asks for it.", "the schedule of the protocol")
    return KINDS[kind]


def _of_item(item: str, protocol: Protocol) -> Reason | None:
    for said in protocol.reasons:
        if said.item == item:
            numbers = {field.name: getattr(protocol, field.name) for field in fields(protocol)}
            return Reason(said.text.format_map(numbers), said.source)
    return None
