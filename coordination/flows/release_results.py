"""Somebody of the center lets the practice see results that waited for it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from coordination.base.models import User
from coordination.models import ResultRelease
from labs.models import LabResult


@transaction.atomic
def release_results(results: Iterable[LabResult], *, by: User, now: datetime) -> int:
    """Release these versions, for good. Twice is once; returns how many were not released before."""
    found = list(results)
    before = set(ResultRelease.objects.filter(result__in=found).values_list("result_id", flat=True))
    new = [ResultRelease(result=result, at=now, by=by) for result in found if result.pk not in before]
    ResultRelease.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
