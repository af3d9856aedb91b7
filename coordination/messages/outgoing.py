"""A message ready to leave, and the two ways in which sending it fails."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to leave. `reference` is ours: it comes back with a bounce or a status."""

    channel: str
    to: str
    subject: str
    body: str
    reference: str
    stop_url: str
    status_url: str


class NotTaken(Exception):
    """The server certainly did not take it. `for_good`: it will not take it later either."""

    def __init__(self, because: str, *, for_good: bool) -> None:
        super().__init__(because)
        self.because = because
        self.for_good = for_good


class Unclear(Exception):
    """The connection broke when the message may have been taken: never sent again by itself."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because
