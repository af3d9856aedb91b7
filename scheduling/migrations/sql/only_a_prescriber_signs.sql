-- Only an active prescriber signs.
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
