"""A result is never changed; its patient may be filled in once, when a parked report is resolved."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from coordination.base.constraints import only_added


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("base", "0003_audit_is_only_added"),
        ("labs", "0001_reports_and_results"),
    ]

    operations: ClassVar[list[Operation]] = [only_added("labs_labresult", "patient_id")]
