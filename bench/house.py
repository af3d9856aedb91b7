"""The whole product in a temporary folder, from real parts: PostgreSQL, Valkey, web, worker and beat.

For measuring and for fault injection. Whatever ends is started again, as systemd would do it.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.store import Store
from coordination.local.broker import Broker
from coordination.local.children import end_child, kill_family, start_child
from coordination.local.cluster import APPLICATION, OWNER, Cluster
from coordination.local.small_disk import SmallDisk, mount

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 120
PAUSE_BEFORE_RESTART = 0.2
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass
class Program:
    name: str
    command: list[str]
    passes: tuple[int, ...] = ()
    child: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None


@dataclass
class House:
    """Enter it to have PostgreSQL and Valkey running and this process's Django set up on them."""

    web: tuple[str, ...] = ("--workers", "2", "--worker-class", "sync")
    store: Store | None = None
    disk_megabytes: int | None = None  # of PostgreSQL, where it is to be filled
    disk: SmallDisk | None = None
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="fourfold-house-")))
    programs: dict[str, Program] = field(default_factory=dict)
    restarts: int = 0

    def __enter__(self) -> Self:
        data = self.store.data if self.store else self.folder / "postgres"
        self.cluster = Cluster(data, settings=("shared_buffers=256MB",))
        if self.disk_megabytes:
            self.disk = mount(data, megabytes=self.disk_megabytes)
            self.cluster.settings += ("max_wal_size=64MB", "min_wal_size=32MB")
        self.broker = Broker(self.folder / "valkey")
        self.listening = socket.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(256)
        self.log = (self.folder / "house.log").open("ab")
        try:
            self._create_database()
            self.broker.start()
            self._set_up_django()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print("\n".join(self.last_lines()), file=sys.stderr)
        self.end()

    def end(self) -> None:
        """Stop everything and remove the folder; what is stored stays."""
        for program in reversed(self.programs.values()):
            if program.child is not None:
                kill_family(program.child)
        self.broker.stop(by=signal.SIGKILL)
        self.cluster.stop(by=signal.SIGINT if self.store else signal.SIGQUIT)
        self.listening.close()
        self.log.close()
        for folder in (self.folder, self.cluster.sockets, self.broker.socket.parent):
            shutil.rmtree(folder, ignore_errors=True)

    def last_lines(self, count: int = 20) -> list[str]:
        return (self.folder / "house.log").read_text(errors="replace").splitlines()[-count:]

    # --- set-up ------------------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "coordination.settings",
            "DATABASE_URL": self.cluster.url(OWNER, user=APPLICATION),
            "REDIS_URL": self.broker.url,
            "SECRET_KEY": "for measuring only",
            "FIELD_KEYS": urlsafe_b64encode(b"for measuring only, nothing else").decode(),
            "AUDIT_KEY": "for measuring only",
            "AUDIT_SEALS_FILE": str(self.folder / "audit-seals.jsonl"),
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "SECURE_COOKIES": "false",
            "API_READS_PER_MINUTE": "0",
            "API_WRITES_PER_MINUTE": "0",
            "WORKER_SOFT_SHUTDOWN_SECONDS": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        }

    def _create_database(self) -> None:
        self.cluster.start()
        if self.store:
            self.store.begin(self.cluster)
        else:
            self.cluster.create_database(OWNER)

    def _set_up_django(self) -> None:
        """This process seeds and counts as the owner; what it starts runs as the product does."""
        os.environ.update(self.environment | {"DATABASE_URL": self.cluster.url(OWNER)})
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)

    def start(self, *names: str) -> None:
        """Start `web`, `worker` or `beat`."""
        python = sys.executable
        celery = [python, "-m", "celery", "--app", "coordination.celery", "--quiet"]
        gunicorn = [
            python,
            "-m",
            "gunicorn",
            "coordination.wsgi",
            "--bind",
            f"fd://{self.listening.fileno()}",
        ]
        commands = {
            "web": [*gunicorn, *self.web, "--no-control-socket", "--log-level", "warning"],
            "worker": [
                *celery,
                *("worker", "--concurrency", "2", "--without-gossip", "--without-mingle"),
                *("--loglevel", "WARNING"),
            ],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat"), "--pidfile="],
        }
        for name in names:
            passes = (self.listening.fileno(),) if name == "web" else ()
            self.programs[name] = Program(name, commands[name], passes)
            self._start(self.programs[name])

    def _start(self, program: Program) -> None:
        outside = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        program.child = start_child(
            program.command,
            output=self.log,
            environment=outside | self.environment,
            cwd=ROOT,
            passes=program.passes,
        )

    def stop(self, name: str) -> None:
        child = self.programs.pop(name).child
        if child is not None:
            end_child(child, by=signal.SIGTERM, seconds=10)

    def keep_running(self) -> None:
        """Start again whatever has ended, with nothing left of it."""
        for program in self.programs.values():
            if not program.is_running:
                if program.child is not None:
                    kill_family(program.child)
                time.sleep(PAUSE_BEFORE_RESTART)
                self.restarts += 1
                self._start(program)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        found = b""
        while time.monotonic() < until:
            self.keep_running()
            try:
                answer = self.ask("GET", "/health/ready")
            except OSError:
                time.sleep(0.1)
                continue
            if answer.status == 200:
                return
            found = answer.body
            time.sleep(0.2)
        raise TimeoutError(f"not ready after {READY_SECONDS} s: {found.decode()}")

    # --- talking to it -----------------------------------------------------------------------------

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own. Raises OSError or HTTPException where nothing answers."""
        sent = b"" if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self.send(method, path, sent, kind | dict(headers or {}))

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The same with the bytes of the body."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(method, path, body or None, dict(headers))
            response = link.getresponse()
            return Answer(response.status, response.read())
        finally:
            link.close()

    # --- its processes -----------------------------------------------------------------------------

    def processes(self, *names: str) -> list[int]:
        """Every process of the named programs, of `postgres` and of `valkey`."""
        roots = [self._root(name) for name in names]
        return [pid for root in roots if root for pid in (root, *descendants(root))]

    def _root(self, name: str) -> int | None:
        if name == "postgres":
            return self.cluster.pid
        if name == "valkey":
            return self.broker.pid
        child = self.programs[name].child if name in self.programs else None
        return child.pid if child else None

    def cpu_seconds(self, *names: str) -> float:
        """Processor time spent so far, with that of children that have ended."""
        return sum(map(_cpu_seconds, self.processes(*names)))


def descendants(pid: int) -> list[int]:
    """Every process below `pid`."""
    below: dict[int, list[int]] = {}
    for child, columns in _all_processes():
        below.setdefault(int(columns[1]), []).append(child)
    found, waiting = [], [pid]
    while waiting:
        children = below.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _all_processes() -> Iterable[tuple[int, list[str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (columns := _stat(int(entry.name))):
            yield int(entry.name), columns


def _stat(pid: int) -> list[str]:
    """The columns of /proc/PID/stat behind the name: state, parent, ... ; none where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_seconds(pid: int) -> float:
    columns = _stat(pid)
    return sum(map(int, columns[11:15])) / TICKS if columns else 0.0


def resident_mb(pid: int) -> float:
    """Memory of one process as the kernel counts it, pages shared with others included."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    kilobytes = next((line.split()[1] for line in lines if line.startswith("VmRSS:")), "0")
    return round(int(kilobytes) / 1024, 1)
