"""The mark that says a course needs assessing, and what a save must not undo."""

from datetime import timedelta

import pytest
from django.db import connections, transaction

from coordination.base.models import Site
from scheduling.models import Course
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_marked_course_needs_assessment_until_it_is_settled() -> None:
    course = make.CourseFactory()
    assert not Course.objects.needing_assessment(NOW).exists()

    course.mark_dirty(NOW)

    assert Course.objects.needing_assessment(NOW).get() == course
    assert not Course.objects.needing_assessment(NOW - MINUTE).exists()
    assert course.settle(token=course.assess_token, now=NOW)
    assert not Course.objects.needing_assessment(NOW).exists()
    assert course.assessed_at == NOW


def test_a_mark_set_during_an_assessment_survives_it() -> None:
    course = make.CourseFactory()
    course.mark_dirty(NOW)
    read = course.assess_token

    course.mark_dirty(NOW)

    assert not course.settle(token=read, now=NOW)
    assert Course.objects.needing_assessment(NOW).get() == course


def test_saving_a_course_read_earlier_does_not_undo_the_mark() -> None:
    course = make.CourseFactory()
    stale = Course.objects.get(pk=course.pk)
    course.mark_dirty(NOW)

    stale.save_by(None, because="an edit")

    assert Course.objects.needing_assessment(NOW).get() == course


def test_an_assessment_that_failed_is_tried_again_later() -> None:
    course = make.CourseFactory()
    course.mark_dirty(NOW)

    course.put_off_assessment(until=NOW + MINUTE)

    assert course.assess_failures == 1
    assert not Course.objects.needing_assessment(NOW).exists()
    assert Course.objects.needing_assessment(NOW + MINUTE).exists()


def test_marking_leaves_no_history() -> None:
    course = make.CourseFactory()

    course.mark_dirty(NOW)

    assert course.history.count() == 1


def test_only_one_of_two_edits_of_the_same_version_is_saved() -> None:
    course = make.CourseFactory()

    assert course.next_version(1)
    assert not Course.objects.get(pk=course.pk).next_version(1)
    assert Course.objects.get(pk=course.pk).version == 2


def test_a_course_on_hold_is_current() -> None:
    held = make.CourseFactory(held_since=NOW, held_by=make.UserFactory(), held_reason="fever")
    make.CourseFactory()

    assert Course.objects.on_hold().get() == held
    assert Course.objects.current().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_course_that_one_worker_assesses_is_left_out_by_the_next() -> None:
    course = make.CourseFactory()
    course.mark_dirty(NOW)
    other = connections.create_connection("default")
    try:
        with transaction.atomic():
            assert Course.objects.needing_assessment(NOW).lock_for_assessment().get() == course
            with other.cursor() as cursor:
                cursor.execute("SELECT id FROM scheduling_course FOR UPDATE SKIP LOCKED")
                assert cursor.fetchall() == []
    finally:
        other.close()


def test_cycles_are_given_or_to_come() -> None:
    infusion = make.InfusionGivenFactory()
    course = infusion.cycle.course
    second = make.CycleFactory(course=course, number=2)

    assert course.cycles.all().given().get() == infusion.cycle
    assert course.cycles.all().to_come().get() == second
    assert (infusion.cycle.infusion, second.infusion) == (infusion, None)


def test_a_site_says_what_day_it_is() -> None:
    from coordination.base import clock

    east, west = Site(timezone="Asia/Tokyo"), Site(timezone="America/Los_Angeles")

    assert str(clock.day_at(east, NOW)) == "2025-01-08"
    assert str(clock.day_at(west, NOW)) == "2025-01-07"
