"""Give the tests a PostgreSQL of their own, started when the first test needs it.

Named with -p, because pytest-django reads the settings before any conftest.py is loaded.
Where DATABASE_URL is set, that server is used instead.
"""

import os
from collections.abc import Iterator

import pytest

from coordination.local.cluster import OWNER, Cluster, remove, remove_leftovers, throwaway_cluster

_cluster: Cluster | None = None if os.environ.get("DATABASE_URL") else throwaway_cluster()

if _cluster is not None:
    os.environ["DATABASE_URL"] = _cluster.url(OWNER)
os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SECURE_COOKIES", "false")
# Playwright's synchronous API runs an event loop in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    if fixturedef.argname == "django_db_setup" and _cluster is not None and not _cluster.alive:
        remove_leftovers()
        _cluster.start()


def pytest_unconfigure() -> None:
    if _cluster is not None and _cluster.alive:
        remove(_cluster)


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Valkey of the tests' own."""
    from coordination.local.broker import Broker

    with Broker(tmp_path_factory.mktemp("broker"), durable=False) as broker:
        yield broker.url


@pytest.fixture
def broker(broker_url: str, settings: object) -> Iterator[str]:
    """An empty broker that Celery sends to. Without this fixture a test that sends fails."""
    import redis

    from coordination.celery import app

    path = broker_url.removeprefix("redis+socket://").partition("?")[0]
    with redis.Redis(unix_socket_path=path) as client:
        client.flushall()
    before = app.conf.broker_url
    app.conf.broker_url = broker_url
    app.pool.force_close_all()
    app._pool = None
    yield broker_url
    app.conf.broker_url = before
    app.pool.force_close_all()
    app._pool = None
