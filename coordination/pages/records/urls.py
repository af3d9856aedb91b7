from django.urls import path

from coordination.pages.addresses import COURSE, PATIENT
from coordination.pages.records import facts, paperwork
from coordination.pages.records.forms.kinds import FACT_FORMS
from coordination.pages.records.forms.paperwork import PAPER_FORMS

RECORD = f"{PATIENT}/records/<slug:kind>/<uuid:fact_id>"

urlpatterns = [
    *(
        path(f"{PATIENT}/record/{kind}", facts.record_page, {"kind": kind}, name=f"record-{kind}")
        for kind in FACT_FORMS
    ),
    *(
        path(f"{PATIENT}/record/{kind}", paperwork.record_paper_page, {"kind": kind}, name=f"record-{kind}")
        for kind in PAPER_FORMS
    ),
    path(f"{RECORD}/in-error", facts.in_error, name="record-in-error"),
    path(f"{RECORD}/call-off", facts.call_off, name="call-off"),
    path(f"{RECORD}/correct", paperwork.correct_paper_page, name="correct-record"),
    path(f"{RECORD}/withdraw", paperwork.withdraw_paper_page, name="withdraw-record"),
    path(f"{PATIENT}/events/<uuid:event_id>/now", facts.follow_up_event_page, name="follow-up-event"),
    path(f"{PATIENT}/weights/<uuid:weight_id>/confirm", facts.confirm_weight_page, name="confirm-weight"),
    path(f"{COURSE}/infusions/<int:number>/correct", facts.correct_infusion_page, name="correct-infusion"),
]
