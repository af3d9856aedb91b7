"""One's own second factor: set it up, make new recovery codes, change the phone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from coordination.base import clock, second_factor, sign_in_waits
from coordination.base.access import EVERYBODY, StaffRequest, roles
from coordination.base.errors import CareError
from coordination.pages.account.qr_code import drawn
from coordination.pages.forms import CodeForm, SetUpForm

TEMPLATE = "registration/second_factor.html"
UNPROCESSABLE = 422


@sensitive_post_parameters("password", "one_time_code")
@roles(*EVERYBODY)
def own(request: StaffRequest) -> HttpResponse:
    return _set_up(request) if second_factor.app_of(request.user) is None else _change(request)


def _set_up(request: StaffRequest) -> HttpResponse:
    """Scan, type the code that the app shows, and the password: nobody sets it up at a desk left open."""
    form = SetUpForm(request.POST or None)
    if form.is_bound and form.is_valid() and (codes := _codes_of(request, form)):
        return _show_codes(request, codes)
    app = second_factor.app_to_set_up(request.user)
    context = {"form": form, **drawn(app), "next": _next(request)}
    return render(request, TEMPLATE, context, status=UNPROCESSABLE if form.errors else 200)


def _codes_of(request: StaffRequest, form: SetUpForm) -> list[str]:
    """The recovery codes once password and code are right; else why not, beside the field."""
    now, user = clock.now(), request.user
    try:
        if not sign_in_waits.is_own_password(request, user, form.cleaned_data["password"], now):
            form.add_error("password", "This is not your password.")
            return []
    except CareError as error:
        form.add_error("password", error.message)
        return []
    codes = second_factor.set_up(request, user, code=form.cleaned_data["one_time_code"], now=now)
    if not codes:
        form.add_error("one_time_code", "Not accepted. Type the six digits that the app shows now.")
    return codes


def _change(request: StaffRequest) -> HttpResponse:
    """With a code: new recovery codes, or away with it, to set it up on another phone."""
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            second_factor.check_code(
                request, request.user, form.cleaned_data["one_time_code"], now=clock.now()
            )
        except CareError as error:
            form.refuse(error)
        else:
            if request.POST.get("act") != "remove":
                return _show_codes(request, second_factor.new_recovery_codes(request.user))
            second_factor.forget(request.user, but=request.session.session_key)
            del request.session[second_factor.CHECKED_AT]
            messages.success(request, "Your second factor is taken away. Set it up on the other phone now.")
            return redirect("second-factor")
    context = {
        "form": form,
        "app": second_factor.app_of(request.user),
        "left": second_factor.recovery_codes_left(request.user),
        "next": _next(request),
    }
    return render(request, TEMPLATE, context, status=UNPROCESSABLE if form.errors else 200)


def _show_codes(request: StaffRequest, codes: list[str]) -> HttpResponse:
    return render(request, TEMPLATE, {"codes": codes, "next": _next(request)})


def _next(request: StaffRequest) -> str:
    """The page to go back to: the one where a signature waits."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else ""
