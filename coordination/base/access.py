"""Who may reach what: the one door to patient data.

`request.scope` is set by `ScopeMiddleware` (and, for a machine, by the API's authentication). Views and
APIs read patient data through it and in no other way; `tests/base/test_scope_is_the_only_door.py` and
the walk over the URL map hold them to it. What is out of reach looks exactly like what does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from coordination.base import audit, clock, kept
from coordination.base.audit import AuditTrail
from coordination.base.choices import Role
from coordination.base.models import ApiClient, Site, User
from coordination.base.models.audit import AuditEventKind as Kind
from coordination.base.sessions import IDLE_MINUTES, SessionStore, is_passive, owner_of_ended

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

M = TypeVar("M", bound=Model)
P = ParamSpec("P")
ASKED_BY_BROWSERS = ("GET", "HEAD", "POST")
CLEARED = '"cache", "storage"'  # the next person at this desk finds nothing in the browser

# From each model to the patient it is about; "" is the patient itself. A test finds a model missing here.
PATHS_TO_PATIENT = {
    "patients.Patient": "",
    "patients.PatientIdentifier": "patient",
    "patients.Authorization": "patient",
    "patients.CareTeamMember": "patient",
    "patients.Responsibility": "patient",
    "patients.Consent": "patient",
    "patients.Education": "patient",
    "patients.Diagnosis": "patient",
    "patients.Referral": "patient",
    "patients.ReferralPaper": "referral__patient",
    "patients.EligibilityEvidence": "patient",
    "patients.ResponseAssessment": "patient",
    "patients.PriorTherapy": "patient",
    "patients.TumorBoardDecision": "patient",
    "labs.LabReport": "patient",
    "labs.LabResult": "patient",
    "labs.ReviewItem": "patient",
    "scheduling.Course": "patient",
    "scheduling.ChairBooking": "cycle__course__patient",
    "scheduling.Cycle": "course__patient",
    "scheduling.AdverseEvent": "patient",
    "scheduling.AdverseEventInquiry": "cycle__course__patient",
    "scheduling.CourseConflict": "course__patient",
    "scheduling.ConflictNotice": "conflict__course__patient",
    "scheduling.ConflictOverride": "course__patient",
    "scheduling.DueItem": "course__patient",
    "scheduling.ContactLog": "patient",
    "scheduling.Proposal": "course__patient",
    "scheduling.Signature": "proposal__course__patient",
    "scheduling.DoseOrder": "cycle__course__patient",
    "scheduling.OrderAhead": "cycle__course__patient",
    "scheduling.Draw": "patient",
    "scheduling.InfusionGiven": "cycle__course__patient",
    "scheduling.Injection": "patient",
    "scheduling.Attribution": "course__patient",
    "scheduling.Confirmation": "course__patient",
    "scheduling.BaselinePin": "course__patient",
    "scheduling.PregnancyTest": "patient",
    "scheduling.Scan": "patient",
    "scheduling.Transfusion": "patient",
    "scheduling.Weight": "patient",
    "coordination.ContactPoint": "patient",
    "coordination.MessageDelivery": "patient",
    "coordination.Reminder": "patient",
    "coordination.ResultRelease": "result__patient",
    "coordination.BatchLetter": "patient",
    "coordination.Document": "patient",
    "coordination.DocumentSending": "version__document__patient",
    "coordination.DocumentVersion": "document__patient",
}
# What is about no one patient, or whose patient nobody knows yet: staff and machines reach it by its site.
PATHS_TO_SITE = {
    "coordination.Document": "site",
    "coordination.MessageDelivery": "site",
    "labs.LabReport": "site",
    "labs.LabResult": "report__site",
    "labs.ReviewItem": "report__site",
}


class NotAboutAPatient(LookupError):
    """The model has no path to a patient, so no scope can say who may see its rows."""


@dataclass(slots=True)
class Scope:
    """The patients that one person or machine may reach.

    `sites` are theirs; `practice_id` is set for a referrer, who sees what their practice referred, at
    any site. Without either the scope is empty.
    """

    sites: tuple[Site, ...] = ()
    practice_id: int | None = None
    place: str = ""  # what the page says of where one is signed in
    idle_minutes: int = IDLE_MINUTES  # after which a session ends that nobody uses
    # What was asked for in vain though it exists, and the patient it is about: for the audit.
    out_of_reach: list[tuple[str, UUID | None]] = field(default_factory=list)

    @classmethod
    def of_user(cls, user: User) -> "Scope":
        """Return what a person may reach: their sites, or, for a referrer, their practice's patients."""
        if user.role == Role.REFERRER:
            practice = user.practice
            return cls(practice_id=user.practice_id, place=practice.name if practice else "")
        sites = tuple(Site.objects.raw(_SITES_OF_USER, [IDLE_MINUTES, user.pk]))
        shortest = min((vars(site)["idle_minutes"] for site in sites), default=IDLE_MINUTES)
        return cls(sites=sites, place=", ".join(site.name for site in sites), idle_minutes=shortest)

    @classmethod
    def of_client(cls, client: ApiClient) -> "Scope":
        """Return what a machine may reach: the patients of its sites."""
        return cls(sites=tuple(Site.objects.raw(_SITES_OF_CLIENT, [client.pk])), place=client.name)

    @property
    def patients(self) -> "QuerySet[Any]":
        return self.of(apps.get_model("patients", "Patient"))

    def of(self, model: type[M]) -> QuerySet[M]:
        """Return the rows of `model` that belong to a patient in reach; its own queryset class stays."""
        label = model._meta.label
        if label not in PATHS_TO_PATIENT:
            raise NotAboutAPatient(label)
        reach = self._reach(PATHS_TO_PATIENT[label])
        if label in PATHS_TO_SITE and self.practice_id is None:
            reach |= Q(patient=None) & self._at_sites(PATHS_TO_SITE[label])
        return model._default_manager.filter(reach)

    def get(self, model: type[M], public_id: UUID | str, *related: str) -> M:
        """Return one object by its public id, or raise Http404 where it does not exist or is out of reach.

        `related`: what is read with it.
        """
        found = self.of(model).filter(public_id=public_id).select_related(*related or (None,)).first()
        if found is None:
            self._note_out_of_reach(model, public_id)
            raise Http404
        return found

    def site_of(self, public_id: UUID | str) -> Site:
        """Return one of one's own sites, or raise Http404."""
        for site in self.sites:
            if str(site.public_id) == str(public_id):
                return site
        raise Http404

    @property
    def _site_ids(self) -> list[int]:
        return [site.pk for site in self.sites]

    def _reach(self, path: str) -> Q:
        prefix = f"{path}__" if path else ""
        if self.practice_id is not None:
            return Q(**{f"{prefix}referred_by": self.practice_id})
        return self._at_sites(f"{prefix}site")

    def _at_sites(self, path: str) -> Q:
        return Q(**{f"{path}__in": self._site_ids})

    def _note_out_of_reach(self, model: type[Model], public_id: UUID | str) -> None:
        """Remember an existing object that was asked for and not shown, so that the audit can name it."""
        path = PATHS_TO_PATIENT[model._meta.label]
        name_of_patient = f"{path}__public_id" if path else "public_id"
        named = model._default_manager.filter(public_id=public_id).values_list(name_of_patient)[:1]
        self.out_of_reach += [(model._meta.label, patient) for (patient,) in named]


# Every request asks for them, so plainly: composing the statement costs more than answering it.
_SITES_OF_USER = """
    SELECT base_site.*, coalesce(base_sitesettings.idle_minutes, %s) AS idle_minutes FROM base_site
    JOIN base_user_sites ON base_user_sites.site_id = base_site.id
    LEFT JOIN base_sitesettings ON base_sitesettings.site_id = base_site.id
    WHERE base_user_sites.user_id = %s ORDER BY base_site.name
"""
_SITES_OF_CLIENT = """
    SELECT base_site.* FROM base_site
    JOIN base_apiclient_sites ON base_apiclient_sites.site_id = base_site.id
    WHERE base_apiclient_sites.apiclient_id = %s ORDER BY base_site.name
"""


class StaffRequest(HttpRequest):
    """A request of a signed-in person, as views see it."""

    user: User
    scope: Scope
    audit: AuditTrail
    htmx: "HtmxDetails"


class ScopeMiddleware:
    """Set `request.scope`, show times in the site's zone; end a session whose access or idle time ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scope = Scope()
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            if access_has_ended(user):
                return self._signed_out(request)
            scope = Scope.of_user(user)
            if session_of(request).was_left(scope.idle_minutes, clock.now()):
                scope = Scope()
                time_out(request, user)
        request.scope = scope  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(scope.sites[0].timezone) if scope.sites else None):
            response = self.get_response(request)
        if hasattr(request, "timed_out"):
            response.headers["Clear-Site-Data"] = CLEARED
        if request.user.is_authenticated and not is_passive(request):
            session_of(request).note_use(clock.now())
        return response

    def _signed_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.warning(request, "Your access has ended. Ask your administrator to renew it.")
        response = redirect("sign-in")
        response.headers["Clear-Site-Data"] = CLEARED
        return response


def session_of(request: HttpRequest) -> SessionStore:
    return cast("SessionStore", request.session)


def time_out(request: HttpRequest, user: User) -> None:
    """End the session; whose it was stays known to this request, which may bring what was typed."""
    audit.record(request, Kind.SIGN_OUT, user=user, detail={"because": "not used"})
    logout(request)
    request.timed_out = user  # type: ignore[attr-defined]


def access_has_ended(user: User) -> bool:
    return user.access_ends_on is not None and user.access_ends_on < timezone.localdate(clock.now())


def use_zone_of(site: Site) -> None:
    """Show the rest of this page in the zone of `site`: a patient's page, for one who has several sites."""
    timezone.activate(ZoneInfo(site.timezone))


def act_as_client(request: HttpRequest, client: ApiClient) -> None:
    """Let a machine that has shown its token act: its scope, and its name in the audit."""
    request.scope = Scope.of_client(client)  # type: ignore[attr-defined]
    request.audit.client = client  # type: ignore[attr-defined]


def _page_to_return_to(request: HttpRequest) -> str:
    """After signing in: this page, or the page that a form was sent from."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    parts = urlsplit(page if is_ours else "/")
    back = f"{parts.path}?{parts.query}" if parts.query else parts.path
    user = getattr(request, "timed_out", None) or owner_of_ended(request)
    if user and kept.keep(user, page=back, typed=request.POST, now=clock.now()):
        messages.warning(
            request, "You were signed out and nothing was saved. What you typed is kept: sign in."
        )
    else:
        messages.warning(
            request, "You were signed out meanwhile: nothing was saved. Sign in and do it again."
        )
    return back


def roles(
    *allowed: Role,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let only these roles into a view: 403 for others, and signing in first for who has not.

    What browsers never ask is answered with 405; whether it can be sent, the view says.
    """

    def guard(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in ASKED_BY_BROWSERS:
                return HttpResponseNotAllowed(ASKED_BY_BROWSERS)
            user = request.user
            if not isinstance(user, User) or not user.is_authenticated:
                return redirect_to_login(_page_to_return_to(request))
            if user.role not in allowed:
                raise PermissionDenied
            return view(cast("StaffRequest", request), *args, **kwargs)

        guarded.allowed_roles = frozenset(allowed)  # type: ignore[attr-defined]
        return guarded

    return guard


CARE_STAFF = (Role.NAVIGATOR, Role.PRESCRIBER, Role.CLINIC)
STAFF = (*CARE_STAFF, Role.MANAGER)
EVERYBODY = tuple(Role)
