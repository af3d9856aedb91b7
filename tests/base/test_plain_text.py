"""The zero character and numbers of thousands of digits: 400 wherever they stand, and never a failure."""

import pytest
from django.test import Client

from coordination.base.choices import Role
from tests.base.objects import World, new_world

DIGITS = "9" * 5000
BAD = pytest.mark.parametrize("bad", ["a\x00b", DIGITS, f"x{DIGITS}y"], ids=["zero", "digits", "within"])


@pytest.fixture
def world(db: None) -> World:
    return new_world()


@pytest.fixture
def client(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.own.user(Role.NAVIGATOR))
    return client


QUERIES = [
    ("/", "page"),
    ("/", "group"),
    ("/", "text"),
    ("/", "assigned"),
    ("/today.csv", "sort"),
    ("/patients/", "state"),
    ("/patients/", "page"),
    ("/readiness", "weeks"),
    ("/messages", "page"),
    ("/help", "kept"),
    ("/help", "anything"),
]


@BAD
@pytest.mark.parametrize(("path", "name"), QUERIES)
def test_in_an_address(client: Client, bad: str, path: str, name: str) -> None:
    assert client.get(path, {name: bad}).status_code == 400
    assert client.get(path, {bad: name}).status_code == 400


@BAD
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/search", "q"),
        ("/today/acts", "item"),
        ("/today/handover", "text"),
        ("/today/views", "name"),
        ("/theme", "next"),
        ("/account", "session"),
        ("/account/password", "new_password"),
        ("/session/keep", "kept-page"),
        ("/documents/downtime", "site"),
        ("/practice-access", "email"),
    ],
)
def test_in_a_form(client: Client, bad: str, path: str, name: str) -> None:
    assert client.post(path, {name: bad}).status_code == 400


@BAD
def test_before_signing_in(db: None, bad: str) -> None:
    client = Client(raise_request_exception=False)
    assert client.post("/sign-in", {"username": bad, "password": "x"}).status_code == 400
    assert client.post("/sign-in", {"username": "x", "password": bad}).status_code == 400
    assert client.post("/w/some-token", {"act": bad}).status_code == 400


@BAD
def test_in_a_part_of_the_path(client: Client, bad: str) -> None:
    quoted = bad.replace("\x00", "%00")
    for path in (f"/w/{quoted}", f"/messages/texts/{quoted}", f"/invitation/{quoted}", f"/{quoted}"):
        assert client.get(path).status_code == 400


@BAD
@pytest.mark.parametrize("header", ["X-Request-Id", "Idempotency-Key", "Referer", "Authorization"])
def test_in_a_header(client: Client, bad: str, header: str) -> None:
    assert client.get("/help", headers={header: bad}).status_code == 400


@BAD
def test_in_a_cookie(db: None, bad: str) -> None:
    for name in ("session", "known", "theme"):
        client = Client(raise_request_exception=False)
        client.cookies[name] = bad
        assert client.get("/help").status_code == 400


@BAD
def test_machines_are_told_as_a_problem(world: World, bad: str) -> None:
    _, token = world.own.client("patients:read")
    answer = Client().get(
        "/api/v1/patients", {"identifier": f"urn:mrn|{bad}"}, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_thousand_digits_are_still_text(client: Client) -> None:
    assert client.get("/help", {"text": "9" * 1000}).status_code == 200
