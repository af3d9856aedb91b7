"""What the machine must have: libraries, fonts, a browser. Standard library only: it runs before .venv."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def say(text: str) -> None:
    print(text, flush=True)


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
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def _apt_install(apt: list[str], packages: list[str]) -> None:
    """Lists may be missing or old on a bare machine: fetch them and try once more."""
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if not succeeds(install) and succeeds([*apt, "update"]):
        succeeds(install)


def succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
