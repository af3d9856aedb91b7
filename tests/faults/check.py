"""Count afterwards, in the database: what was acknowledged and is not there, what is there twice or stale."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count

from bench.names import SOURCE
from coordination.base import clock
from coordination.base.models import IdempotencyKey
from labs.models import LabReport, LabResult, ReviewItem
from scheduling.answers import answer_of, signed_digest
from scheduling.models import Course, CourseConflict, DueItem, Proposal, Weight
from tests.faults.messages import Message, Version


@dataclass(frozen=True, slots=True)
class Found:
    stored: int
    assessed: int
    lost: int
    half: int  # messages of which there is something and not all, acknowledged or not
    doubled: Mapping[str, int]  # by what is there more than once


def check(acknowledged: Mapping[str, Message], *, sent: Iterable[Message]) -> Found:
    """`acknowledged` holds every message, by its key, that was answered with 2xx; `sent` all there were."""
    there = _versions()
    stored = [message for message in acknowledged.values() if _is_stored(message, there)]
    return Found(
        stored=len(stored),
        assessed=_assessed(stored),
        lost=len(acknowledged) - len(stored),
        half=_half(sent, there),
        doubled={name: count for name, count in _doubled(there, acknowledged.values()).items() if count},
    )


def _versions() -> Counter[Version]:
    rows = LabResult.objects.exclude(source=SOURCE)
    return Counter(rows.values_list("source_id", "value", "status", "reported_at"))


def _is_stored(message: Message, there: Counter[Version]) -> bool:
    return all(there[version] for version in message.versions)


def _half(sent: Iterable[Message], there: Counter[Version]) -> int:
    """A report without all its results, or an answer kept for a report that is not there."""
    begun = set(LabReport.objects.values_list("message_key", flat=True))
    begun |= set(IdempotencyKey.objects.filter(status__lt=300).values_list("key", flat=True))
    return len({message.key for message in sent if message.key in begun and not _is_stored(message, there)})


def _assessed(stored: Iterable[Message]) -> int:
    """Messages whose course was assessed after them, and whose proposal is what the facts say today."""
    now = clock.now()
    received = dict(LabReport.objects.values_list("message_key", "received_at"))
    current: dict[int, Course] = {}
    for course in Course.objects.select_related("patient__site"):
        proposal = Proposal.objects.current().filter(course=course).first()
        _, assessment = answer_of(course, as_of=now)
        if course.assess_after is None and proposal and proposal.digest == signed_digest(assessment):
            current[course.pk] = course
    return sum(
        message.course in current
        and (assessed_at := current[message.course].assessed_at) is not None
        and assessed_at >= received[message.key]
        for message in stored
    )


def _doubled(there: Counter[Version], acknowledged: Iterable[Message]) -> dict[str, int]:
    """Effects beyond one: versions, messages, what a result became, questions, proposals, derived rows."""
    sent = {version for message in acknowledged for version in message.versions}
    return {
        "result versions": sum(count - 1 for version, count in there.items() if version in sent),
        "messages": _beyond_one(LabReport, "source", "message_key"),
        "weights": _beyond_one(Weight, "result__source", "result__source_id", result__isnull=False),
        "review items": _beyond_one(ReviewItem, "result", "kind", result__isnull=False),
        "due items": _beyond_one(DueItem, "course", "item", "cycle_number", "sequence"),
        "conflicts": _beyond_one(CourseConflict, "course", "digest", gone_at=None),
        "current proposals": _beyond_one(Proposal, "course", superseded_at=None),
        "proposals": _repeated_proposals(),
    }


def _beyond_one(model: type, *names: str, **only: object) -> int:
    """Rows that share these columns with another; facts recorded in error are not counted."""
    rows = model.objects.known() if hasattr(model.objects, "known") else model.objects.all()  # type: ignore[attr-defined]
    counts = rows.filter(**only).order_by().values(*names).annotate(count=Count("pk")).filter(count__gt=1)
    return sum(row["count"] - 1 for row in counts)


def _repeated_proposals() -> int:
    """A proposal that says the same as the one before it was made for nothing."""
    made = Proposal.objects.order_by("course_id", "made_at", "pk").values_list("course_id", "digest")
    return sum(one == other for one, other in pairwise(made))
