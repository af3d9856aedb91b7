"""The settings as compose gives them: nothing that Django's own check for deployment finds wanting."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

import run

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "coordination.settings",
    "DATABASE_URL": "postgresql://fourfold_app:for-checks-only@postgres:5432/fourfold",
    "SECRET_KEY": "for checks only, of more than fifty letters, and none of them secret",
    "ALLOWED_HOSTS": "fourfold.example.org",
    "BEHIND_TLS_PROXY": "true",
    "PUBLIC_URL": "https://fourfold.example.org",
    "EMAIL_URL": "smtp+tls://fourfold:for-checks-only@mail.example.org:587",
}
TOLD = [
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SAMESITE",
    "DEBUG",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "MESSAGE_STORAGE",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_REFERRER_POLICY",
    "FOURFOLD_DEMO",
    "WHITENOISE_ALLOW_ALL_ORIGINS",
    "EMAIL_USE_TLS",
    "DEMO_PEOPLE",
    "PASSWORD_HASHERS",
]
TELL = f"""
import json, django
from django.conf import settings
django.setup()
from coordination.base import context, guessing
cookies = {{"THEME_COOKIE": context.THEME_COOKIE, "KNOWN_BROWSER_COOKIE": guessing.COOKIE}}
print(json.dumps(cookies | {{name: getattr(settings, name) for name in {TOLD!r}}}))
"""


def _run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    outside = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        env=outside | PRODUCTION | more,
        cwd=run.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def settings_of_production() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run("-c", TELL).stdout)
    return told


def test_cookies_belong_to_this_host_alone_and_no_script_reads_them(
    settings_of_production: dict[str, Any],
) -> None:
    for cookie in ("SESSION", "CSRF"):
        assert settings_of_production[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert settings_of_production[f"{cookie}_COOKIE_SECURE"] is True
        assert settings_of_production[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert settings_of_production[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert settings_of_production["THEME_COOKIE"] == "__Host-theme"
    assert settings_of_production["KNOWN_BROWSER_COOKIE"] == "__Host-known"
    # No third kind of cookie: what a page says once lies in the session.
    assert settings_of_production["MESSAGE_STORAGE"].endswith(".SessionStorage")


@pytest.mark.hazard("H56")
def test_nothing_of_the_demo_or_of_a_developer_is_on(settings_of_production: dict[str, Any]) -> None:
    assert settings_of_production["DEBUG"] is settings_of_production["FOURFOLD_DEMO"] is False
    assert settings_of_production["DEMO_PEOPLE"] == []
    assert settings_of_production["WHITENOISE_ALLOW_ALL_ORIGINS"] is False


def test_browsers_are_told_to_come_by_tls_for_a_year_and_mail_goes_by_tls(
    settings_of_production: dict[str, Any],
) -> None:
    assert settings_of_production["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings_of_production["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert settings_of_production["SECURE_CONTENT_TYPE_NOSNIFF"] is True
    assert settings_of_production["SECURE_REFERRER_POLICY"] == "same-origin"
    assert settings_of_production["EMAIL_USE_TLS"] is True


def test_passwords_are_hashed_by_what_django_advises(settings_of_production: dict[str, Any]) -> None:
    first = settings_of_production["PASSWORD_HASHERS"][0]
    assert first == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert PBKDF2PasswordHasher.iterations >= 600_000


def test_djangos_check_for_deployment_finds_nothing() -> None:
    """With what only the house can say: that plain HTTP reaches the product at all."""
    checked = _run("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECURE_SSL_REDIRECT="true")

    # Preloading is a promise for a whole domain, which is not ours to make.
    assert set(_warnings(checked.stderr)) <= {"security.W021"}, checked.stderr


def _warnings(text: str) -> list[str]:
    return [part.split(")")[0] for part in text.split("(")[1:] if part.startswith(("security.", "models."))]
