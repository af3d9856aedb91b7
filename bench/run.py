"""Measure the product on real parts, on this machine.

    python3 run.py bench [--courses N] [--patients N] [--requests N] [--only NAME] [--store FOLDER] [--json]

A throw-away PostgreSQL with fsync on, Valkey, gunicorn with 2 sync workers, a Celery worker with 2 processes;
two clients in a closed loop on the same machine. The steady figure is `cpu_ms`: processor time of web,
PostgreSQL, Valkey (and worker and beat where they run) for one request. Wall times move with whatever else
the machine does. Prints one JSON document. With --store the seeded data stay in FOLDER, and the next
session of that day, with as many courses and patients, begins from a copy of them.
"""

import argparse
import json
import sys
from pathlib import Path

from bench.house import House
from bench.store import Store


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("--courses", type=int, default=1_000)
    parser.add_argument("--patients", type=int, default=0, help="those beyond the courses have none")
    parser.add_argument("--requests", type=int, default=200, help="for each measure")
    parser.add_argument("--only", action="append", metavar="NAME", help="this measure; may be repeated")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="keep the seeded data here")
    parser.add_argument("--json", action="store_true", help="print the JSON document only")
    given = parser.parse_args(arguments)
    courses, patients = given.courses, max(given.courses, given.patients)
    with House(store=Store(given.store, courses, patients) if given.store else None) as house:
        # Its models can be imported now that the house has a database.
        from bench.session import Wanted, measure_all

        wanted = Wanted(courses, patients, given.requests, frozenset(given.only or ()))
        document = measure_all(house, wanted, is_quiet=given.json)
    print(json.dumps(document, indent=None if given.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
