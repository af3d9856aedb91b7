"""Who is calling: a machine that shows a bearer token. Only the token's SHA-256 is stored."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from coordination.base import clock
from coordination.base.access import act_as_client
from coordination.base.api_clients import ApiScope, hash_of
from coordination.base.models import ApiClient
from coordination.ehr.problems import Problem

REALM = 'Bearer realm="Fourfold"'
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def let_in(request: HttpRequest, header: str) -> ApiClient:
    """Let the client act whose token this `Authorization` header shows: its sites are the scope, its name is
    in the audit. Raises AuthenticationFailed."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthenticationFailed("Show a token: Authorization: Bearer TOKEN.", "token-missing")
    client = _client_of(token.strip())
    act_as_client(request, client)
    return client


class BearerToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiClient] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        return (AnonymousUser(), let_in(request._request, header)) if header else None

    def authenticate_header(self, request: Request) -> str:
        return REALM


# Every call asks for it, so plainly.
_ACTIVE_ONE = """
    SELECT * FROM base_apiclient
    WHERE is_active AND (token_hash = %s OR old_token_hash = %s AND old_token_ends_at > %s)
"""


def _client_of(token: str) -> ApiClient:
    now = clock.now()
    shown = hash_of(token)
    client = next(iter(ApiClient.objects.raw(_ACTIVE_ONE, [shown, shown, now])), None)
    if client is None:
        raise AuthenticationFailed("This token is not known here.", "token-unknown")
    if client.expires_on and client.expires_on < clock.day_at(client, now):
        raise AuthenticationFailed(f"This token ended on {client.expires_on}.", "token-expired")
    if client.last_used_at is None or now - client.last_used_at > USE_IS_NOTED_EVERY:
        client.note_use(now)
    return client


class HasScope(BasePermission):
    """The scope that the view names for this method; a method without one is none of the view's."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiClient):
            return False
        wanted: ApiScope | None = view.scopes.get(_as_read(request.method or ""))
        if wanted is None:
            raise MethodNotAllowed(request.method or "")
        if wanted not in request.auth.scopes:
            raise Problem(403, "scope-missing", f"This token lacks the scope {wanted}.")
        return True


def _as_read(method: str) -> str:
    """HEAD tells what GET tells, but for the body."""
    return "GET" if method == "HEAD" else method
