"""A reminder that an outage kept back on a Friday still leaves on Monday morning: 96 hours, not 72."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

HOURS = models.PositiveSmallIntegerField(default=96, verbose_name="Not sent when later than")


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("coordination", "0006_documents_by_mail")]

    operations: ClassVar[list[Operation]] = [
        migrations.AlterField(model_name=model, name="stale_after_hours", field=HOURS)
        for model in ("remindertimetable", "historicalremindertimetable")
    ]
