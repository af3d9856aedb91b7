"""One row for each page, naming every patient shown; without the row, no page."""

from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from coordination.base.access import Scope, act_as_client
from coordination.base.audit import AuditMiddleware
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, IdempotencyKey, User
from labs.models import LabReport
from tests import factories as make
from tests.base.objects import World, new_world

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def world(db: None) -> World:
    return new_world()


def _answer(
    view: Any, *, user: User | AnonymousUser, method: str = "get", scope: Scope | None = None
) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/somewhere", REMOTE_ADDR="192.0.2.7")
    request.user = user
    request.scope = scope or Scope()
    request.resolver_match = ResolverMatch(view, (), {}, url_name="somewhere")
    return AuditMiddleware(view)(request)


def _row() -> AuditEvent:
    return AuditEvent.objects.get()


def test_a_page_names_each_patient_once(world: World) -> None:
    def view(request: Any) -> HttpResponse:
        request.audit.saw([ONE, OTHER])
        request.audit.saw(ONE)
        return HttpResponse()

    user = world.own.user(Role.NAVIGATOR)
    _answer(view, user=user)

    row = _row()
    assert (row.kind, row.user, row.role, row.actor_name) == ("view", user, "navigator", user.full_name)
    assert row.patients == [ONE, OTHER]
    assert (row.view, row.method, row.status, row.address) == ("somewhere", "GET", 200, "192.0.2.7")


def test_a_change_outweighs_a_view(world: World) -> None:
    def view(request: Any) -> HttpResponse:
        request.audit.changed(ONE, act="hold-course")
        request.audit.saw(ONE)
        return HttpResponse(status=302)

    _answer(view, user=world.own.user(Role.PRESCRIBER), method="post")
    assert (_row().kind, _row().detail) == ("change", {"act": "hold-course"})


def test_a_patient_object_is_named_by_its_public_id(world: World) -> None:
    def view(request: Any) -> HttpResponse:
        request.audit.exported([world.own.patient], rows=1)
        return HttpResponse()

    _answer(view, user=world.own.user(Role.MANAGER))
    assert _row().patients == [world.own.patient.public_id]


def test_an_empty_list_is_recorded_too(world: World) -> None:
    def view(request: Any) -> HttpResponse:
        request.audit.saw([])
        return HttpResponse()

    _answer(view, user=world.own.user(Role.NAVIGATOR))
    assert _row().patients == []


def test_a_page_about_nobody_leaves_no_row(world: World) -> None:
    _answer(lambda request: HttpResponse(), user=world.own.user(Role.ADMIN))
    assert not AuditEvent.objects.exists()


def test_a_machine_is_named_instead_of_a_person(world: World) -> None:
    machine, _ = world.own.client()

    def view(request: HttpRequest) -> HttpResponse:
        act_as_client(request, machine)
        request.audit.saw(ONE)  # type: ignore[attr-defined]
        return HttpResponse()

    _answer(view, user=AnonymousUser())
    assert (_row().kind, _row().client, _row().user, _row().actor_name) == (
        "api",
        machine,
        None,
        machine.name,
    )


def test_asking_for_a_foreign_patient_is_recorded(world: World) -> None:
    scope = Scope(out_of_reach=[("patients.Patient", ONE)])
    _answer(lambda request: HttpResponse(status=404), user=world.own.user(Role.CLINIC), scope=scope)
    assert (_row().kind, _row().patients, _row().detail) == (
        "refused",
        [ONE],
        {"asked_for": ["patients.Patient"]},
    )


@pytest.mark.hazard("H44")
def test_without_the_row_there_is_no_page(world: World) -> None:
    def view(request: Any) -> HttpResponse:
        request.audit.saw(ONE)
        return HttpResponse("the patient")

    failing = patch.object(AuditEvent.objects, "create", side_effect=DatabaseError)
    with failing, pytest.raises(DatabaseError):
        _answer(view, user=world.own.user(Role.NAVIGATOR))


# --- an error of ours leaves nothing behind ----------------------------------------------------------


def _rename(request: Any) -> None:
    User.objects.filter(pk=request.user.pk).update(full_name="Changed")
    request.audit.changed(ONE)


def _name_of(user: User) -> str:
    return User.objects.get(pk=user.pk).full_name


def test_what_a_request_changed_does_not_stay_without_its_row(world: World) -> None:
    """As on a full disk: the change had room, the row of the audit has none."""
    user = world.own.user(Role.NAVIGATOR)

    def view(request: Any) -> HttpResponse:
        _rename(request)
        return HttpResponse(status=302)

    failing = patch.object(AuditEvent.objects, "create", side_effect=DatabaseError)
    with failing, pytest.raises(DatabaseError):
        _answer(view, user=user, method="post")
    assert _name_of(user) == user.full_name


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_an_answer_of_500_takes_back_what_was_changed_before_it(world: World, method: str) -> None:
    user = world.own.user(Role.NAVIGATOR)

    def view(request: Any) -> HttpResponse:
        _rename(request)
        return HttpResponse(status=500)

    _answer(view, user=user, method=method)
    assert _name_of(user) == user.full_name
    assert not AuditEvent.objects.exists()


def test_a_refusal_keeps_what_was_noted_before_it(world: World) -> None:
    """A failed sign-in, for one, is counted."""
    user = world.own.user(Role.NAVIGATOR)

    def view(request: Any) -> HttpResponse:
        _rename(request)
        return HttpResponse(status=409)

    _answer(view, user=user, method="post")
    assert _name_of(user) == "Changed"
    assert _row().status == 409


@pytest.mark.hazard("H53")
def test_a_report_whose_audit_row_finds_no_room_is_not_stored(world: World, client: Any) -> None:
    """The whole way: the laboratory is told 500, and sends again what is then new."""
    machine, token = world.own.client()
    machine.scopes = ["results:write"]
    machine.save()
    number = world.own.patient.identifiers.first() or make.PatientIdentifierFactory.create(
        patient=world.own.patient
    )
    body = {
        "patient": {"system": number.system, "value": number.value},
        "collected_at": "2026-01-05T08:00:00Z",
        "results": [
            {
                "id": "r1",
                "code": {"system": "http://loinc.org", "code": "777-3"},
                "value": "150",
                "unit": "10*9/L",
                "status": "final",
            }
        ],
    }

    def send() -> int:
        client.raise_request_exception = False
        return client.post(
            "/api/v1/lab-results",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"},
        ).status_code

    with patch.object(AuditEvent.objects, "create", side_effect=DatabaseError):
        assert send() == 500
    assert not LabReport.objects.filter(message_key="k1").exists()
    assert not IdempotencyKey.objects.exists()
    assert send() == 200
