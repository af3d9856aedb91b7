"""What readiness asks beyond the processes: is anything waiting that should have been done?"""

from datetime import timedelta

from coordination.base import clock, health
from scheduling.models import Course

LONGEST_WAIT = timedelta(seconds=120)


@health.check("waiting")
def waiting() -> str | None:
    """Courses are assessed within two minutes of what changed them."""
    late = Course.objects.needing_assessment(clock.now() - LONGEST_WAIT).count()
    return f"{late} not assessed for more than two minutes" if late else None
