"""A full disk loses nothing that was acknowledged and leaves nothing half stored (hazard H53).

The whole product, as in run.py faults, which has this among all the other faults.
"""

import json
import subprocess
import sys

import pytest


@pytest.mark.hazard("H04", "H53")
def test_a_full_disk_is_red_and_costs_no_acknowledged_report() -> None:
    asked = [sys.executable, "-c", "from tests.faults.run import *; print(why_no_small_disk() or '')"]
    if reason := subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip():
        pytest.skip(f"the full disk was not tried: {reason}")

    command = [sys.executable, "-m", "tests.faults.run", "--letters", "D", "--messages", "120", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=400)

    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["faults"] == 1
    assert counts["sent"] >= 120
    assert counts["lost"] == counts["doubled"] == 0
