"""The frame of every machine door, and the contract as a document and as a page."""

from typing import Any, ClassVar

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.api_clients import ApiScope
from coordination.base.audit import AuditTrail
from coordination.base.models import ApiClient
from coordination.ehr.rate_limits import check_limit
from coordination.ehr.tokens import BearerToken, HasScope


class MachineRequest(Request):
    """A request of a machine that has shown its token, as views see it."""

    auth: ApiClient
    scope: Scope
    audit: AuditTrail


class AlwaysJson(BaseContentNegotiation):
    """There is one format, so whatever the caller would accept, this is what there is."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return JSONRenderer(), "application/json"


class MachineView(APIView):
    """A door for API clients. `scopes` names what a token needs for each method."""

    scopes: ClassVar[dict[str, ApiScope]] = {}
    authentication_classes = [BearerToken]
    permission_classes = [HasScope]
    content_negotiation_class = AlwaysJson
    _limits: dict[str, str] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if isinstance(request.auth, ApiClient):
            self._limits = check_limit(request.auth, request.method or "", now=clock.now())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self._limits.items():
            response.headers[name] = value
        return response
