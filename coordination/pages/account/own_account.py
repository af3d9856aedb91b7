"""One's own account: the sessions, the password, the end of a session nobody uses, what was typed then."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from coordination.base import access, audit, clock, kept_forms, second_factor, sessions, sign_in_waits
from coordination.base.access import EVERYBODY, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import SiteSettings, UserSession
from coordination.base.models.audit import AuditEventKind as Kind
from coordination.base.sessions import passive
from coordination.pages.account.browsers import browser_name
from coordination.pages.forms import NewPasswordForm, SignInRulesForm

UNPROCESSABLE = 422
NOTHING_TO_SAY = 204


@roles(*EVERYBODY)
def account(request: StaffRequest) -> HttpResponse:
    """Where one is signed in; any of it can be ended."""
    if request.method == "POST":
        return _end(request)
    now = clock.now()
    open_ones = UserSession.objects.filter(user=request.user, expire_date__gt=now).order_by("-last_seen_at")
    own_key = request.session.session_key
    context = {
        "sessions": [(one, browser_name(one.browser), one.session_key == own_key) for one in open_ones],
        "app": second_factor.app_of(request.user),
        "idle_minutes": request.scope.idle_minutes,
    }
    return render(request, "registration/account.html", context)


def _end(request: StaffRequest) -> HttpResponse:
    named = request.POST.get("session", "")
    own_key = request.session.session_key
    if named == "others":
        count = sessions.end_others(request.user, but=own_key)
    else:
        count = _end_one(request, named, own_key)
    if count:
        audit.add_event(request, Kind.SIGN_OUT, detail={"because": "ended by its owner", "sessions": count})
        messages.success(request, f"{count} {'session' if count == 1 else 'sessions'} ended.")
    else:
        messages.info(request, "No session was ended: it had ended already.")
    return redirect("account")


def _end_one(request: StaffRequest, named: str, own_key: str | None) -> int:
    """This one is ended by signing out."""
    try:
        wanted = UUID(named)
    except ValueError:
        return 0
    found = UserSession.objects.filter(user=request.user, public_id=wanted).exclude(session_key=own_key)
    count, _ = found.delete()
    return count


@sensitive_post_parameters("current_password", "new_password", "new_password_again")
@roles(*EVERYBODY)
def password(request: StaffRequest) -> HttpResponse:
    """A new password for oneself. It ends every other session."""
    form = NewPasswordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, "Your password is changed. Every other session has ended.")
        return redirect("account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "registration/password.html", {"form": form}, status=status)


def _changed(request: StaffRequest, form: NewPasswordForm) -> bool:
    user, said = request.user, form.cleaned_data
    try:
        if not sign_in_waits.is_own_password(request, user, said["current_password"], clock.now()):
            form.add_error("current_password", "This is not your password.")
            return False
    except CareError as error:
        form.add_error("current_password", error.message)
        return False
    user.set_password(said["new_password"])
    user.save_by(user, because="changed own password", update_fields=["password"])
    update_session_auth_hash(request, user)
    sessions.note_browser(request, audit.address_of_request(request))
    audit.add_event(request, Kind.CHANGE, detail={"changed": "own password"})
    return True


# --- a session that nobody uses ---------------------------------------------------------------------


@roles(*EVERYBODY)
@require_POST
def stay(request: StaffRequest) -> HttpResponse:
    """Somebody is there: the session goes on."""
    return HttpResponse(status=NOTHING_TO_SAY)


@passive
@roles(*EVERYBODY)
@require_POST
def keep_typed(request: StaffRequest) -> HttpResponse:
    """Keep what was typed and not sent, shortly before the session ends."""
    _keep(request)
    return HttpResponse(status=NOTHING_TO_SAY)


@roles(*EVERYBODY)
@require_POST
def time_out_page(request: StaffRequest) -> HttpResponse:
    """Nobody came back: keep what was typed, end the session."""
    _keep(request)
    access.end_idle_session(request, request.user)
    return HttpResponse(status=NOTHING_TO_SAY)


def _keep(request: StaffRequest) -> None:
    page = request.POST.get(kept_forms.PAGE, "")
    if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        kept_forms.keep(request.user, page=page, typed=request.POST, now=clock.now())


@roles(*EVERYBODY)
@require_POST
def discard_kept(request: StaffRequest) -> HttpResponse:
    """Throw away what was kept; of somebody else there is nothing to throw away."""
    with suppress(ValueError):
        kept_forms.discard(request, request.user, UUID(request.POST.get("kept", "")))
        messages.success(request, "Discarded.")
    return redirect("/")


# --- a site's rules ---------------------------------------------------------------------------------


@roles(Role.ADMIN)
def sign_in_rules(request: StaffRequest, site_id: UUID) -> HttpResponse:
    """Who has to use a second factor at a site, and when a session ends that nobody uses."""
    site = request.scope.site_of(site_id)
    rules = SiteSettings.objects.filter(site=site).first() or SiteSettings(site=site)
    form = SignInRulesForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        form.put_into(rules)
        rules.save_by(request.user, because=form.cleaned_data["because"])
        request.audit.changed([], sign_in_rules=site.key)
        messages.success(request, f"Saved for {site.name}. It applies from the next sign-in.")
        return redirect("sign-in-rules", site_id=site_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"site": site, "sites": request.scope.sites, "form": form}
    return render(request, "registration/sign_in_rules.html", context, status=status)
