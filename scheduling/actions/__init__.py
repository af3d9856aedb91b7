"""What people change in a course: each one change, said as a sentence. The flows say what follows."""

from scheduling.actions.adverse_events import follow_up_adverse_event, record_adverse_event, record_inquiry
from scheduling.actions.bookings import book_chair, cancel_booking
from scheduling.actions.courses import (
    complete_course,
    hand_back_course,
    hold_course,
    resume_course,
    start_course,
    stop_course,
)
from scheduling.actions.cycles import plan_infusion
from scheduling.actions.decisions import (
    attribute_episode,
    confirm_row,
    override_proposal,
    pin_baseline,
    sign_proposal,
)
from scheduling.actions.examinations import plan_draw, record_pregnancy_test, record_scan, record_transfusion
from scheduling.actions.from_results import take_pregnancy_test, take_weight
from scheduling.actions.infusions import StoodSigned, correct_infusion, record_infusion
from scheduling.actions.injections import record_injection
from scheduling.actions.items import (
    assign_item,
    log_contact,
    mark_done,
    mark_not_done,
    snooze_item,
    take_back_mark,
)
from scheduling.actions.orders import (
    allow_order_ahead,
    cancel_order,
    change_order,
    confirm_order,
    end_order_ahead,
    follow_signature,
    place_order,
    receive_vial,
)
from scheduling.actions.progression import record_response, take_back_response
from scheduling.actions.recording import cancel_plan, record_in_error
from scheduling.actions.weights import confirm_weight, record_weight, take_back_confirmation

__all__ = [
    "StoodSigned",
    "allow_order_ahead",
    "assign_item",
    "attribute_episode",
    "book_chair",
    "cancel_booking",
    "cancel_order",
    "cancel_plan",
    "change_order",
    "complete_course",
    "confirm_order",
    "confirm_row",
    "confirm_weight",
    "correct_infusion",
    "end_order_ahead",
    "follow_signature",
    "follow_up_adverse_event",
    "hand_back_course",
    "hold_course",
    "log_contact",
    "mark_done",
    "mark_not_done",
    "override_proposal",
    "pin_baseline",
    "place_order",
    "plan_draw",
    "plan_infusion",
    "receive_vial",
    "record_adverse_event",
    "record_in_error",
    "record_infusion",
    "record_injection",
    "record_inquiry",
    "record_pregnancy_test",
    "record_response",
    "record_scan",
    "record_transfusion",
    "record_weight",
    "resume_course",
    "sign_proposal",
    "snooze_item",
    "start_course",
    "stop_course",
    "take_back_confirmation",
    "take_back_mark",
    "take_back_response",
    "take_pregnancy_test",
    "take_weight",
]
