from collections.abc import Iterator

import pytest
import time_machine

from coordination.base.choices import Role
from coordination.base.models import User
from scheduling.models import Course
from tests.base.objects import World, new_world
from tests.patients.stories import NOW, mid_course


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db: None) -> World:
    return new_world()


@pytest.fixture
def course(world: World) -> Course:
    """Infusion 1 was given on 14 January; infusion 2 is planned for 18 March; today is 5 March 2025."""
    course = mid_course(world.own)
    course.patient.refresh_from_db()
    return course


@pytest.fixture
def referrer(world: World) -> User:
    return world.own.user(Role.REFERRER)
