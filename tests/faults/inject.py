"""The faults, by the letters of the fault table (docs/operations.md)."""

import http.client
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.house import House, descendants


@dataclass(frozen=True, slots=True)
class Plan:
    """How many messages, and which faults strike among them."""

    messages: int
    letters: str
    seed: int
    pause: float  # of a stall, in seconds
    is_quiet: bool


def worker_tree(house: House, pause: float) -> None:
    """The worker and its pool are killed at once."""
    _signal_family(house, "worker", signal.SIGKILL)


def pool_child(house: House, pause: float) -> None:
    """One process of the worker's pool is killed, perhaps in the middle of an assessment."""
    _kill_one_child(house, "worker")


def web_worker(house: House, pause: float) -> None:
    """One web process is killed, perhaps in the middle of a request."""
    _kill_one_child(house, "web")


def broker(house: House, pause: float) -> None:
    """Valkey is killed and comes back with what its append-only file has."""
    house.broker.stop(by=signal.SIGKILL)
    time.sleep(pause / 4)
    house.broker.start()


def flush(house: House, pause: float) -> None:
    """Every message that waits is gone."""
    with house.broker.client() as client:
        client.flushall()


def database(house: House, pause: float) -> None:
    """PostgreSQL stops as if the power had gone, and comes back."""
    house.cluster.stop(by=signal.SIGQUIT)
    time.sleep(pause / 4)
    house.cluster.start()


def postmaster(house: House, pause: float) -> None:
    """PostgreSQL's first process is killed, and it comes back."""
    house.cluster.stop(by=signal.SIGKILL)
    time.sleep(pause / 4)
    house.cluster.start()


def stall(house: House, pause: float) -> None:
    """The worker is stopped for a while and goes on as if nothing had been."""
    _signal_family(house, "worker", signal.SIGSTOP)
    time.sleep(pause)
    _signal_family(house, "worker", signal.SIGCONT)


def disk_full(house: House, pause: float) -> str | None:
    """PostgreSQL's disk is full for a while, and then has room again."""
    assert house.disk is not None
    with house.disk.full():
        until = time.monotonic() + max(pause, READINESS_SECONDS)
        is_red = False
        while time.monotonic() < until:
            house.disk.fill()
            is_red = is_red or _is_red(house)
            time.sleep(0.1)
    if not house.cluster.is_alive():
        house.cluster.start()
    return None if is_red else "a full disk did not turn readiness red"


def _is_red(house: House) -> bool:
    try:
        return house.ask("GET", "/health/ready").status == 503
    except (OSError, http.client.HTTPException):
        return False


# Each strikes, and may return in one sentence what was wrong meanwhile.
FAULTS: dict[str, Callable[[House, float], str | None]] = {
    "W": worker_tree,
    "C": pool_child,
    "R": broker,
    "F": flush,
    "P": database,
    "K": postmaster,
    "G": web_worker,
    "S": stall,
    "D": disk_full,
}
SHORT = "WCRFPGSWD"
READINESS_SECONDS = 2.0


def series(count: int, *, seed: int) -> str:
    """Return the letters of `count` faults: every kind once in each round, in an order of its own."""
    random = Random(seed)
    letters = ""
    while len(letters) < count:
        letters += "".join(random.sample(sorted(FAULTS), len(FAULTS)))
    return letters[:count]


def _signal_family(house: House, name: str, number: signal.Signals) -> None:
    child = house.programs[name].child
    if child is not None and child.poll() is None:
        os.killpg(child.pid, number)


def _kill_one_child(house: House, name: str) -> None:
    child = house.programs[name].child
    below = descendants(child.pid) if child is not None else []
    if below:
        os.kill(below[-1], signal.SIGKILL)
