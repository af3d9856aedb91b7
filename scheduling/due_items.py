"""Make the stored due items of a course equal to the answer; what people said about them stays.

An item keeps its row by (item, cycle, place in its series). Derived columns are not what people change, so
writing them leaves no history.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from coordination.base.models import SiteSettings
from patients.models import Consent, Education, Responsibility
from scheduling.models import Course, DoseOrder, DueItem
from scheduling.rules import answer as plain
from scheduling.rules.answer import Assessment, ItemState, RowState
from scheduling.rules.owners import REFERRING_PRACTICE, owner_of

WAIT_FOR_THE_INFUSION = frozenset({"post-dose-lar", "radiation-precautions", "nadir-labs", "interim-ssa"})
NO_LONGER_ASKED_FOR = "no longer asked for"
DERIVED = (
    "opens_on",
    "target_on",
    "closes_on",
    "opens_at",
    "target_at",
    "closes_at",
    "done",
    "waits",
    "cancelled_because",
    "missing",
    "owner",
    "practice_id",
)

Key = tuple[str, int | None, int]


def reconcile(course: Course, assessment: Assessment) -> None:
    stored: dict[Key, DueItem] = {
        (item.item, item.cycle_number, item.sequence): item for item in DueItem.objects.filter(course=course)
    }
    wanted = _wanted(course, assessment)
    new, changed = [], []
    for key, columns in wanted.items():
        item = stored.get(key)
        if item is None:
            name, cycle, sequence = key
            new.append(DueItem(course=course, item=name, cycle_number=cycle, sequence=sequence, **columns))
        elif _differs(item, columns):
            changed.append(_with(item, columns))
    for key, item in stored.items():
        if key not in wanted and not item.cancelled_because:
            changed.append(_with(item, {"cancelled_because": NO_LONGER_ASKED_FOR}))
    DueItem.objects.bulk_create(new)
    DueItem.objects.bulk_update(changed, [name.removesuffix("_id") for name in DERIVED])


def _differs(item: DueItem, columns: Mapping[str, Any]) -> bool:
    return any(getattr(item, name) != value for name, value in columns.items())


def _with(item: DueItem, columns: Mapping[str, Any]) -> DueItem:
    for name, value in columns.items():
        setattr(item, name, value)
    return item


def _wanted(course: Course, assessment: Assessment) -> dict[Key, dict[str, Any]]:
    owners = _Owners(course, assessment)
    recorded = _recorded_elsewhere(course)
    seen: Counter[tuple[str, int | None]] = Counter()
    given = {item.cycle for item in assessment.due if item.item == "antiemetic" and _is_done(item)}
    wanted = {}
    for item in assessment.due:
        seen[item.item, item.cycle] += 1
        wanted[item.item, item.cycle, seen[item.item, item.cycle]] = {
            **_dates("opens", item.opens),
            **_dates("target", item.target),
            **_dates("closes", item.closes),
            "done": _is_done(item) or (item.item, item.cycle) in recorded,
            "waits": item.item in WAIT_FOR_THE_INFUSION and item.cycle not in given,
            "cancelled_because": item.reason if item.state is ItemState.CANCELLED else "",
            "missing": list(item.missing),
            **owners.of(item.item),
        }
    return wanted


def _is_done(item: plain.DueItem) -> bool:
    return item.state is ItemState.DONE


def _dates(name: str, when: date | datetime | None) -> dict[str, Any]:
    if isinstance(when, datetime):
        return {f"{name}_on": None, f"{name}_at": when}
    return {f"{name}_on": when, f"{name}_at": None}


def _recorded_elsewhere(course: Course) -> set[tuple[str, int | None]]:
    """Items that have a record of their own, which a course file does not carry."""
    patient = course.patient_id
    ordered = DoseOrder.objects.standing().filter(cycle__course=course)
    done: set[tuple[str, int | None]] = {
        ("dose-order", number) for number in ordered.values_list("cycle__number", flat=True)
    }
    if Consent.objects.filter(patient=patient, kind=Consent.Kind.TREATMENT).standing().exists():
        done.add(("consent", 1))
    if Education.objects.filter(patient=patient, topic=Education.Topic.TREATMENT).known().exists():
        done.add(("education", 1))
    return done


class _Owners:
    """The patient's list of responsibilities, read once."""

    def __init__(self, course: Course, assessment: Assessment) -> None:
        agreed = Responsibility.objects.filter(patient=course.patient_id)
        self.agreed = {row.item: row for row in agreed}
        settings = SiteSettings.objects.filter(site=course.patient.site_id).first()
        self.of_site: Mapping[str, str] = settings.default_owners if settings else {}
        self.referred_by = course.patient.referred_by_id
        self.row_is_open = any(row.state is RowState.OPEN for row in assessment.next_dose.rows)

    def of(self, item: str) -> dict[str, Any]:
        owner = owner_of(
            item,
            agreed={name: row.owner for name, row in self.agreed.items()},
            of_site=self.of_site,
            row_is_open=self.row_is_open,
        )
        named = self.agreed.get(item)
        practice = named.practice_id if named and named.practice_id else None
        if owner == REFERRING_PRACTICE and practice is None:
            practice = self.referred_by
        return {"owner": owner, "practice_id": practice if owner == REFERRING_PRACTICE else None}


def missing_owners(items: Iterable[DueItem]) -> list[DueItem]:
    """Items whose owner is a practice, but no practice is known for the patient."""
    return [item for item in items if item.owner == REFERRING_PRACTICE and item.practice_id is None]
