"""What the rules say of a stored course at a moment, and the digest of what a prescriber signs of it."""

import hashlib
from datetime import datetime
from typing import Any

import msgspec

from scheduling.facts import facts_of
from scheduling.models import Course
from scheduling.rules.answer import Assessment, CriterionState, FirstDoseCriterion
from scheduling.rules.assess import assess
from scheduling.rules.facts import CourseFacts

OVERTAKEN = "New facts have changed the proposal since it was signed."
"""Why a signature stands no longer, between the facts and the assessment that withdraws it."""


def answer_of(course: Course, *, as_of: datetime) -> tuple[CourseFacts, Assessment]:
    """What the rules say of a course as it was known at `as_of`; stores nothing."""
    facts = facts_of(course, as_of)
    return facts, assess(facts, course.protocol)


def signed_digest(assessment: Assessment) -> str:
    """Over what a prescriber signs: the decision, its rows and what they rest on; not over the day."""
    dose = assessment.next_dose
    rows = [(row.row, row.state.value, row.grade, row.occurrence, row.because) for row in dose.rows]
    signed_about: list[Any] = [
        dose.cycle,
        dose.action.value,
        None if dose.activity_gbq is None else str(dose.activity_gbq),
        rows,
        dose.missing,
        dose.notes,
        assessment.protocol,
        assessment.ctcae,
    ]
    if dose.criteria:
        signed_about.append([_signed_about(criterion) for criterion in dose.criteria])
    return hashlib.sha256(msgspec.json.encode(signed_about)).hexdigest()


def _signed_about(criterion: FirstDoseCriterion) -> tuple[str, str, str | None]:
    """A newer value of a criterion that is still met changes nothing that was signed."""
    is_met = criterion.state is CriterionState.MET
    return criterion.criterion, criterion.state.value, None if is_met else criterion.value
