"""What the rules say of a course: the output of `assess`, as plain values.

`scheduling/course_file/` writes it as the answer document of the course file; the pages and the API
read the same values.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct


class DoseAction(StrEnum):
    GIVE = "give"
    HOLD = "hold"
    STOP = "stop"
    REVIEW = "review"
    PENDING = "pending"
    NONE = "none"


class RowState(StrEnum):
    CLEAR = "clear"
    OPEN = "open"
    RESOLVED = "resolved"
    RECURRENT = "recurrent"
    CANNOT_TELL = "cannot-tell"


class ItemState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    CANCELLED = "cancelled"
    NOT_RECORDED = "not-recorded"  # the infusion was given, and nobody recorded this before it


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


class RowAnswer(Struct, frozen=True):
    row: str
    state: RowState
    grade: int | None
    occurrence: int
    because: tuple[str, ...]
    text: str


class CriterionState(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    CANNOT_TELL = "cannot-tell"


class FirstDoseCriterion(Struct, frozen=True):
    """One criterion of the first dose; value and threshold are None where no result answers it."""

    criterion: str
    state: CriterionState
    value: str | None = None
    threshold: str | None = None


class NextDose(Struct, frozen=True):
    cycle: int | None
    action: DoseAction
    activity_gbq: Decimal | None
    rows: tuple[RowAnswer, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    days_since_last_infusion: int | None
    last_allowed_on: date | None
    crcl_ml_min: Decimal | None
    text: str  # the proposal in one sentence
    criteria: tuple[FirstDoseCriterion, ...] = ()  # first dose, once its panel is there


class GradedResult(Struct, frozen=True, gc=False, omit_defaults=True):  # as many as results: see DueItem
    result: str
    analyte: str
    value: str
    unit: str | None
    grade: int | None
    derived: bool = False


class RejectedResult(Struct, frozen=True):
    result: str
    reason: str


class DueItemAnswer(Struct, frozen=True, gc=False):  # a course has fifty: a dataclass takes thrice as long
    item: str
    cycle: int | None
    opens: date | datetime | None
    target: date | datetime | None
    closes: date | datetime | None
    state: ItemState
    missing: tuple[str, ...] = ()
    reason: str = ""  # why it is cancelled


class Conflict(Struct, frozen=True):
    code: str
    severity: Severity
    cycle: int | None
    text: str
    legal: tuple[date, ...] = ()
    flags: tuple[str, ...] = ()


class OrderClock(Struct, frozen=True):
    cycle: int
    calibration: date
    order_by: date
    free_cancel_until: date
    late_cancel_until: date
    latest_useful_lab_date: date


class Assessment(Struct, frozen=True):
    id: str
    as_of: datetime
    protocol: str
    ctcae: str
    next_dose: NextDose
    grades: tuple[GradedResult, ...]
    rejected: tuple[RejectedResult, ...]
    due: tuple[DueItemAnswer, ...]
    conflicts: tuple[Conflict, ...]
    order: tuple[OrderClock, ...]
    limits_rejected: tuple[RejectedResult, ...] = ()
