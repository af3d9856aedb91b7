"""The infusion that a sheet is about, and the days that its protocol counts from it."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from coordination.documents.source import DocumentChart


def infusion_of(source: DocumentChart) -> tuple[int, date | None, bool]:
    """The infusion a sheet is about: its number, its day, and whether it was given."""
    if source.number is None and source.is_over and source.last_given:
        return source.last_given.number, source.last_given.on, True
    number = source.number or _running(source) or source.next_number or 1
    given = any(each.number == number for each in source.given)
    return number, source.infusion_on(number), given


def _running(source: DocumentChart) -> int | None:
    """The last infusion, while its precautions still run."""
    last = source.last_given
    return (
        last.number if last and source.today <= last.on + timedelta(days=precaution_days_of(source)) else None
    )


def precaution_days_of(source: DocumentChart) -> int:
    return source.protocol.after.precaution_days


def about_analogs(source: DocumentChart) -> Iterator[str]:
    """What colleagues elsewhere must know of long-acting analogs, where the protocol has a washout."""
    if ssa := source.protocol.somatostatin:
        yield _(
            "No long-acting somatostatin analog in the %(days)s days before an infusion; "
            "call us before you give one."
        ) % {"days": ssa.washout_days}
