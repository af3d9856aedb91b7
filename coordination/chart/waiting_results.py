"""Which results of a panel wait in the review queue: said wherever a dose is decided, signed or gated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from coordination.base import clock
from coordination.base.models import Site
from coordination.base.prepared_scope import PreparedRow
from coordination.wording.clinical import analyte_word
from labs.models import ReviewItem
from labs.rules.names import analyte_named
from scheduling.rules.formatting import MONTHS

NOT_WAITING = (
    ReviewItem.Kind.CORRECTED,
    ReviewItem.Kind.STATUS,
    ReviewItem.Kind.PRELIMINARY,
    ReviewItem.Kind.NOTE,
)
"""A person is to look at these, and the rules use the result, or know that it was withdrawn."""
GATED = (
    *("platelets", "hemoglobin", "neutrophils", "neutrophils_pct", "lymphocytes", "wbc", "creatinine"),
    *("bilirubin", "albumin", "ast", "alt", "inr", "prothrombin_activity", "hcg"),
)
"""What a dose is decided on: the panel, and what is read beside it."""
REASONS = {
    "code-unknown": "test code unknown",
    "value-unreadable": "value cannot be read",
    "unit-missing": "unit missing",
    "unit-unknown": "unit unknown",
    "implausible": "value not plausible in its unit",
    "time": "collection time not possible",
    "id-reused": "result number used for another test",
    "contradicts": "higher than the WBC of its draw",
    "limits": "reference range cannot be right",
    "wrong-patient": "sent before for another patient",
}


class OpenReview(PreparedRow, frozen=True):
    """An open review item about one result, as it is asked for."""

    patient_id: int
    kind: str
    result__analyte: str | None
    result__code_text: str
    result__collected_at: datetime | None


FIELDS = OpenReview.__struct_fields__


@dataclass(frozen=True, slots=True)
class Waiting:
    """One result that waits, in words: "Platelets of Nov 28 wait for review: unit unknown"."""

    analyte: str  # empty where its code is unknown
    name: str
    collected_at: datetime | None
    reason: str
    text: str


def asked_of(items: QuerySet[ReviewItem], moment: Any) -> QuerySet[Any, Any]:
    """What was asked about results at `moment` and not settled by then, for `waiting_among`."""
    unsettled = Q(resolved_at=None) | Q(resolved_at__gt=moment)
    of_results = items.filter(unsettled, opened_at__lte=moment, result__isnull=False)
    chosen = of_results.exclude(kind__in=NOT_WAITING).order_by("result__collected_at", "pk")
    asked: QuerySet[Any, Any] = chosen.values(*FIELDS)
    return asked


def waiting_of(items: QuerySet[ReviewItem], site: Site, now: datetime) -> list[Waiting]:
    """The results among review items of one patient that wait at `now`."""
    return waiting_among((OpenReview(**row) for row in asked_of(items, now)), site, now)


def waiting_among(asked: Iterable[OpenReview], site: Site, now: datetime) -> list[Waiting]:
    """Those that decide on a dose, and those whose code nobody knows and whose name may be one of them."""
    today = clock.day_at(site, now)
    return [_waiting(each, site, today) for each in asked if _may_decide(each)]


def _may_decide(asked: OpenReview) -> bool:
    if asked.result__analyte:
        return asked.result__analyte in GATED
    named = analyte_named(asked.result__code_text)
    return str(named) in GATED if named else not any(letter.isalpha() for letter in asked.result__code_text)


def _waiting(asked: OpenReview, site: Site, today: date) -> Waiting:
    name = analyte_word(asked.result__analyte, otherwise=asked.result__code_text or "A result")
    at = asked.result__collected_at
    drawn = f" of {_day(clock.day_at(site, at), today)}" if at else ""
    verb = "wait" if name.endswith("s") else "waits"
    return Waiting(
        analyte=asked.result__analyte or "",
        name=name,
        collected_at=at,
        reason=asked.kind,
        text=f"{name}{drawn} {verb} for review: {REASONS.get(asked.kind, asked.kind)}",
    )


def _day(on: date, today: date) -> str:
    year = "" if on.year == today.year else f", {on.year}"
    return f"{MONTHS[on.month - 1]} {on.day}{year}"
