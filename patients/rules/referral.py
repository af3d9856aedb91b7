"""What a referral must hold before it can be decided, and what of it is missing.

Source: docs/clinical/eligibility.md, "A referral is complete with". Each requirement is said in words that
a letter can ask for; only what is missing is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Imaging:
    on: date | None = None
    has_images: bool = False
    has_report: bool = False


@dataclass(frozen=True, slots=True)
class SsaHistory:
    """`never_given` is an answer too; then there is no last injection to tell."""

    never_given: bool = False
    last_kind: str = ""
    last_on: date | None = None
    progressed: str = ""  # what progressed


@dataclass(frozen=True, slots=True)
class LabWithRange:
    on: date
    has_range: bool


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """Empty text and None mean: not told. An empty list of allergies is told by "none"."""

    primary_site: str = ""
    tnm: str = ""
    functioning: bool | None = None
    pathology_on: date | None = None
    differentiation: str = ""
    mitoses_per_2mm2: Decimal | None = None
    ki67_percent: Decimal | None = None
    markers: str = ""
    grading_scheme: str = ""
    sstr_imaging: Imaging = field(default_factory=Imaging)
    ct_or_mri: Imaging = field(default_factory=Imaging)
    ssa: SsaHistory = field(default_factory=SsaHistory)
    labs: Mapping[str, LabWithRange] = field(default_factory=dict)  # by name of REQUIRED_LABS
    weight_kg: Decimal | None = None
    performance_status: str = ""
    allergies: str = ""
    anticoagulated: bool | None = None
    referred_by: str = ""
    came_through: str = ""


REQUIRED_LABS = ("hemoglobin", "platelets", "wbc", "creatinine", "bilirubin")


@dataclass(frozen=True, slots=True)
class Requirement:
    key: str
    words: str  # as a letter asks for it


PLAIN_REQUIREMENTS = {  # field of ReferralFacts: as a letter asks for it
    "primary_site": "the primary site",
    "tnm": "the TNM stage",
    "functioning": "whether the tumor is functioning",
    "pathology_on": "the pathology report, with its date",
    "differentiation": "the differentiation, from the pathology report",
    "mitoses_per_2mm2": "the mitotic rate, from the pathology report",
    "ki67_percent": "Ki-67, from the pathology report",
    "markers": "the markers, from the pathology report",
    "grading_scheme": "the grading scheme that the pathology report uses",
    "weight_kg": "the weight",
    "performance_status": "the performance status",
    "allergies": "allergies (none, too)",
    "anticoagulated": "whether the patient is anticoagulated",
    "referred_by": "who refers",
    "came_through": "through whom the referral came",
}


def missing_requirements(referral: ReferralFacts) -> tuple[Requirement, ...]:
    """What is still to be sent, in the order of the form; empty: the referral is complete."""
    missing: list[Requirement] = []
    for name in (entry.name for entry in fields(ReferralFacts)):
        value = getattr(referral, name)
        if isinstance(value, Imaging):
            missing += _missing_imaging(name, value)
        elif isinstance(value, SsaHistory):
            missing += _missing_ssa(value)
        elif name == "labs":
            missing += _missing_labs(referral.labs)
        elif not _is_told(value):
            missing.append(Requirement(name.replace("_", "-"), PLAIN_REQUIREMENTS[name]))
    return tuple(missing)


def _is_told(value: object) -> bool:
    """No is an answer, and so is zero."""
    return value is not None and value != ""


def _missing_imaging(name: str, imaging: Imaging) -> list[Requirement]:
    key, words = {
        "sstr_imaging": ("sstr-imaging", "the somatostatin-receptor imaging"),
        "ct_or_mri": ("ct-or-mri", "the last CT or MRI"),
    }[name]
    if imaging.on is None:
        return [Requirement(key, f"{words}: date, images and report")]
    missing = []
    if not imaging.has_images:
        missing.append(Requirement(f"{key}-images", f"{words} of {imaging.on}: the images"))
    if not imaging.has_report:
        missing.append(Requirement(f"{key}-report", f"{words} of {imaging.on}: the report"))
    return missing


def _missing_ssa(ssa: SsaHistory) -> list[Requirement]:
    if ssa.never_given:
        return []
    missing = []
    if not ssa.last_kind or ssa.last_on is None:
        missing.append(
            Requirement("ssa-last-injection", "the date and kind of the last somatostatin-analog injection")
        )
    if not ssa.progressed:
        missing.append(Requirement("ssa-progression", "what progressed under the somatostatin analog"))
    return missing


def _missing_labs(labs: Mapping[str, LabWithRange]) -> list[Requirement]:
    missing = []
    for name in REQUIRED_LABS:
        shown = "WBC" if name == "wbc" else name
        if name not in labs:
            missing.append(Requirement(f"lab-{name}", f"{shown}, with its reference range"))
        elif not labs[name].has_range:
            missing.append(
                Requirement(f"lab-{name}-range", f"the reference range of {shown} of {labs[name].on}")
            )
    return missing
