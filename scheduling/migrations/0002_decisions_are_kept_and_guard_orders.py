"""Proposals and signatures are only added; only a prescriber signs; no order without a decision to give.

The order guard answers hazard H17: it locks the course, so that a stop and an order cannot pass each other,
and the signature, so that a withdrawal and an order cannot either.
"""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from coordination.base.constraints import only_added

ONLY_A_PRESCRIBER_SIGNS = """
CREATE FUNCTION only_a_prescriber_signs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM base_user WHERE id = NEW.signed_by_id AND role = 'prescriber' AND is_active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an active prescriber signs'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'only_a_prescriber_signs';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER only_a_prescriber_signs BEFORE INSERT ON scheduling_signature
FOR EACH ROW EXECUTE FUNCTION only_a_prescriber_signs();
"""
ANYBODY_SIGNS = """
DROP TRIGGER only_a_prescriber_signs ON scheduling_signature;
DROP FUNCTION only_a_prescriber_signs();
"""

ONLY_THE_CURRENT_PROPOSAL_IS_SIGNED = """
CREATE FUNCTION only_the_current_proposal_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM scheduling_proposal WHERE id = NEW.proposal_id AND superseded_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only the current proposal is signed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'only_the_current_proposal_is_signed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER only_the_current_proposal_is_signed BEFORE INSERT ON scheduling_signature
FOR EACH ROW EXECUTE FUNCTION only_the_current_proposal_is_signed();
"""
ANY_PROPOSAL_IS_SIGNED = """
DROP TRIGGER only_the_current_proposal_is_signed ON scheduling_signature;
DROP FUNCTION only_the_current_proposal_is_signed();
"""

# Runs for a new order, and for one that would stand again or under another decision.
ORDER_RESTS_ON_A_DECISION = """
CREATE FUNCTION order_rests_on_a_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    course scheduling_course%ROWTYPE;
    dose_number smallint;
BEGIN
    SELECT number INTO STRICT dose_number FROM scheduling_cycle WHERE id = NEW.cycle_id;
    SELECT * INTO STRICT course FROM scheduling_course
        WHERE id = (SELECT course_id FROM scheduling_cycle WHERE id = NEW.cycle_id) FOR UPDATE;
    IF course.ended_at IS NOT NULL OR course.stopped_on IS NOT NULL THEN
        RAISE EXCEPTION 'no dose is ordered for a course that has ended'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_order_for_an_ended_course';
    END IF;
    IF course.held_since IS NOT NULL THEN
        RAISE EXCEPTION 'no dose is ordered for a course on hold'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_order_for_a_held_course';
    END IF;
    PERFORM 1 FROM patients_patient WHERE id = course.patient_id AND died_on IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no dose is ordered for a patient who died'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_order_after_a_death';
    END IF;
    PERFORM 1 FROM scheduling_signature signature
        JOIN scheduling_proposal proposal ON proposal.id = signature.proposal_id
        WHERE signature.id = NEW.signature_id
            AND signature.action = 'give'
            AND signature.withdrawn_at IS NULL
            AND proposal.superseded_at IS NULL
            AND proposal.course_id = course.id
            AND proposal.cycle_number = dose_number
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no dose is ordered without a standing signed decision to give it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_order_without_a_signed_decision_to_give';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER order_rests_on_a_decision BEFORE INSERT ON scheduling_doseorder
FOR EACH ROW EXECUTE FUNCTION order_rests_on_a_decision();
CREATE TRIGGER changed_order_rests_on_a_decision BEFORE UPDATE ON scheduling_doseorder
FOR EACH ROW WHEN (
    NEW.cancelled_at IS NULL AND (
        OLD.cancelled_at IS NOT NULL
        OR OLD.cycle_id <> NEW.cycle_id
        OR OLD.signature_id <> NEW.signature_id
        OR OLD.activity_gbq <> NEW.activity_gbq
    )
) EXECUTE FUNCTION order_rests_on_a_decision();
"""
ORDER_RESTS_ON_NOTHING = """
DROP TRIGGER order_rests_on_a_decision ON scheduling_doseorder;
DROP TRIGGER changed_order_rests_on_a_decision ON scheduling_doseorder;
DROP FUNCTION order_rests_on_a_decision();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("base", "0003_audit_is_only_added"),
        ("scheduling", "0001_courses"),
    ]

    operations: ClassVar[list[Operation]] = [
        only_added("scheduling_proposal", "superseded_at"),
        only_added("scheduling_signature", "withdrawn_at", "withdrawn_by_id", "withdrawn_because"),
        migrations.RunSQL(ONLY_A_PRESCRIBER_SIGNS, ANYBODY_SIGNS),
        migrations.RunSQL(ONLY_THE_CURRENT_PROPOSAL_IS_SIGNED, ANY_PROPOSAL_IS_SIGNED),
        migrations.RunSQL(ORDER_RESTS_ON_A_DECISION, ORDER_RESTS_ON_NOTHING),
    ]
