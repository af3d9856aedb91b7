"""What was signed, sent and released is only added."""

from django.db import migrations

from coordination.base.constraints import only_added


class Migration(migrations.Migration):
    dependencies = [("coordination", "0004_portal")]

    operations = [
        only_added("coordination_documentversion"),
        only_added("coordination_documentsending"),
        only_added("coordination_resultrelease"),
    ]
