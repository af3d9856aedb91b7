-- The practice of the request, as the transaction's setting says.
CREATE FUNCTION portal_practice() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('fourfold.practice', true), '')::bigint $$;
