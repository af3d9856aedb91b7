"""The web server as the demo and compose run it, on the database of the tests."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from coordination.local.children import end_child, start_child
from coordination.local.demo import programs

SECONDS = 30


def environment() -> dict[str, str]:
    """What a process of ours is told, so that it works on the database of this test."""
    name = connection.settings_dict["NAME"]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "coordination.settings"}


@contextmanager
def running() -> Iterator[str]:
    """Yield the address of a running server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        web = programs(environment(), listening)[0]
        server = start_child(
            web.command,
            output=subprocess.DEVNULL,
            environment=web.environment,
            cwd=Path(settings.BASE_DIR),
            passes=web.passes,
        )
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            _wait_for(url)
            yield url
        finally:
            end_child(server, by=signal.SIGTERM, seconds=10)


def _wait_for(url: str) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=SECONDS):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
