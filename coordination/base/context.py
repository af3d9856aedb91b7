"""What every template knows: the rail, the theme, the demo banner."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from coordination.base import kept
from coordination.base.access import Scope
from coordination.base.navigation import STAFF, links_for

THEMES = ("system", "light", "dark")
THEME_COOKIE = "__Host-theme" if settings.SECURE_COOKIES else "theme"


def theme_of(request: HttpRequest) -> str:
    """Return the theme the person chose, else "system"."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor for every page."""
    # A request for a foreign host is refused before anybody asks who sent it.
    role = getattr(getattr(request, "user", None), "role", "")
    return {
        "rail": links_for(role, path=request.path) if role else [],
        "theme": theme_of(request),
        "themes": THEMES,
        "is_demo": settings.FOURFOLD_DEMO,
        "search_url": _url_or_none("search") if role in STAFF else None,
        "counts_url": _url_or_none("counts") if role in STAFF else None,
        **(_session(request) if role else {}),
    }


def _session(request: HttpRequest) -> dict[str, Any]:
    """When it ends if nobody uses it, and what was typed when the one before it ended."""
    minutes = getattr(request, "scope", Scope()).idle_minutes
    typed = getattr(request, "kept", None)
    shown = request.GET.get(kept.PARAMETER)
    return {
        "idle_minutes": minutes,
        "idle_seconds": minutes * 60,
        "kept_typed": None
        if typed is None
        else [(name.replace("_", " "), said) for name, said in typed.lists()],
        "kept_forms": [offer for offer in kept.offered_in(request) if offer.id != shown],
    }


def _url_or_none(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
