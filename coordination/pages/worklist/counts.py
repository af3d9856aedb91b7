"""What waits, in numbers that lead to the lists: an ordinary page, of which the rail shows the figures."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coordination import worklist
from coordination.base import clock
from coordination.base.access import STAFF, StaffRequest, roles
from coordination.base.sessions import passive
from coordination.worklist import LineGroup, LineKind


@roles(*STAFF)
@require_GET
@passive
def counts(request: StaffRequest) -> HttpResponse:
    """Names nobody, so that nothing is written to the audit when the rail asks again."""
    found = worklist.listed(request.scope, viewer_id=request.user.pk, role=request.user.role, now=clock.now())
    context = {
        "needing_me": found.needing_me,
        "overdue": found.groups[LineGroup.OVERDUE],
        "to_decide": found.of_kinds(LineKind.DECISION, LineKind.WITHDRAWN),
        "to_review": found.of_kinds(LineKind.REVIEW),
    }
    return render(request, "coordination/counts.html", context)
