import json
import socket

import pytest

from coordination.local import demo
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
