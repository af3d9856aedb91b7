"""A request under /portal/ only asks, and runs behind the wall. Sessions and the audit stay outside it."""

from collections.abc import Callable
from contextlib import suppress

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from coordination.base.access import Scope
from coordination.models import DocumentVersion
from coordination.portal.database_role import behind_the_wall
from patients.models import Patient

PREFIX = "/portal/"
ASKING = ("GET", "HEAD", "OPTIONS")
NAMED_BY: tuple[tuple[str, type[Model]], ...] = (("version_id", DocumentVersion), ("patient_id", Patient))


class PortalMiddleware:
    """Stands inside the middleware that sets the scope and the one that writes the audit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method not in ASKING:
            return HttpResponseNotAllowed(ASKING)
        scope: Scope = request.scope  # type: ignore[attr-defined]
        with behind_the_wall(scope.practice_id):
            response = self.get_response(request)
        if response.status_code == 404:
            _note_out_of_reach(request, scope)
        return response


def _note_out_of_reach(request: HttpRequest, scope: Scope) -> None:
    """Look again outside the wall, behind which the foreign does not exist: the audit names it."""
    match = request.resolver_match
    if match is None or scope.practice_id is None:
        return
    for name, model in NAMED_BY:
        if name in match.kwargs and not scope.out_of_reach:
            with suppress(Http404):
                scope.get(model, match.kwargs[name])
