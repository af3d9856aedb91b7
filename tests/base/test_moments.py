"""What a field for a day and a time takes."""

import pytest
from django.core.exceptions import ValidationError

from coordination.pages.forms import MomentField


@pytest.mark.parametrize(
    "typed", ["0001-01-01T00:00", "1899-12-31T12:00", "2200-01-02T00:00", "9999-12-31T23:59"]
)
def test_a_moment_in_no_year_of_ours_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Not between 1900-01-01 and 2200-01-01"):
        MomentField().clean(typed)


@pytest.mark.parametrize("typed", ["1900-01-02T00:00", "2026-11-30T08:15"])
def test_any_other_moment_is_taken(typed: str) -> None:
    assert MomentField().clean(typed).strftime("%Y-%m-%dT%H:%M") == typed
