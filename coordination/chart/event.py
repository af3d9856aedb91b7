"""One line of the timeline of everything that happened around a patient."""

from dataclasses import dataclass
from datetime import datetime

MOST_OF_A_KIND = 60


@dataclass(frozen=True, slots=True)
class Event:
    """As components/timeline.html reads it."""

    at: datetime
    kind: str
    words: str
    by: str = ""
    detail: str = ""
    status: str = ""
    url: str = ""


def name_of_user(user: object) -> str:
    return getattr(user, "full_name", "") or ""
