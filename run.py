#!/usr/bin/env python3
"""Every command of the project. It needs Python 3.11 or newer and does its own set-up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from coordination.local.environment import (
    DEV_LOCK,
    INSTALLER_LOCK,
    LOCAL,
    PYTHON,
    ROOT,
    RUN_LOCK,
    SBOM_LOCK,
    VENV,
    SetupError,
    module,
    prepare,
    program,
)
from coordination.local.system_packages import FOR_RUNNING, FOR_TESTING, find_browser, say

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


CHECKS = module("coordination.local.checks")


def demo(arguments: list[str]) -> int:
    prepare(RUN_LOCK, FOR_RUNNING)
    return _become(module("coordination.local.demo", *arguments))


def test(arguments: list[str]) -> int:
    """Check, then test; both are run even if the first fails."""
    prepare(DEV_LOCK, FOR_TESTING)
    if IN_CI and find_browser() is None:
        say("No Chromium: the browser tests cannot run, and CI=true counts that as a failure.")
    checked = subprocess.run(CHECKS, cwd=ROOT, check=False).returncode
    tested = subprocess.run(module("pytest", *arguments), cwd=ROOT, check=False).returncode
    return checked or tested


def check_code(arguments: list[str]) -> int:
    prepare(DEV_LOCK, FOR_RUNNING)
    return _become(CHECKS)


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
