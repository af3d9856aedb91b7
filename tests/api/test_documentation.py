"""Every call and command of docs/integration.md, run by a shell as it is written, against the real server."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from coordination.base import clock
from coordination.base.models import ApiClient
from coordination.demo import seed as seeding
from coordination.demo.stories import NUMBERED
from coordination.local.demo import SEED
from tests.api import gunicorn

PAGE = Path(settings.BASE_DIR) / "docs" / "integration.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ITS_PATIENT = "MRN10045"
END = "=== end of a block ==="


class Call(NamedTuple):
    written: str
    answer: str  # as the page shows it; empty where it shows none


def calls() -> list[Call]:
    """The page's shell blocks in order, each with the answer that follows it at once."""
    blocks = [(found[1], found[2], found) for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]
    found: list[Call] = []
    for at, (language, text, match) in enumerate(blocks):
        if language != "sh":
            continue
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        follows = after and after[0] != "sh" and after[2].start() == match.end() + 1
        found.append(Call(text, after[1] if after and follows else ""))
    return found


def differs(shown: Any, came: Any, place: str = "") -> list[str]:
    """Where an answer is not as the page shows it; `…` stands for anything."""
    if isinstance(shown, dict) and isinstance(came, dict):
        names = {*shown, *came}
        return [
            said for name in names for said in differs(shown.get(name), came.get(name), f"{place}/{name}")
        ]
    if isinstance(shown, list) and isinstance(came, list) and len(shown) == len(came):
        pairs = enumerate(zip(shown, came, strict=True))
        return [said for at, pair in pairs for said in differs(*pair, f"{place}/{at}")]
    if isinstance(shown, str) and isinstance(came, str):
        pattern = ".*".join(map(re.escape, shown.split("…")))
        return [] if re.fullmatch(pattern, came, re.DOTALL) else [f"{place}: {came!r}, not {shown!r}"]
    return [] if shown == came and type(shown) is type(came) else [f"{place}: {came!r}, not {shown!r}"]


@pytest.fixture
def demo(transactional_db: None) -> None:
    """What `run.py demo` holds of the patient whom the page names."""
    story = {ITS_PATIENT: NUMBERED[ITS_PATIENT]}
    seeding.seed(SEED, as_of=clock.now(), stories=story)


def run_all(url: str, folder: Path) -> list[str]:
    """Run the page in one shell, in a copy of the folder that its commands are called in."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    manage = f"import runpy, sys; sys.path[0] = {str(settings.BASE_DIR)!r}; sys.argv[0] = 'manage.py'\n"
    manage += f"runpy.run_path({str(Path(settings.BASE_DIR) / 'manage.py')!r}, run_name='__main__')\n"
    (folder / "manage.py").write_text(manage)
    script = "set -eu -o pipefail\n" + "".join(f"{call.written}\necho; echo '{END}'\n" for call in calls())
    ran = subprocess.run(
        ["bash", "-c", script.replace("http://127.0.0.1:8000", url)],
        cwd=folder,
        env=os.environ | gunicorn.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split(END)


def test_the_page_shows_calls_and_answers() -> None:
    written = "".join(call.written for call in calls())

    assert sum(bool(call.answer) for call in calls()) >= 5
    for door in ("lab-results", "patients", "$GATE", "$FILE", "/problems/"):
        assert door in written
    for act in ("create", "list", "change", "rotate", "end"):
        assert f"api_client {act}" in written


def test_the_page_shows_the_token_of_the_demo() -> None:
    assert f"TOKEN={seeding.told(SEED)['api_token']}\n" in calls()[0].written


def test_every_call_of_the_page_answers_as_it_says(demo: None, tmp_path: Path) -> None:
    assert shutil.which("curl"), "the page's calls are written for curl"
    with gunicorn.running() as url:
        answers = run_all(url, tmp_path)

    for call, came in zip(calls(), answers, strict=False):
        if call.answer.startswith("{"):
            assert not differs(json.loads(call.answer), json.loads(came)), call.written
        elif call.answer:
            assert not differs(call.answer.strip(), came.strip()), call.written
        assert "Traceback" not in came
    gate, assessed = (json.loads(answers[at]) for at in _places("$GATE", "manage.py assess"))
    assert gate["next_dose"] == assessed["next_dose"]
    assert "Unknown patient" in answers[_places("/problems/patient-unknown")[0]]
    client = ApiClient.objects.get(name="Harbor lab")
    assert (client.is_active, client.park_unknown, client.old_token_hash) == (False, True, None)


def _places(*texts: str) -> list[int]:
    return [next(at for at, call in enumerate(calls()) if text in call.written) for text in texts]
