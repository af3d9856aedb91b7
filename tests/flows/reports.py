"""What a laboratory sends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from coordination.flows.lab_result import Receipt
from labs.incoming import IncomingResult

Receive = Callable[..., Receipt]

COLLECTED = datetime(2025, 1, 7, 13, 30, tzinfo=UTC)
PLATELETS = IncomingResult(
    id="r1", loinc="777-3", value="210", unit="10*9/L", low="150", high="400", collected_at=COLLECTED
)


def changed(result: IncomingResult, **change: Any) -> IncomingResult:
    return replace(result, **change)
