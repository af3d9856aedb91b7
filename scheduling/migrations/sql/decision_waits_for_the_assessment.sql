-- Nothing is signed or ordered ahead while what came in waits to be assessed. Facts are stored all the same: only
-- our own acts wait.
CREATE FUNCTION decision_waits_for_the_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    waits_since timestamptz;
BEGIN
    IF TG_TABLE_NAME = 'scheduling_signature' THEN
        SELECT assess_after INTO STRICT waits_since FROM scheduling_course
            WHERE id = (SELECT course_id FROM scheduling_proposal WHERE id = NEW.proposal_id) FOR UPDATE;
    ELSE
        SELECT assess_after INTO STRICT waits_since FROM scheduling_course
            WHERE id = (SELECT course_id FROM scheduling_cycle WHERE id = NEW.cycle_id) FOR UPDATE;
    END IF;
    IF waits_since IS NOT NULL THEN
        RAISE EXCEPTION 'nothing is decided while new results are being assessed'
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'no_decision_while_the_course_waits_to_be_assessed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decision_waits_for_the_assessment BEFORE INSERT ON scheduling_signature
FOR EACH ROW EXECUTE FUNCTION decision_waits_for_the_assessment();
CREATE TRIGGER decision_waits_for_the_assessment BEFORE INSERT ON scheduling_orderahead
FOR EACH ROW EXECUTE FUNCTION decision_waits_for_the_assessment();
