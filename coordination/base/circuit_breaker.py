"""After a neighbor did not answer, leave it alone for a while: only one request pays for its silence."""

import time


class CircuitBreaker:
    """Of one neighbor, as this process knows it."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._until = 0.0

    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + self.seconds

    def end(self) -> None:
        self._until = 0.0
