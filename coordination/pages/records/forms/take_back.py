"""Why a fact was recorded in error, or a plan is called off."""

from coordination.pages.forms import ReasonField
from coordination.pages.patient.forms import PatientForm


class CallOffForm(PatientForm):
    because = ReasonField(label="Why is it called off?")


class InErrorForm(PatientForm):
    because = ReasonField(label="Why was it recorded in error?")
