"""The product with demo data, on this machine, until Ctrl-C.

PostgreSQL and Valkey of our own (or those that DATABASE_URL and REDIS_URL name), migrated and
seeded once; web, worker and beat as in production.
"""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from coordination.base.other_migrations import unknown_migrations
from coordination.local.broker import Broker, BrokerError
from coordination.local.children import end_child, start_child
from coordination.local.cluster import APPLICATION, OWNER, Cluster, ClusterError, place_for
from coordination.local.supervise import GaveUpError, Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
FIRST_PORT = 8000
PORTS_TRIED = 50
READY_SECONDS = 90
ASK_EVERY_SECONDS = 0.3
SEED = 4
MAIL = "mail"
SEALS = "audit-seals.jsonl"
NOTHING_SEEDED: dict[str, Any] = {"people": [], "api_token": None, "patients": [], "try": None}


class DemoError(RuntimeError):
    """Why the demo cannot run, in one sentence."""


class EndedError(Exception):
    """Asked to end before everything ran."""


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    reset: bool
    lan: bool


def read_options(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="run.py demo", description="Run the product with demo data.")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="the first port to try (8000)")
    parser.add_argument("--reset", action="store_true", help="begin with new demo data")
    parser.add_argument("--lan", action="store_true", help="answer other machines of the network too")
    given = parser.parse_args(arguments)
    return Options(port=given.port, reset=given.reset, lan=given.lan)


# --- one demo in a folder --------------------------------------------------------------------------


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Refuse a second demo in the same folder: it would share its database."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError(f"The demo of this folder runs already{_its_address()}.") from error
        yield


def _its_address() -> str:
    with contextlib.suppress(OSError, ValueError, KeyError):
        return f" at {json.loads((LOCAL / 'demo.json').read_text(encoding='utf-8'))['url']}"
    return ""


def forget_everything(cluster: Cluster) -> None:
    for folder in (cluster.folder, LOCAL / "valkey", LOCAL / MAIL):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("seed.json", "demo.json", "beat-schedule", SEALS):
        (LOCAL / name).unlink(missing_ok=True)


def start_database(cluster: Cluster) -> None:
    """Start the demo's PostgreSQL with its database: a new one where another version made the kept one."""
    cluster.start().create_database(OWNER)
    if other_version_made(cluster):
        print("Another version made the demo data kept here: beginning with new ones.", flush=True)
        cluster.stop()
        forget_everything(cluster)
        cluster.start().create_database(OWNER)


def other_version_made(cluster: Cluster) -> bool:
    import psycopg2

    connection = psycopg2.connect(cluster.url(OWNER))
    try:
        with connection.cursor() as cursor:
            return bool(unknown_migrations(cursor))
    finally:
        connection.close()


# --- address ---------------------------------------------------------------------------------------


def listen(options: Options) -> socket.socket:
    """Return a listening socket on the first free port; the web server inherits it.

    Raises DemoError where none of them is free.
    """
    host = "0.0.0.0" if options.lan else "127.0.0.1"  # noqa: S104  # nosec B104
    for port in range(options.port, options.port + PORTS_TRIED):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(256)
        except OSError:
            listening.close()
        else:
            return listening
    raise DemoError(f"No free port from {options.port} to {options.port + PORTS_TRIED - 1}.")


def own_address() -> str:
    """Return the address under which the network knows this machine; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(asked.getsockname()[0])


# --- environment -----------------------------------------------------------------------------------


def secret_key(name: str = "secret-key") -> str:
    return _made_once(name, lambda: secrets.token_urlsafe(50))


def field_key() -> str:
    """What encrypts seeds and kept forms (FIELD_KEYS); it lies beside the database, not in it."""
    return _made_once("field-key", lambda: urlsafe_b64encode(secrets.token_bytes(32)).decode())


def _made_once(name: str, make: Callable[[], str]) -> str:
    path = LOCAL / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make(), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def environment_of(*, url: str, database_url: str, redis_url: str, hosts: list[str]) -> dict[str, str]:
    """Return what the demo's processes are told."""
    return {
        "DJANGO_SETTINGS_MODULE": "coordination.settings",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": secret_key(),
        "FIELD_KEYS": field_key(),
        "AUDIT_KEY": secret_key("audit-key"),
        "AUDIT_SEALS_FILE": str(LOCAL / SEALS),
        "ALLOWED_HOSTS": ",".join(hosts),
        "FOURFOLD_DEMO": "true",
        # No mail leaves: each lies as a file in a folder.
        "EMAIL_URL": f"filemail:///{LOCAL / MAIL}",
        "PUBLIC_URL": url,
        "SECURE_COOKIES": "false",
        "WORKER_SOFT_SHUTDOWN_SECONDS": "2",
        "PYTHONUNBUFFERED": "1",
        # On a machine whose only account is root nobody else can run it.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }


def around(environment: dict[str, str]) -> dict[str, str]:
    """Return the whole environment of a child: it may keep compiled code, so that it starts fast."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return outside | environment


def remember(environment: dict[str, str]) -> Path:
    """Leave the environment for manage.py, which joins a running demo."""
    path = LOCAL / "environment"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in environment.items()), encoding="utf-8")
    return path


# --- data ------------------------------------------------------------------------------------------


def manage(supervisor: Supervisor, environment: dict[str, str], *arguments: str) -> str:
    """Run one command of manage.py and return what it printed.

    Raises DemoError with its last lines when it fails, EndedError when we are to end meanwhile.
    """
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        command = [sys.executable, "manage.py", *arguments]
        child = start_child(
            command, output=printed, errors=complaints, environment=around(environment), cwd=ROOT
        )
        while child.poll() is None:
            if supervisor.asked_to_end:
                end_child(child, by=signal.SIGTERM, seconds=2)
                raise EndedError
            time.sleep(0.05)
        if child.returncode:
            raise DemoError(f"manage.py {arguments[0]} failed:\n{_last_lines(complaints)}")
        printed.seek(0)
        return printed.read().decode()


def seed(supervisor: Supervisor, environment: dict[str, str]) -> dict[str, Any]:
    """Return what the demo data are: seeded now, or remembered from the first start."""
    path = LOCAL / "seed.json"
    if not path.exists():
        if not (ROOT / "coordination/management/commands/demo.py").exists():
            return NOTHING_SEEDED
        print("Making demo data ...", flush=True)
        made = json.loads(manage(supervisor, environment, "demo", "--seed", str(SEED)))
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="utf-8")
    seeded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return NOTHING_SEEDED | seeded


def _last_lines(file: IO[bytes]) -> str:
    file.seek(0)
    return "\n".join(file.read().decode(errors="replace").strip().splitlines()[-8:])


# --- programs --------------------------------------------------------------------------------------


def programs(environment: dict[str, str], listening: socket.socket) -> list[Program]:
    """Return web, worker and beat, as in docker-compose.yml."""
    python, whole = sys.executable, around(environment)
    celery = (python, "-m", "celery", "--app", "coordination.celery", "--quiet")
    web = (
        *(python, "-m", "gunicorn", "coordination.wsgi", "--bind", f"fd://{listening.fileno()}"),
        *("--workers", "2", "--threads", "4", "--preload", "--graceful-timeout", "3"),
        *("--no-control-socket", "--log-level", "warning"),
    )
    worker = (*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle")
    beat = (*celery, "beat", "--schedule", str(LOCAL / "beat-schedule"), "--pidfile=")
    return [
        Program("web", web, whole, passes=(listening.fileno(),)),
        Program("worker", (*worker, "--loglevel", "INFO"), whole),
        Program("beat", (*beat, "--loglevel", "INFO"), whole),
    ]


def wait_until_ready(supervisor: Supervisor, url: str) -> bool:
    """Wait for /health/ready; False where it was asked to end before.

    Raises DemoError with what is still wrong after a minute and a half.
    """
    until = time.monotonic() + READY_SECONDS
    found, asked_at = "nothing answers", 0.0
    while time.monotonic() < until and not supervisor.asked_to_end:
        supervisor.turn()
        if time.monotonic() - asked_at < ASK_EVERY_SECONDS:
            continue
        asked_at = time.monotonic()
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2):  # noqa: S310  # nosec B310
                return True
        except urllib.error.HTTPError as error:
            found = error.read().decode(errors="replace")
        except OSError:
            continue
    if supervisor.asked_to_end:
        return False
    raise DemoError(f"Not ready after {READY_SECONDS} s: {found}")


# --- what it tells ---------------------------------------------------------------------------------


def announce(url: str, seeded: dict[str, Any]) -> None:
    """Write .local/demo.json for scripts and the welcome for people."""
    told = json.loads(json.dumps({"url": url} | seeded).replace("{url}", url))
    (LOCAL / "demo.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = ["", f"  Fourfold runs at {url}", ""]
    lines += [f"    {one['role']:<11} {one['username']:<20} {one['password']}" for one in told["people"]]
    if told["try"] and told["try"].get("curl"):
        lines += [
            "",
            "  Post a platelet count and watch the patient's page:",
            "",
            f"    {told['try']['curl']}",
        ]
    lines += ["", f"  What would be mailed lies in {LOCAL / MAIL}."]
    print("\n".join([*lines, "", "  Ctrl-C ends it.", ""]), flush=True)


# --- all together ----------------------------------------------------------------------------------


def run(options: Options) -> None:
    begun = time.monotonic()
    own_database, own_broker = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
    folder = LOCAL / "postgres"
    cluster, broker = Cluster(place_for(folder) if own_database else folder), Broker(LOCAL / "valkey")
    if options.reset:
        forget_everything(cluster)
    services: dict[str, Cluster | Broker] = {}
    if own_database:
        services["postgres"] = cluster
    if own_broker:
        services["valkey"] = broker
    watched = [(name, service.is_alive, service.start) for name, service in services.items()]
    supervisor = Supervisor(ROOT, LOCAL / "demo.log", watched)
    supervisor.log.write_text("", encoding="utf-8")
    supervisor.listen_for_the_end()
    with contextlib.ExitStack() as at_the_end:
        if own_database:
            at_the_end.callback(cluster.stop)
            start_database(cluster)
        if own_broker:
            at_the_end.callback(broker.stop)
            broker.start()
        listening = at_the_end.enter_context(listen(options))
        host = own_address() if options.lan else "127.0.0.1"
        url = f"http://{host}:{listening.getsockname()[1]}"
        environment = environment_of(
            url=url,
            database_url=(
                cluster.url(OWNER, user=APPLICATION) if own_database else os.environ["DATABASE_URL"]
            ),
            redis_url=broker.url if own_broker else os.environ["REDIS_URL"],
            hosts=["127.0.0.1", "localhost", *([host] if options.lan else [])],
        )
        print("Migrating ...", flush=True)
        owner = {"DATABASE_URL": cluster.url(OWNER)} if own_database else {}
        manage(supervisor, environment | owner, "migrate", "--no-input", "--verbosity", "0")
        seeded = seed(supervisor, environment)
        environment["FOURFOLD_DEMO_PEOPLE"] = json.dumps(seeded["people"])
        at_the_end.callback(remember(environment).unlink, missing_ok=True)
        at_the_end.callback(supervisor.end)
        for program in programs(environment, listening):
            supervisor.run(program)
        if wait_until_ready(supervisor, url):
            announce(url, seeded)
            print(f"  Ready in {time.monotonic() - begun:.0f} s.", flush=True)
        while not supervisor.asked_to_end:
            supervisor.turn()
        print("Ending ...", flush=True)


def main(arguments: list[str]) -> int:
    try:
        options = read_options(arguments)
        with only_one(), contextlib.suppress(EndedError):
            run(options)
    except (DemoError, ClusterError, BrokerError, GaveUpError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
