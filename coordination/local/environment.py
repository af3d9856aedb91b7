"""The Python environment `.venv`, made and filled. Standard library only: it runs before .venv."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coordination.local.system_packages import (
    SystemPart,
    can_make_environments,
    install_system_parts,
    say,
    succeeds,
)

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCAL = ROOT / ".local"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
INSTALLER_LOCK = ROOT / "requirements-installer.lock"
SBOM_LOCK = ROOT / "requirements-sbom.lock"


class SetupError(Exception):
    """What keeps the command from running, in one sentence."""


@contextmanager
def alone() -> Iterator[None]:
    """Two commands started together set up one after the other."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(lock: Path, parts: tuple[SystemPart, ...]) -> None:
    """Bring the machine and `.venv` to what `lock` says; quick where they are there already.

    Raises SetupError where that cannot be done.
    """
    with alone():
        install_system_parts(parts)
        if not _is_current(lock):
            _make_environment()
            _install_packages(lock)


def _stamp(lock: Path) -> Path:
    return VENV / f".installed-{lock.stem}"


def _fingerprint(lock: Path) -> str:
    """An environment that was moved, or whose Python changed, is made anew."""
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {VENV} {sys.version_info[:2]}"


def _is_current(lock: Path) -> bool:
    """What is installed for development is enough to run."""
    if not succeeds([str(PYTHON), "-c", ""]):
        return False
    locks = {lock, DEV_LOCK}
    return any(
        _stamp(one).exists() and _stamp(one).read_text(encoding="utf-8") == _fingerprint(one) for one in locks
    )


def _make_environment() -> None:
    if succeeds([str(PYTHON), "-c", ""]) and _made_here():
        return
    say("Making .venv ...")
    if VENV.exists():
        shutil.rmtree(VENV)
    if can_make_environments():
        _run_quietly([sys.executable, "-m", "venv", str(VENV)], "no Python environment could be made")
    elif uv := shutil.which("uv"):
        _run_quietly([uv, "venv", "--python", sys.executable, str(VENV)], "no environment could be made")
    else:
        raise SetupError("Python's venv is missing: sudo apt-get install -y python3-venv")


def _made_here() -> bool:
    """Not moved from elsewhere, and by this Python."""
    asked = "import sys; print(sys.prefix, sys.version_info[:2])"
    found = subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True, check=False)
    return found.stdout.strip() == f"{VENV} {sys.version_info[:2]}"


def _install_packages(lock: Path) -> None:
    say(f"Installing the packages of {lock.name} ...")
    begun = time.monotonic()
    environment = {"UV_SYSTEM_CERTS": "1", "UV_LINK_MODE": "copy"} | os.environ
    hashed = ["--require-hashes", "-r", str(lock)]
    uv = _find_uv()
    by_uv = uv is not None and _run_logged(
        [uv, "pip", "install", "--python", str(PYTHON), *hashed], environment
    )
    if not by_uv and not _run_logged(
        [str(PYTHON), "-m", "pip", "install", "--no-deps", "--disable-pip-version-check", *hashed],
        environment,
    ):
        raise SetupError(f"The packages could not be installed; see {_log().relative_to(ROOT)}.")
    _stamp(lock).write_text(_fingerprint(lock), encoding="utf-8")
    say(f"Installed in {time.monotonic() - begun:.0f} s.")


def _find_uv() -> str | None:
    ours = VENV / "bin" / "uv"
    if found := shutil.which("uv"):
        return found
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    if ours.exists() or succeeds([*pip, "--require-hashes", "-r", str(INSTALLER_LOCK)]):
        return str(ours)
    return None


def _log() -> Path:
    return LOCAL / "setup.log"


def _run_logged(command: list[str], environment: dict[str, str]) -> bool:
    with _log().open("ab") as log:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, check=False
        )
    return done.returncode == 0


def _run_quietly(command: list[str], otherwise: str) -> None:
    if not _run_logged(command, dict(os.environ)):
        raise SetupError(f"{otherwise}; see {_log().relative_to(ROOT)}")


def module(*arguments: str) -> tuple[str, ...]:
    return (str(PYTHON), "-m", *arguments)


def program(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(VENV / "bin" / name), *arguments)
