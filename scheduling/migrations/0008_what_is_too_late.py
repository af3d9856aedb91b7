from datetime import UTC

from django.db import migrations, models
from django.db.models.functions import Coalesce, Least, TruncDate

UNSETTLED = models.Q(done=False, cancelled_because="", not_done_at=None, marked_done_at=None)
TOO_LATE = models.BooleanField(default=False, help_text="What it was for is over; closed with a reason.")


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_chair_bookings")]

    operations = [
        migrations.AddField(model_name="dueitem", name="too_late", field=TOO_LATE),
        migrations.AddField(model_name="historicaldueitem", name="too_late", field=TOO_LATE.clone()),
        migrations.RemoveIndex(model_name="dueitem", name="due_item_by_nearest_day"),
        migrations.AddIndex(
            model_name="dueitem",
            index=models.Index(
                Least(
                    Coalesce("target_on", "closes_on", "opens_on", TruncDate("opens_at", tzinfo=UTC)),
                    "closes_on",
                ),
                include=[
                    *("item", "cycle_number", "opens_on", "target_on", "closes_on", "opens_at", "closes_at"),
                    *("owner", "too_late", "snoozed_until", "course"),
                ],
                condition=UNSETTLED & models.Q(waits=False),
                name="due_item_by_nearest_day",
            ),
        ),
    ]
