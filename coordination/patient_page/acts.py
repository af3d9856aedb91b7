"""What every act on a patient's page has in common: whose it is, what it changed, who was first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from coordination.base.access import StaffRequest
from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.patient_page.opened import Opened
from patients.forms import FOR_ANOTHER, OpenedForm, PatientForm
from scheduling.models import Proposal

OK, UNPROCESSABLE, CONFLICT, FORBIDDEN = 200, 422, 409, 403
RECORDERS = (Role.NAVIGATOR, Role.PRESCRIBER, Role.CLINIC)


def page(
    request: StaffRequest, opened: Opened, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page under the patient's banner, with what this person may do."""
    role = request.user.role
    rights = {
        "may_record": role in RECORDERS,
        "may_prescribe": role == Role.PRESCRIBER,
        "opened": opened,
        "patient": opened.patient,
    }
    return render(request, template, {**rights, **context}, status=status)


def do(
    request: StaffRequest,
    opened: Opened,
    form: PatientForm,
    act: Callable[[], object],
    *,
    done: str,
    again: Callable[[int], HttpResponse],
    to: str = "patient",
) -> HttpResponse:
    """Show the form's page; when it was sent, do the act and say what it changed in the proposal.

    `again` draws the form's page with a status: what was typed stays, errors stand beside the field.
    """
    if request.method != "POST":
        return again(OK)
    if not form.is_valid():
        status = refused(request, form)
        answer = again(UNPROCESSABLE)
        answer.status_code = status
        return answer
    before = _proposals(request, opened)
    try:
        act()
    except OutOfDate as error:
        form.refuse(error)
        return again(CONFLICT)
    except NotPermitted as error:
        form.refuse(error)
        return again(FORBIDDEN)
    except CareError as error:
        form.refuse(error)
        return again(UNPROCESSABLE)
    request.audit.changed([opened.patient])
    return saved(request, opened, done=done, before=before, to=to)


def saved(
    request: StaffRequest, opened: Opened, *, done: str, before: Sequence[str], to: str = "patient"
) -> HttpResponseRedirect:
    after = _proposals(request, opened)
    if after and after != before:
        old = f"It was: {before[0]} " if before else ""
        messages.success(request, f"{done} {old}Now: {after[0]}")
    else:
        messages.success(request, f"{done} The proposal stays as it was." if after else done)
    return redirect(reverse(to, args=[opened.patient.public_id]))


def _proposals(request: StaffRequest, opened: Opened) -> list[str]:
    """The current proposal in words, or nothing: of a course that has ended nothing is proposed."""
    current = request.scope.of(Proposal).filter(
        course__patient=opened.patient, course__ended_at=None, superseded_at=None
    )
    return [
        f"{f'infusion {number}: ' if number else ''}{text}"
        for number, text in current.order_by("-made_at").values_list("cycle_number", "text")[:1]
    ]


def refused(request: StaffRequest, form: OpenedForm) -> int:
    """The status for a form that is not valid; one opened for another patient (H41) is said above it."""
    if not form.is_for_another:
        return UNPROCESSABLE
    messages.error(request, FOR_ANOTHER)
    return CONFLICT
