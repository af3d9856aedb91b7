"""The steps of `run.py check`: linters, types, layers, templates, containers, security.

`python -m coordination.local.checks`, in .venv.
"""

import base64
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from coordination.local.environment import DEV_LOCK, PYTHON, ROOT, RUN_LOCK, SBOM_LOCK, module, program
from coordination.local.system_packages import say


@dataclass(frozen=True)
class Step:
    name: str
    command: tuple[str, ...]
    needs: Path | None = None
    says_not_checked: int | None = None  # its exit status where it could not look: told, and never "ok"


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


def main() -> int:
    try:
        return check()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
