"""What a result replaces is named as its sender names it, so that either may arrive first."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("labs", "0002_results_are_only_added")]

    operations: ClassVar[list[Operation]] = [
        migrations.RemoveConstraint("labresult", "result_does_not_replace_itself"),
        migrations.RemoveField("labresult", "replaces"),
        migrations.AddField(
            "labresult",
            "replaces",
            models.CharField(
                blank=True,
                default="",
                help_text="The source's id of another result that this one replaces, whichever arrives first.",
                max_length=255,
            ),
        ),
        migrations.AddConstraint(
            "labresult",
            models.CheckConstraint(
                condition=models.Q(replaces="") | ~models.Q(replaces=models.F("source_id")),
                name="result_does_not_replace_itself",
            ),
        ),
        migrations.AddIndex(
            "labresult",
            models.Index(
                condition=~models.Q(replaces=""), fields=["source", "replaces"], name="result_replacing"
            ),
        ),
    ]
