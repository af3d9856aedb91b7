import io
import json
import logging
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import RequestFactory

from coordination.base import clock, health
from coordination.base.logs import RequestLogMiddleware, formatter
from coordination.base.models import Heartbeat
from coordination.celery import TIMETABLE, app


@pytest.fixture
def written():
    """What the root logger writes, one JSON object a line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def test_live_says_that_the_process_answers(client):
    assert client.get("/health/live").json() == {"live": True}


def test_a_probe_comes_by_address_and_without_tls(client, settings):
    settings.ALLOWED_HOSTS = ["fourfold.example.org"]
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/health/live", headers={"Host": "172.18.0.4:8000"}).status_code == 200
    assert client.get("/sign-in", headers={"Host": "172.18.0.4:8000"}, secure=True).status_code == 400


@pytest.mark.django_db
def test_without_a_broker_it_is_not_ready(client):
    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == "does not answer"
    assert response.json()["checks"]["database"] == "ok"


@pytest.mark.django_db
def test_with_database_and_broker_these_checks_pass(client, broker):
    checks = client.get("/health/ready").json()["checks"]

    assert checks["database"] == checks["broker"] == "ok"


@pytest.mark.hazard("H54")
@pytest.mark.django_db
def test_a_worker_that_never_beat_or_fell_silent_turns_readiness_red(client, broker):
    assert client.get("/health/ready").json()["checks"]["heartbeats"] == "silent: worker"

    Heartbeat.beat("worker", clock.now())
    assert client.get("/health/ready").status_code == 200

    Heartbeat.beat("sweep", clock.now() - timedelta(seconds=61))
    assert client.get("/health/ready").json()["checks"]["heartbeats"] == "silent: sweep"


@pytest.mark.django_db
def test_the_heartbeat_of_the_timetable_is_a_task_that_writes_its_row():
    app.tasks[TIMETABLE["heartbeat"]["task"]].apply(throw=True)

    assert Heartbeat.objects.get().name == "worker"


@pytest.mark.hazard("H35")
def test_the_timetable_names_tasks_that_exist_and_runs_by_interval():
    app.loader.import_default_modules()

    assert all(entry["task"] in app.tasks for entry in TIMETABLE.values())
    assert all(isinstance(entry["schedule"], int | float) for entry in TIMETABLE.values())


def test_a_broken_check_turns_readiness_red_and_does_not_break_the_page(client, monkeypatch):
    def broken():
        raise IntegrityError("Key (mrn)=(12345) already exists")

    monkeypatch.setattr(health, "_checks", {"rows": broken})

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"] == {"rows": "IntegrityError"}


def test_answers_are_not_kept_and_nothing_foreign_runs(client):
    headers = client.get("/health/live").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_request_log_has_no_query_string(written, rf: RequestFactory):
    request = rf.get("/nowhere?name=Rosenbaum")
    request.resolver_match = None

    RequestLogMiddleware(lambda request: connection_error())(request)

    [line] = written()
    assert line["event"] == "request"
    assert "Rosenbaum" not in json.dumps(line)


def connection_error():
    from django.http import HttpResponse

    return HttpResponse(status=502)


def test_an_error_is_logged_by_type_and_place_not_by_its_message(written):
    try:
        raise IntegrityError("DETAIL: Key (family_name)=(Rosenbaum) already exists")
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/patients/Rosenbaum")

    [line] = written()
    assert line["error"] == "IntegrityError"
    assert line["event"] == "request failed"
    assert "test_house.py" in line["at"][0]
    assert "Rosenbaum" not in json.dumps(line)


def test_a_mere_status_is_not_logged_twice():
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Service Unavailable", (), None)

    assert not logging.getLogger("django.request").filter(record)


@pytest.mark.hazard("H45")
def test_a_failed_task_is_logged_without_its_arguments(written):
    try:
        raise ValueError("Rosenbaum")
    except ValueError as error:
        logging.getLogger("celery.app.trace").error(
            "Task %(name)s raised: %(exc)s",
            {"name": "reassess", "exc": repr(error)},
            exc_info=True,
            extra={"data": {"name": "reassess", "args": "['Rosenbaum']"}},
        )

    [line] = written()
    assert line["task"] == "reassess"
    assert line["error"] == "ValueError"
    assert "Rosenbaum" not in json.dumps(line)


@pytest.mark.django_db
def test_the_tests_run_on_a_postgresql_of_their_own():
    with connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)
