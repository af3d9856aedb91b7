"""What the database refuses, in the words of the person who is refused."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from coordination.base.errors import CareError

BEING_ASSESSED = "New results are being assessed. Try again in a moment."


@contextmanager
def database_refusals_in_words(refusals: Mapping[str, str]) -> Iterator[None]:
    """Raise CareError with the sentence for the constraint that refused; any other refusal goes on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = constraint_of(error)
        if name not in refusals:
            raise
        raise CareError(refusals[name]) from error


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint or trigger that refused."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
