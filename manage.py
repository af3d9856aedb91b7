#!/usr/bin/env python
"""Django's command line. Beside a running demo it works on the demo's database."""

import os
import sys
from importlib import import_module
from pathlib import Path

DEMO_ENVIRONMENT = Path(__file__).resolve().parent / ".local" / "environment"


def join_running_demo() -> None:
    """Take over the environment of the demo where it runs and none is given."""
    if "DATABASE_URL" in os.environ or not DEMO_ENVIRONMENT.exists():
        return
    for line in DEMO_ENVIRONMENT.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def run_on_rules_alone(name: str) -> None:
    """`assess` and `validate` touch no database: without the applications they start in half the time."""
    command = import_module(f"scheduling.management.commands.{name}").Command()
    command.run_from_argv(sys.argv)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")
    if len(sys.argv) > 1 and sys.argv[1] in ("assess", "validate"):
        run_on_rules_alone(sys.argv[1])
        return
    join_running_demo()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
