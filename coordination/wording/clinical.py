"""The clinical words of the pages: rows, notes, analytes, items, conflicts, units as people read them."""

from collections.abc import Iterable, Mapping

from coordination.base.choices import Item, Owner
from labs.rules.analytes import Analyte
from scheduling.rules import rows

ANALYTES: Mapping[str, str] = {
    Analyte.PLATELETS: "Platelets",
    Analyte.NEUTROPHILS: "Neutrophils",
    Analyte.NEUTROPHILS_PCT: "Neutrophils %",
    Analyte.LYMPHOCYTES: "Lymphocytes",
    Analyte.WBC: "WBC",
    Analyte.HEMOGLOBIN: "Hemoglobin",
    Analyte.CREATININE: "Creatinine",
    Analyte.UREA_NITROGEN: "Urea nitrogen",
    Analyte.ALBUMIN: "Albumin",
    Analyte.ALP: "ALP",
    Analyte.GGT: "GGT",
    Analyte.AST: "AST",
    Analyte.ALT: "ALT",
    Analyte.BILIRUBIN: "Bilirubin, total",
    Analyte.INR: "INR",
    Analyte.PROTHROMBIN_ACTIVITY: "Prothrombin activity",
    Analyte.POTASSIUM: "Potassium",
    Analyte.SODIUM: "Sodium",
    Analyte.CALCIUM: "Calcium",
    Analyte.CHROMOGRANIN_A: "Chromogranin A",
    Analyte.HIAA_URINE: "5-HIAA, urine",
    Analyte.HCG: "hCG",
    Analyte.EGFR: "eGFR",
    Analyte.WEIGHT: "Weight",
    Analyte.HEIGHT: "Height",
}

ROWS: Mapping[str, str] = {name: rule.title for name, rule in rows.ROW_RULES.items()}

NOTES: Mapping[str, str] = {
    "premedicate": "There was a hypersensitivity of grade 1 or 2: premedicate.",
    "nadir-only": "The fall was seen only at mid-cycle and had recovered before the labs for the dose.",
    "pregnancy-positive": "The newest pregnancy test is not negative.",
    "eligibility-unmet": "A criterion for the first dose is not met. A prescriber decides.",
    "eligibility-unsure": "A criterion for the first dose cannot be confirmed. A prescriber decides.",
    "event-still-severe": "An adverse event of an earlier interval is still grade 3 or more.",
}

ACTIONS: Mapping[str, str] = {
    "give": "give",
    "hold": "hold",
    "stop": "stop",
    "review": "a prescriber decides",
    "pending": "labs awaited",
    "none": "nothing to decide",
}

ACTION_TONES: Mapping[str, str] = {
    "give": "ok",
    "hold": "warn",
    "stop": "danger",
    "review": "review",
    "pending": "info",
    "none": "quiet",
}

CONFLICTS: Mapping[str, str] = {
    "lar-within-washout": "Long-acting SSA too close to the infusion",
    "short-acting-within-24h": "Short-acting octreotide within 24 hours",
    "lar-outside-window": "LAR outside 4 to 24 hours after the dose",
    "lar-window-closed-day": "Closed for the whole LAR window",
    "routine-draw-in-precautions": "Routine blood draw during precautions",
    "interval-short": "Infusions too close",
    "interval-long": "Infusions far apart",
    "interval-beyond-limit": "Past 16 weeks",
    "sstr-pet-expired": "No SSTR imaging within six months",
    "labs-expired": "Labs too old on the day",
    "labs-after-free-cancel": "Labs after free cancellation ended",
    "pregnancy-status-missing": "No negative pregnancy test",
    "pregnancy-positive": "Pregnancy test not negative",
    "confirm-labs-missing": "No labs of the day before",
    "too-many-doses": "More infusions than the protocol has",
    "calibration-day-closed": "Infusion on a closed day",
    "activity-mismatch": "Activity differs from the signed one",
    "given-without-decision": "Given without a signature to give",
    "amino-acids-late": "Amino acids started too late",
    "amino-acids-short": "Amino acids stopped too early",
    "antiemetic-late": "Antiemetic after the amino acids began",
    "response-pet-early": "Response scan too early",
    "authorization-expires": "Authorization ends before",
    "liver-directed-overlap": "Liver-directed therapy too close",
    "first-scan-after-treatment": "Progression on the first scan alone",
    "owner-missing": "Nobody sees to it",
    "double-injection": "Two practices plan the injection",
    "capacity": "Booked twice, or over the day's license",
}

UNITS: Mapping[str, str] = {"{INR}": "", "mL/min/{1.73_m2}": "mL/min/1.73 m²", "mg/(24.h)": "mg/24 h"}

# Read once: an enumeration works its choices out again at each question.
ITEMS: Mapping[str, str] = {item.value: str(item.label) for item in Item}
OWNERS: Mapping[str, str] = {owner.value: str(owner.label) for owner in Owner}

STATE_ORDER = (
    *("overdue", "not-recorded", "due", "open", "planned", "too-late", "done", "not-done", "cancelled"),
)


def analyte_word(key: str | None, *, otherwise: str = "") -> str:
    """Say an analyte; a result whose code nobody knows keeps the words it came with."""
    return ANALYTES.get(key or "", otherwise or (key or "").replace("_", " "))


def item_word(key: str) -> str:
    return ITEMS.get(key, key)


def owner_word(key: str, practice: str = "") -> str:
    """Say who sees to an item; the practice by its name where it is known."""
    if key == Owner.REFERRING_PRACTICE and practice:
        return practice
    return OWNERS.get(key, "Nobody yet")


def unit_word(unit: str | None) -> str:
    return UNITS.get(unit or "", unit or "")


def amount(value: str | None, unit: str | None, comparator: str | None = "") -> str:
    """Say a value with its comparator and unit: "<10 10*9/L"."""
    return f"{comparator or ''}{value or ''} {unit_word(unit)}".strip()


def listed(words: Iterable[str]) -> str:
    """Say a list: "albumin, AST and ALT"."""
    said = list(words)
    return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]])) if said else ""
