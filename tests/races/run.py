"""Race orders, confirmations, signatures and infusions against reports that overtake their decision.

    python3 run.py races [--races N] [--json] [--seed N]

A real PostgreSQL, two processes, and in each a report, an act and a worker at once, each with a connection of
its own. Ends with one line of JSON; exit status 1 where anything rests on an overtaken decision, is not shown
or failed.
"""

import argparse
import json
import os
import resource
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from coordination.local.children import remove_leftovers
from coordination.local.cluster import APPLICATION, OWNER, Cluster, remove, throwaway_cluster

if TYPE_CHECKING:
    from tests.races.race import Count

PROCESSES = 2
PORTION = 250  # races after which the numbers so far are told
FOR_RACES = {
    "DJANGO_SETTINGS_MODULE": "coordination.settings",
    "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody rings: each race calls its worker itself
    "SECRET_KEY": "for races only",
    "FIELD_KEYS": urlsafe_b64encode(b"for races only, for nothing else").decode(),
    "ALLOWED_HOSTS": "127.0.0.1",
}


def read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py races", description=__doc__.splitlines()[0])
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def run(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    with _database() as cluster:
        found = _races(asked, cluster)
    for error in found.errors[:20]:
        print(error, file=sys.stderr)
    counts = {
        "races": found.races,
        "stood": found.stood,
        "unflagged": found.unflagged,
        "errors": len(found.errors),
        "endings": dict(sorted(found.endings.items())),
        "seconds": round(time.monotonic() - began),
        "cpu_seconds": round(_cpu_seconds()),
    }
    print(json.dumps(counts))
    return 0 if found.is_well else 1


@contextmanager
def _database() -> Iterator[Cluster]:
    """A PostgreSQL with one migrated database, for the processes to copy."""
    remove_leftovers()
    cluster = throwaway_cluster()
    try:
        cluster.start().create_database(OWNER)
        os.environ.update(FOR_RACES | {"DATABASE_URL": cluster.url(OWNER)})
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        connection.close()
        yield cluster
    finally:
        remove(cluster)


def _set_up(folder: Path) -> None:
    """Each process has a database of its own, for its made-up people have the same numbers as the other's."""
    cluster, name = Cluster(folder), f"races-{os.getpid()}"
    cluster.create_database(name, like=OWNER)
    os.environ["DATABASE_URL"] = cluster.url(name, user=APPLICATION)
    import django

    django.setup()


def _races(asked: argparse.Namespace, cluster: Cluster) -> "Count":
    """Portions with a seed of their own, shared out to the processes."""
    from tests.races.race import Count

    sizes = [min(PORTION, asked.races - begin) for begin in range(0, asked.races, PORTION)]
    seeds = range(asked.seed, asked.seed + len(sizes))
    total = Count()
    with ProcessPoolExecutor(
        PROCESSES, mp_context=get_context("spawn"), initializer=_set_up, initargs=(cluster.folder,)
    ) as processes:
        for found in processes.map(_portion, sizes, seeds):
            total += found
            if not asked.json:
                print(f"{total.races} races, {total.stood} stood, {len(total.errors)} errors", flush=True)
    return total


def _portion(races: int, seed: int) -> "Count":
    from tests.races.race import race_all

    return race_all(races, seed=seed)


def _cpu_seconds() -> float:
    """Of this process and of all that have ended: the racing processes and PostgreSQL."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


if __name__ == "__main__":
    sys.exit(run(read(sys.argv[1:])))
