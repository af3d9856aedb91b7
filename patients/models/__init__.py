from patients.models.authorization import Authorization
from patients.models.care_team import CareTeamMember, Responsibility
from patients.models.consent import Consent, Education
from patients.models.diagnosis import Diagnosis
from patients.models.eligibility import EligibilityEvidence
from patients.models.patient import Patient, PatientIdentifier, mrn_of
from patients.models.referral import Referral, ReferralPaper
from patients.models.response import ResponseAssessment
from patients.models.therapy import PriorTherapy
from patients.models.tumor_board import TumorBoardDecision

__all__ = [
    "Authorization",
    "CareTeamMember",
    "Consent",
    "Diagnosis",
    "Education",
    "EligibilityEvidence",
    "Patient",
    "PatientIdentifier",
    "PriorTherapy",
    "Referral",
    "ReferralPaper",
    "ResponseAssessment",
    "Responsibility",
    "TumorBoardDecision",
    "mrn_of",
]
