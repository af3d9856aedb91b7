"""What people record of a patient: each one change, said as a sentence. The flows say what follows."""

from patients.actions.people import (
    add_identifier,
    agree_responsibility,
    correct_patient,
    end_membership,
    join_care_team,
    register_patient,
    share_out,
)
from patients.actions.records import (
    assess_response,
    correct_fact,
    decide_at_board,
    give_consent,
    record_authorization,
    record_diagnosis,
    record_evidence,
    record_therapy,
    teach,
    withdraw_paper,
)
from patients.actions.referrals import (
    accept_referral,
    ask_for_information,
    decline_referral,
    follow_course,
    receive_paper,
    receive_referral,
    send_to_board,
)

__all__ = [
    "accept_referral",
    "add_identifier",
    "agree_responsibility",
    "ask_for_information",
    "assess_response",
    "correct_fact",
    "correct_patient",
    "decide_at_board",
    "decline_referral",
    "end_membership",
    "follow_course",
    "give_consent",
    "join_care_team",
    "receive_paper",
    "receive_referral",
    "record_authorization",
    "record_diagnosis",
    "record_evidence",
    "record_therapy",
    "register_patient",
    "send_to_board",
    "share_out",
    "teach",
    "withdraw_paper",
]
