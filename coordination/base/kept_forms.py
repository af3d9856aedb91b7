"""What was typed when a session ended: kept encrypted for the same account, and offered after signing in.

Nothing is ever sent again by itself. The page is opened with `?kept=`, its form shows what had been typed,
and the person looks at it and saves. Hidden fields, passwords and codes are not kept: which proposal a
signature is about, the page says anew.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict

from coordination.base import clock
from coordination.base.encryption import SealBroken, encrypt, unseal
from coordination.base.models import KeptForm, User

KEPT_FOR = timedelta(days=1)
MOST_LETTERS = 100_000
PARAMETER = "kept"  # in the address of the page
PAGE = "kept-page"  # the field in which a script says which page the form stands on
OFFERED = "kept_forms"  # in the session
NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "one_time_code", "patient", "proposal", "version", "next", PAGE}
)

_open_now: "ContextVar[QueryDict | None]" = ContextVar("kept_form", default=None)


@dataclass(frozen=True, slots=True)
class UnsavedForm:
    """One page on which something typed was not saved."""

    id: str
    url: str
    kept_at: datetime


# --- keeping ----------------------------------------------------------------------------------------


def keep(user: User, *, page: str, typed: QueryDict, now: datetime) -> KeptForm | None:
    """Keep what was typed on a page; None where there is nothing to keep. The newest of a page counts."""
    fields = {name: values for name, values in typed.lists() if _is_typed(name) and any(values)}
    parts = urlsplit(page)
    text = json.dumps({"query": parts.query, "fields": fields})
    if not fields or len(text) > MOST_LETTERS:
        return None
    forget_old(now)
    kept, _ = KeptForm.objects.update_or_create(
        user=user,
        page=parts.path[:400],
        defaults={"sealed": encrypt(text, about=_about(user)), "kept_at": now},
    )
    return kept


def forget_old(now: datetime) -> None:
    KeptForm.objects.filter(kept_at__lt=now - KEPT_FOR).delete()


def _is_typed(name: str) -> bool:
    return name not in NOT_TYPED and "password" not in name


def _about(user: User) -> str:
    return f"typed by {user.public_id}"


# --- offering ---------------------------------------------------------------------------------------


def offers(user: User, now: datetime) -> list[UnsavedForm]:
    """What waits for this person, the newest first."""
    waiting = KeptForm.objects.filter(user=user, kept_at__gte=now - KEPT_FOR).order_by("-kept_at")
    return [UnsavedForm(str(each.public_id), _address(each), each.kept_at) for each in waiting if _read(each)]


def _address(kept: KeptForm) -> str:
    query = QueryDict((_read(kept) or {}).get("query", ""), mutable=True)
    query.pop(PARAMETER, None)
    more = f"&{query.urlencode()}" if query else ""
    return f"{kept.page}?{urlencode({PARAMETER: str(kept.public_id)})}{more}"


def _read(kept: KeptForm) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(unseal(kept.sealed, about=_about(kept.user)))
    except SealBroken:
        return None
    return found


def remember_offers(request: HttpRequest, user: User, now: datetime) -> None:
    """In the session, so that pages need not ask the database."""
    found = [[offer.id, offer.url, offer.kept_at.isoformat()] for offer in offers(user, now)]
    if found:
        request.session[OFFERED] = found


def offered_in(request: HttpRequest) -> list[UnsavedForm]:
    session = getattr(request, "session", None)
    found = session.get(OFFERED, []) if session is not None else []
    return [UnsavedForm(id, url, datetime.fromisoformat(at)) for id, url, at in found]


def discard(request: HttpRequest, user: User, public_id: UUID) -> None:
    KeptForm.objects.filter(user=user, public_id=public_id).delete()
    left = [each for each in request.session.get(OFFERED, []) if each[0] != str(public_id)]
    request.session[OFFERED] = left


# --- on the page ------------------------------------------------------------------------------------


class KeptFormMiddleware:
    """Show what was typed on the page it was typed on; forget it once the page has been saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = _asked_for(request)
        if kept is None:
            return self.get_response(request)
        if request.method == "POST":
            response = self.get_response(request)
            if 300 <= response.status_code < 400 and request.user.is_authenticated:
                discard(request, kept.user, kept.public_id)
            return response
        request.kept = typed = _typed(kept)  # type: ignore[attr-defined]
        before = _open_now.set(typed)
        try:
            return self.get_response(request)
        finally:
            _open_now.reset(before)


def _asked_for(request: HttpRequest) -> KeptForm | None:
    """Only one's own; of another account it looks as if there were none."""
    if PARAMETER not in request.GET or not isinstance(request.user, User):
        return None
    try:
        public_id = UUID(request.GET[PARAMETER])
    except ValueError:
        return None
    kept = KeptForm.objects.filter(user=request.user, public_id=public_id).select_related("user").first()
    return kept if kept and kept.kept_at >= clock.now() - KEPT_FOR else None


def _typed(kept: KeptForm) -> QueryDict | None:
    read = _read(kept)
    if read is None:
        return None
    typed = QueryDict(mutable=True)
    for name, values in read["fields"].items():
        typed.setlist(name, values)
    return typed


def typed_into(form: forms.BaseForm, name: str) -> tuple[Any] | None:
    """What had been typed into this field of a form that nobody has sent yet, in a tuple; else None.

    A form takes it when it has every field that had been filled: of two forms on a page, the one meant.
    """
    typed = _open_now.get()
    field = form.fields.get(name)
    if typed is None or form.is_bound or field is None or field.widget.is_hidden:
        return None
    known = {form.add_prefix(each) for each in form.fields}
    if not set(typed) <= known | {"act"}:
        return None
    return (field.widget.value_from_datadict(typed, QueryDict(), form.add_prefix(name)),)
