"""A message that tells a practice of a document names the sending it belongs to."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("coordination", "0005_portal_wall")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="messagedelivery",
            name="sending",
            field=models.ForeignKey(
                blank=True,
                help_text="Of a document that it tells of.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="coordination.documentsending",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagedelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purpose", "document"), ("sending__isnull", False)),
                    models.Q(models.Q(("purpose", "document"), _negated=True), ("sending", None)),
                    _connector="OR",
                ),
                name="delivery_of_a_document_says_which",
            ),
        ),
    ]
