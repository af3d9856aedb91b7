#!/usr/bin/env python3
"""Every command of the project. It needs Python 3.11 or newer and does its own set-up."""

from __future__ import annotations

import base64
import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCAL = ROOT / ".local"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
INSTALLER_LOCK = ROOT / "requirements-installer.lock"
SBOM_LOCK = ROOT / "requirements-sbom.lock"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
IN_CI = os.environ.get("CI", "").lower() == "true"


USAGE = """\
python3 run.py demo [--port N] [--reset] [--lan]   run the product with demo data
python3 run.py test [pytest arguments]             check the code, then run all tests
python3 run.py check                               linters, types, layers, templates, containers, security
python3 run.py lint                                put imports and layout, templates too, in order, then lint
python3 run.py screenshots                         photograph every page into screenshots/
python3 run.py bench [--courses N] [--json]        measure speed
python3 run.py letters [--letters N] [--json]      measure many letters written in the background
python3 run.py faults [--short] [--json]           kill parts of a running system and count losses
python3 run.py tamperings [--count N] [--json]     tamper with the sealed audit and count what is found
python3 run.py sbom [FILE]                         list every package, as CycloneDX
python3 run.py races [--races N] [--json]          race acts against the reports that overtake their decision
python3 run.py lock                                resolve the dependencies anew"""


class SetupError(Exception):
    """What keeps the command from running, in one sentence."""


def say(text: str) -> None:
    print(text, flush=True)


# --- parts of the system ---------------------------------------------------------------------------


@dataclass(frozen=True)
class SystemPart:
    """A Debian package, how to see that it is there, and what is missing without it."""

    package: str
    is_present: Callable[[], bool]
    without_it: str


def has_library(name: str) -> Callable[[], bool]:
    def load() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return load


def find_browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def has_font(file: str) -> Callable[[], bool]:
    return lambda: any(Path("/usr/share/fonts").rglob(file))


def can_make_environments() -> bool:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


NO_PDF = "letters cannot be made as PDF"
NO_NAMES = "names in other scripts than Latin, Greek, Cyrillic, Arabic and Hebrew are not printed"
FOR_RUNNING = (
    SystemPart("python3-venv", can_make_environments, "no Python environment can be made"),
    SystemPart("libpango-1.0-0", has_library("libpango-1.0.so.0"), NO_PDF),
    SystemPart("libpangoft2-1.0-0", has_library("libpangoft2-1.0.so.0"), NO_PDF),
    SystemPart("libharfbuzz-subset0", has_library("libharfbuzz-subset.so.0"), NO_PDF),
    SystemPart("fonts-dejavu-core", has_font("DejaVuSans.ttf"), NO_PDF),
    SystemPart("fonts-freefont-ttf", has_font("FreeSerif.ttf"), NO_NAMES),  # Thai, scripts of India, Ethiopic
    SystemPart("fonts-wqy-microhei", has_font("wqy-microhei.ttc"), NO_NAMES),  # Chinese, Japanese, Korean
)
FOR_TESTING = (
    *FOR_RUNNING,
    SystemPart("chromium", lambda: find_browser() is not None, "the browser tests do not run"),
)


def install_system_parts(parts: tuple[SystemPart, ...]) -> None:
    """Install what is missing where that is allowed; otherwise say so and go on without."""
    missing = [part for part in parts if not part.is_present()]
    if not missing:
        return
    packages = [part.package for part in missing]
    if (apt := _apt()) is not None:
        say(f"Installing {' '.join(packages)} ...")
        _apt_install(apt, packages)
        missing = [part for part in missing if not part.is_present()]
    if missing:
        packages = [part.package for part in missing]
        effects = "; ".join(dict.fromkeys(part.without_it for part in missing))
        say(f"Missing, so that {effects}: sudo apt-get install -y {' '.join(packages)}")


def _apt() -> list[str] | None:
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def _apt_install(apt: list[str], packages: list[str]) -> None:
    """Lists may be missing or old on a bare machine: fetch them and try once more."""
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if not _succeeds(install) and _succeeds([*apt, "update"]):
        _succeeds(install)


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


# --- the Python environment ------------------------------------------------------------------------


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
    if not _succeeds([str(PYTHON), "-c", ""]):
        return False
    locks = {lock, DEV_LOCK}
    return any(
        _stamp(one).exists() and _stamp(one).read_text(encoding="utf-8") == _fingerprint(one) for one in locks
    )


def _make_environment() -> None:
    if _succeeds([str(PYTHON), "-c", ""]) and _made_here():
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
    if ours.exists() or _succeeds([*pip, "--require-hashes", "-r", str(INSTALLER_LOCK)]):
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


# --- check -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    name: str
    command: tuple[str, ...]
    needs: Path | None = None
    says_not_checked: int | None = None  # its exit status where it could not look: told, and never "ok"


def module(*arguments: str) -> tuple[str, ...]:
    return (str(PYTHON), "-m", *arguments)


def program(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(VENV / "bin" / name), *arguments)


COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
PRODUCT = ("run.py", "manage.py", "coordination", "patients", "labs", "scheduling")
STEPS = (
    # Without its cache: after some edits the cache makes errors of managers where there are none.
    Step("mypy", module("mypy", "--cache-dir", os.devnull)),
    Step("lint", module("ruff", "check")),
    Step("layout", module("ruff", "format", "--check")),
    Step("layers", program("lint-imports")),
    Step("templates", module("coordination.local.templates")),
    Step("template layout", program("djangofmt", "--check", "templates")),
    Step("django", (str(PYTHON), "manage.py", "check", "--fail-level", "WARNING")),
    Step(
        "migrations",
        module(
            *("coordination.local.cluster", "--"),
            *(str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"),
        ),
    ),
    Step("compose", program("docker-compose", "-f", str(COMPOSE), "config", "-q"), COMPOSE),
    Step(
        "compose schema",
        module("check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)),
        COMPOSE,
    ),
    Step("security", module("bandit", "-q", "-ll", "-r", *PRODUCT, "-c", "pyproject.toml")),
    Step("secrets", module("coordination.local.secret_scan")),
    Step(
        "advisories",
        module("coordination.local.advisories", str(RUN_LOCK), str(DEV_LOCK), str(SBOM_LOCK)),
        says_not_checked=3,
    ),
    Step("dockerfile", program("hadolint", str(DOCKERFILE)), DOCKERFILE),
)
FOR_CHECKS = {
    "SECRET_KEY": "for checks only",
    "POSTGRES_PASSWORD": "for checks only",
    "POSTGRES_APP_PASSWORD": "for checks only",
    "AUDIT_KEY": "for checks only",
    "FIELD_KEYS": base64.urlsafe_b64encode(b"for checks only, nothing else!!!").decode(),
    "PUBLIC_URL": "https://fourfold.example.org",
    "EMAIL_URL": "smtp+tls://fourfold:for-checks-only@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "fourfold@example.org",
    "REDIS_PASSWORD": "for checks only",
    "ALLOWED_HOSTS": "localhost",
}


def check() -> int:
    """Run every step, two at a time; show the output of those that fail."""
    environment = FOR_CHECKS | os.environ
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(lambda step: _passes(step, environment), STEPS))
    return 0 if all(passed) else 1


def _passes(step: Step, environment: dict[str, str]) -> bool:
    if step.needs and not step.needs.exists():
        say(f"FAIL  {step.name}: {step.needs.name} is missing")
        return False
    begun = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    unseen = done.returncode == step.says_not_checked
    passed = done.returncode == 0 or unseen
    word = "????" if unseen else "ok  " if passed else "FAIL"
    say(f"{word}  {step.name} ({time.monotonic() - begun:.1f} s)")
    if not passed or step.says_not_checked is not None:
        say((done.stdout + done.stderr).rstrip())
    return passed


# --- commands --------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    prepare(RUN_LOCK, FOR_RUNNING)
    return _become(module("coordination.local.demo", *arguments))


def test(arguments: list[str]) -> int:
    """Check, then test; both are run even if the first fails."""
    prepare(DEV_LOCK, FOR_TESTING)
    if IN_CI and find_browser() is None:
        say("No Chromium: the browser tests cannot run, and CI=true counts that as a failure.")
    checked = check()
    tested = subprocess.run(module("pytest", *arguments), cwd=ROOT, check=False).returncode
    return checked or tested


def check_code(arguments: list[str]) -> int:
    prepare(DEV_LOCK, FOR_RUNNING)
    return check()


def lint(arguments: list[str]) -> int:
    prepare(DEV_LOCK, FOR_RUNNING)
    subprocess.run(module("ruff", "format", "-q"), cwd=ROOT, check=False)
    subprocess.run(program("djangofmt", "-q", "templates"), cwd=ROOT, check=False)
    return subprocess.run(module("ruff", "check", "--fix", *arguments), cwd=ROOT, check=False).returncode


def screenshots(arguments: list[str]) -> int:
    return _run_script("tests/pages/screenshots.py", arguments)


def bench(arguments: list[str]) -> int:
    return _run_script("bench/run.py", arguments)


def letters(arguments: list[str]) -> int:
    return _run_script("bench/letters.py", arguments)


def faults(arguments: list[str]) -> int:
    return _run_script("tests/faults/run.py", arguments)


def tamperings(arguments: list[str]) -> int:
    prepare(DEV_LOCK, FOR_RUNNING)
    return _become(module("tests.faults.tamper", *arguments))


def races(arguments: list[str]) -> int:
    return _run_script("tests/races/run.py", arguments)


def _run_script(script: str, arguments: list[str]) -> int:
    if not (ROOT / script).exists():
        raise SetupError(f"{script} is missing, so there is nothing to run.")
    prepare(DEV_LOCK, FOR_TESTING)
    return _become(module(script.removesuffix(".py").replace("/", "."), *arguments))


def sbom(arguments: list[str]) -> int:
    """List every package of .venv, and what the browser loads; the image carries its own list."""
    prepare(DEV_LOCK, FOR_RUNNING)
    target = Path(arguments[0] if arguments else LOCAL / "sbom.cdx.json").resolve()
    listing = ("cyclonedx_py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible")
    listed = subprocess.run(
        module(*listing, "--output-file", str(target), str(PYTHON)), cwd=ROOT, check=False
    )
    if listed.returncode:
        return listed.returncode
    say(f"{target}:")
    return _become(module("coordination.local.sbom", str(target)))


def lock(arguments: list[str]) -> int:
    """Resolve anew what pyproject.toml asks for; a plain `lock` keeps versions that still fit."""
    uv = shutil.which("uv")
    if uv is None:
        prepare(DEV_LOCK, FOR_RUNNING)
        uv = str(VENV / "bin" / "uv")
    for target, chosen in (
        (RUN_LOCK, ("pyproject.toml", "--extra", "local")),
        (DEV_LOCK, ("pyproject.toml", "--extra", "local", "--extra", "dev")),
        (INSTALLER_LOCK, ("--group", "pyproject.toml:installer")),
        (SBOM_LOCK, ("--group", "pyproject.toml:sbom")),
    ):
        command = [
            *(uv, "pip", "compile", *chosen, "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-header", "--quiet", "-o", target.name, *arguments),
        ]
        environment = {"UV_SYSTEM_CERTS": "1"} | os.environ
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return 1
    return 0


def _become(command: tuple[str, ...]) -> int:
    """Go on as the command itself, so that signals and the exit status are its own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(command[0], command)


COMMANDS = {
    "demo": demo,
    "test": test,
    "check": check_code,
    "lint": lint,
    "screenshots": screenshots,
    "bench": bench,
    "letters": letters,
    "faults": faults,
    "tamperings": tamperings,
    "sbom": sbom,
    "races": races,
    "lock": lock,
}


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        say(USAGE)
        return 0 if not arguments or arguments[0] in {"-h", "--help", "help"} else 2
    try:
        return command(arguments[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("Fourfold needs Python 3.11 or newer: run this with python3.11 or python3.13.")
    sys.exit(main(sys.argv[1:]))
