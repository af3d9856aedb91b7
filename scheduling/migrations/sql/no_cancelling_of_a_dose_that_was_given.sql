-- A dose that was given is not cancelled. An infusion given elsewhere did not use our dose.
CREATE FUNCTION no_cancelling_of_a_dose_that_was_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM scheduling_infusiongiven
        WHERE cycle_id = NEW.cycle_id AND recorded_in_error_at IS NULL AND NOT elsewhere;
    IF FOUND THEN
        RAISE EXCEPTION 'the infusion was given, so its dose is not cancelled'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_cancelling_of_a_dose_that_was_given';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER no_cancelling_of_a_dose_that_was_given BEFORE UPDATE ON scheduling_doseorder
FOR EACH ROW WHEN (OLD.cancelled_at IS NULL AND NEW.cancelled_at IS NOT NULL)
EXECUTE FUNCTION no_cancelling_of_a_dose_that_was_given();
