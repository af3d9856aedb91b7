"""What every template knows: the rail, the theme, the demo banner."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from coordination.base.navigation import STAFF, links_for

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"


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
    }


def _url_or_none(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
