"""What each story of the demo must show, whatever the day."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """`items`: (item, cycle) -> one of these states. `rows`: row of the dose table -> state."""

    referral: str
    action: str = ""
    gbq: str = ""
    signed: str | None = None  # the standing signature; None: whatever
    withdrawn: bool | None = None
    held: bool = False
    ended: bool = False
    rows: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    items: tuple[tuple[str, int | None, str], ...] = ()
    reviews: tuple[str, ...] = ()
    sent: tuple[tuple[str, str], ...] = ()  # each document that was signed and sent, and which way


ON = "on-treatment"
FULL = "7.400"
EXPECTED = {
    "referral-received": Shown("received"),
    "information-needed": Shown("information-needed", sent=(("please-send", "mail-link"),)),
    "before-the-board": Shown("tumor-board"),
    "board-deferred": Shown("tumor-board"),
    "accepted": Shown("accepted", "pending"),
    "declined": Shown("declined"),
    "baseline-pending": Shown("scheduled", "pending", items=(("baseline-labs", 1, "open due"),)),
    "ready-signed": Shown("scheduled", "give", FULL, signed="give", items=(("dose-order", 1, "done"),)),
    "pregnancy-positive": Shown("scheduled", "review", withdrawn=True, conflicts=("pregnancy-positive",)),
    "not-eligible": Shown("scheduled", "review"),
    "scan-expired": Shown("scheduled", "review", conflicts=("sstr-pet-expired",)),
    "inside-washout": Shown(ON, "give", FULL, conflicts=("lar-within-washout",)),
    "authorization-ends": Shown(ON, "pending", conflicts=("authorization-expires",)),
    "infused-yesterday": Shown(ON, "pending", items=(("post-dose-lar", 2, "open overdue"),)),
    "friday-infusion": Shown(ON, "pending", conflicts=("lar-window-closed-day",)),
    "precautions": Shown(
        ON,
        "pending",
        items=(("radiation-precautions", 3, "open"), ("post-dose-lar", 3, "done")),
        sent=(("radiation-sheet", "print"), ("after-cycle", "mail-link")),
    ),
    "infusion-today": Shown(
        ON, "give", FULL, signed="give", items=(("infusion", 3, "open due"), ("dose-order", 3, "done"))
    ),
    "nadir-due": Shown(ON, "pending", items=(("nadir-labs", 1, "due"),)),
    "nadir-overdue": Shown(ON, "pending", items=(("nadir-labs", 2, "overdue"),)),
    "albumin-missing": Shown(ON, "pending", missing=("albumin",)),
    "labs-overdue": Shown(ON, "review", items=(("pre-dose-labs", 3, "overdue"),)),
    "give-unsigned": Shown(
        ON, "give", FULL, signed="", withdrawn=False, items=(("pre-dose-labs", 4, "done"),)
    ),
    "try": Shown(ON, "give", FULL, signed="give", items=(("dose-order", 3, "done"),)),
    "held-by-a-person": Shown(ON, "give", FULL, held=True),
    "gap": Shown(ON, "review", conflicts=("interval-beyond-limit",)),
    "on-hold": Shown(
        ON, "hold", held=True, rows=(("thrombocytopenia", "open"),), sent=(("hold", "mail-link"),)
    ),
    "near-the-limit": Shown(ON, "hold", held=True, rows=(("thrombocytopenia", "open"),)),
    "resolved": Shown(ON, "give", "3.700", held=True, rows=(("thrombocytopenia", "resolved"),)),
    "full-again": Shown(ON, "give", FULL),
    "recurrent": Shown(ON, "stop", rows=(("thrombocytopenia", "recurrent"),)),
    "transfused": Shown(ON, "review", rows=(("anemia-neutropenia", "cannot-tell"),)),
    "kidneys-half-way": Shown(ON, "review", rows=(("renal", "cannot-tell"),)),
    "gilbert": Shown(ON, "review", rows=(("hepatic", "cannot-tell"),)),
    "liver-enzymes": Shown(ON, "hold", rows=(("other", "open"),)),
    "hypersensitive": Shown(ON, "stop", rows=(("hypersensitivity", "open"),)),
    "vomits": Shown(ON, "hold", rows=(("other", "open"),)),
    "anticoagulated": Shown(ON, "review", rows=(("hepatic", "cannot-tell"),)),
    "protocol-2018": Shown(ON, "stop", held=True, rows=(("thrombocytopenia", "open"),)),
    "unknown-unit": Shown(
        ON, "review", rows=(("anemia-neutropenia", "cannot-tell"),), reviews=("unit-unknown",)
    ),
    "other-birth-date": Shown(ON, "pending"),
    "preliminary": Shown(ON, "review", rows=(("thrombocytopenia", "cannot-tell"),), reviews=("preliminary",)),
    "corrected": Shown(
        ON,
        "hold",
        withdrawn=True,
        rows=(("thrombocytopenia", "open"),),
        items=(("dose-order", 2, "done"),),
        reviews=("note",),
    ),
    "sent-twice": Shown(ON, "give", FULL),
    "stopped-early": Shown(
        "returned",
        "none",
        ended=True,
        items=(("hand-back", None, "done"),),
        sent=(("stop", "portal"), ("hand-back", "portal")),
    ),
    "hand-back-due": Shown(
        "follow-up",
        "none",
        items=(
            ("hand-back", None, "open"),
            ("post-treatment-labs", None, "due"),
            ("maintenance-lar", None, "done"),
        ),
    ),
    "response-due": Shown(
        "returned",
        "none",
        ended=True,
        conflicts=("double-injection",),
        items=(("response-sstr-pet", None, "open"),),
        sent=(("hand-back", "portal"),),
    ),
    "handed-back": Shown(
        "returned", "none", ended=True, items=(("hand-back", None, "done"),), sent=(("hand-back", "portal"),)
    ),
    "died": Shown(ON, "none", items=(("infusion", 3, "cancelled"),)),
    "first-scan": Shown(
        "returned",
        "none",
        ended=True,
        conflicts=("first-scan-after-treatment",),
        sent=(("hand-back", "portal"),),
    ),
    "progressed": Shown("returned", "none", ended=True, sent=(("hand-back", "portal"),)),
    "graded-by-ctcae-6": Shown(ON, "give", FULL),
    "second-site-nadir": Shown(ON, "pending", items=(("nadir-labs", 1, "due"),)),
    "second-site-hold": Shown(ON, "hold", rows=(("thrombocytopenia", "open"),)),
}
