"""Signing in and out, the theme, and what a page says that cannot be shown."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from coordination.base import audit, showcase
from coordination.base.access import EVERYBODY, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.context import THEME_COOKIE, THEMES
from coordination.base.forms import SignInForm
from coordination.base.models import User
from coordination.base.models.audit import AuditEventKind as Kind
from coordination.base.words import STATUSES

A_YEAR = 365 * 24 * 60 * 60


class SignInView(auth_views.LoginView):
    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        audit.record(self.request, Kind.SIGN_IN, user=form.get_user())
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Name an account only where there is one: people type passwords into the wrong field."""
        tried = User.objects.filter(username=str(form.data.get("username", "")).lower()).first()
        audit.record(self.request, Kind.SIGN_IN_FAILED, user=tried)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = getattr(settings, "DEMO_PEOPLE", []) if settings.FOURFOLD_DEMO else []
        return super().get_context_data(demo_people=people, **kwargs)


class SignOutView(auth_views.LogoutView):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The next person at this desk finds nothing in the browser."""
        if request.user.is_authenticated:
            audit.record(request, Kind.SIGN_OUT)
        response: HttpResponse = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many failed tries from one address; named in the settings of axes."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "registration/locked_out.html", {"minutes": minutes}, status=429)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponseRedirect:
    """Keep the theme in a cookie: it belongs to the screen, not to the person."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=settings.SECURE_COOKIES, httponly=True
        )
    return response


@roles(*EVERYBODY)
def help_page(request: StaffRequest) -> HttpResponse:
    """The keys, and what each word and color means."""
    return render(request, "help.html", {"statuses": STATUSES})


@roles(Role.ADMIN)
def design(request: StaffRequest) -> HttpResponse:
    """Every component on one page, for whoever builds or checks pages; not in production."""
    if not (settings.DEBUG or settings.FOURFOLD_DEMO):
        raise Http404
    return render(request, "design.html", showcase.everything())


# --- what cannot be shown -----------------------------------------------------------------------


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, title: str, detail: str) -> JsonResponse:
    code = title.lower().replace(" ", "-")
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return _problem(400, "Bad request", "The request could not be read.")
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return _problem(403, "Forbidden", "This token or role may not do this.")
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return _problem(404, "Not found", "There is no such thing here, or it is not yours to see.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither the database nor a session: they may be what failed."""
    if _is_api(request):
        return _problem(500, "Internal error", "Nothing was acknowledged. Send it again later.")
    return HttpResponse(loader.render_to_string("500.html"), status=500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: most often a page that was open when somebody signed out elsewhere."""
    return render(request, "403_csrf.html", {"back": _own_referrer(request)}, status=403)


def _own_referrer(request: HttpRequest) -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path if parts.netloc == request.get_host() and parts.path else "/"
