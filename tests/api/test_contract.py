"""The contract of the machine doors is valid OpenAPI, and readable by staff and by any token."""

import json

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from coordination.base.choices import Role
from tests.base.objects import World, new_world


@pytest.fixture
def world(db: None) -> World:
    return new_world()


def test_the_contract_is_valid_and_names_every_door(world: World) -> None:
    client = Client()
    client.force_login(world.own.user(Role.NAVIGATOR))

    document = json.loads(client.get("/api/schema/").content)

    validate_schema(document)  # type: ignore[no-untyped-call]
    assert sorted(document["paths"]) == [
        "/api/v1/lab-results",
        "/api/v1/patients",
        "/api/v1/patients/{patient_id}/course-file",
        "/api/v1/patients/{patient_id}/gate",
    ]
    assert document["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_a_token_reads_the_contract(world: World, path: str) -> None:
    _, token = world.own.client()

    assert Client().get(path, headers={"authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_an_unknown_token_reads_nothing(world: World, path: str) -> None:
    answer = Client().get(path, headers={"authorization": "Bearer nobody"})

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Fourfold"'
