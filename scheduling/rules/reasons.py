"""Why the schedule asks for an item: one plain sentence each, with its source, as the pages show it."""

from collections.abc import Mapping
from typing import NamedTuple


class Reason(NamedTuple):
    text: str
    source: str


ITEMS: Mapping[str, Reason] = {
    "infusion": Reason(
        "Infusions are 56 days apart, at least 49 and at most 63, counted from the one really given; "
        "after 16 weeks the course stops or a prescriber decides.",
        "US label of April 2024, section 2.2",
    ),
    "sstr-pet": Reason(
        "Uptake must have been shown by SSTR imaging within 6 months before infusion 1.",
        "Hendifar 2022, table 1",
    ),
    "baseline-labs": Reason(
        "The whole panel 14 to 11 days before infusion 1, so that the result is in before free "
        "cancellation of the dose ends.",
        "Hendifar 2022, figure 1, the manufacturer's ordering page",
    ),
    "pregnancy-test": Reason(
        "Where pregnancy is possible, a negative test within 7 days before infusion 1.",
        "US label of April 2024, section 2.1",
    ),
    "education": Reason("The patient is taught before infusion 1.", "Hendifar 2022, table 4"),
    "consent": Reason("The patient agrees in writing before infusion 1.", "Hendifar 2022, table 4"),
    "authorization": Reason("The payer's word must cover the day of the infusion.", "Hendifar 2022, table 4"),
    "dose-order": Reason(
        "The dose is ordered by the Tuesday of the week two weeks before the week it is calibrated for.",
        "the manufacturer's ordering page",
    ),
    "pre-dose-labs": Reason(
        "The whole panel 14 to 11 days before the infusion and not before day 8 after the last one: the dose "
        "table is applied to it.",
        "Hendifar 2022, tables 2 and 3",
    ),
    "confirm-labs": Reason("The panel is repeated the day before or on the day.", "Hendifar 2022, figure 1"),
    "post-dose-lar": Reason(
        "Octreotide LAR 30 mg between 4 hours after the end and 24 hours after the start of the infusion.",
        "US label of April 2024, section 2.3",
    ),
    "antiemetic": Reason("Given before the amino acids.", "US label of April 2024, section 2.3"),
    "amino-acids": Reason(
        "From 30 minutes before, during and at least 3 hours after the infusion.",
        "US label of April 2024, section 2.3",
    ),
    "nadir-labs": Reason(
        "Counts are lowest about 5 weeks after a dose: a panel on day 28 to 42, best day 36.",
        "US label of April 2024, section 5.2",
    ),
    "interim-ssa": Reason(
        "The monthly injection between two doses: only day 28 is legal.", "Hendifar 2022, figure 1"
    ),
    "ct-mri": Reason("CT or MRI every 3 months from infusion 1.", "Hendifar 2022, figure 1"),
    "post-treatment-labs": Reason("Labs 5 weeks after the last infusion.", "Hendifar 2022, figure 1"),
    "maintenance-lar": Reason(
        "Long-acting SSA every 28 days until progression or 18 months after infusion 1.",
        "NETTER-1; Hendifar 2022",
    ),
    "response-sstr-pet": Reason("Not sooner than 3 months after the last infusion.", "Hendifar 2022"),
    "follow-up-labs": Reason(
        "Blood counts 3, 6 and 12 months after the last infusion, then yearly for life: late effects on the "
        "marrow.",
        "Halfdanarson 2023",
    ),
    "hand-back": Reason(
        "The patient returns to the referring physician 5 to 6 weeks after.", "Hendifar 2022, table 4"
    ),
}

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


def reason(kind: str, subject: str) -> Reason:
    """Say why a line of the worklist is there."""
    if kind == "due-item":
        return ITEMS.get(subject) or Reason("The schedule asks for it.", "the schedule of the protocol")
    return KINDS[kind]
