from datetime import UTC

from django.db import migrations, models
from django.db.models.functions import Coalesce, Least, TruncDate

UNSETTLED = models.Q(done=False, cancelled_because="", not_done_at=None, marked_done_at=None)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_due_items_by_best_day")]

    operations = [
        migrations.RemoveIndex(model_name="dueitem", name="due_item_by_best_day"),
        migrations.AddIndex(
            model_name="dueitem",
            index=models.Index(
                Least(
                    Coalesce("target_on", "closes_on", "opens_on", TruncDate("opens_at", tzinfo=UTC)),
                    "closes_on",
                ),
                include=[
                    *("item", "cycle_number", "opens_on", "target_on", "closes_on", "opens_at", "closes_at"),
                    *("owner", "snoozed_until", "course"),
                ],
                condition=UNSETTLED & models.Q(waits=False),
                name="due_item_by_nearest_day",
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                fields=["action", "cycle_number"],
                include=["course", "made_at", "protocol_key", "id"],
                condition=models.Q(superseded_at=None),
                name="proposal_current_by_action",
            ),
        ),
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                fields=["proposal"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="signature_withdrawn",
            ),
        ),
    ]
