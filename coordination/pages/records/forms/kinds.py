"""Every kind of fact with the form that records it."""

from coordination.pages.records.forms.adverse_event import AdverseEventForm, InquiryForm
from coordination.pages.records.forms.examination import DrawForm, PregnancyTestForm, ResponseForm, ScanForm
from coordination.pages.records.forms.fact import FactForm
from coordination.pages.records.forms.infusion import InfusionForm
from coordination.pages.records.forms.treatment import InjectionForm, TransfusionForm
from coordination.pages.records.forms.weight import WeightForm

FACT_FORMS: dict[str, type[FactForm]] = {
    "infusion": InfusionForm,
    "injection": InjectionForm,
    "scan": ScanForm,
    "weight": WeightForm,
    "adverse-event": AdverseEventForm,
    "inquiry": InquiryForm,
    "transfusion": TransfusionForm,
    "pregnancy-test": PregnancyTestForm,
    "draw": DrawForm,
    "response": ResponseForm,
}
