"""What the pages call a status, and the tone and shape that go with the word.

One word per thing: the keys are the values of the enumerations that are shown (due items, actions, rows,
conflicts, gates, reports). A tone never stands alone, and no two words of one enumeration share a shape.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Status:
    word: str
    tone: str  # danger, warn, ok, info, review, quiet
    icon: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What everybody must know of a patient before anything else: shown in the patient banner."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    current: bool = False
    count: int | None = None


STATUSES = {
    # due items
    "planned": Status("Planned", "quiet", "calendar"),
    "open": Status("Open", "info", "circle-dot"),
    "due": Status("Due", "warn", "clock"),
    "overdue": Status("Overdue", "danger", "alert-triangle"),
    "done": Status("Done", "ok", "check"),
    "cancelled": Status("Cancelled", "quiet", "ban"),
    "too-late": Status("Too late", "quiet", "calendar-off"),
    "not-recorded": Status("Not recorded", "danger", "circle-dashed"),
    "not-done": Status("Not done", "quiet", "circle-x"),
    "snoozed": Status("Snoozed", "quiet", "zzz"),
    "waiting": Status("Waiting for others", "info", "hourglass"),
    # what the dose table says
    "give": Status("Give", "ok", "circle-check"),
    "hold": Status("Hold", "warn", "player-pause"),
    "stop": Status("Stop", "danger", "hand-stop"),
    "review": Status("Review", "review", "zoom-question"),
    "pending": Status("Labs awaited", "info", "hourglass"),
    "none": Status("Nothing to decide", "quiet", "minus"),
    # rows of the dose table
    "clear": Status("Clear", "ok", "circle-check"),
    "resolved": Status("Resolved", "ok", "checks"),
    "recurrent": Status("Recurrent", "danger", "repeat"),
    "cannot-tell": Status("Cannot tell", "review", "help-circle"),
    # conflicts
    "block": Status("Not allowed", "danger", "ban"),
    "warn": Status("Check", "warn", "alert-triangle"),
    "overridden": Status("Overridden", "quiet", "signature"),
    # gates of the readiness board
    "ready": Status("Ready", "ok", "circle-check"),
    "not-yet": Status("Not yet", "info", "circle-dashed"),
    "problem": Status("Problem", "danger", "alert-octagon"),
    # courses, cycles
    "active": Status("On treatment", "ok", "heartbeat"),
    "held": Status("On hold", "warn", "player-pause"),
    "stopped": Status("Stopped", "danger", "hand-stop"),
    "completed": Status("Completed", "ok", "checks"),
    "given": Status("Given", "ok", "check"),
    "died": Status("Died", "quiet", "moon"),
    # proposals and signatures
    "unsigned": Status("To be signed", "warn", "pencil"),
    "signed": Status("Signed", "ok", "signature"),
    "withdrawn": Status("Signature withdrawn", "danger", "arrow-back-up"),
    "superseded": Status("Superseded", "quiet", "history"),
    # results and reports
    "received": Status("Received", "info", "download"),
    "applied": Status("Used", "ok", "check"),
    "parked": Status("Waits for a person", "review", "zoom-question"),
    "rejected": Status("Not used", "danger", "circle-x"),
    "preliminary": Status("Preliminary", "info", "circle-dashed"),
    "corrected": Status("Corrected", "info", "history"),
    "recorded-in-error": Status("Recorded in error", "quiet", "trash"),
    # messages
    "queued": Status("Waits to be sent", "info", "clock"),
    "sending": Status("Being sent", "review", "send"),
    "sent": Status("Sent", "ok", "mail"),
    "delivered": Status("Arrived", "ok", "checks"),
    "bounced": Status("Came back", "danger", "arrow-back-up"),
    "failed": Status("Was refused", "danger", "circle-x"),
    "unknown": Status("Perhaps sent", "review", "question-mark"),
    "not-sent": Status("Not sent", "quiet", "circle-minus"),
    # eligibility
    "met": Status("Met", "ok", "circle-check"),
    "not-met": Status("Not met", "danger", "circle-x"),
}


def status_of(key: str) -> Status:
    """Return how a status is shown; a key nobody named is shown as it is, in the quiet tone."""
    return STATUSES.get(key) or Status(key.replace("-", " ").capitalize(), "quiet", "circle")


def record_number(mrn: str) -> str:
    """The number of the medical record, by its name: "MRN 4711". One that begins with it says it itself."""
    if mrn.upper().startswith("MRN"):
        return mrn
    return f"MRN {mrn or _('not recorded')}"


def distance(day: date, *, today: date) -> str:
    """Say how far a day is: "in 3 days", "tomorrow", "9 days ago"."""
    days = (day - today).days
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in named:
        return named[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"
