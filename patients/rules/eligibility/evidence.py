"""What is known of one patient: figures, judgments, the pathology report; and how long each counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from patients.rules.grade_group import GradeGroup

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A figure in the threshold's unit, `value / divisor`; `upper_limit` is the ULN in that same unit.

    The divisor lets a clearance be compared without rounding. A comparator stands for a whole interval.
    """

    value: Decimal
    on: date
    evidence: str
    comparator: str = ""
    upper_limit: Decimal | None = None
    divisor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a person, a report or a board says of a criterion; `holds` is None where it does not say.

    `holds` means that the criterion is met: of the extent, that liver and bone disease is not extensive.
    """

    holds: bool | None
    on: date
    evidence: str
    expires_on: date | None = None
    value: str = ""  # the figure that was found, where there is one


@dataclass(frozen=True, slots=True)
class Pathology:
    """The grade as the pathology report gives it; `on` is None where the report is not dated."""

    grade: GradeGroup
    on: date | None
    ki67_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one patient, each list from the oldest to the newest.

    `said` is what people recorded, by criterion. `uptake` is read from SSTR scans, `history` from what
    progressed under somatostatin analogs, `offers` are boards that offered the treatment.
    """

    measurements: Mapping[str, Measurement] = field(default_factory=dict)  # by criterion
    said: Mapping[str, Sequence[Judgment]] = field(default_factory=dict)
    uptake: Sequence[Judgment] = ()
    history: Sequence[Judgment] = ()
    offers: Sequence[Judgment] = ()
    pathology: Pathology | None = None


def has_expired(expires_on: date | None, on: date) -> bool:
    return expires_on is not None and on > expires_on


def us_day(on: date) -> str:
    """As US clinics write a day: "Jan 14, 2025"."""
    return f"{on:%b} {on.day}, {on.year}"


def newest_valid(judgments: Iterable[Judgment], on: date) -> Judgment | None:
    """Of one day the last in the list: people speak after reports."""
    valid = [judgment for judgment in judgments if not has_expired(judgment.expires_on, on)]
    return max(enumerate(valid), key=lambda numbered: (numbered[1].on, numbered[0]))[1] if valid else None
