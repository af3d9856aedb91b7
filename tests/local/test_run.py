import http.server
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

import run
from coordination.local import advisories, checks, sbom, secret_scan, system_packages
from coordination.local.system_packages import SystemPart


def test_alone_it_lists_every_command(capsys):
    assert run.main([]) == 0

    listed = capsys.readouterr().out
    assert all(f"run.py {command}" in listed for command in run.COMMANDS)


def test_it_runs_before_any_package_is_installed():
    """`-S` leaves the site-packages out, as on a bare machine."""
    done = subprocess.run(
        [sys.executable, "-S", "run.py"], cwd=run.ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout.rstrip() == run.USAGE, done.stderr


def test_an_unknown_command_is_an_error():
    assert run.main(["dance"]) == 2


def test_a_script_that_is_not_there_is_said_in_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(run, "ROOT", tmp_path)

    assert run.main(["bench"]) == 2

    assert capsys.readouterr().err == "bench/run.py is missing, so there is nothing to run.\n"


def test_what_is_missing_and_cannot_be_installed_is_said_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(system_packages, "_apt", lambda: None)
    pango = SystemPart("libpango-1.0-0", lambda: False, system_packages.NO_PDF)
    fonts = SystemPart("fonts-dejavu-core", lambda: False, system_packages.NO_PDF)

    system_packages.install_system_parts((pango, fonts))

    assert capsys.readouterr().out == (
        "Missing, so that letters cannot be made as PDF: "
        "sudo apt-get install -y libpango-1.0-0 fonts-dejavu-core\n"
    )


def test_what_is_there_is_not_installed(monkeypatch):
    monkeypatch.setattr(system_packages, "_apt", lambda: pytest.fail("nothing is missing"))

    system_packages.install_system_parts((SystemPart("anything", lambda: True, ""),))


def _answer(status, text="told"):
    return checks.Step("step", (sys.executable, "-c", f"print({text!r}); raise SystemExit({status})"))


def test_a_step_that_could_not_look_is_told_and_never_ok(capsys):
    looked = replace(_answer(0, "as of today"), says_not_checked=3)
    blind = replace(_answer(3, "NOT CHECKED: nothing to ask"), says_not_checked=3)

    assert checks._passes(looked, dict(os.environ))
    assert checks._passes(blind, dict(os.environ))
    assert not checks._passes(_answer(3), dict(os.environ))

    lines = capsys.readouterr().out.splitlines()
    assert [line[:4] for line in lines if line[4:6] == "  "] == ["ok  ", "????", "FAIL"]
    assert "as of today" in lines
    assert "NOT CHECKED: nothing to ask" in lines


def test_the_check_looks_for_weak_code_secrets_and_advisories():
    names = {step.name for step in checks.STEPS}
    assert names >= {"lint", "security", "secrets", "advisories"}


WEAK = {
    "B602": "import subprocess\nsubprocess.run('ls ' + input(), shell=True)",
    "B324": "import hashlib\nhashlib.md5(b'x')",
    "B301": "import pickle\npickle.loads(b'x')",
    "B506": "import yaml\nyaml.load('x')",
    "B608": "def f(name):\n    return f\"SELECT * FROM t WHERE name = '{name}'\"",
    "B501": "import requests\nrequests.get('https://x', verify=False, timeout=1)",
}


@pytest.mark.parametrize("weakness", WEAK)
def test_bandit_as_the_check_calls_it_finds_what_is_weak(tmp_path, weakness):
    """A check that cannot fail proves nothing."""
    (tmp_path / "weak.py").write_text(WEAK[weakness] + "\n")
    [step] = [step for step in checks.STEPS if step.name == "security"]
    command = [part for part in step.command if part not in checks.PRODUCT]
    done = subprocess.run(
        [*command, str(tmp_path)], cwd=run.ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert weakness in done.stdout


def test_a_secret_under_version_control_is_found(tmp_path):
    """Each kind, also behind other lines; words are none."""
    assert not secret_scan.missed_canaries()
    harmless = tmp_path / "settings.py"
    harmless.write_text('SECRET_KEY = "for tests only"\nAUDIT_KEY = ""\n')
    assert secret_scan.found([harmless]) == []

    harmless.write_text("A = 1\n" * 20 + secret_scan.canaries()["a key of a cloud"] + "\n")
    [line] = secret_scan.found([harmless])
    assert line.endswith("settings.py:21: AWS Access Key")


# --- advisories ------------------------------------------------------------------------------------


@pytest.fixture
def source(monkeypatch):
    """A source of advisories that knows what `known` holds, by package; empty: nothing at all."""
    known = {}

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ids = known.get(f"{asked['package']['name']}=={asked['version']}", [])
            body = json.dumps({"vulns": [_advisory(one, asked["package"]) for one in ids]} if ids else {})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ADVISORY_URL", f"http://127.0.0.1:{server.server_port}/query")
    yield known
    server.shutdown()
    server.server_close()


def _advisory(identity, package):
    return {
        "id": identity,
        "modified": "2026-11-01T00:00:00Z",
        "published": "2021-04-01T00:00:00Z",
        "summary": "weak",
        "affected": [{"package": package, "ranges": []}],
    }


@pytest.fixture
def lock(tmp_path):
    file = tmp_path / "requirements.lock"
    file.write_text("msgspec==0.22.0\nredis==8.1.0\n")
    return str(file)


def test_a_source_that_knows_nothing_does_not_pass_as_clean(source, lock, capsys):
    assert advisories.main([lock]) == advisories.NOT_CHECKED
    assert "NOT CHECKED" in capsys.readouterr().out


def test_a_source_that_cannot_be_reached_does_not_pass_as_clean(monkeypatch, lock, capsys):
    monkeypatch.setenv("ADVISORY_URL", "http://127.0.0.1:9/query")

    assert advisories.main([lock]) == advisories.NOT_CHECKED
    assert "NOT CHECKED" in capsys.readouterr().out


def test_a_source_that_knows_the_canary_is_believed_and_its_date_told(source, lock, capsys):
    source[advisories.CANARY] = ["PYSEC-2021-1"]

    assert advisories.main([lock]) == 0
    assert "advisories of 2026-11-01" in capsys.readouterr().out


def test_a_package_with_an_advisory_fails_the_check(source, lock, capsys):
    source[advisories.CANARY] = ["PYSEC-2021-1"]
    source["redis==8.1.0"] = ["GHSA-weak"]

    assert advisories.main([lock]) == 1
    assert "redis 8.1.0 has GHSA-weak" in capsys.readouterr().out


# --- the list of packages --------------------------------------------------------------------------


def test_what_the_browser_loads_is_listed_with_the_packages_once(tmp_path):
    file = tmp_path / "sbom.json"
    file.write_text('{"bomFormat": "CycloneDX", "components": [{"bom-ref": "django", "name": "django"}]}')

    sbom.complete(file)
    assert sbom.complete(file) == 1 + len(sbom.vendored())

    names = [component["name"] for component in json.loads(file.read_text())["components"]]
    assert names[0] == "django"
    assert "tabler-icons" in names
