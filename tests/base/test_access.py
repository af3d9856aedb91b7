"""Whom a person or machine reaches, and what the pages say in whose time."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.http import Http404
from django.test import Client

from coordination.base.access import NotAboutAPatient, Scope
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, Site
from labs.models import LabReport
from patients.models import Patient
from scheduling.models import Course, Cycle
from tests.base.objects import World, new_world


@pytest.fixture
def world(db: None) -> World:
    world = new_world()
    for place in (world.own, world.elsewhere, world.next_door):
        assert place.cycle.course.patient == place.patient
    return world


def _names(scope: Scope) -> set[str]:
    return {patient.family_name for patient in scope.patients}


def test_staff_reach_the_patients_of_their_sites(world: World) -> None:
    scope = Scope.of_user(world.own.user(Role.NAVIGATOR))
    assert _names(scope) == {"Family of own", "Family of next-door"}
    assert set(scope.of(Course)) == {world.own.course, world.next_door.course}
    assert set(scope.of(Cycle)) == {world.own.cycle, world.next_door.cycle}


def test_staff_of_two_sites_reach_both(world: World) -> None:
    user = world.own.user(Role.CLINIC)
    user.sites.add(world.elsewhere.site)
    assert len(_names(Scope.of_user(user))) == 3


def test_a_referrer_reaches_what_the_practice_referred(world: World) -> None:
    scope = Scope.of_user(world.own.user(Role.REFERRER))
    assert _names(scope) == {"Family of own"}
    assert list(scope.of(Cycle)) == [world.own.cycle]


def test_a_referrer_reaches_them_at_any_site(world: World) -> None:
    Patient.objects.filter(pk=world.elsewhere.patient.pk).update(referred_by=world.own.practice)
    assert len(_names(Scope.of_user(world.own.user(Role.REFERRER)))) == 2


@pytest.mark.hazard("H49")
def test_a_machine_reaches_the_patients_of_its_sites(world: World) -> None:
    client, _ = world.elsewhere.client()
    assert _names(Scope.of_client(client)) == {"Family of elsewhere"}


def test_nobody_reaches_nothing(world: World) -> None:
    assert _names(Scope()) == set()
    assert not Scope().of(LabReport).exists()


def test_the_foreign_and_the_nonexistent_are_not_found(world: World) -> None:
    scope = Scope.of_user(world.own.user(Role.NAVIGATOR))
    for public_id in (world.elsewhere.course.public_id, uuid4()):
        with pytest.raises(Http404):
            scope.get(Course, public_id)
    assert scope.out_of_reach == [("scheduling.Course", world.elsewhere.patient.public_id)]


def test_a_report_without_a_patient_waits_at_its_site(world: World) -> None:
    report = LabReport.objects.create(
        site=world.own.site, source="lab", message_key="1", body_hash="0" * 64, state="parked"
    )
    assert list(Scope.of_user(world.own.user(Role.NAVIGATOR)).of(LabReport)) == [report]
    assert not Scope.of_user(world.elsewhere.user(Role.NAVIGATOR)).of(LabReport).exists()
    assert not Scope.of_user(world.own.user(Role.REFERRER)).of(LabReport).exists()


def test_a_model_that_is_about_no_patient_is_refused() -> None:
    with pytest.raises(NotAboutAPatient):
        Scope().of(Site)


@pytest.mark.hazard("H40")
def test_a_session_ends_with_the_access(world: World) -> None:
    user = world.own.user(Role.ADMIN)
    user.access_ends_on = date(2026, 3, 31)
    user.save()
    with time_machine.travel("2026-03-31 23:50Z", tick=False):
        client = Client()
        client.force_login(user)
        assert client.get("/design").status_code == 404
    with time_machine.travel("2026-04-01 00:10Z", tick=False):
        assert client.get("/design").headers["Location"] == "/sign-in"
        assert client.get("/design").headers["Location"] == "/sign-in?next=/design"


def test_a_person_who_left_is_signed_out(world: World) -> None:
    user = world.own.user(Role.ADMIN)
    client = Client()
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get("/design").status_code == 302


def test_being_refused_is_recorded(world: World) -> None:
    client = Client()
    client.force_login(world.own.user(Role.CLINIC))
    client.get("/design")
    assert [(row.kind, row.view, row.status) for row in AuditEvent.objects.all()] == [
        ("refused", "design", 403)
    ]
