"""What is known of an infusion to come, and what a gate answers, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from scheduling.rules.answer import OrderClock


class GateState(StrEnum):
    READY = "ready"
    NOT_YET = "not-yet"
    PROBLEM = "problem"
    CANNOT_TELL = "cannot-tell"


class GateAct(StrEnum):
    """What a person does next to clear a gate; the pages hold the address for each."""

    NONE = ""
    ENTER_RESULTS = "enter-results"
    SIGN = "sign"
    RECORD_SCAN = "record-scan"
    ASK_EVENTS = "ask-events"
    RECORD_INJECTION = "record-injection"
    RECORD_PREGNANCY_TEST = "record-pregnancy-test"
    RECORD_AUTHORIZATION = "record-authorization"
    RECORD_CONSENT = "record-consent"
    RECORD_EDUCATION = "record-education"
    ORDER_DOSE = "order-dose"
    MOVE = "move"
    BOOK = "book"
    REVIEW = "review"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    state: GateState
    reason: str
    act: GateAct = GateAct.NONE


@dataclass(frozen=True, slots=True)
class GatePanel:
    """The panel that gates the dose, and the one that confirms it."""

    done: bool
    missing: tuple[str, ...] = ()
    opens_on: date | None = None
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class GateDecision:
    """The current proposal for the course, and the signature under it if one stands."""

    cycle: int | None
    action: str
    rows: tuple[tuple[str, str], ...] = ()  # row, state
    unmet: tuple[str, ...] = ()  # criteria of the first dose that are not met, in words
    unsure: tuple[str, ...] = ()  # and those that cannot be told
    signed_action: str = ""
    signed_by: str = ""
    signed_gbq: str = ""
    withdrawn_because: str = ""
    is_waiting: bool = False  # facts have come since, and nothing has assessed them yet


@dataclass(frozen=True, slots=True)
class GateOrder:
    gbq: str
    calibration_on: date
    confirmed: bool
    decision_stands: bool


@dataclass(frozen=True, slots=True)
class GateInquiry:
    asked: str
    on: date
    answer: str


@dataclass(frozen=True, slots=True)
class GateAuthorization:
    state: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is known of one infusion to come, all days local to the site."""

    cycle: int
    planned_on: date
    today: date
    starts_at: datetime | None = None
    starts_at_words: str = ""
    booked: str = ""  # the chair and the people
    previous_on: date | None = None  # the day the last infusion was given
    held_because: str = ""
    has_practice: bool = True
    lab: GatePanel | None = None
    confirm: GatePanel | None = None
    decision: GateDecision | None = None
    sstr_done: bool = False
    inquiries: tuple[GateInquiry, ...] = ()
    last_long_acting_on: date | None = None
    long_acting_limit_on: date | None = None
    long_acting_after_on: date | None = None  # planned or given from the infusion's day to the day after
    short_acting_stop_words: str = ""
    pregnancy_possible: bool = False
    pregnancy_every_cycle: bool = False
    pregnancy_test: tuple[date, str] | None = None  # the newest
    payers: tuple[GateAuthorization, ...] = ()
    consent_on: date | None = None
    consent_withdrawn_on: date | None = None
    educated_on: date | None = None
    order: GateOrder | None = None
    ahead: str = ""  # the order ahead of the panel that permits the order, in words
    clock: OrderClock | None = None
    conflicts: Mapping[str, str] = field(default_factory=dict)  # code -> text, not overridden
    overridden: Mapping[str, str] = field(default_factory=dict)  # code -> who goes on, and why
    asked: frozenset[str] | None = None  # items that the protocol asks for; None: every one
    sstr_months: int = 6
    pregnancy_days: int = 7
