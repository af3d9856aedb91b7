from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

Make = Callable[[], object]


def refused_by(make: Make) -> str:
    """The name of the constraint or trigger by which the database refuses what `make` does."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        make()
    return refusal.value.__cause__.diag.constraint_name


def is_denied(make: Make) -> bool:
    """Whether the product's own role has no right to what `make` does."""
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        make()
    return True


def twice(make: Callable[..., object], **same: object) -> Make:
    def make_both() -> None:
        make(**same)
        make(**same)

    return make_both
