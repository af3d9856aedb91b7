"""End an order ahead when the recommendation turns against it: only ever in the safe direction."""

from datetime import datetime

from scheduling import actions
from scheduling.models import OrderAhead
from scheduling.rules.answer import DoseAction, NextDose
from scheduling.stored_rows import StoredAhead, StoredRows


def reconcile(stored: StoredRows, dose: NextDose, *, now: datetime) -> None:
    """End those that the recommendation `dose` no longer leaves open."""
    ending = {ahead.id for ahead in stored.orders_ahead if not _is_open(ahead, dose)}
    if not ending:
        return
    because = f"The recommendation changed: {dose.text}" if dose.text else "There is no dose to decide."
    for ahead in OrderAhead.objects.not_ended().filter(pk__in=ending):
        actions.end_order_ahead(ahead, by=None, because=because, now=now)


def _is_open(ahead: StoredAhead, dose: NextDose) -> bool:
    """Labs are still awaited, or the same activity is recommended and waits for its signature."""
    if dose.cycle != ahead.number:
        return False
    if dose.action is DoseAction.GIVE:
        return dose.activity_gbq == ahead.activity_gbq
    return dose.action is DoseAction.PENDING
