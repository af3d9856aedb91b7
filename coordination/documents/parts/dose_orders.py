"""The signature, the order and the order clock of one infusion's dose."""

from coordination.documents.source import DocumentChart
from scheduling.models import DoseOrder, Signature
from scheduling.rules.answer import OrderClock
from scheduling.rules.order_clock import order_clock


def signed(source: DocumentChart, number: int) -> Signature | None:
    """The standing decision to give this infusion's dose."""
    if source.course is None:
        return None
    return Signature.objects.to_give(source.course, number).select_related("signed_by").first()


def order(source: DocumentChart, number: int) -> DoseOrder | None:
    return DoseOrder.objects.standing().filter(cycle__course=source.course, cycle__number=number).first()


def times(source: DocumentChart, number: int) -> OrderClock | None:
    on = source.planned_on(number)
    course = source.course
    return order_clock(number, on, course.protocol) if on and course else None
