-- Whatever closes an account or gives it a new password, and by whichever door.
CREATE FUNCTION end_sessions_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM base_usersession WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_closed_or_renewed_ends_its_sessions AFTER UPDATE OF is_active, password ON base_user
FOR EACH ROW WHEN (NOT NEW.is_active OR OLD.password IS DISTINCT FROM NEW.password)
EXECUTE FUNCTION end_sessions_of_account();
