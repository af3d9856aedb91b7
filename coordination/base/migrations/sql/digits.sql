-- The digits of what was written: phone numbers are found by them.
CREATE FUNCTION digits(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(written, '[^0-9]', '', 'g');
