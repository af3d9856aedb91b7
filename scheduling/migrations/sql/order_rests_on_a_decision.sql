-- An order has a signature to give the dose, or an order ahead [H17]. Runs for a new order, for one that would
-- stand again or under another decision, and for one that is confirmed. Locks the course and the permit, so that
-- a stop, a withdrawal and an order cannot pass each other.
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
    IF course.assess_after IS NOT NULL THEN
        RAISE EXCEPTION 'no dose is ordered or confirmed while new results are being assessed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_order_while_the_course_waits_to_be_assessed';
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
        PERFORM 1 FROM scheduling_orderahead ahead
            WHERE ahead.id = NEW.ahead_id
                AND ahead.cycle_id = NEW.cycle_id
                AND ahead.activity_gbq = NEW.activity_gbq
                AND ahead.ended_at IS NULL
            FOR SHARE;
    END IF;
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
        OR OLD.signature_id IS DISTINCT FROM NEW.signature_id
        OR OLD.ahead_id IS DISTINCT FROM NEW.ahead_id
        OR OLD.activity_gbq <> NEW.activity_gbq
        OR OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
    )
) EXECUTE FUNCTION order_rests_on_a_decision();
