"""Give the tests a PostgreSQL of their own, started when the first test needs it.

Named with -p, because pytest-django reads the settings before any conftest.py is loaded.
The tests run as the product does, as a role that owns nothing; the owner makes the tables, and empties them
after a test that committed. Where DATABASE_URL is set, that server and its user are used instead.
"""

import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from coordination.local.broker import Broker, remove_broker, throwaway_broker
from coordination.local.children import remove_leftovers
from coordination.local.cluster import APPLICATION, OWNER, Cluster, remove, throwaway_cluster

_cluster: Cluster | None = None if os.environ.get("DATABASE_URL") else throwaway_cluster()

if _cluster is not None:
    os.environ["DATABASE_URL"] = _cluster.url(OWNER)
_broker = throwaway_broker()
os.environ["REDIS_URL"] = _broker.url
os.environ.setdefault("SECRET_KEY", "for tests only")
os.environ.setdefault("FIELD_KEYS", urlsafe_b64encode(b"for tests only, not for anything").decode())
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SECURE_COOKIES", "false")
# Playwright's synchronous API runs an event loop in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_configure(config: pytest.Config) -> None:
    """The cluster goes whole: its database is not dropped first, which a forgotten session would refuse."""
    if _cluster is not None:
        config.option.reuse_db = True


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
    if fixturedef.argname != "django_db_setup" or _cluster is None:
        return (yield)
    if not _cluster.is_alive():
        remove_leftovers()
        _cluster.start()
    made = yield
    _become(APPLICATION)
    _empty_tables_as_the_owner()
    return made


def _become(role: str) -> None:
    """Every later connection of this process is this role's, in whatever thread."""
    from django.db import connection

    connection.close()
    connection.settings_dict["OPTIONS"]["user"] = role


@contextmanager
def _owner() -> Iterator[Any]:
    """A cursor of the owner of the tables, on a connection of its own. Each statement is committed."""
    import psycopg2
    from django.db import connection

    parameters = connection.get_connection_params() | {"user": OWNER}
    link = psycopg2.connect(**parameters)
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def _empty_tables_as_the_owner() -> None:
    from django.db.backends.postgresql.operations import DatabaseOperations

    def execute_sql_flush(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
        with _owner() as cursor:
            for statement in sql_list:
                cursor.execute(statement)

    DatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign,assignment]


@pytest.fixture(scope="module")
def as_owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tests of a module run as the owner of the tables: for promises that hold the owner too."""
    if _cluster is None:
        yield
        return
    with django_db_blocker.unblock():
        _become(OWNER)
        yield
        _become(APPLICATION)


@pytest.fixture
def owner(django_db_setup: None) -> Iterator[Any]:
    """A cursor of the owner, for what the product itself may not do. What it does stays: undo it."""
    with _owner() as cursor:
        yield cursor


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
