import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0008_what_is_too_late")]

    operations = [
        migrations.AddField(
            model_name="adverseevent",
            name="earlier",
            field=models.ForeignKey(
                blank=True,
                help_text="The same event as it was recorded before.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later",
                to="scheduling.adverseevent",
            ),
        ),
        migrations.AddField(
            model_name="historicaladverseevent",
            name="earlier",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The same event as it was recorded before.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="scheduling.adverseevent",
            ),
        ),
        migrations.AddConstraint(
            model_name="adverseevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("recorded_in_error_at", None)),
                fields=("earlier",),
                name="adverse_event_is_followed_up_by_one_record",
            ),
        ),
    ]
