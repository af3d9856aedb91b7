-- Rows are added, and neither changed nor deleted.
-- Arguments: the columns that may be filled once (from null or empty); everything else stays as it was added.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after jsonb;
    set_once text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        after := to_jsonb(NEW);
        FOREACH set_once IN ARRAY coalesce(TG_ARGV, '{}') LOOP
            IF coalesce(before ->> set_once, '') = '' THEN
                before := before - set_once;
                after := after - set_once;
            END IF;
        END LOOP;
        IF before = after THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are only added: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END
$$;
