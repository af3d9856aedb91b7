"""The compose file, the settings and docs/operations.md name the same variables."""

import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from coordination.local import checks
from coordination.local.cluster import QUIET_LOG
from coordination.local.environment import ROOT, VENV

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
OURS = ("web", "worker", "beat", "migrate")
# Never with real patients; and one that the image sets.
NOT_IN_COMPOSE = {"DEBUG", "FOURFOLD_DEMO", "FOURFOLD_DEMO_PEOPLE", "STATIC_BUILT"}
FOR_ONE_ALONE = {
    "worker": {"AUDIT_KEY", "AUDIT_KEY_FALLBACKS", "AUDIT_SEALS_FILE"},
    "migrate": {"DATABASE_APP_PASSWORD"},
}
MUST_BE_SAID = {
    "PUBLIC_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "AUDIT_KEY",
    "FIELD_KEYS",
}


def _read_by_the_settings() -> set[str]:
    text = (ROOT / "coordination" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'\benv\.\w+\(\s*"(\w+)"', text))


def _described() -> set[str]:
    table = OPERATIONS.split("### Variables")[1].split("\n### ")[0]
    first_columns = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", " ".join(first_columns)))


def _passed_to(service: str) -> dict[str, Any]:
    environment: dict[str, Any] = COMPOSE["services"][service]["environment"]
    return environment


def _required() -> set[str]:
    return set(re.findall(r"\$\{(\w+):\?", COMPOSE_TEXT))


def _configured(**given: str) -> subprocess.CompletedProcess[str]:
    command = [str(VENV / "bin" / "docker-compose"), "-f", str(checks.COMPOSE), "config"]
    outside = {name: value for name, value in os.environ.items() if name not in checks.FOR_CHECKS}
    return subprocess.run(command, env=outside | given, capture_output=True, text=True, check=False)


def test_every_variable_that_is_read_is_described_and_every_described_one_is_read() -> None:
    assert _described() == _read_by_the_settings()


@pytest.mark.parametrize("service", OURS)
def test_compose_passes_every_variable_that_operations_names(service: str) -> None:
    only_elsewhere = set().union(*(names for one, names in FOR_ONE_ALONE.items() if one != service))
    assert set(_passed_to(service)) == _described() - NOT_IN_COMPOSE - only_elsewhere


def test_what_compose_reads_itself_is_described_too() -> None:
    for name in set(re.findall(r"\$\{(\w+)", COMPOSE_TEXT)):
        assert f"`{name}`" in OPERATIONS or f"\n{name}=" in OPERATIONS, name


def test_the_example_of_an_env_file_has_all_that_is_required() -> None:
    example = OPERATIONS.split("cat > .env <<END")[1].split("\nEND")[0]
    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == _required()


@pytest.mark.parametrize("name", sorted(MUST_BE_SAID | {"POSTGRES_APP_PASSWORD", "POSTGRES_PASSWORD"}))
def test_what_must_be_said_is_not_guessed(name: str) -> None:
    assert _configured(**checks.FOR_CHECKS).returncode == 0
    without = {other: value for other, value in checks.FOR_CHECKS.items() if other != name}

    refused = _configured(**without)

    assert refused.returncode != 0
    assert name in refused.stderr


def test_a_variable_of_the_env_file_arrives_and_one_that_is_not_there_stays_away() -> None:
    told = yaml.safe_load(_configured(**checks.FOR_CHECKS, SMS_URL="kannel://gateway").stdout)
    web = told["services"]["web"]["environment"]
    assert web["SMS_URL"] == "kannel://gateway"
    assert web["BOUNCE_ADDRESS"] is None


def test_the_product_runs_as_its_own_role_and_the_owner_only_migrates() -> None:
    for service in ("web", "worker", "beat"):
        assert _passed_to(service)["DATABASE_URL"].startswith("postgresql://fourfold_app:")
        assert "POSTGRES_PASSWORD" not in str(_passed_to(service))
    assert _passed_to("migrate")["DATABASE_URL"].startswith("postgresql://fourfold:")


def test_the_log_of_postgresql_is_as_quiet_as_in_the_demo_and_the_tests() -> None:
    """tests/local/test_cluster.py shows what these settings keep out of it."""
    command = COMPOSE["services"]["postgres"]["command"]
    assert set(QUIET_LOG) <= set(command)
    for setting in QUIET_LOG:
        name, _, value = setting.partition("=")
        assert f"{name} = {value}" in OPERATIONS


def test_the_image_carries_the_list_of_its_packages() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "cyclonedx-py environment" in dockerfile
    assert "COPY --from=sbom /sbom.cdx.json /usr/share/fourfold/sbom.cdx.json" in dockerfile
