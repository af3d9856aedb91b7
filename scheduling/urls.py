"""Addresses of the acts on a course. Each carries the patient, and finds only what is theirs."""

from django.urls import path

from scheduling.forms import FACT_FORMS
from scheduling.views import booking, decide, plan, record

PATIENT = "patients/<uuid:patient_id>"
COURSE = f"{PATIENT}/courses/<uuid:course_id>"

urlpatterns = [
    *(
        path(f"{PATIENT}/record/{kind}", record.record, {"kind": kind}, name=f"record-{kind}")
        for kind in FACT_FORMS
    ),
    path(f"{PATIENT}/records/<slug:kind>/<uuid:fact_id>/in-error", record.in_error, name="record-in-error"),
    path(f"{PATIENT}/records/<slug:kind>/<uuid:fact_id>/call-off", record.call_off, name="call-off"),
    path(f"{PATIENT}/events/<uuid:event_id>/now", record.follow_up, name="follow-up-event"),
    path(f"{PATIENT}/weights/<uuid:weight_id>/confirm", record.confirm_weight, name="confirm-weight"),
    path(f"{COURSE}/infusions/<int:number>/correct", record.correct_infusion, name="correct-infusion"),
    path(f"{COURSE}/order-ahead", decide.order_ahead, name="order-ahead"),
    path(f"{PATIENT}/courses/start", plan.start, name="start-course"),
    path(f"{COURSE}/sign", decide.sign, name="sign"),
    path(f"{COURSE}/override", decide.override, name="override"),
    path(f"{COURSE}/attribute", decide.attribute, name="attribute"),
    path(f"{COURSE}/confirm-row", decide.confirm_row, name="confirm-row"),
    path(f"{COURSE}/pin-baseline", decide.pin_baseline, name="pin-baseline"),
    path(f"{COURSE}/conflicts/answer", decide.answer_conflict, name="answer-conflict"),
    path(f"{COURSE}/hold", plan.hold, name="hold-course"),
    path(f"{COURSE}/resume", plan.resume, name="resume-course"),
    path(f"{COURSE}/stop", plan.stop, name="stop-course"),
    path(f"{COURSE}/complete", plan.complete, name="complete-course"),
    path(f"{PATIENT}/cycles/<uuid:cycle_id>/move", plan.move, name="move-infusion"),
    path(f"{PATIENT}/cycles/<uuid:cycle_id>/book", booking.book, name="book-infusion"),
    path(f"{PATIENT}/cycles/<uuid:cycle_id>/book/cancel", booking.cancel, name="cancel-booking"),
]
