"""The criteria: their names and words, default thresholds, and what an answer to one says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    CANNOT_TELL = "cannot-tell"


class Operator(StrEnum):
    AT_LEAST = ">="
    AT_MOST = "<="


class CriteriaSet(StrEnum):
    """Which criteria a site requires (RULES 8)."""

    AFTER_SSA = "after-ssa"  # progression under a somatostatin analog; G1-G2, G3 case by case [H22]
    FIRST_LINE = "first-line"  # G2-G3 with Ki-67 10-55 %, before any other treatment [NETTER-2]


@dataclass(frozen=True, slots=True)
class Threshold:
    """`valid_days` is how long a measurement counts, its day included as day 0; None: without end."""

    criterion: str
    operator: Operator
    bound: Decimal
    unit: str  # "x ULN": the bound is a multiple of the upper limit that came with the result
    source: str
    valid_days: int | None

    @property
    def words(self) -> str:
        """As a page says it: "≥ 75", "≤ 3 x ULN"."""
        sign = "≥" if self.operator is Operator.AT_LEAST else "≤"
        return f"{sign} {self.bound}{f' {self.unit}' if self.unit == TIMES_ULN else ''}"


TIMES_ULN = "x ULN"
LAB_DAYS = 14  # setting: as the panel that gates a dose

DEFAULT_THRESHOLDS = (
    Threshold("hemoglobin", Operator.AT_LEAST, Decimal(8), "g/dL", "IMP", LAB_DAYS),
    Threshold("platelets", Operator.AT_LEAST, Decimal(75), "10*9/L", "IMP", LAB_DAYS),
    Threshold("wbc", Operator.AT_LEAST, Decimal(2), "10*9/L", "IMP", LAB_DAYS),
    Threshold("creatinine-clearance", Operator.AT_LEAST, Decimal(40), "mL/min", "IMP", LAB_DAYS),
    Threshold("bilirubin", Operator.AT_MOST, Decimal(3), TIMES_ULN, "IMP", LAB_DAYS),
    Threshold("karnofsky", Operator.AT_LEAST, Decimal(60), "%", "IMP", None),
)

KARNOFSKY = "karnofsky"
BY_RESULTS = frozenset({"hemoglobin", "platelets", "wbc", "creatinine-clearance", "bilirubin"})
"""What laboratory results decide; the rules of the first dose read them for themselves."""
AS_THE_ENGINE_SAYS = {"creatinine-clearance": "crcl"}

WORDS = {
    "sstr-positive": "SSTR uptake",
    "grade": "Tumor grade",
    "need": "Indication",
    "extent": "Extent of liver and bone disease",
    "wbc": "WBC",
    "creatinine-clearance": "CrCl",
    "crcl": "CrCl",
    "karnofsky": "KPS",
}


def criterion_word(criterion: str) -> str:
    """Say a criterion: "KPS", "Hemoglobin"."""
    return WORDS.get(criterion, criterion.replace("-", " ").replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    criterion: str
    answer: Answer
    text: str  # one plain sentence
    threshold: str = ""
    source: str = "H22 table 1"
    evidence: str = ""
    evidence_on: date | None = None
    expires_on: date | None = None
