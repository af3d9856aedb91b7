"""Where the next act of a line or a gate is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from coordination.base.access import CARE_STAFF
from coordination.base.addresses import address
from coordination.base.choices import Item, Role
from coordination.flows.due_item import DONE_BY_HAND
from coordination.models import MessageDelivery
from coordination.worklist import LineKind, WorklistRow
from coordination.worklist.lines import is_prescribers
from scheduling.models import Course, DoseOrder, DueItem


@dataclass(frozen=True, slots=True)
class Act:
    """A link or, where `value` is given, a button of the page's form."""

    label: str
    url: str = ""
    icon: str = ""
    value: str = ""


RECORDS: Mapping[str, tuple[str, str, str]] = {
    "baseline-labs": ("Enter results", "enter-results", "test-pipe"),
    "pre-dose-labs": ("Enter results", "enter-results", "test-pipe"),
    "confirm-labs": ("Enter results", "enter-results", "test-pipe"),
    "nadir-labs": ("Enter results", "enter-results", "test-pipe"),
    "post-treatment-labs": ("Enter results", "enter-results", "test-pipe"),
    "follow-up-labs": ("Enter results", "enter-results", "test-pipe"),
    "sstr-pet": ("Record scan", "record-scan", "scan"),
    "ct-mri": ("Record scan", "record-scan", "scan"),
    "response-sstr-pet": ("Record scan", "record-scan", "scan"),
    "pregnancy-test": ("Record test", "record-pregnancy-test", "test-pipe"),
    "post-dose-lar": ("Record injection", "record-injection", "vaccine"),
    "maintenance-lar": ("Record injection", "record-injection", "vaccine"),
    "interim-ssa": ("Record injection", "record-injection", "vaccine"),
    "infusion": ("Record infusion", "record-infusion", "radioactive"),
    "consent": ("Record consent", "record-consent", "signature"),
    "education": ("Record teaching", "record-education", "note"),
    "authorization": ("Record authorization", "record-authorization", "shield-check"),
    "dose-order": ("Order", "dose-order", "truck-delivery"),
    "antiemetic": ("Record time", "correct-infusion", "clock"),
    "amino-acids": ("Record times", "correct-infusion", "clock"),
}
OF_AN_INFUSION = ("dose-order", "correct-infusion")
"""Pages of one infusion of a course."""
"""By item: what its record is called, the page that takes it, an icon."""


def main_act(row: WorklistRow, role: str) -> Act | None:
    """Return the one act that settles the line, for this role; None where there is nothing to do."""
    if row.kind == LineKind.REVIEW:
        allowed = role in (Role.NAVIGATOR, Role.PRESCRIBER)
        place = f"{reverse('results-to-review')}#r{row.subject.pk}"
        return Act("Review", place, "zoom-question") if allowed else None
    if row.patient is None or role not in CARE_STAFF:
        return None
    patient = row.patient.public_id
    if row.kind in (LineKind.DECISION, LineKind.WITHDRAWN):
        return _decision(row, role, patient)
    if row.kind == LineKind.CONFLICT and is_prescribers(row.line) and role != Role.PRESCRIBER:
        return Act("See patient", address("patient", patient), "eye")
    if row.kind == LineKind.CONFLICT:
        place = address("answer-conflict", patient, _course(row))
        return Act("Answer", f"{place}?conflict={row.subject.digest}", "message")  # type: ignore[union-attr]
    if isinstance(row.subject, MessageDelivery):
        return Act("Decide", reverse("message", args=[row.subject.public_id]), "message")
    if isinstance(row.subject, DoseOrder):
        cycle = row.subject.cycle
        return Act(
            "Order", address("dose-order", patient, cycle.course.public_id, cycle.number), "truck-delivery"
        )
    return _due(row, patient)


def _course(row: WorklistRow) -> UUID:
    course: Course = row.subject.course  # type: ignore[union-attr]
    return course.public_id


def _decision(row: WorklistRow, role: str, patient: UUID) -> Act:
    if role != Role.PRESCRIBER:
        return Act("See proposal", address("patient", patient), "eye")
    if row.line.subject == "review":
        return Act("Decide", address("override", patient, _course(row)), "signature")
    return Act("Sign", address("sign", patient, _course(row)), "signature")


def record_of(item: DueItem, patient: UUID) -> tuple[str, str, str]:
    """The page that takes the fact by which an item is done: its label, address and icon."""
    label, name, icon = RECORDS[item.item]
    if name == "correct-infusion" and not item.not_recorded:
        label, name, icon = RECORDS["infusion"]
    place = (item.course.public_id, item.cycle_number or 1) if name in OF_AN_INFUSION else ()
    return label, address(name, patient, *place), icon


def _due(row: WorklistRow, patient: UUID) -> Act | None:
    item = row.item
    if item is None:
        return None
    if item.too_late:
        return Act("Close", f"{address('due-item', item.public_id)}#not-done", "circle-x")
    if item.item == Item.INFUSION and item.course.held_since:
        return Act("See patient", address("patient", patient), "eye")
    if item.item in RECORDS:
        return Act(*record_of(item, patient))
    if item.item in DONE_BY_HAND:
        return Act("Done", icon="check", value=f"{item.public_id}.{item.version}")
    return None
