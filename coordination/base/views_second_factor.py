"""A prescriber's own second factor: set it up, make new recovery codes, change the phone."""

from base64 import b32encode

import segno
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters

from coordination.base import clock, second_factor
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.forms import CodeForm, SetUpForm

TEMPLATE = "registration/second_factor.html"
UNPROCESSABLE = 422


@sensitive_post_parameters("password", "one_time_code")
@roles(Role.PRESCRIBER)
def own(request: StaffRequest) -> HttpResponse:
    return _set_up(request) if second_factor.app_of(request.user) is None else _change(request)


def _set_up(request: StaffRequest) -> HttpResponse:
    """Scan, type the code that the app shows, and the password: nobody sets it up at a desk left open."""
    form = SetUpForm(request.POST or None)
    if form.is_bound and form.is_valid():
        if not _is_own_password(request, form.cleaned_data["password"]):
            form.add_error("password", "This is not your password.")
        elif codes := second_factor.set_up(request, code=form.cleaned_data["one_time_code"], now=clock.now()):
            return _show_codes(request, codes)
        else:
            form.add_error("one_time_code", "Not accepted. Type the six digits that the app shows now.")
    app = second_factor.app_to_set_up(request.user)
    context = {
        "form": form,
        "qr": _drawn(app.config_url),
        "key": b32encode(app.bin_key).decode(),
        "next": _next(request),
    }
    return render(request, TEMPLATE, context, status=UNPROCESSABLE if form.errors else 200)


def _drawn(address: str) -> SafeString:
    """The library draws squares; nothing that was typed is in it as text."""
    return SafeString(segno.make(address, micro=False).svg_inline(scale=5, dark="#000", light="#fff"))


def _is_own_password(request: StaffRequest, password: str) -> bool:
    return authenticate(request, username=request.user.username, password=password) == request.user


def _change(request: StaffRequest) -> HttpResponse:
    """With a code: new recovery codes, or away with it, to set it up on another phone."""
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            second_factor.check(request, form.cleaned_data["one_time_code"], now=clock.now())
        except CareError as error:
            form.refuse(error)
        else:
            if request.POST.get("act") != "remove":
                return _show_codes(request, second_factor.new_recovery_codes(request.user))
            second_factor.forget(request.user)
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
