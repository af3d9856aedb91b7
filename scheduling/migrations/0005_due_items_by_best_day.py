from django.db import migrations, models
from django.db.models.functions import Coalesce

UNSETTLED = models.Q(done=False, cancelled_because="", not_done_at=None, marked_done_at=None)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0004_what_a_machine_reported_it_takes_back")]

    operations = [
        migrations.AddIndex(
            model_name="dueitem",
            index=models.Index(
                Coalesce("target_on", "closes_on", "opens_on"),
                condition=UNSETTLED,
                name="due_item_by_best_day",
            ),
        ),
        migrations.AddIndex(
            model_name="dueitem",
            index=models.Index(
                fields=["opens_at"],
                condition=UNSETTLED & models.Q(opens_at__isnull=False),
                name="due_item_by_opening_moment",
            ),
        ),
    ]
