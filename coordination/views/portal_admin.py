"""The staff's side of the portal: who is let in and for how long, what they see, and what they looked at."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordination.base import audit, clock
from coordination.base.access import STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import Site, User
from coordination.base.models.audit import AuditEventKind
from coordination.documents.words import day
from coordination.flows import release_results as flow
from coordination.models import Invitation
from coordination.patient_page.acts import page, refused
from coordination.patient_page.opened import Opened, open_patient
from coordination.portal import access, viewed
from coordination.portal.forms import EndForm, InviteForm, PasswordForm, ReleaseForm, RenewForm
from coordination.portal.release import choose_rules, results_of, rules_of
from labs.models import LabResult
from patients.forms import PatientForm

UNPROCESSABLE = 422
LETS_IN = (Role.NAVIGATOR, Role.ADMIN)
RELEASES = (Role.NAVIGATOR, Role.PRESCRIBER)


# --- who is let in ----------------------------------------------------------------------------------


@roles(*LETS_IN)
@require_http_methods(["GET", "POST"])
def portal_access(request: StaffRequest) -> HttpResponse:
    """The practices with their accounts and invitations; the form invites one more person."""
    form = InviteForm(
        request.POST or None, practices=access.practices_of(request.scope), sites=request.scope.sites
    )
    if request.method == "POST":
        if form.is_valid() and _invited(request, form):
            return redirect("portal-access")
        return render(request, "portal/staff_access.html", _doors(request, form), status=UNPROCESSABLE)
    return render(request, "portal/staff_access.html", _doors(request, form))


def _invited(request: StaffRequest, form: InviteForm) -> bool:
    now = clock.now()
    try:
        invitation, token = access.invite(**form.cleaned_data, by=request.user, now=now)
    except CareError as error:
        form.refuse(error)
        return False
    request.audit.changed([], invitation=str(invitation.public_id))
    _send(request, invitation, token)
    return True


def _send(request: StaffRequest, invitation: Invitation, token: str) -> None:
    if access.send(invitation, token, by=request.user, now=clock.now()):
        messages.success(request, f"The invitation is on its way to {invitation.email}.")
    else:
        messages.error(request, f"Not sent ({invitation.problem}). Send it again, or call the practice.")
    if settings.FOURFOLD_DEMO:
        messages.info(request, f"Demo, where no mail leaves. The link is {access.link_of(token)}")


def _doors(request: StaffRequest, form: InviteForm) -> dict[str, Any]:
    now = clock.now()
    accounts = list(access.accounts_of(request.scope).select_related("practice"))
    seen = viewed.last_seen(accounts)
    waiting = Invitation.objects.filter(
        site__in=request.scope.sites, accepted_at=None, withdrawn_at=None
    ).select_related("practice", "invited_by")
    return {
        "form": form,
        "accounts": [(account, seen.get(account.pk)) for account in accounts],
        "invitations": [(invitation, invitation.state(now)) for invitation in waiting],
        "today": now.date(),
    }


@roles(*LETS_IN)
@require_POST
def send_invitation_again(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    """A new link; the one before is worth nothing."""
    invitation = _invitation(request, invitation_id)
    try:
        token = access.renew_link(invitation, by=request.user, now=clock.now())
    except CareError as error:
        messages.warning(request, error.message)
        return redirect("portal-access")
    invitation.refresh_from_db()
    request.audit.changed([], invitation=str(invitation_id))
    _send(request, invitation, token)
    return redirect("portal-access")


@roles(*LETS_IN)
@require_POST
def withdraw_invitation(request: StaffRequest, invitation_id: UUID) -> HttpResponse:
    invitation = _invitation(request, invitation_id)
    try:
        access.withdraw(invitation, by=request.user, now=clock.now(), because="withdrawn by the center")
    except CareError as error:
        messages.warning(request, error.message)
    else:
        request.audit.changed([], invitation=str(invitation_id))
        messages.success(request, "The link does not work any more.")
    return redirect("portal-access")


def _invitation(request: StaffRequest, invitation_id: UUID) -> Invitation:
    found = Invitation.objects.filter(public_id=invitation_id, site__in=request.scope.sites).first()
    if found is None:
        raise Http404
    return found


# --- how long ---------------------------------------------------------------------------------------


@roles(*LETS_IN)
@require_http_methods(["GET", "POST"])
def portal_account(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Renew one person's access, or end it."""
    account = access.accounts_of(request.scope).filter(public_id=account_id).first()
    if account is None:
        raise Http404
    now = clock.now()
    ending = request.POST.get("act") == "end"
    renewing = request.method == "POST" and not ending
    renew_form = RenewForm(request.POST if renewing else None, today=now.date())
    end_form = EndForm(request.POST if ending else None)
    form = end_form if ending else renew_form
    if request.method == "POST" and form.is_valid():
        try:
            _settle(request, account, form, ending=ending)
        except CareError as error:
            form.refuse(error)
        else:
            return redirect("portal-access")
    context = {"account": account, "renew_form": renew_form, "end_form": end_form, "today": now.date()}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "portal/staff_account.html", context, status=status)


def _settle(request: StaffRequest, account: User, form: RenewForm | EndForm, *, ending: bool) -> None:
    now, said = clock.now(), form.cleaned_data
    if ending:
        access.end(account, by=request.user, now=now, because=said["because"])
        messages.success(request, f"{account.full_name} has no access any more.")
    else:
        access.renew(account, until=said["until"], by=request.user, today=now.date())
        messages.success(request, f"{account.full_name} has access until {day(said['until'])}.")
    request.audit.changed([], account=str(account.public_id))


# --- coming in --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password. Looking uses nothing up; unknown, used and expired links look the same."""
    now = clock.now()
    invitation = access.by_token(token, now=now)
    if invitation is None:
        return render(request, "portal/invitation_gone.html", status=404)
    person = User(username=invitation.email, full_name=invitation.full_name, email=invitation.email)
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            account = access.accept(
                invitation,
                password=form.cleaned_data["password"],
                now=now,
                today=clock.day_at(invitation.site, now),
            )
        except CareError as error:
            form.refuse(error)
        else:
            audit.record(request, AuditEventKind.CHANGE, user=account, detail={"accepted": "invitation"})
            messages.success(request, f"Your access is open. Sign in as {account.username}.")
            return redirect("sign-in")
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"form": form, "invitation": invitation}
    return render(request, "portal/invitation.html", context, status=status)


# --- what a practice sees of a patient --------------------------------------------------------------


@roles(*RELEASES)
@require_POST
def release_results(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Let the practice see the results that were ticked."""
    opened = open_patient(request, patient_id)
    form = PatientForm(request.POST, patient=opened.patient)
    if not form.is_valid():
        return _portal_page(request, opened, status=refused(request, form))
    waiting = {each.result_id for each in results_of(opened.patient, request.scope, now=opened.now).waiting}
    ticked = {int(key) for key in request.POST.getlist("result") if key.isdecimal()} & waiting
    results = request.scope.of(LabResult).filter(pk__in=ticked, patient=opened.patient)
    count = flow.release_results(results, by=request.user, now=opened.now)
    if not count:
        messages.warning(request, "Tick what the practice may see.")
    else:
        request.audit.changed([opened.patient], released=count)
        messages.success(request, f"{count} {'result is' if count == 1 else 'results are'} released.")
    return redirect("patient-portal", patient_id=patient_id)


@roles(*STAFF)
@require_safe
def patient_portal(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Who of the practice may look and who did; the results that wait to be released."""
    return _portal_page(request, open_patient(request, patient_id))


def _portal_page(request: StaffRequest, opened: Opened, *, status: int = 200) -> HttpResponse:
    practice = opened.patient.referred_by
    accounts = User.objects.filter(role=Role.REFERRER, practice=practice) if practice else User.objects.none()
    shown = results_of(opened.patient, request.scope, now=opened.now)
    context = {
        "tabs": opened.tabs("patient-portal"),
        "page_url": reverse("patient-portal", args=[opened.patient.public_id]),
        "practice": practice,
        "accounts": accounts,
        "views": viewed.views_of(opened.patient),
        "waiting": shown.waiting,
        "shown": len(shown.values),
        "may_release": request.user.role in RELEASES,
        "today": opened.today,
    }
    return page(request, opened, "portal/staff_patient.html", context, status=status)


# --- the rules --------------------------------------------------------------------------------------


@roles(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def release_rules(request: StaffRequest, site_id: UUID) -> HttpResponse:
    """When a practice sees which results of this site."""
    site: Site = request.scope.site_of(site_id)
    form = ReleaseForm(request.POST or None, rules=rules_of(site))
    if request.method == "POST" and form.is_valid():
        choose_rules(site, form.chosen, by=request.user)
        request.audit.changed([], release_rules=site.key)
        messages.success(request, f"The rules of {site.name} are kept.")
        return redirect("release-rules", site_id=site_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"site": site, "sites": request.scope.sites, "form": form}
    return render(request, "portal/staff_rules.html", context, status=status)
