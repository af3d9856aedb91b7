"""Measure the product on real parts, on this machine.

    python3 run.py bench [--courses N] [--requests N] [--json]

A throw-away PostgreSQL with fsync on, Valkey, gunicorn with 2 sync workers, a Celery worker with 2 processes;
two clients in a closed loop on the same machine. The steady figure is `cpu_ms`: processor time of web,
PostgreSQL, Valkey (and worker and beat where they run) for one request. Wall times move with whatever else
the machine does. Prints one JSON document.
"""

import argparse
import json
import sys

from bench.house import House


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("--courses", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=200, help="for each measure")
    parser.add_argument("--json", action="store_true", help="print the JSON document only")
    given = parser.parse_args(arguments)
    with House() as house:
        # Its models can be imported now that the house has a database.
        from bench.session import measure_all

        document = measure_all(house, courses=given.courses, requests=given.requests, is_quiet=given.json)
    print(json.dumps(document, indent=None if given.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
