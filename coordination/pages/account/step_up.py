"""An act that asks for the second factor first: `@confirmed` above its view.

Where the last code is too old, a page asks for one and carries along what was typed; with the code it is sent
on to the act. So the page works without a script, and no form has to know of it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from coordination.base import clock, second_factor
from coordination.base.access import StaffRequest
from coordination.base.errors import CareError
from coordination.base.models import Site
from coordination.base.second_factor import CodeNeeded
from coordination.pages.forms import CodeForm

P = ParamSpec("P")
View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
UNPROCESSABLE, FORBIDDEN = 422, 403
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", second_factor.FIELD})


def confirmed(*acts: str) -> Callable[[View[P]], View[P]]:
    """Ask before the view is sent; with `acts`, only where the field `act` is one of them.

    The view is about a patient (`patient_id` in its address): that patient's site says how often.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            site = _site_to_ask_for(request, acts, kwargs.get("patient_id"))
            refusal = _refusal(request, site) if site else None
            return refusal or view(request, *args, **kwargs)

        return guarded

    return guard


def _site_to_ask_for(request: StaffRequest, acts: tuple[str, ...], patient_id: Any) -> Site | None:
    """None where nothing is to be asked: looking is free, and what is out of reach the view refuses."""
    if request.method != "POST" or (acts and request.POST.get("act") not in acts):
        return None
    patient = request.scope.patients.filter(public_id=patient_id).select_related("site").first()
    return patient.site if patient else None


def _refusal(request: StaffRequest, site: Site) -> HttpResponse | None:
    now = clock.now()
    asked = second_factor.code_needed(request, site, now=now)
    if asked is CodeNeeded.NOTHING:
        return None
    if asked is CodeNeeded.SET_UP:
        return _page(request, site, None, FORBIDDEN)
    form = CodeForm(request.POST if second_factor.FIELD in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            second_factor.check_code(request, request.user, form.cleaned_data[second_factor.FIELD], now=now)
        except CareError as error:
            form.refuse(error)
        else:
            return None
    return _page(request, site, form, UNPROCESSABLE)


def _page(request: StaffRequest, site: Site, form: CodeForm | None, status: int) -> HttpResponse:
    carried = [
        (name, value) for name, values in request.POST.lists() if name not in NOT_CARRIED for value in values
    ]
    context = {"form": form, "carried": carried, "site": site}
    return render(request, "registration/step_up.html", context, status=status)
