"""API clients: made, changed, given another token, ended. A token is shown once and stored nowhere."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction

from coordination.base.errors import CareError
from coordination.base.models import ApiClient, Site


class ApiScope(StrEnum):
    """What a client may do."""

    RESULTS_WRITE = "results:write"
    PATIENTS_READ = "patients:read"
    COURSES_READ = "courses:read"


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create(name: str, *, sites: Iterable[Site], because: str, **settings: Any) -> tuple[ApiClient, str]:
    """Return the client and its token. Raises CareError where the name is taken."""
    if ApiClient.objects.filter(name=name).exists():
        raise CareError(f"There is an API client {name!r} already.")
    token = _new_token()
    client = ApiClient(name=name, token_hash=hash_of(token), **settings)
    here = list(sites)
    client.save_by(None, because=_with_sites(because, here))
    client.sites.set(here)
    return client, token


@transaction.atomic
def change(client: ApiClient, *, because: str, sites: Iterable[Site] | None = None, **settings: Any) -> None:
    """Change what it may do; what is not named stays. Its token stays too."""
    for name, value in settings.items():
        setattr(client, name, value)
    here = None if sites is None else list(sites)
    client.save_by(None, because=because if here is None else _with_sites(because, here))
    if here is not None:
        client.sites.set(here)


def rotate(client: ApiClient, *, overlap: timedelta, because: str, now: datetime, **settings: Any) -> str:
    """Return a new token. The one before opens as long as `overlap` says; one before that no more."""
    if not client.is_active:
        raise CareError(f"{client} was ended: create a new client.")
    token = _new_token()
    client.old_token_hash = client.token_hash if overlap else None
    client.old_token_ends_at = now + overlap if overlap else None
    client.token_hash = hash_of(token)
    for name, value in settings.items():
        setattr(client, name, value)
    client.save_by(None, because=because)
    return token


def end_client(client: ApiClient, *, because: str) -> None:
    """Its tokens open nothing from now on; what it sent stays. Raises CareError the second time."""
    if not client.is_active:
        raise CareError(f"{client} was ended before.")
    client.is_active = False
    client.old_token_hash = client.old_token_ends_at = None
    client.save_by(None, because=because)


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _with_sites(because: str, sites: list[Site]) -> str:
    """The history of a client has no column for its sites."""
    return f"{because} (sites: {', '.join(site.key for site in sites) or 'none'})"
