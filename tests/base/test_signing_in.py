"""Signing in and out, being locked out, and pages that cannot be shown."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path

from coordination.base.choices import Role
from coordination.base.models import AuditEvent, User
from coordination.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.base.objects import new_world

PASSWORD = "a long enough sentence"


def _fail(request: Any) -> None:
    raise RuntimeError("a value nobody should see")


class UrlsThatFail:
    urlpatterns = [*urlpatterns, path("fails", _fail), path("api/v1/fails", _fail)]
    handler400, handler403, handler404, handler500 = handler400, handler403, handler404, handler500


@pytest.fixture
def user(db: None) -> User:
    user = new_world().own.user(Role.NAVIGATOR)
    user.set_password(PASSWORD)
    user.save()
    return user


def _kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_signing_in_and_out_is_recorded(user: User) -> None:
    client = Client()
    answer = client.post("/sign-in", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert _kinds() == ["sign-in", "sign-out"]


def test_a_failed_try_is_recorded_without_what_was_typed(user: User) -> None:
    Client().post("/sign-in", {"username": "my password by mistake", "password": "x"})
    Client().post("/sign-in", {"username": user.username, "password": "x"})
    rows = AuditEvent.objects.order_by("pk")
    assert [(row.kind, row.user) for row in rows] == [("sign-in-failed", None), ("sign-in-failed", user)]
    assert "by mistake" not in str([vars(row) for row in rows])


def test_a_wrong_name_and_a_wrong_password_look_the_same(user: User) -> None:
    said = [
        Client().post("/sign-in", {"username": name, "password": "x"}).context["form"].non_field_errors()
        for name in ("nobody", user.username)
    ]
    assert said[0] == said[1]


def test_signing_in_does_not_lead_elsewhere(user: User) -> None:
    data = {"username": user.username, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/sign-in", data).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/?text=labs", "/%3Ftext%3Dlabs"),
        ("https://elsewhere.example/?text=labs", "/"),
        ("", "/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(db: None, page: str, back: str) -> None:
    client = Client()
    answer = client.post("/today/handover", {"text": "hello"}, headers={"referer": page})
    assert answer.headers["Location"] == f"/sign-in?next={back}"
    assert "nothing was saved" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_theme_does_not_lead_elsewhere(db: None, back: str) -> None:
    answer = Client().post("/theme", {"theme": "dark", "next": back})
    assert answer.headers["Location"] == "/"
    assert answer.cookies["theme"].value == "dark"


def test_an_unknown_theme_is_not_kept(db: None) -> None:
    assert "theme" not in Client().post("/theme", {"theme": "<b>"}).cookies


def test_what_a_page_says_once_lies_in_no_cookie(db: None) -> None:
    """Such a sentence may name a patient."""
    client = Client()
    client.post("/today/handover", {"text": "hello"})
    assert set(client.cookies) <= {"session", "csrf"}
    assert "nothing was saved" in client.get("/sign-in").content.decode()


@override_settings(ROOT_URLCONF=UrlsThatFail)
def test_a_failure_says_what_to_do_and_nothing_of_the_error(db: None) -> None:
    client = Client(raise_request_exception=False)
    page, api = client.get("/fails"), client.get("/api/v1/fails")
    assert (page.status_code, api.status_code) == (500, 500)
    assert "Do not rely on the last act" in page.content.decode()
    assert api.headers["Content-Type"] == "application/problem+json"
    assert "nobody should see" not in page.content.decode() + api.content.decode()


def test_a_page_without_its_token_says_that_nothing_was_saved(user: User) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-out")
    assert answer.status_code == 403
    assert "Not saved" in answer.content.decode()


@pytest.mark.hazard("H41")
def test_no_page_is_kept_by_the_browser(db: None) -> None:
    assert Client().get("/sign-in").headers["Cache-Control"].find("no-store") >= 0
