"""Every address of the product, by role and place: the generated test of who may open what.

Reads tests/base/url_policy.yaml. Foreign objects must look exactly like objects that do not exist.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
import yaml
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import AuditEvent
from tests.base.objects import FACTORIES, Place, World, new_world

POLICY: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "url_policy.yaml").read_text())
KEYS = {"public", "allow", "api", "object", "methods", "answers", "audit", "query", "settings"}
SECRETS = re.compile(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": "|"instance":"/req/)[^"]+')


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else f"unnamed: {pattern.pattern}"


def test_every_address_has_a_policy_and_every_policy_an_address() -> None:
    assert sorted(set(_names(get_resolver()))) == sorted(POLICY)


@pytest.mark.parametrize("name", POLICY)
def test_every_policy_is_well_formed(name: str) -> None:
    policy = POLICY[name]
    assert set(policy) <= KEYS
    assert sum(key in policy for key in ("public", "allow", "api")) == 1
    assert set(policy.get("allow", [])) <= set(Role.values)
    assert policy.get("object") in {None, *FACTORIES}
    assert not policy.get("audit") or policy.get("object")


# --- asking -------------------------------------------------------------------------------------


def _url(name: str, arguments: dict[str, Any]) -> str:
    return reverse(name, kwargs=arguments or None)


def _arguments(name: str, place: Place) -> dict[str, Any]:
    factory = POLICY[name].get("object")
    return FACTORIES[factory](place) if factory else {}


def _ask(client: Client, method: str, name: str, arguments: dict[str, Any], **headers: str) -> HttpResponse:
    query = POLICY[name].get("query", {}) if method in ("get", "head") else {}
    if method == "trace":
        return client.trace(_url(name, arguments), headers=headers)  # type: ignore[return-value]
    return getattr(client, method)(_url(name, arguments), query, headers=headers)


def _words(answer: HttpResponse, url: str) -> tuple[int, str]:
    """Return what can be told apart: without the address itself and the tokens of the session."""
    body = SECRETS.sub(r"\1", answer.content.decode())
    return answer.status_code, body.replace(url, "THE-ADDRESS")


def _signed_in(place: Place, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(place.user(role))
    return client


def _nonexistent(arguments: dict[str, Any]) -> dict[str, Any]:
    return {key: uuid4() if isinstance(value, UUID) else value for key, value in arguments.items()}


def _with_one_foreign(own: dict[str, Any], foreign: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each argument in turn replaced by the foreign one, then all: a child of another must not slip in."""
    for key, value in foreign.items():
        if isinstance(value, UUID):
            yield own | {key: value}
    yield foreign


def _cells(which: str) -> list[Any]:
    return [
        pytest.param(name, method, id=f"{method} {name}")
        for name, policy in POLICY.items()
        if which in policy
        for method in policy.get("methods", ["get"])
    ]


@pytest.fixture
def world(db: None) -> World:
    return new_world()


@pytest.fixture(autouse=True)
def _settings_of_the_page(request: pytest.FixtureRequest, settings: Any) -> None:
    name = request.node.callspec.params.get("name") if hasattr(request.node, "callspec") else None
    for key, value in POLICY.get(name, {}).get("settings", {}).items():
        setattr(settings, key, value)


# --- pages for people ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "method"), _cells("allow"))
def test_who_is_not_signed_in_signs_in_first(world: World, name: str, method: str) -> None:
    answer = _ask(Client(), method, name, _arguments(name, world.own))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize(("name", "method"), _cells("allow"))
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_its_pages_and_no_others(world: World, name: str, method: str, role: str) -> None:
    client = _signed_in(world.own, role)
    before = AuditEvent.objects.count()

    answer = _ask(client, method, name, _arguments(name, world.own))

    if role in POLICY[name]["allow"]:
        assert answer.status_code < 500
        assert answer.status_code not in {401, 403, 404, 405}
        if POLICY[name].get("audit") and answer.status_code == 200:
            rows = AuditEvent.objects.order_by("pk")[before:]
            assert [row.patients for row in rows] == [[world.own.patient.public_id]]
    else:
        assert answer.status_code == 403


@pytest.mark.hazard("H39")
@pytest.mark.parametrize(("name", "method"), _cells("allow"))
@pytest.mark.parametrize("role", Role.values)
def test_the_foreign_looks_like_the_nonexistent(world: World, name: str, method: str, role: str) -> None:
    own = _arguments(name, world.own)
    if not own or role not in POLICY[name]["allow"]:
        return
    client = _signed_in(world.own, role)
    nowhere = _nonexistent(own)
    foreign = [
        arguments
        for place in world.foreign_to(role)
        for arguments in _with_one_foreign(own, _arguments(name, place))
    ]
    with time_machine.travel(clock.now(), tick=False):  # for paper, a page says the minute
        expected = _words(_ask(client, method, name, nowhere), _url(name, nowhere))
        assert expected[0] == 404
        for arguments in foreign:
            answer = _ask(client, method, name, arguments)
            assert _words(answer, _url(name, arguments)) == expected, arguments


# --- doors for machines -------------------------------------------------------------------------


def _token(world: World, *scopes: str) -> dict[str, str]:
    _, token = world.own.client(*scopes)
    return {"authorization": f"Bearer {token}"}


@pytest.mark.hazard("H16")
@pytest.mark.parametrize(("name", "method"), _cells("api"))
def test_a_machine_door_asks_for_a_token(world: World, name: str, method: str) -> None:
    arguments = _arguments(name, world.own)
    for client in [Client(), _signed_in(world.own, Role.ADMIN)]:
        answer = _ask(client, method, name, arguments)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
    answer = _ask(Client(), method, name, arguments, authorization="Bearer nobody-has-this-one")
    assert answer.status_code == 401


@pytest.mark.parametrize(("name", "method"), _cells("api"))
def test_a_machine_does_what_its_scope_says(world: World, name: str, method: str) -> None:
    arguments = _arguments(name, world.own)
    scope = POLICY[name]["api"]
    if scope:
        refused = _ask(Client(), method, name, arguments, **_token(world, "nothing"))
        assert refused.status_code == 403
    answer = _ask(Client(raise_request_exception=False), method, name, arguments, **_token(world, scope))
    assert answer.status_code < 500
    assert answer.status_code not in {401, 403, 405}
    if POLICY[name].get("audit") and answer.status_code == 200:
        assert AuditEvent.objects.first().patients == [world.own.patient.public_id]  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "method"), _cells("api"))
def test_the_foreign_looks_like_the_nonexistent_to_machines(world: World, name: str, method: str) -> None:
    own = _arguments(name, world.own)
    if not own:
        return
    headers = _token(world, POLICY[name]["api"])
    nowhere = _nonexistent(own)
    expected = _words(_ask(Client(), method, name, nowhere, **headers), _url(name, nowhere))
    assert expected[0] == 404
    for arguments in _with_one_foreign(own, _arguments(name, world.elsewhere)):
        answer = _ask(Client(), method, name, arguments, **headers)
        assert _words(answer, _url(name, arguments)) == expected, arguments


# --- open to anybody ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "method"), _cells("public"))
def test_what_is_public_never_fails_and_shows_no_patient(world: World, name: str, method: str) -> None:
    shown = world.own.patient
    for client in [Client(), _signed_in(world.own, Role.REFERRER)]:
        answer = _ask(client, method, name, _arguments(name, world.own))
        assert answer.status_code < 500 or name == "health-ready"
        assert shown.family_name not in answer.content.decode()
    assert not AuditEvent.objects.filter(patients__contains=[shown.public_id]).exists()


# --- every other method -----------------------------------------------------------------------------

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


def _has(name: str, method: str) -> bool:
    methods = [*POLICY[name].get("methods", ["get"]), *POLICY[name].get("answers", [])]
    return method in methods or (method == "head" and "get" in methods)


def _by_any_role(world: World, name: str) -> Client:
    policy = POLICY[name]
    return _signed_in(world.own, policy["allow"][0]) if "allow" in policy else Client()


PAGES = [name for name, policy in POLICY.items() if "api" not in policy]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers_405_to_what_it_does_not_have(world: World, name: str) -> None:
    arguments = _arguments(name, world.own)
    client = _by_any_role(world, name)
    for method in METHODS:
        if not _has(name, method):
            assert _ask(client, method, name, arguments).status_code == 405, method


@pytest.mark.parametrize("name", [name for name in PAGES if "allow" in POLICY[name]])
@pytest.mark.parametrize("role", Role.values)
def test_no_method_opens_a_page_of_another_role(world: World, name: str, role: str) -> None:
    """HEAD as GET: what is refused is refused, what is shown may be refused as a method."""
    if role in POLICY[name]["allow"]:
        return
    client = _signed_in(world.own, role)
    for method in METHODS:
        answer = _ask(client, method, name, _arguments(name, world.own))
        assert answer.status_code in {403, 405}, method


@pytest.mark.hazard("H49")
@pytest.mark.parametrize("name", [name for name, policy in POLICY.items() if "api" in policy])
@pytest.mark.parametrize("method", METHODS)
def test_a_token_without_the_scope_opens_a_machine_door_by_no_method(
    world: World, name: str, method: str
) -> None:
    if not POLICY[name]["api"]:
        return
    arguments, client = _arguments(name, world.own), Client()
    refused = _ask(client, method, name, arguments, **_token(world, "nothing"))
    allowed = _ask(client, method, name, arguments, **_token(world, POLICY[name]["api"]))
    if _has(name, method):
        assert (refused.status_code, allowed.status_code == 403) == (403, False)
    else:
        assert (refused.status_code, allowed.status_code) == (405, 405)
    assert _ask(client, method, name, arguments).status_code == 401
