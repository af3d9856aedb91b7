"""The pages in the rail, by role. A page that does not exist yet is not offered."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse

NAVIGATOR, PRESCRIBER, CLINIC, MANAGER, REFERRER, ADMIN = (
    "navigator",
    "prescriber",
    "clinic",
    "manager",
    "referrer",
    "admin",
)
STAFF = frozenset({NAVIGATOR, PRESCRIBER, CLINIC, MANAGER})
CARE_STAFF = frozenset({NAVIGATOR, PRESCRIBER, CLINIC})


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the rail. `url_name` is the name of a URL without arguments."""

    label: str
    url_name: str
    icon: str
    roles: frozenset[str]
    group: str = ""


PAGES = (
    Page("Today", "today", "list-check", STAFF),
    Page("Decisions", "decisions", "signature", frozenset({PRESCRIBER, NAVIGATOR})),
    Page("Patients", "patients", "users", STAFF),
    Page("Results to review", "results-to-review", "zoom-question", frozenset({NAVIGATOR, PRESCRIBER})),
    Page("Readiness", "readiness", "layout-board", CARE_STAFF),
    Page("Calendar", "calendar", "calendar", CARE_STAFF, "Planning"),
    Page("Dose orders", "dose-orders", "truck-delivery", CARE_STAFF, "Planning"),
    Page("Day of treatment", "day-of-treatment", "vaccine", CARE_STAFF, "Planning"),
    Page("Referrals", "referrals", "user-plus", frozenset({NAVIGATOR, PRESCRIBER, MANAGER}), "Referral"),
    Page("Tumor board", "tumor-board", "message", frozenset({NAVIGATOR, PRESCRIBER}), "Referral"),
    Page("Documents", "documents", "file-text", frozenset({NAVIGATOR, PRESCRIBER}), "Referral"),
    Page("Practices' access", "portal-access", "shield-lock", frozenset({NAVIGATOR, ADMIN}), "Referral"),
    Page("Your patients", "portal", "users", frozenset({REFERRER})),
    Page("Calendar", "portal-calendar", "calendar", frozenset({REFERRER})),
    Page("How to refer", "portal-how-to-refer", "user-plus", frozenset({REFERRER}), "Good to know"),
    Page("About the treatment", "portal-about-prrt", "info-circle", frozenset({REFERRER}), "Good to know"),
    Page("Who does what", "portal-who-does-what", "list-check", frozenset({REFERRER}), "Good to know"),
    Page("Messages", "messages", "mail", STAFF, "Planning"),
    Page("Reports", "reports", "chart-bar", frozenset({MANAGER, ADMIN}), "House"),
    Page("Import", "import", "upload", frozenset({NAVIGATOR, ADMIN}), "House"),
    Page("Sender maps", "sender-maps", "link", frozenset({NAVIGATOR, ADMIN}), "House"),
    Page("Administration", "administration", "settings", frozenset({ADMIN}), "House"),
    Page("Components", "design", "adjustments", frozenset({ADMIN}), "House"),
)


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    icon: str
    group: str
    current: bool
    key: str = ""  # the name of the page, for its figure in the rail


@lru_cache
def _url_of(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def links_for(role: str, *, path: str) -> list[Link]:
    """Return the rail of a role; the current page is the one whose address the path begins with."""
    found = [(page, url) for page in PAGES if role in page.roles and (url := _url_of(page.url_name))]
    current = max((url for _, url in found if _is_within(path, url)), key=len, default=None)
    return [
        Link(page.label, url, page.icon, page.group, url == current, page.url_name) for page, url in found
    ]


def _is_within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
