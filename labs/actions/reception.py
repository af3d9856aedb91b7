"""What is the same for every result of a report that is stored, and what became of each."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from coordination.base.models import User
from labs.models import LabReport, LabResult
from labs.sender_maps import NO_MAP, SenderMap
from patients.models import Patient


class StoredAs(StrEnum):
    """What became of one incoming result."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class StoredResult:
    """`reason` says why no rule uses it or its limits (a kind of ReviewItem); empty where none is needed.

    `ended_final`: it withdraws a result that was final.
    """

    result: LabResult
    state: StoredAs
    reason: str = ""
    ended_final: bool = False


@dataclass(frozen=True, slots=True)
class Reception:
    """What is the same for every result of a report that is stored."""

    report: LabReport
    patient: Patient | None
    now: datetime
    sender: SenderMap = NO_MAP
    zone: tzinfo | None = None  # the patient's site's
    reported_at: datetime | None = None
    filler_order: str = ""
    placer_order: str = ""
    by: User | None = None


Versions = dict[str, list[LabResult]]
