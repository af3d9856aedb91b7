"""Give the tests a PostgreSQL of their own, started when the first test needs it.

Named with -p, because pytest-django reads the settings before any conftest.py is loaded.
Where DATABASE_URL is set, that server is used instead.
"""

import os
from collections.abc import Iterator

import pytest

from coordination.local.broker import Broker, remove_broker, throwaway_broker
from coordination.local.children import remove_leftovers
from coordination.local.cluster import OWNER, Cluster, remove, throwaway_cluster

_cluster: Cluster | None = None if os.environ.get("DATABASE_URL") else throwaway_cluster()

if _cluster is not None:
    os.environ["DATABASE_URL"] = _cluster.url(OWNER)
_broker = throwaway_broker()
os.environ["REDIS_URL"] = _broker.url
os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("FIELD_KEYS", "Zm9yIHRlc3RzIG9ubHksIG5vdCBmb3IgYW55dGhpbmc=")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SECURE_COOKIES", "false")
# Playwright's synchronous API runs an event loop in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_configure(config: pytest.Config) -> None:
    """The cluster goes whole: its database is not dropped first, which a forgotten session would refuse."""
    if _cluster is not None:
        config.option.reuse_db = True


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    if fixturedef.argname == "django_db_setup" and _cluster is not None and not _cluster.is_alive():
        remove_leftovers()
        _cluster.start()


def pytest_unconfigure() -> None:
    if _cluster is not None and _cluster.is_alive():
        remove(_cluster)


@pytest.fixture
def broker() -> Iterator[Broker]:
    """An empty Valkey at the address the settings name, gone with the test.

    Without this fixture there is none, whatever ran before, and a message sent is a message lost.
    """
    with _broker:
        yield _broker
    remove_broker(_broker)
