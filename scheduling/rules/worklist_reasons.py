"""Why a line of the worklist is there: one plain sentence each, with its source, as the pages show it.

The protocol says why the schedule asks for an item, with its own numbers; the others are the product's.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

from scheduling.rules.protocol import Protocol


class WorklistReason(NamedTuple):
    text: str
    source: str


REASON_OF_KIND: Mapping[str, WorklistReason] = {
    "decision": WorklistReason(
        "The rules propose, a prescriber signs: until then nobody orders or gives the dose.",
        "the dose-modification table",
    ),
    "withdrawn": WorklistReason(
        "New facts changed the answer after it was signed; whoever acted on the signature must know.",
        "the dose-modification table",
    ),
    "conflict": WorklistReason(
        "What is planned or was done breaks a rule: move it, or a named person says why it stands.",
        "the conflict table of the schedule",
    ),
    "message": WorklistReason(
        "A message that nobody can vouch for is never sent again by itself: a person calls, and decides.",
        "messages to people leave at most once",
    ),
    "review": WorklistReason(
        "No rule may use this result as it came. It decides nothing until a person has looked.",
        "the reading rules for laboratory results",
    ),
    "order": WorklistReason(
        "A dose is on order, and the decision or the day it was ordered for no longer stands.",
        "the manufacturer's ordering page",
    ),
}


def worklist_reason(kind: str, subject: str, protocol: Protocol | None = None) -> WorklistReason:
    """Say why a line of the worklist is there; `protocol` is that of the item's course."""
    if kind == "due-item":
        said = _of_item(subject, protocol) if protocol else None
        return said or WorklistReason("The schedule asks for it.", "the schedule of the protocol")
    return REASON_OF_KIND[kind]


def _of_item(item: str, protocol: Protocol) -> WorklistReason | None:
    for said in protocol.reasons:
        if said.item == item:
            numbers = {field.name: getattr(protocol, field.name) for field in fields(protocol)}
            return WorklistReason(said.text.format_map(numbers), said.source)
    return None
