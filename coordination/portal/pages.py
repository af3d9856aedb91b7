"""The short pages for a practice that has not referred yet: what is needed, what PRRT is, who does what.

Numbers come from the default protocol and the rules, so that the pages never say another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coordination.base.choices import Item, Owner
from coordination.wording.clinical import ITEMS, OWNERS
from scheduling.protocols import DEFAULT_PROTOCOL, get_protocol
from scheduling.rules.item_owners import owner_of
from scheduling.rules.protocol import Protocol

# A referral is complete with these (RULES 8, H22 table 1); the letter "please send" names only what lacks.
NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "The tumor",
        (
            "Primary site, TNM stage, functioning or not",
            "Pathology report: differentiation, mitotic rate, Ki-67, markers, and the grading scheme",
        ),
    ),
    (
        "Imaging, images as well as reports",
        (
            "Somatostatin-receptor imaging, within six months before treatment",
            "The last CT or MRI, with its date",
        ),
    ),
    (
        "Treatment so far",
        (
            "Somatostatin analog: which, since when, date and kind of the last injection, what progressed",
            "Surgery, liver-directed treatment, chemotherapy, earlier radioligand treatment",
        ),
    ),
    (
        "The patient",
        (
            "Weight, performance status, allergies, anticoagulation",
            "Blood tests with reference ranges: blood count with differential, creatinine, urea nitrogen, "
            "albumin, AST, ALT, ALP, total bilirubin",
        ),
    ),
    ("You", ("Who refers, and through whom it came", "Whom we call when we have a question")),
)


@dataclass(frozen=True, slots=True)
class Duty:
    owner: str
    label: str
    items: list[str]


DUTY_ORDER: Mapping[str, str] = {
    Owner.REFERRING_PRACTICE: "Your practice",
    Owner.CENTER: "The center",
    Owner.PATIENT: "The patient",
    Owner.NET_SPECIALIST: OWNERS[Owner.NET_SPECIALIST],
}


def duties() -> list[Duty]:
    """Who usually does what; for each patient it is agreed anew [H22]."""
    found: dict[str, list[str]] = {owner: [] for owner in DUTY_ORDER}
    for item in Item:
        found[owner_of(item.value, agreed={}, of_site={}, row_is_open=False)].append(ITEMS[item.value])
    return [Duty(owner, label, found[owner]) for owner, label in DUTY_ORDER.items() if found[owner]]


def default_protocol() -> Protocol:
    return get_protocol(DEFAULT_PROTOCOL)
