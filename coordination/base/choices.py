"""The words that more than one app uses. Their keys are stored, shown in the API and never translated."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may do; machines are API clients, not users."""

    NAVIGATOR = "navigator", "Nurse navigator"
    PRESCRIBER = "prescriber", "Prescriber"
    CLINIC = "clinic", "Treatment clinic"
    MANAGER = "manager", "Manager"
    REFERRER = "referrer", "Referring practice"
    ADMIN = "admin", "Administrator"


class Owner(TextChoices):
    """Who sees to an item of the schedule, agreed anew for each patient [H22]."""

    CENTER = "center", "PRRT center"
    REFERRING_PRACTICE = "referring-practice", "Referring practice"
    NET_SPECIALIST = "net-specialist", "NET specialist"
    PATIENT = "patient", "Patient"


class Item(TextChoices):
    """What the schedule asks for (docs/clinical, the schedule)."""

    INFUSION = "infusion", "Infusion"
    SSTR_PET = "sstr-pet", "SSTR imaging before treatment"
    BASELINE_LABS = "baseline-labs", "Baseline labs"
    PREGNANCY_TEST = "pregnancy-test", "Pregnancy test"
    EDUCATION = "education", "Education"
    CONSENT = "consent", "Consent"
    AUTHORIZATION = "authorization", "Payer authorization"
    DOSE_ORDER = "dose-order", "Dose order"
    PRE_DOSE_LABS = "pre-dose-labs", "Labs before the dose"
    CONFIRM_LABS = "confirm-labs", "Confirming labs"
    LAR_LAST_BEFORE = "lar-last-before", "Last long-acting SSA before the infusion"
    SHORT_ACTING_STOP = "short-acting-stop", "Short-acting octreotide stopped"
    ANTIEMETIC = "antiemetic", "Antiemetic"
    AMINO_ACIDS = "amino-acids", "Amino acids"
    POST_DOSE_LAR = "post-dose-lar", "Octreotide LAR after the dose"
    RADIATION_PRECAUTIONS = "radiation-precautions", "Radiation precautions"
    NADIR_LABS = "nadir-labs", "Nadir labs"
    CT_MRI = "ct-mri", "CT or MRI"
    POST_TREATMENT_LABS = "post-treatment-labs", "Labs after treatment"
    MAINTENANCE_LAR = "maintenance-lar", "Maintenance long-acting SSA"
    RESPONSE_SSTR_PET = "response-sstr-pet", "SSTR imaging for response"
    FOLLOW_UP_LABS = "follow-up-labs", "Follow-up labs"
    HAND_BACK = "hand-back", "Return to the referring physician"
    INTERIM_SSA = "interim-ssa", "Interim SSA"
