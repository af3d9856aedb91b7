"""What every test starts from."""

import sys

import pytest

OUTAGES = (("coordination.tasks", "_no_broker"), ("coordination.ehr.rate_limits", "_outage"))


@pytest.fixture(autouse=True)
def _every_neighbor_answers_again() -> None:
    """A process remembers for seconds that a neighbor was silent; no test may inherit another's silence."""
    for module, name in OUTAGES:
        if module in sys.modules:
            getattr(sys.modules[module], name).end()
