import json
import os
import socket

import psycopg2
import pytest

from coordination.base.other_migrations import FOLDERS
from coordination.local import demo
from coordination.local.cluster import OWNER, remove, throwaway_cluster
from coordination.local.demo import DemoError, Options


@pytest.fixture(autouse=True)
def local_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "LOCAL", tmp_path)
    return tmp_path


def test_a_taken_port_gives_way_to_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with demo.listen(Options(port=port, reset=False, lan=False)) as listening:
            assert port < listening.getsockname()[1] < port + demo.PORTS_TRIED


def test_a_second_demo_in_one_folder_is_told_where_the_first_runs(local_folder):
    (local_folder / "demo.json").write_text('{"url": "http://127.0.0.1:8000"}')

    told = pytest.raises(DemoError, match=r"runs already at http://127\.0\.0\.1:8000")
    with demo.only_one(), told, demo.only_one():
        pass


def test_scripts_and_people_are_told_the_same_address(local_folder, capsys):
    seeded = {
        "people": [{"role": "navigator", "username": "nora", "password": "a secret"}],
        "api_token": "token",
        "patients": [],
        "try": {"mrn_system": "urn:a", "mrn": "1", "curl": "curl {url}/api/v1/lab-results"},
    }

    demo.announce("http://127.0.0.1:8003", seeded)

    told = json.loads((local_folder / "demo.json").read_text())
    assert told["url"] == "http://127.0.0.1:8003"
    assert told["try"]["curl"] == "curl http://127.0.0.1:8003/api/v1/lab-results"
    printed = capsys.readouterr().out
    assert "http://127.0.0.1:8003" in printed
    assert "nora" in printed and "a secret" in printed


def test_the_key_is_made_once_and_only_its_owner_reads_it(local_folder):
    first = demo.secret_key()

    assert demo.secret_key() == first
    assert (local_folder / "secret-key").stat().st_mode & 0o077 == 0


@pytest.fixture
def kept(local_folder):
    """A demo that was stopped: its cluster, and the seed that tells what is in it."""
    cluster = throwaway_cluster()
    cluster.folder = cluster.folder.with_name(f"fourfold-throwaway-kept-{os.getpid()}")
    (local_folder / "seed.json").write_text("{}")
    yield cluster
    remove(cluster)


def _recorded(cluster, *migrations):
    """Leave a database behind that says it ran these, and stop."""
    cluster.start().create_database(OWNER)
    with psycopg2.connect(cluster.url(OWNER)) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE django_migrations (app text, name text)")
        for migration in migrations:
            cursor.execute("INSERT INTO django_migrations VALUES (%s, %s)", migration)
    link.close()
    cluster.stop()


def _has_migrations(cluster):
    with psycopg2.connect(cluster.url(OWNER)) as link, link.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        found = cursor.fetchone()[0]
    link.close()
    return found


def test_a_database_of_other_migrations_is_made_anew_with_its_seed(kept, local_folder, capsys):
    ours = [(app, path.stem) for app, folder in FOLDERS.items() for path in folder.glob("0*.py")]
    _recorded(kept, *ours, ("labs", "0004_the_machine_door"))

    demo.start_database(kept)

    assert not _has_migrations(kept)
    assert not (local_folder / "seed.json").exists()
    assert capsys.readouterr().out.splitlines() == [
        "Another version made the demo data kept here: beginning with new ones."
    ]


def test_a_database_that_lacks_only_the_newest_migrations_is_kept(kept, local_folder, capsys):
    _recorded(kept, ("base", "0001_database_functions"), ("contenttypes", "0001_initial"))

    demo.start_database(kept)

    assert _has_migrations(kept)
    assert (local_folder / "seed.json").exists()
    assert not capsys.readouterr().out
