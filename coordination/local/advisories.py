"""Is a weakness known of anything we install? pip-audit asks PyPI, and must first find a bad one.

pip-audit says "nothing found" where it reached no data at all. So a version of Django that is known to be bad
goes first: where it is not found, nothing was checked, and that is said and never counts as clean.
ADVISORY_URL names another source that speaks OSV, such as a mirror inside the house.
"""

import email.utils
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANARY = "django==3.2.0"
PYPI = "https://pypi.org/pypi/django/3.2.0/json"
NOT_CHECKED = 3
SECONDS = 300


@dataclass(frozen=True, slots=True)
class AdvisoryReport:
    """What was found, by package; None where pip-audit got no answer."""

    found: dict[str, list[str]] | None
    why_not: str = ""


def ask_pip_audit(requirements: Path) -> AdvisoryReport:
    """Ask about every line of a requirements file, without resolving or installing anything."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps"),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15"),
        *(("--vulnerability-service", "osv", "--osv-url", mirror()) if mirror() else ()),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        document = json.loads(done.stdout)
    except (ValueError, subprocess.TimeoutExpired):
        return AdvisoryReport(None, "pip-audit got no answer")
    return AdvisoryReport(_found(document))


def _found(document: dict[str, Any]) -> dict[str, list[str]]:
    return {
        f"{one['name']} {one['version']}": [known["id"] for known in one["vulns"]]
        for one in document["dependencies"]
        if one.get("vulns")
    }


def _canary_is_found() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        bad = Path(folder) / "requirements.txt"
        bad.write_text(f"{CANARY}\n", encoding="utf-8")
        return bool(ask_pip_audit(bad).found)


def mirror() -> str:
    return os.environ.get("ADVISORY_URL", "")


def date_of_the_data() -> str:
    """The newest change of an advisory on the canary, where the source tells; else the source's own clock."""
    name, version = CANARY.split("==")
    question = {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
    asked = urllib.request.Request(  # noqa: S310
        mirror() or PYPI, json.dumps(question).encode() if mirror() else None
    )
    try:
        with urllib.request.urlopen(asked, timeout=15) as answer:  # noqa: S310  # nosec B310
            told = json.load(answer).get("vulns", [])
            clock = email.utils.parsedate_to_datetime(answer.headers["Date"])
    except (OSError, TypeError, ValueError):
        return "an unknown date"
    return max((one["modified"][:10] for one in told if "modified" in one), default=clock.date().isoformat())


def main(arguments: list[str]) -> int:
    """0: asked and nothing found; 1: something found; 3: nothing could be asked."""
    if not _canary_is_found():
        print(f"NOT CHECKED: no advisories can be reached here ({CANARY}, known to be bad, is not found)")
        return NOT_CHECKED
    print(f"advisories of {date_of_the_data()}; {CANARY} is found, as it must be")
    weak = False
    for lock in arguments:
        answer = ask_pip_audit(Path(lock))
        if answer.found is None:
            print(f"NOT CHECKED: {lock}: {answer.why_not}")
            return NOT_CHECKED
        for package, known in answer.found.items():
            print(f"{lock}: {package} has {', '.join(known)}")
            weak = True
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
