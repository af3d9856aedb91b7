"""The Celery application and the one timetable.

Every entry runs by interval, never by the hour of a day: two beats do no harm, and after none at
all the next one finds everything that is due, because the rows say what is due.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")

app = Celery("fourfold")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["coordination", "coordination.documents"])


@app.task
def heartbeat() -> None:
    """Show that beat rings and a worker answers: /health/ready looks at the row."""
    from coordination.base import clock
    from coordination.base.models import Heartbeat

    Heartbeat.beat("worker", clock.now())


@worker_ready.connect
def show_at_once(**_: object) -> None:
    """A new worker shows itself, and seals what has waited, without waiting for beat."""
    heartbeat.delay()
    app.send_task("coordination.tasks.seal_audit")


def every(seconds: int, task: str) -> dict[str, Any]:
    """An entry of the timetable. A message older than its interval proves and brings nothing: it expires."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


TIMETABLE: dict[str, dict[str, Any]] = {
    "heartbeat": every(10, heartbeat.name),
    "sweep": every(2, "coordination.tasks.sweep"),
    # Each site has its own midnight; the courses say whether today's assessment is still to be made.
    "rederive": every(300, "coordination.tasks.rederive_all"),
    "remind": every(30, "coordination.tasks.send_due_reminders"),
    "write letters": every(10, "coordination.documents.tasks.write_waiting_letters"),
    "forget ended sessions": every(3600, "coordination.tasks.forget_ended_sessions"),
    "seal the audit": every(60, "coordination.tasks.seal_audit"),
    "forget idempotency keys": every(3600, "coordination.tasks.forget_idempotency_keys"),
}
app.conf.beat_schedule = TIMETABLE
