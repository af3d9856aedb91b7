"""The theme, the help, and what a page says that cannot be shown."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from coordination.base.access import EVERYBODY, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.context import THEME_COOKIE, THEMES
from coordination.base.words import STATUSES
from coordination.pages.general import showcase

A_YEAR = 365 * 24 * 60 * 60


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
@require_safe
def help_page(request: StaffRequest) -> HttpResponse:
    """The keys, and what each word and color means."""
    return render(request, "help.html", {"statuses": STATUSES})


@roles(Role.ADMIN)
@require_safe
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
