"""Kill parts of a running system and count losses.

    python3 run.py faults [--short] [--json] [--messages N] [--faults N | --letters WCRF] [--seed N]

Real PostgreSQL, Valkey, web server, worker and beat; senders that repeat every message until it is
acknowledged. Ends with one line of JSON; exit status 1 where anything was lost, doubled or left stale.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.house import House
from coordination.local.small_disk import NoSmallDiskError, mount
from tests.faults.inject import FAULTS, SHORT, Plan, series


def read_plan(arguments: list[str]) -> Plan:
    parser = argparse.ArgumentParser(prog="run.py faults", description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="1,500 messages under 9 faults (the default)")
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    parser.add_argument("--messages", type=int, default=1_500)
    parser.add_argument("--faults", type=int, help="how many, of all kinds in turn")
    parser.add_argument("--letters", help=f"which, in this order: {' '.join(FAULTS)}")
    parser.add_argument("--pause", type=float, default=3.0, help="how long a stall lasts, in seconds")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    letters = given.letters or (series(given.faults, seed=given.seed) if given.faults else SHORT)
    if unknown := set(letters) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    if "D" in letters and (reason := why_no_small_disk()):
        print(f"NOT TRIED: the full disk (D), because {reason}.", file=sys.stderr, flush=True)
        letters = letters.replace("D", "")
    return Plan(given.messages, letters, given.seed, given.pause, given.json)


def why_no_small_disk() -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            mount(Path(folder) / "disk", megabytes=1)
        except NoSmallDiskError as reason:
            return str(reason)
        subprocess.run(["umount", Path(folder) / "disk"], check=True)
    return None


def run(plan: Plan) -> int:
    megabytes = 400 + plan.messages // 20 if "D" in plan.letters else None
    with House(web=("--workers", "2", "--threads", "4"), disk_megabytes=megabytes) as house:
        # Its models can be imported now that the house has a database.
        from tests.faults.trial import trial

        outcome = trial(house, plan)
    for problem in outcome.problems:
        print(problem, file=sys.stderr)
    print(json.dumps(outcome.counts))
    return 0 if outcome.is_well else 1


if __name__ == "__main__":
    sys.exit(run(read_plan(sys.argv[1:])))
