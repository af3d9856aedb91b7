"""A story: one patient, one line, and the way it is told."""

from collections.abc import Callable
from dataclasses import dataclass

from coordination.demo.person import Person
from coordination.demo.walk import Walk


@dataclass(frozen=True, slots=True)
class Story:
    """One patient's way, in one line; `tell` walks it."""

    key: str
    line: str
    person: Person
    tell: Callable[[Walk], None]
