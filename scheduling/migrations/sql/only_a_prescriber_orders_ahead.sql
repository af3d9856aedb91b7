-- Only an active prescriber orders ahead of a decision.
CREATE FUNCTION only_a_prescriber_orders_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM base_user WHERE id = NEW.allowed_by_id AND role = 'prescriber' AND is_active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an active prescriber orders ahead'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'only_a_prescriber_orders_ahead';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER only_a_prescriber_orders_ahead BEFORE INSERT ON scheduling_orderahead
FOR EACH ROW EXECUTE FUNCTION only_a_prescriber_orders_ahead();
