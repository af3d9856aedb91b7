"""Each promise of the database, broken once. The names are the claims; the last test counts them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from coordination.base.models import CancellableFact, Fact
from coordination.base.models.recorded import Recorded
from scheduling.models import DoseOrder
from tests import factories as make
from tests.factories import NOW
from tests.models.refusals import Make, refused_by, twice

pytestmark = pytest.mark.django_db

DAY = date(2025, 1, 14)
BEFORE = DAY - timedelta(days=1)


def a_patient_merged_into_itself() -> None:
    patient = make.PatientFactory()
    patient.merged_into = patient
    patient.save()


def another_course_before_the_first_has_ended() -> None:
    first = make.CourseFactory()
    make.CourseFactory(patient=first.patient, started_at=NOW)


def _a_cancelled_order_without_a_permit() -> None:
    make.DoseOrderFactory(cancelled_at=NOW, cancelled_by=make.UserFactory(), cancelled_because="fever")
    DoseOrder.objects.update(signature=None)


def two_of(
    factory: Callable[..., object], owner: str, make_owner: Callable[..., object], **same: object
) -> Make:
    return lambda: twice(factory, **{owner: make_owner()}, **same)()


BASE: dict[str, Make] = {
    "user_has_one_of_our_roles": lambda: make.UserFactory(role="root"),
    "user_has_a_practice_just_when_a_referrer": lambda: make.UserFactory(practice=make.PracticeFactory()),
    "user_signs_in_in_lower_case": lambda: make.UserFactory.build(username="Nurse").save(),
    "site_opens_before_it_closes": lambda: make.SiteFactory(opens_at=time(17), closes_at=time(17)),
    "second_factor_is_asked_for_again_within_a_shift": lambda: make.SiteSettingsFactory(
        second_factor_minutes=721
    ),
    "site_idle_time_is_five_minutes_to_a_shift": lambda: make.SiteSettingsFactory(idle_minutes=4),
    "page_keeps_one_form_of_a_person": two_of(make.KeptFormFactory, "user", make.UserFactory, page="/same"),
    "recovery_code_works_once": two_of(make.RecoveryCodeFactory, "user", make.UserFactory),
    "site_nadir_is_a_known_choice": lambda: make.SiteSettingsFactory(nadir="maybe"),
    "site_recurrence_scope_is_a_known_choice": lambda: make.SiteSettingsFactory(recurrence_scope="maybe"),
    "site_ctcae_is_a_known_version": lambda: make.SiteSettingsFactory(ctcae="3.0"),
    "site_closes_once_a_day": two_of(make.SiteClosureFactory, "site", make.SiteFactory),
    "site_closure_has_a_reason": lambda: make.SiteClosureFactory(reason=""),
    "audit_names_a_person_or_a_machine_not_both": lambda: make.AuditEventFactory(
        client=make.ApiClientFactory()
    ),
    "seals_are_counted_from_one": lambda: make.AuditSealFactory(number=0),
    "client_uses_a_key_once": two_of(
        make.IdempotencyKeyFactory, "client", make.ApiClientFactory, key="the same"
    ),
    "client_old_token_says_when_it_ends": lambda: make.ApiClientFactory(old_token_hash="0" * 64),
    "idempotency_status_and_response_together": lambda: make.IdempotencyKeyFactory(status=200),
}


def _withdrawn(*, on: date | None = DAY, because: str = "wish") -> dict[str, object]:
    return {
        "withdrawn_on": on,
        "withdrawn_at": NOW,
        "withdrawn_by": make.UserFactory(),
        "withdrawn_because": because,
    }


PATIENTS: dict[str, Make] = {
    "patient_sex_is_a_known_word": lambda: make.PatientFactory(sex="f"),
    "patient_does_not_die_before_birth": lambda: make.PatientFactory(
        died_on=date(1960, 5, 3), died_recorded_at=NOW
    ),
    "patient_height_is_between_80_and_230_cm": lambda: make.PatientFactory(height_cm=Decimal("79.9")),
    "patient_death_says_when_it_was_recorded": lambda: make.PatientFactory(died_on=DAY),
    "patient_is_not_merged_into_itself": a_patient_merged_into_itself,
    "identifier_names_one_patient": twice(make.PatientIdentifierFactory, value="MRN1"),
    "identifier_has_authority_and_number": lambda: make.PatientIdentifierFactory(system=""),
    "care_team_part_is_a_known_word": lambda: make.CareTeamMemberFactory(part="boss"),
    "care_team_member_leaves_after_joining": lambda: make.CareTeamMemberFactory(since=DAY, until=BEFORE),
    "responsibility_is_for_a_known_item": lambda: make.ResponsibilityFactory(item="coffee"),
    "responsibility_has_a_known_owner": lambda: make.ResponsibilityFactory(owner="nobody"),
    "item_has_one_owner_per_patient": two_of(make.ResponsibilityFactory, "patient", make.PatientFactory),
    "only_a_practice_s_item_names_a_practice": lambda: make.ResponsibilityFactory(
        owner="center", practice=make.PracticeFactory()
    ),
    "referral_state_is_a_known_word": lambda: make.ReferralFactory(
        state="lost", decided_at=NOW, decided_by=make.UserFactory()
    ),
    "referral_decided_at_and_decided_by_together": lambda: make.ReferralFactory(
        state="accepted", decided_at=NOW
    ),
    "referral_past_the_decision_says_who_decided": lambda: make.ReferralFactory(state="accepted"),
    "referral_is_declined_with_a_reason": lambda: make.ReferralFactory(accepted=True, state="declined"),
    "referral_returned_says_the_day": lambda: make.ReferralFactory(accepted=True, state="returned"),
    "referral_placer_has_system_and_number": lambda: make.ReferralFactory(placer_number="ORD1"),
    "referral_placer_number_is_used_once": twice(
        make.ReferralFactory, placer_system="urn:placer", placer_number="ORD1"
    ),
    "referral_paper_kind_is_a_known_word": lambda: make.ReferralPaperFactory(kind="napkin"),
    "eligibility_answer_is_a_known_word": lambda: make.EligibilityEvidenceFactory(answer="perhaps"),
    "evidence_does_not_expire_before_its_day": lambda: make.EligibilityEvidenceFactory(
        evidence_on=DAY, expires_on=BEFORE
    ),
    "tumor_board_outcome_is_a_known_word": lambda: make.TumorBoardDecisionFactory(outcome="perhaps"),
    "tumor_board_defers_for_a_question": lambda: make.TumorBoardDecisionFactory(outcome="defer"),
    "diagnosis_functioning_is_a_known_word": lambda: make.DiagnosisFactory(functioning="often"),
    "diagnosis_differentiation_is_a_known_word": lambda: make.DiagnosisFactory(differentiation="so-so"),
    "diagnosis_grade_is_a_known_word": lambda: make.DiagnosisFactory(grade="G9"),
    "ki67_is_between_0_and_100_percent": lambda: make.DiagnosisFactory(ki67_percent=Decimal("100.01")),
    "mitoses_are_not_negative": lambda: make.DiagnosisFactory(mitoses_per_2mm2=Decimal("-0.01")),
    "therapy_kind_is_a_known_word": lambda: make.PriorTherapyFactory(kind="leeches"),
    "therapy_ends_after_it_began": lambda: make.PriorTherapyFactory(on=DAY, ended_on=BEFORE),
    "therapy_activity_is_above_zero": lambda: make.PriorTherapyFactory(cumulative_gbq=0),
    "authorization_state_is_a_known_word": lambda: make.AuthorizationFactory(state="perhaps"),
    "authorization_ends_after_it_starts": lambda: make.AuthorizationFactory(starts_on=DAY, ends_on=BEFORE),
    "authorization_granted_says_from_when_to_when": lambda: make.AuthorizationFactory(ends_on=None),
    "consent_kind_is_a_known_word": lambda: make.ConsentFactory(kind="all"),
    "authorization_withdrawn_says_the_day": lambda: make.AuthorizationFactory(**_withdrawn(on=None)),
    "authorization_withdrawn_says_who_and_why": lambda: make.AuthorizationFactory(**_withdrawn(because="")),
    "consent_is_withdrawn_after_it_was_given": lambda: make.ConsentFactory(
        given_on=DAY, **_withdrawn(on=BEFORE)
    ),
    "consent_withdrawn_says_the_day": lambda: make.ConsentFactory(**_withdrawn(on=None)),
    "consent_withdrawn_says_who_and_why": lambda: make.ConsentFactory(**_withdrawn(because="")),
    "education_is_withdrawn_after_it_was_given": lambda: make.EducationFactory(
        on=DAY, **_withdrawn(on=BEFORE)
    ),
    "education_withdrawn_says_the_day": lambda: make.EducationFactory(**_withdrawn(on=None)),
    "education_withdrawn_says_who_and_why": lambda: make.EducationFactory(**_withdrawn(because="")),
    "education_topic_is_a_known_word": lambda: make.EducationFactory(topic="Latin"),
    "response_outcome_is_a_known_word": lambda: make.ResponseAssessmentFactory(outcome="fine"),
}

LABS: dict[str, Make] = {
    "lab_report_state_is_a_known_word": lambda: make.LabReportFactory(state="lost"),
    "lab_report_is_received_once": twice(make.LabReportFactory, message_key="MSG1"),
    "lab_report_applied_says_when": lambda: make.LabReportFactory(state="applied"),
    "lab_report_is_applied_to_a_patient": lambda: make.LabReportFactory(
        site=make.SiteFactory(), patient=None, state="applied", applied_at=NOW
    ),
    "result_version_is_stored_once": twice(make.LabResultFactory, source_id="LAB1.777-3"),
    "result_versions_count_from_1": lambda: make.LabResultFactory(version=0),
    "result_has_an_id_of_its_source": lambda: make.LabResultFactory(source_id=""),
    "usable_result_is_not_rejected": lambda: make.LabResultFactory(rejection="implausible"),
    "usable_result_has_an_analyte_and_a_time": lambda: make.LabResultFactory(collected_at=None),
    "usable_result_is_final": lambda: make.LabResultFactory(status="preliminary"),
    "result_of_a_day_knows_the_day": lambda: make.LabResultFactory(
        day_only=True, collected_at=None, usable=False
    ),
    "result_does_not_replace_itself": lambda: make.LabResultFactory(source_id="r1", replaces="r1"),
    "result_under_an_id_of_another_is_not_used": lambda: make.LabResultFactory(strand="hemoglobin"),
    "result_code_is_mapped_by_an_entry": lambda: make.LabResultFactory(mapped_loinc="777-3"),
    "result_unit_is_mapped_by_an_entry": lambda: make.LabResultFactory(mapped_unit="10*9/L"),
    "sender_map_kind_is_a_known_word": lambda: make.SenderMapEntryFactory(kind="odd"),
    "sender_means_one_thing_at_a_time": two_of(make.SenderMapEntryFactory, "client", make.ApiClientFactory),
    "sender_map_entry_says_what_is_meant": lambda: make.SenderMapEntryFactory(means=""),
    "sender_map_unit_is_of_an_analyte": lambda: make.SenderMapEntryFactory(kind="unit"),
    "sender_map_entry_ended_says_who_and_why": lambda: make.SenderMapEntryFactory(ended_at=NOW),
    "review_item_kind_is_a_known_word": lambda: make.ReviewItemFactory(kind="odd"),
    "one_open_review_item_of_a_kind": two_of(make.ReviewItemFactory, "report", make.LabReportFactory),
    "review_item_resolved_says_how": lambda: make.ReviewItemFactory(resolved_at=NOW),
    "review_item_resolved_by_says_when": lambda: make.ReviewItemFactory(resolved_by=make.UserFactory()),
}

COURSES: dict[str, Make] = {
    "course_begins_on_a_referral_or_a_reason": lambda: make.CourseFactory(started_anyway_because=""),
    "patient_has_one_course_at_a_time": another_course_before_the_first_has_ended,
    "course_ends_after_it_started": lambda: make.CourseFactory(
        started_at=NOW, ended_at=NOW - timedelta(seconds=1), completed_on=DAY
    ),
    "course_has_ended_when_stopped_or_completed": lambda: make.CourseFactory(completed_on=DAY),
    "course_is_stopped_or_completed_not_both": lambda: make.CourseFactory(
        ended_at=NOW, completed_on=DAY, stopped_on=DAY, stopped_by=make.UserFactory(), stopped_reason="wish"
    ),
    "course_stopped_says_who_and_why": lambda: make.CourseFactory(ended_at=NOW, stopped_on=DAY),
    "course_held_says_who_and_why": lambda: make.CourseFactory(held_since=NOW, held_by=make.UserFactory()),
    "course_completed_by_says_the_day": lambda: make.CourseFactory(completed_by=make.UserFactory()),
    "course_nadir_is_a_known_choice": lambda: make.CourseFactory(nadir="maybe"),
    "course_recurrence_scope_is_a_known_choice": lambda: make.CourseFactory(recurrence_scope="maybe"),
    "course_ctcae_is_a_known_version": lambda: make.CourseFactory(ctcae="3.0"),
    "cycle_number_is_from_1_to_10": lambda: make.CycleFactory(number=11),
    "course_has_each_cycle_once": two_of(make.CycleFactory, "course", make.CourseFactory),
    "cycle_planned_start_has_a_planned_day": lambda: make.CycleFactory(planned_on=None, planned_start_at=NOW),
    "due_item_is_a_known_word": lambda: make.DueItemFactory(item="coffee"),
    "course_has_each_due_item_once": two_of(
        make.DueItemFactory, "course", make.CourseFactory, item="ct-mri", cycle_number=None
    ),
    "due_item_cycle_is_from_1_to_10": lambda: make.DueItemFactory(cycle_number=0),
    "due_item_has_a_day_or_an_instant_not_both": lambda: make.DueItemFactory(closes_at=NOW),
    "not_done_says_who_and_why": lambda: make.DueItemFactory(not_done_at=NOW),
    "marked_done_says_who_and_is_not_also_not_done": lambda: make.DueItemFactory(marked_done_at=NOW),
    "contact_channel_is_a_known_word": lambda: make.ContactLogFactory(channel="pigeon"),
    "contact_outcome_is_a_known_word": lambda: make.ContactLogFactory(outcome="fine"),
    "conflict_severity_is_a_known_word": lambda: make.CourseConflictFactory(severity="bad"),
    "conflict_stands_once_in_a_course": two_of(make.CourseConflictFactory, "course", make.CourseFactory),
    "conflict_is_overridden_once": two_of(
        make.ConflictOverrideFactory, "course", make.CourseFactory, cycle_number=None
    ),
    "conflict_override_says_who_and_why": lambda: make.ConflictOverrideFactory(reason=""),
    "answer_to_an_unsigned_dose_says_who_was_told": lambda: make.ConflictOverrideFactory(
        code="given-without-decision"
    ),
    "person_is_told_of_a_conflict_once": lambda: twice(
        make.ConflictNoticeFactory, conflict=make.CourseConflictFactory(), user=make.UserFactory()
    )(),
}

FACTS: dict[str, Make] = {
    "cycle_has_one_infusion_given": two_of(make.InfusionGivenFactory, "cycle", make.CycleFactory),
    "infusion_ends_after_it_started": lambda: make.InfusionGivenFactory(
        ended_at=datetime(2025, 1, 14, 14, 59, tzinfo=UTC)
    ),
    "amino_acids_end_after_they_started": lambda: make.InfusionGivenFactory(
        amino_acids_started_at=NOW, amino_acids_ended_at=NOW - timedelta(minutes=1)
    ),
    "activity_given_is_above_zero": lambda: make.InfusionGivenFactory(activity_gbq=0),
    "activity_signed_is_above_zero": lambda: make.InfusionGivenFactory(signed_gbq=0),
    "residual_is_not_negative": lambda: make.InfusionGivenFactory(residual_gbq=Decimal("-0.1")),
    "residual_is_not_above_the_activity": lambda: make.InfusionGivenFactory(
        activity_gbq=Decimal("7.4"), residual_gbq=Decimal("7.401")
    ),
    "decision_at_the_start_is_a_known_word": lambda: make.InfusionGivenFactory(decision="maybe"),
    "infusion_elsewhere_has_no_decision_of_ours": lambda: make.InfusionGivenFactory(
        elsewhere=True, decision="give"
    ),
    "injection_drug_is_a_known_word": lambda: make.InjectionFactory(drug="saline"),
    "injection_is_planned_or_given": lambda: make.InjectionFactory(given_at=None),
    "injection_dose_is_above_zero": lambda: make.InjectionFactory(dose_mg=0),
    "scan_kind_is_a_known_word": lambda: make.ScanFactory(kind="x-ray"),
    "scan_uptake_is_a_known_word": lambda: make.ScanFactory(uptake="some"),
    "adverse_event_grade_is_from_0_to_5": lambda: make.AdverseEventFactory(grade=6),
    "adverse_event_grade_now_is_from_0_to_5": lambda: make.AdverseEventFactory(grade_now=6),
    "adverse_event_resolves_after_it_began": lambda: make.AdverseEventFactory(on=DAY, resolved_on=BEFORE),
    "adverse_event_ctcae_is_a_known_version": lambda: make.AdverseEventFactory(ctcae="3.0"),
    "adverse_event_is_followed_up_by_one_record": two_of(
        make.AdverseEventFactory, "earlier", make.AdverseEventFactory
    ),
    "inquiry_asks_a_known_party": lambda: make.AdverseEventInquiryFactory(asked="a neighbor"),
    "inquiry_answer_is_a_known_word": lambda: make.AdverseEventInquiryFactory(answer="well"),
    "transfusion_product_is_a_known_word": lambda: make.TransfusionFactory(product="tea"),
    "transfusion_units_are_above_zero": lambda: make.TransfusionFactory(units=0),
    "weight_is_above_zero": lambda: make.WeightFactory(kg=0),
    "typed_weight_has_a_unit": lambda: make.WeightFactory(typed_value=Decimal(165)),
    "weight_confirmed_says_by_whom": lambda: make.WeightFactory(confirmed_at=NOW),
    "result_gives_one_weight": two_of(make.WeightFactory, "result", make.LabResultFactory),
    "pregnancy_test_result_is_a_known_word": lambda: make.PregnancyTestFactory(result="fine"),
    "episode_is_attributed_once": two_of(make.AttributionFactory, "course", make.CourseFactory),
    "attribution_says_who_and_why": lambda: make.AttributionFactory(reason=""),
    "attribution_cycle_is_from_1_to_10": lambda: make.AttributionFactory(cycle_number=0),
    "confirmation_says_who": lambda: make.ConfirmationFactory(recorded_by=None),
    "analyte_has_one_pinned_baseline": two_of(make.BaselinePinFactory, "course", make.CourseFactory),
    "baseline_pin_says_who_and_why": lambda: make.BaselinePinFactory(recorded_by=None),
}

DECISIONS: dict[str, Make] = {
    "proposal_action_is_a_known_word": lambda: make.ProposalFactory(action="wait", activity_gbq=None),
    "course_has_one_current_proposal": two_of(make.ProposalFactory, "course", make.CourseFactory),
    "proposal_names_an_activity_just_when_to_give": lambda: make.ProposalFactory(action="hold"),
    "proposal_is_for_a_cycle_unless_none": lambda: make.ProposalFactory(cycle_number=None),
    "signature_decision_is_a_known_word": lambda: make.SignatureFactory(
        decision="shrug", override_code="other", override_reason="none"
    ),
    "signature_is_to_give_hold_or_stop": lambda: make.SignatureFactory(
        proposal__action="review", proposal__activity_gbq=None
    ),
    "signature_names_an_activity_just_when_to_give": lambda: make.SignatureFactory(activity_gbq=None),
    "override_has_a_code_and_a_reason": lambda: make.SignatureFactory(
        decision="override", override_code="logistics"
    ),
    "signature_withdrawn_says_why": lambda: make.SignatureFactory(withdrawn_at=NOW),
    "signature_withdrawn_by_says_when": lambda: make.SignatureFactory(withdrawn_by=make.UserFactory()),
    "cycle_has_one_standing_booking": lambda: twice(make.ChairBookingFactory, cycle=make.CycleFactory())(),
    "booking_starts_before_it_ends": lambda: make.ChairBookingFactory(ends_at=NOW),
    "booking_names_a_chair_and_people": lambda: make.ChairBookingFactory(people=[]),
    "booking_cancelled_says_who_and_why": lambda: make.ChairBookingFactory(cancelled_at=NOW),
    "cycle_has_one_standing_dose_order": lambda: twice(make.DoseOrderFactory, **_cycle_and_signature())(),
    "order_has_a_signature_or_an_order_ahead": lambda: _a_cancelled_order_without_a_permit(),
    "cycle_has_one_standing_order_ahead": two_of(make.OrderAheadFactory, "cycle", make.CycleFactory),
    "order_ahead_is_above_zero": lambda: make.OrderAheadFactory(activity_gbq=0),
    "order_ahead_ended_says_why": lambda: make.OrderAheadFactory(ended_at=NOW),
    "order_ahead_ended_by_says_when": lambda: make.OrderAheadFactory(ended_by=make.UserFactory()),
    "ordered_activity_is_above_zero": lambda: make.DoseOrderFactory(activity_gbq=0),
    "assayed_activity_is_above_zero": lambda: make.DoseOrderFactory(assayed_gbq=0, assayed_at=NOW),
    "assay_says_how_much_and_when": lambda: make.DoseOrderFactory(assayed_gbq=Decimal("7.4")),
    "order_confirmed_says_by_whom": lambda: make.DoseOrderFactory(confirmed_at=NOW),
    "order_cancelled_says_who_and_why": lambda: make.DoseOrderFactory(cancelled_at=NOW),
    "only_a_cancelled_order_has_its_cancellation_confirmed": lambda: make.DoseOrderFactory(
        cancellation_confirmed_at=NOW
    ),
}


def _cycle_and_signature() -> dict[str, object]:
    cycle = make.CycleFactory()
    signature = make.SignatureFactory(proposal__course=cycle.course)
    return {"cycle": cycle, "signature": signature}


PORTAL: dict[str, Make] = {
    "invitation_expires_after_it_was_made": lambda: make.InvitationFactory(expires_at=NOW),
    "invitation_accepted_says_whose_account": lambda: make.InvitationFactory(accepted_at=NOW),
    "invitation_withdrawn_says_who_and_why": lambda: make.InvitationFactory(withdrawn_at=NOW),
    "invitation_is_used_or_withdrawn_not_both": lambda: make.InvitationFactory(
        accepted_at=NOW,
        account=make.UserFactory(referrer=True),
        withdrawn_at=NOW,
        withdrawn_by=make.UserFactory(),
        withdrawn_because="left",
    ),
    "invitation_says_whom_it_is_for": lambda: make.InvitationFactory(email=""),
    "site_has_one_release_rule_of_a_kind": two_of(make.ReleaseRuleFactory, "site", make.SiteFactory),
    "release_rule_is_for_a_known_kind": lambda: make.ReleaseRuleFactory(kind="gossip"),
    "release_rule_is_a_known_word": lambda: make.ReleaseRuleFactory(release="never"),
    "release_rule_names_days_just_when_it_counts_them": lambda: make.ReleaseRuleFactory(days=3),
    "user_has_one_calendar_feed": two_of(
        make.CalendarFeedFactory, "user", lambda: make.UserFactory(referrer=True)
    ),
}

COORDINATION: dict[str, Make] = {
    "document_kind_is_a_known_word": lambda: make.DocumentFactory(kind="poem"),
    "document_is_about_a_patient_or_a_site_s_week": lambda: make.DocumentFactory(kind="downtime-list"),
    "document_language_is_ours": lambda: make.DocumentFactory(language="la"),
    "document_cycle_is_from_1_to_10": lambda: make.DocumentFactory(cycle_number=11),
    "document_dropped_says_who_and_why": lambda: make.DocumentFactory(dropped_at=NOW),
    "document_has_each_version_once": two_of(make.DocumentVersionFactory, "document", make.DocumentFactory),
    "document_versions_count_from_1": lambda: make.DocumentVersionFactory(number=0),
    "document_version_holds_its_bytes": lambda: make.DocumentVersionFactory(pdf=b""),
    "document_sending_channel_is_a_known_word": lambda: make.DocumentSendingFactory(channel="pigeon"),
    "document_sending_says_to_whom": lambda: make.DocumentSendingFactory(to=""),
    "delivery_of_a_document_says_which": lambda: make.MessageDeliveryFactory(purpose="document"),
    "document_batch_kind_is_a_known_word": lambda: make.DocumentBatchFactory(kind="poem"),
    "batch_letter_state_is_a_known_word": lambda: make.BatchLetterFactory(state="lost"),
    "batch_writes_to_each_patient_once": lambda: twice(
        make.BatchLetterFactory, batch=make.DocumentBatchFactory(), patient=make.PatientFactory()
    )(),
    "batch_letter_written_has_its_version": lambda: make.BatchLetterFactory(state="written"),
    "contact_channel_is_ours": lambda: make.ContactPointFactory(channel="pigeon"),
    "contact_language_is_ours": lambda: make.ContactPointFactory(language="la"),
    "contact_point_has_one_owner": lambda: make.ContactPointFactory(user=make.UserFactory()),
    "address_is_listed_once_for_its_owner": two_of(
        make.ContactPointFactory, "practice", make.PracticeFactory, address="desk@practice.example"
    ),
    "contact_point_has_an_address": lambda: make.ContactPointFactory(address=""),
    "verified_contact_says_how": lambda: make.ContactPointFactory(verified_how=""),
    "agreed_contact_says_how": lambda: make.ContactPointFactory(agreed_how=""),
    "stopped_contact_says_why": lambda: make.ContactPointFactory(stopped_at=NOW),
    "bounced_contact_says_why": lambda: make.ContactPointFactory(bounced_at=NOW),
    "message_template_kind_is_ours": lambda: make.MessageTemplateFactory(kind="gossip"),
    "message_template_channel_is_ours": lambda: make.MessageTemplateFactory(channel="pigeon"),
    "message_template_language_is_ours": lambda: make.MessageTemplateFactory(language="la"),
    "site_has_each_message_text_once": two_of(make.MessageTemplateFactory, "site", make.SiteFactory),
    "message_text_says_something": lambda: make.MessageTemplateFactory(subject=""),
    "delivery_state_is_ours": lambda: make.MessageDeliveryFactory(state="lost"),
    "delivery_purpose_is_ours": lambda: make.MessageDeliveryFactory(purpose="gossip"),
    "delivery_is_claimed_before_it_is_sent": lambda: make.MessageDeliveryFactory(state="sending"),
    "sent_delivery_says_when": lambda: make.MessageDeliveryFactory(state="sent", claimed_at=NOW),
    "delivery_not_sent_says_why": lambda: make.MessageDeliveryFactory(state="not-sent"),
    "delivery_decided_says_what": lambda: make.MessageDeliveryFactory(decided_at=NOW),
    "one_digest_a_day": lambda: twice(
        make.MessageDeliveryFactory,
        site=make.SiteFactory(),
        contact=make.ContactPointFactory(of_user=True),
        patient=None,
        purpose="digest",
        for_on=DAY,
    )(),
    "reminder_moment_is_ours": lambda: make.ReminderFactory(moment="someday"),
    "reminder_receiver_is_ours": lambda: make.ReminderFactory(receiver="nobody"),
    "each_step_reminds_an_address_once": lambda: twice(make.ReminderFactory, **_item_and_delivery())(),
    "dropped_reminder_says_why": lambda: make.ReminderFactory(dropped_at=NOW),
    "a_reminder_is_stale_within_30_days": lambda: make.ReminderTimetableFactory(stale_after_hours=721),
    "at_least_one_message_may_be_sent": lambda: make.ReminderTimetableFactory(most_per_patient=0),
    "handover_note_says_something": lambda: make.HandoverNoteFactory(text=""),
    "handover_note_expires_after_it_was_written": lambda: make.HandoverNoteFactory(expires_at=NOW),
    "handover_note_ended_says_by_whom": lambda: make.HandoverNoteFactory(ended_at=NOW),
    "saved_filter_has_a_name": lambda: make.SavedFilterFactory(name=""),
    "saved_filter_name_is_used_once_by_its_owner": two_of(
        make.SavedFilterFactory, "owner", make.UserFactory, name="Mine"
    ),
}


def _item_and_delivery() -> dict[str, object]:
    item = make.DueItemFactory()
    return {"due_item": item, "delivery": make.MessageDeliveryFactory(patient=item.course.patient)}


PROMISES = BASE | PATIENTS | LABS | COURSES | FACTS | DECISIONS | PORTAL | COORDINATION
OUR_MODELS = [model for model in apps.get_models() if not model.__name__.startswith("Historical")]
FACT_MODELS = [model for model in OUR_MODELS if issubclass(model, Fact)]
CANCELLABLE_MODELS = [model for model in OUR_MODELS if issubclass(model, CancellableFact)]


def factory_of(model: type[Fact]) -> Callable[..., Fact]:
    return getattr(make, f"{model.__name__}Factory")


@pytest.mark.parametrize("promise", PROMISES)
def test_the_database_keeps(promise: str) -> None:
    assert refused_by(PROMISES[promise]) == promise


@pytest.mark.parametrize("model", FACT_MODELS, ids=lambda model: model.__name__)
def test_what_is_recorded_in_error_says_who_and_why(model: type[Fact]) -> None:
    promise = f"{model._meta.model_name}_in_error_says_who_and_why"

    assert refused_by(lambda: factory_of(model)(recorded_in_error_at=NOW)) == promise
    assert refused_by(lambda: factory_of(model)(recorded_in_error_because="typo")) == promise


@pytest.mark.parametrize("model", CANCELLABLE_MODELS, ids=lambda model: model.__name__)
def test_what_is_cancelled_says_who_and_why(model: type[CancellableFact]) -> None:
    promise = f"{model._meta.model_name}_cancelled_says_who_and_why"

    assert refused_by(lambda: factory_of(model)(cancelled_at=NOW)) == promise


def test_every_promise_is_shown_to_be_kept() -> None:
    made = {constraint.name for model in OUR_MODELS for constraint in model._meta.constraints}
    generic = {name for name in made if name.endswith("_in_error_says_who_and_why")}
    generic |= {f"{model._meta.model_name}_cancelled_says_who_and_why" for model in CANCELLABLE_MODELS}

    assert made - generic - set(PROMISES) == set()
    assert len(generic) == len(FACT_MODELS) + len(CANCELLABLE_MODELS)


def test_a_person_has_one_authenticator_app() -> None:
    user = make.UserFactory()

    assert refused_by(twice(make.AuthenticatorAppFactory, user=user)) == "base_authenticatorapp_user_id_key"


def test_two_people_cannot_both_sign_one_proposal() -> None:
    proposal = make.ProposalFactory()

    assert (
        refused_by(twice(make.SignatureFactory, proposal=proposal)) == "scheduling_signature_proposal_id_key"
    )


def test_the_edges_of_a_range_are_inside_it() -> None:
    course = make.CourseFactory()
    make.CycleFactory(course=course, number=1)
    make.CycleFactory(course=course, number=10)
    make.AdverseEventFactory(grade=0, grade_now=5)
    make.DiagnosisFactory(ki67_percent=100, mitoses_per_2mm2=0)
    make.PriorTherapyFactory(on=DAY, ended_on=DAY)
    make.PatientFactory(birth_date=DAY, died_on=DAY, died_recorded_at=NOW)


def test_a_patient_may_have_another_course_once_the_first_has_ended() -> None:
    first = make.CourseFactory(ended_at=NOW, completed_on=DAY)

    assert make.CourseFactory(patient=first.patient, started_at=NOW).is_current


def test_an_infusion_recorded_in_error_leaves_room_for_the_right_one() -> None:
    wrong = make.InfusionGivenFactory(
        recorded_in_error_at=NOW, recorded_in_error_by=make.UserFactory(), recorded_in_error_because="typo"
    )
    right = make.InfusionGivenFactory(cycle=wrong.cycle)

    assert wrong.cycle.infusion == right


def test_nothing_that_has_history_can_lose_its_rows_by_cascade() -> None:
    for model in OUR_MODELS:
        if not issubclass(model, Recorded):
            continue
        for field in model._meta.fields:
            if field.remote_field:
                assert field.remote_field.on_delete.__name__ == "PROTECT", f"{model.__name__}.{field.name}"
