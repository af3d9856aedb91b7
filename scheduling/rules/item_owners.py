"""Who is responsible for a schedule item unless it is agreed otherwise for the patient.

Source: RULES.md section 5 (defaults are settings, agreed anew for each patient [H22]).
"""

from collections.abc import Mapping

CENTER = "center"
REFERRING_PRACTICE = "referring-practice"
PATIENT_OWNER = "patient"

DEFAULT_OWNERS: Mapping[str, str] = {
    "short-acting-stop": PATIENT_OWNER,
    "radiation-precautions": PATIENT_OWNER,
    "baseline-labs": REFERRING_PRACTICE,
    "pre-dose-labs": REFERRING_PRACTICE,
    "nadir-labs": REFERRING_PRACTICE,
    "post-treatment-labs": REFERRING_PRACTICE,
    "follow-up-labs": REFERRING_PRACTICE,
    "sstr-pet": REFERRING_PRACTICE,
    "ct-mri": REFERRING_PRACTICE,
    "response-sstr-pet": REFERRING_PRACTICE,
    "lar-last-before": REFERRING_PRACTICE,
    "interim-ssa": REFERRING_PRACTICE,
    "maintenance-lar": REFERRING_PRACTICE,
}
"""Items that are not named are the center's."""

CENTERS_WHILE_OPEN = frozenset({"baseline-labs", "pre-dose-labs", "nadir-labs"})
"""The center is responsible while a row of the dose table is open, because it then watches the counts."""


def owner_of(item: str, *, agreed: Mapping[str, str], of_site: Mapping[str, str], row_is_open: bool) -> str:
    """The owner as agreed for the patient, else the site's default, else the protocol's."""
    if item in agreed:
        return agreed[item]
    if row_is_open and item in CENTERS_WHILE_OPEN:
        return CENTER
    return of_site.get(item) or DEFAULT_OWNERS.get(item, CENTER)
