"""The Celery application and the one timetable.

Every entry runs by interval, never by the hour of a day: two beats do no harm, and after none at
all the next one finds everything that is due, because the rows say what is due.
"""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")

app = Celery("fourfold")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["coordination"])

TIMETABLE: dict[str, dict[str, Any]] = {}
app.conf.beat_schedule = TIMETABLE
