"""What PostgreSQL must be able to do before the first table is made."""

from typing import ClassVar

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations
from django.db.migrations.operations.base import Operation

SEARCHABLE = """
CREATE FUNCTION searchable(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, written))
"""

DIGITS = r"""
CREATE FUNCTION digits(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(written, '[^0-9]', '', 'g')
"""

# Arguments: the columns that may be filled once (from null or empty); everything else stays as it was added.
REFUSE_REWRITING = """
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
$$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar[list[Operation]] = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(SEARCHABLE, "DROP FUNCTION searchable(text)"),
        migrations.RunSQL(DIGITS, "DROP FUNCTION digits(text)"),
        migrations.RunSQL(REFUSE_REWRITING, "DROP FUNCTION refuse_rewriting()"),
    ]
