-- The role behind the portal. It owns nothing, cannot sign in, and is taken on for one request
-- (coordination/portal/database_role.py). It belongs to the whole server, so it may be there already.
DO $$
DECLARE
    may_become text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fourfold_portal') THEN
        BEGIN
            CREATE ROLE fourfold_portal NOLOGIN NOINHERIT;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'fourfold_portal', may_become) THEN
        EXECUTE format('GRANT fourfold_portal TO %I', current_user);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The database user % may not make the role of the portal.', current_user
        USING ERRCODE = 'insufficient_privilege',
        HINT = format('An administrator of the database runs once: CREATE ROLE fourfold_portal NOLOGIN NOINHERIT; '
                      'GRANT fourfold_portal TO %I; then migrate again.', current_user);
END $$;
