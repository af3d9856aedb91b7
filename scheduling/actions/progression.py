"""The tumor grew: maintenance ends with that day, its own included."""

from datetime import date

from coordination.base.errors import CareError
from coordination.base.models import User
from scheduling.models import Course


def note_progression(course: Course, *, on: date, by: User, because: str) -> None:
    """The first day of progression holds; a later one adds nothing."""
    if not because.strip():
        raise CareError("Say on what it rests.", "because")
    if course.progressed_on and course.progressed_on <= on:
        return
    course.progressed_on = on
    course.save_by(by, because=because)


def take_back_progression(course: Course, *, by: User, because: str) -> None:
    """It was not progression after all, such as pseudoprogression on the first scan [H22]."""
    if not because.strip():
        raise CareError("Say why.", "because")
    if course.progressed_on is None:
        raise CareError("No progression is recorded.")
    course.progressed_on = None
    course.save_by(by, because=because)
