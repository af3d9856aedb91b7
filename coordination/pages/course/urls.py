from django.urls import path

from coordination.pages.addresses import COURSE, PATIENT
from coordination.pages.course import booking, decide, dose_order, judge, plan

urlpatterns = [
    path(f"{PATIENT}/courses/start", plan.start_page, name="start-course"),
    path(f"{COURSE}/sign", decide.sign_page, name="sign"),
    path(f"{COURSE}/override", decide.override_page, name="override"),
    path(f"{COURSE}/attribute", judge.attribute, name="attribute"),
    path(f"{COURSE}/confirm-row", judge.confirm_row_page, name="confirm-row"),
    path(f"{COURSE}/pin-baseline", judge.pin_baseline_page, name="pin-baseline"),
    path(f"{COURSE}/conflicts/answer", decide.answer_conflict, name="answer-conflict"),
    path(f"{COURSE}/order-ahead", decide.order_ahead, name="order-ahead"),
    path(f"{COURSE}/dose-order/<int:number>", dose_order.dose_order_page, name="dose-order"),
    path(f"{COURSE}/hold", plan.hold_page, name="hold-course"),
    path(f"{COURSE}/resume", plan.resume_page, name="resume-course"),
    path(f"{COURSE}/stop", plan.stop_page, name="stop-course"),
    path(f"{COURSE}/complete", plan.complete_page, name="complete-course"),
    path(f"{PATIENT}/cycles/<uuid:cycle_id>/move", plan.move_page, name="move-infusion"),
    path(f"{PATIENT}/cycles/<uuid:cycle_id>/book", booking.book, name="book-infusion"),
    path(f"{PATIENT}/cycles/<uuid:cycle_id>/book/cancel", booking.cancel, name="cancel-booking"),
]
