from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from coordination.base.constraints import only_added


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("base", "0002_people_and_places")]

    operations: ClassVar[list[Operation]] = [only_added("base_auditevent")]
