"""Every change that people make leaves who made it, when, and why."""

from typing import Any

import pytest
from django.apps import apps

from coordination.base.models import Recorded, User
from tests import factories as make

pytestmark = pytest.mark.django_db

RECORDED = [model for model in apps.get_models() if issubclass(model, Recorded)]


def test_a_change_leaves_the_actor_the_reason_and_the_value_it_had() -> None:
    nurse, course = make.UserFactory(), make.CourseFactory()

    course.protocol_version = "2"
    course.save_by(nurse, because="the label was revised")

    change, start = course.history.all()
    assert (change.history_type, start.history_type) == ("~", "+")
    assert (change.history_user, change.history_change_reason) == (nurse, "the label was revised")
    assert (start.protocol_version, change.protocol_version) == ("1", "2")


def test_an_ordinary_save_takes_the_actor_and_the_reason_too() -> None:
    nurse, cycle = make.UserFactory(), make.CycleFactory()

    cycle._history_user = nurse
    cycle._change_reason = "the patient travels"
    cycle.save()

    change = cycle.history.first()
    assert (change.history_user, change.history_change_reason) == (nurse, "the patient travels")


def test_a_reason_may_be_long() -> None:
    patient = make.PatientFactory()

    patient.save_by(None, because="because " * 100)

    assert len(patient.history.first().history_change_reason) == 800


def test_the_actor_of_one_save_is_not_the_actor_of_the_next() -> None:
    patient = make.PatientFactory()
    patient.save_by(make.UserFactory(), because="moved")

    patient.save_by(None)

    newest = patient.history.first()
    assert (newest.history_user, newest.history_change_reason) == (None, "")


@pytest.mark.parametrize("model", RECORDED, ids=lambda model: model.__name__)
def test_everything_people_change_has_history(model: type[Recorded]) -> None:
    row: Any = getattr(make, f"{model.__name__}Factory")()

    assert row.history.get().history_type == "+"


def test_a_change_of_role_or_sites_is_in_the_history_and_no_password_is() -> None:
    admin, site = make.UserFactory(role="admin"), make.SiteFactory()
    user: Any = make.UserFactory(password=make.PASSWORD)

    user.sites.add(site)
    user.role = "prescriber"
    user.save_by(admin, because="licensed")

    newest = user.history.first()
    assert (newest.role, newest.history_user) == ("prescriber", admin)
    assert [seen.site for seen in newest.sites.all()] == [site]
    assert not hasattr(newest, "password")


def test_a_user_signs_in_with_any_case_and_has_no_door_to_an_admin() -> None:
    user = User.objects.create_user("Nurse.One", "a long password", full_name="Nurse One", role="navigator")

    assert User.objects.get_by_natural_key("NURSE.one") == user
    assert user.check_password("a long password")
    assert not user.is_staff
    assert not hasattr(user, "is_superuser")
