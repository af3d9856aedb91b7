"""Results that the rules do not believe beside the other facts of a course: a person is asked, once.

What is wrong with a result alone is seen at the door (labs/actions/). That it contradicts another one, or
cannot be of its time, only the rules see, and they say it again at every assessment.
"""

from collections.abc import Iterable
from datetime import datetime

from labs.actions.reviews import close_review, review_of
from labs.models import LabResult, ReviewItem
from labs.rules.analytes import Analyte
from labs.rules.reading import Rejection
from patients.models import Patient
from scheduling.facts import facts_without_course
from scheduling.models import Course
from scheduling.protocols import protocol_of
from scheduling.result_chains import ResultIds
from scheduling.rules.answer import Assessment
from scheduling.rules.build_timeline import build_timeline
from scheduling.stored_rows import ASKED_BESIDE_OTHERS, AskedReview, StoredRows

RIGHT_AGAIN = "The results of this draw no longer contradict each other."
COUNTED_TOGETHER = frozenset({Analyte.WBC, Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES})


def reconcile(course: Course, assessment: Assessment, stored: StoredRows, *, now: datetime) -> None:
    """Open an item for each that has none, and close those whose contradiction is gone."""
    disbelieved = {
        (each.result, each.reason)
        for each in (*assessment.rejected, *assessment.limits_rejected)
        if each.reason in ASKED_BESIDE_OTHERS
    }
    _reconcile(course.patient, disbelieved, stored.reviews, now=now)


def ask_without_course(patient: Patient, results: Iterable[LabResult], *, now: datetime) -> None:
    """Nobody assesses a patient without a course; that a part is above its whole is said all the same."""
    if not any(result.analyte in COUNTED_TOGETHER for result in results):
        return
    facts = facts_without_course(patient, now)
    timeline = build_timeline(facts, protocol_of(facts))
    disbelieved = {
        (each.id, str(each.rejection))
        for each in timeline.rejected
        if each.rejection is Rejection.CONTRADICTS
    }
    asked = ReviewItem.objects.filter(patient=patient, kind=Rejection.CONTRADICTS, result__isnull=False)
    reviews = [AskedReview(**row) for row in asked.values(*AskedReview.__struct_fields__)]
    _reconcile(patient, disbelieved, reviews, now=now)


def _reconcile(
    patient: Patient, disbelieved: set[tuple[str, str]], reviews: Iterable[AskedReview], *, now: datetime
) -> None:
    """`disbelieved`: results by what the course file calls them, each with its reason."""
    doubted = [each for each in reviews if each.is_open and each.kind == Rejection.CONTRADICTS]
    if not (disbelieved or doubted):
        return
    results = _results_by_id(patient)
    wanted = {(results[name].pk, kind) for name, kind in disbelieved if name in results}
    asked = {(each.result_id, each.kind) for each in reviews}
    by_key = {result.pk: result for result in results.values()}
    ReviewItem.objects.bulk_create(
        review_of(by_key[key], kind, now=now) for key, kind in sorted(wanted - asked)
    )
    gone = [each.id for each in doubted if (each.result_id, each.kind) not in wanted]
    for item in ReviewItem.objects.open().filter(pk__in=gone):
        close_review(item, because=RIGHT_AGAIN, now=now)


def _results_by_id(patient: Patient) -> dict[str, LabResult]:
    """The patient's results by what the course file calls them."""
    of_patient = LabResult.objects.filter(patient=patient, collected_at__isnull=False)
    found = list(of_patient.select_related("report"))
    ids = ResultIds.among((result.source, result.source_id) for result in found)
    return {ids.of(result.source, result.source_id, result.version): result for result in found}
