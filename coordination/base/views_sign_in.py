"""Signing in: the password, then the code where one is asked for; the session begins after both."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from coordination.base import access, audit, clock, guessing, kept, passwords, second_factor, sessions
from coordination.base.access import access_has_ended
from coordination.base.errors import CareError
from coordination.base.forms import CodeForm, FirstCodeForm, SignInForm
from coordination.base.models import User
from coordination.base.models.audit import AuditEventKind as Kind
from coordination.base.qr import drawn
from coordination.base.second_factor import Ask

UNPROCESSABLE, TOO_MANY = 422, 429
PENDING = "signing_in"
PENDING_FOR = timedelta(minutes=10)


class SignInView(auth_views.LoginView):
    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post"]

    @method_decorator(sensitive_post_parameters("password"))
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the try before the password is looked at; where it has to wait, it is not."""
        name = str(request.POST.get("username", ""))
        self.tried = guessing.Try()
        if name and request.POST.get("password"):
            self.tried = guessing.begin(request, name, clock.now())
        if self.tried.wait:
            _note_failure(request, name, waits=True)
            return _told_to_wait(request, self.tried.wait)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        now, user = clock.now(), form.get_user()
        guessing.succeeded(self.tried, now)
        if second_factor.at_sign_in(user) is not Ask.NOTHING:
            return _wait_for_code(self.request, user, next=self.get_success_url(), now=now)
        self.request.session.pop(second_factor.CHECKED_AT, None)
        response = begin_session(self.request, user, next=self.get_success_url(), now=now)
        if len(form.cleaned_data["password"]) < passwords.ALONE and not settings.FOURFOLD_DEMO:
            messages.warning(self.request, f"Choose a password of at least {passwords.ALONE} characters now.")
            response["Location"] = reverse("password")
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        _note_failure(self.request, str(form.data.get("username", "")), waits=False)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = getattr(settings, "DEMO_PEOPLE", []) if settings.FOURFOLD_DEMO else []
        return super().get_context_data(demo_people=people, **kwargs)


def _note_failure(request: HttpRequest, name: str, *, waits: bool) -> None:
    """Name an account only where there is one: people type passwords into the wrong field."""
    tried = User.objects.filter(username=name.strip().lower()).first()
    audit.record(request, Kind.SIGN_IN_FAILED, user=tried, detail={"because": "has to wait"} if waits else {})


def _told_to_wait(request: HttpRequest, wait: timedelta) -> HttpResponse:
    context = {"wait": guessing.in_words(wait)}
    response = render(request, "registration/locked_out.html", context, status=TOO_MANY)
    response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def begin_session(request: HttpRequest, user: User, *, next: str, now: datetime) -> HttpResponse:
    """Sign the person in, note from where, offer what they had typed, and know the browser from now on."""
    login(request, user)
    sessions.describe(request, audit.address_of(request))
    kept.remember_offers(request, user, now)
    audit.record(request, Kind.SIGN_IN, user=user)
    response = redirect(next)
    guessing.know_this_browser(request, response, user)
    return response


# --- the code ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pending:
    """Who has shown a right password just now, and where they want to go."""

    user: User
    next: str


def _wait_for_code(request: HttpRequest, user: User, *, next: str, now: datetime) -> HttpResponse:
    """Nobody is signed in yet: the session only remembers whose password was right."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "at": now.timestamp(),
        "next": next,
        "password": user.get_session_auth_hash(),
    }
    return redirect("sign-in-code")


def _pending(request: HttpRequest, now: datetime) -> Pending | None:
    """None where nobody is on the way in, or not any more: too long ago, closed, another password since."""
    said = request.session.get(PENDING)
    if not said or now.timestamp() - said["at"] > PENDING_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or access_has_ended(user):
        return None
    same = constant_time_compare(said["password"], user.get_session_auth_hash())
    return Pending(user, said["next"]) if same else None


@sensitive_post_parameters("one_time_code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code, or the set-up of an app by whoever has to have one."""
    pending = _pending(request, clock.now())
    if pending is None:
        request.session.pop(PENDING, None)
        return redirect("sign-in")
    if second_factor.app_of(pending.user):
        return _ask_code(request, pending)
    return _set_up(request, pending)


def _ask_code(request: HttpRequest, pending: Pending) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            second_factor.check(request, pending.user, form.cleaned_data["one_time_code"], now=now)
        except CareError as error:
            form.refuse(error)
        else:
            return _go_on(request, pending, now)
    context = {"form": form}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "registration/sign_in_code.html", context, status=status)


def _set_up(request: HttpRequest, pending: Pending) -> HttpResponse:
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        typed = form.cleaned_data["one_time_code"]
        if codes := second_factor.set_up(request, pending.user, code=typed, now=now):
            next = _safe(request, pending)
            response = _go_on(request, pending, now)
            shown = render(request, "registration/second_factor.html", {"codes": codes, "next": next})
            shown.cookies = response.cookies
            return shown
        form.add_error("one_time_code", "Not accepted. Type the six digits that the app shows now.")
    app = second_factor.app_to_set_up(pending.user)
    context = {"form": form, **drawn(app)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "registration/sign_in_set_up.html", context, status=status)


def _go_on(request: HttpRequest, pending: Pending, now: datetime) -> HttpResponse:
    request.session.pop(PENDING, None)
    return begin_session(request, pending.user, next=_safe(request, pending), now=now)


def _safe(request: HttpRequest, pending: Pending) -> str:
    allowed = url_has_allowed_host_and_scheme(pending.next, allowed_hosts={request.get_host()})
    return pending.next if allowed else settings.LOGIN_REDIRECT_URL


class SignOutView(auth_views.LogoutView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The next person at this desk finds nothing in the browser."""
        if request.user.is_authenticated:
            audit.record(request, Kind.SIGN_OUT)
        response: HttpResponse = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = access.CLEARED
        return response
