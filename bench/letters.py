"""Measure a batch of letters: written in the background, then one PDF for the printer.

    python3 run.py letters [--letters N] [--json]

A throw-away PostgreSQL, Valkey and a Celery worker with two processes, each with a press of its own. Every
letter is a real one: a treatment plan, read from the facts, assessed, set as a PDF and kept. Prints one JSON
document; it fails where a letter was not written once.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from bench.house import House, resident_mb

if TYPE_CHECKING:
    from coordination.models import DocumentBatch

PAUSE_SECONDS = 0.25
LONGEST_SECONDS = 1_800


@dataclass
class Watched:
    """The worker while it writes: the most memory that each of its processes had."""

    house: House
    peaks: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        for pid in self.house.processes("worker"):
            self.peaks[pid] = max(self.peaks.get(pid, 0.0), resident_mb(pid))

    @property
    def largest(self) -> list[float]:
        return sorted(self.peaks.values(), reverse=True)[:4]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py letters", description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print the JSON document only")
    given = parser.parse_args(arguments)
    with House() as house:
        from bench.seed import seed

        seed(given.letters, full=given.letters)
        house.start("worker")
        measured = _measure(house)
    print(json.dumps(measured, indent=None if given.json else 2))
    return 0 if measured["written"] == measured["letters"] == measured["versions"] else 1


def _measure(house: House) -> dict[str, object]:
    import pikepdf

    from coordination.documents import batches
    from coordination.documents.print_run import one_pdf
    from coordination.models import DocumentVersion

    batch, watched = _start(), Watched(house)
    began, cpu = time.monotonic(), house.cpu_seconds("worker")
    _wait(batch, watched)
    seconds, cpu = time.monotonic() - began, house.cpu_seconds("worker") - cpu
    versions = batches.written(batch.letters.all())
    joined_from = time.monotonic()
    joined = one_pdf(bytes(version.pdf) for version in versions)
    return {
        "letters": batch.letters.count(),
        "versions": DocumentVersion.objects.count(),
        **batches.progress(batch),
        "seconds": round(seconds, 1),
        "cpu_ms_of_a_letter": round(cpu * 1000 / max(len(versions), 1)),
        "worker_mb": watched.largest,
        "joined_seconds": round(time.monotonic() - joined_from, 1),
        "joined_mb": round(len(joined) / 1e6, 1),
        "joined_pages": len(pikepdf.Pdf.open(BytesIO(joined)).pages),
    }


def _start() -> "DocumentBatch":
    """A plan for everybody on treatment, signed by whoever starts the batch."""
    from coordination.base import clock
    from coordination.base.choices import Role
    from coordination.base.models import User
    from coordination.documents import batches
    from coordination.documents.kinds import DOCUMENT_KINDS
    from coordination.documents.tasks import queue_letters
    from patients.models import Patient

    navigator = User.objects.filter(role=Role.NAVIGATOR).first() or User.objects.get()
    patients = batches.patients_of(
        batches.BatchRecipients.ON_TREATMENT, Patient.objects.select_related("site")
    )
    batch = batches.start_batch(
        DOCUMENT_KINDS["plan"], patients, site=patients[0].site, by=navigator, now=clock.now()
    )
    queue_letters(batch.letters.values_list("pk", flat=True))
    return batch


def _wait(batch: "DocumentBatch", watched: Watched) -> None:
    from coordination.documents import batches

    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        watched.look()
        counts = batches.progress(batch)
        if not counts["waiting"] + counts["writing"]:
            return
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
