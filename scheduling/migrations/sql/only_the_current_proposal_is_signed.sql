-- A proposal that another has superseded is not signed.
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
