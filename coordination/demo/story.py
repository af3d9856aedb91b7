"""A story: one patient, one line, and the way it is told."""

from collections.abc import Callable
from dataclasses import dataclass

from coordination.demo.person import DemoPatient
from coordination.demo.walk import Walk


@dataclass(frozen=True, slots=True)
class DemoStory:
    """One patient's way, in one line; `tell` walks it."""

    key: str
    line: str
    person: DemoPatient
    tell: Callable[[Walk], None]
