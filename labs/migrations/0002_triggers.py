"""A result is never changed: its patient may be filled in once, when a parked report is resolved.

Of what a sender means, only that it ended is said later.
"""

from django.db import migrations

from coordination.base.constraints import only_added


class Migration(migrations.Migration):
    dependencies = [("labs", "0001_reports_and_results")]

    operations = [
        only_added("labs_labresult", "patient_id"),
        only_added("labs_sendermapentry", "ended_at", "ended_by_id", "ended_because"),
    ]
