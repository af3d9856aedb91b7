"""Extensions, and the functions that indexes and triggers of every app call."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from coordination.base.schema import sql_file


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        sql_file(__file__, "searchable", "DROP FUNCTION searchable(text)"),
        sql_file(__file__, "digits", "DROP FUNCTION digits(text)"),
        sql_file(__file__, "refuse_rewriting", "DROP FUNCTION refuse_rewriting()"),
    ]
