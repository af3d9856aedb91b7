-- A course begins on an accepted referral of its own patient.
CREATE FUNCTION course_has_an_accepted_referral() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM patients_referral
        WHERE id = NEW.referral_id
            AND patient_id = NEW.patient_id
            AND state NOT IN ('received', 'information-needed', 'tumor-board', 'declined')
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a course begins on an accepted referral of its own patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'course_has_an_accepted_referral';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER course_has_an_accepted_referral BEFORE INSERT ON scheduling_course
FOR EACH ROW WHEN (NEW.referral_id IS NOT NULL) EXECUTE FUNCTION course_has_an_accepted_referral();
CREATE TRIGGER changed_course_has_an_accepted_referral BEFORE UPDATE ON scheduling_course
FOR EACH ROW WHEN (NEW.referral_id IS NOT NULL AND NEW.referral_id IS DISTINCT FROM OLD.referral_id)
EXECUTE FUNCTION course_has_an_accepted_referral();
