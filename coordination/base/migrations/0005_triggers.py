"""The audit and its seals are only added; an account that is closed or renewed loses its sessions."""

from django.db import migrations

from coordination.base.constraints import only_added
from coordination.base.schema import sql_file


class Migration(migrations.Migration):
    dependencies = [("base", "0004_sign_in")]

    operations = [
        only_added("base_auditevent"),
        only_added("base_auditseal"),
        sql_file(__file__, "end_sessions_of_account", "DROP FUNCTION end_sessions_of_account() CASCADE"),
    ]
