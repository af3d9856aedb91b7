"""Measure `assess` on one core: courses of four cycles and 120 results, JSON in and JSON out.

    python -m bench.assess [--seconds 5]

Prints JSON. Start-up is not in the figure. Every course has its own values and dates, so that nothing is
fast only because the course before was the same.
"""

import argparse
import gc
import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from scheduling.course_file import encode_answer, read_course
from scheduling.protocols import get_protocol
from scheduling.rules.assess import assess

COURSES = 400
CYCLES = 4
ZONE = ZoneInfo("America/Chicago")

# LOINC, unit, limits, the range of values, and the decimals that laboratories report.
ANALYTES = (
    ("777-3", "10*9/L", "150", "400", 70, 320, 0),
    ("718-7", "g/dL", "12.0", "16.0", 85, 150, 1),
    ("751-8", "10*9/L", "1.8", "7.7", 120, 600, 2),
    ("731-0", "10*9/L", "1.0", "4.0", 20, 300, 2),
    ("6690-2", "10*9/L", "4.0", "11.0", 26, 90, 1),
    ("2160-0", "mg/dL", "0.6", "1.3", 80, 130, 2),
    ("14937-7", "mmol/L", "2.5", "7.5", 30, 90, 1),
    ("1751-7", "g/dL", "3.5", "5.0", 32, 48, 1),
    ("1975-2", "mg/dL", "0.2", "1.2", 3, 15, 1),
    ("1920-8", "U/L", "10", "40", 15, 60, 0),
    ("1742-6", "U/L", "10", "40", 15, 60, 0),
    ("6768-6", "U/L", "40", "120", 50, 200, 0),
)
DRAWS = (-10, 20, 36, 46, 78, 92, 102, 134, 148, 158)  # day after the first infusion; 10 x 12 = 120 results


def make_course(number: int) -> bytes:
    """A course in its fourth cycle as a course file; the same number makes the same course."""
    random = Random(number)
    first = date(2025, 1, 6) + timedelta(days=random.randrange(700))

    def at(day: int, hour: int, minute: int = 0) -> str:
        on = first + timedelta(days=day)
        return datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZONE).isoformat()

    def on(day: int) -> str:
        return (first + timedelta(days=day)).isoformat()

    infusions: list[dict[str, Any]] = [
        {
            "cycle": cycle,
            "planned_on": on(56 * (cycle - 1)),
            "started_at": at(56 * (cycle - 1), 10),
            "ended_at": at(56 * (cycle - 1), 10, 40),
            "activity_gbq": "7.4",
            "signed_gbq": "7.4",
        }
        for cycle in range(1, CYCLES)
    ]
    course = {
        "format": "prrt-course/1",
        "id": f"course-{number}",
        "as_of": at(159, 12),
        "timezone": "America/Chicago",
        "protocol": "lutathera-us-2024",
        "patient": {
            "sex": random.choice(("female", "male")),
            "birth_date": f"19{random.randrange(40, 80)}-06-20",
        },
        "weights": [{"kg": str(random.randrange(50, 110)), "on": on(day)} for day in (-10, 46, 102, 158)],
        "infusions": [*infusions, {"cycle": CYCLES, "planned_on": on(168)}],
        "results": _results(random, at),
        "adverse_events": [
            {"id": "e1", "term": "Fatigue", "grade": 2, "on": on(3), "resolved_on": on(9), "grade_now": 0}
        ],
        "injections": [
            {"drug": "octreotide-lar", "dose_mg": "30", "given_at": at(56 * cycle, 16)}
            for cycle in range(CYCLES - 1)
        ],
        "scans": [{"kind": "sstr-pet", "on": on(-40)}, {"kind": "ct-mri", "on": on(91)}],
        "authorizations": [{"from": on(-20), "to": on(300), "doses": CYCLES}],
    }
    return msgspec.json.encode(course)


def _results(random: Random, at: Callable[[int, int, int], str]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    for day in DRAWS:
        minute = random.randrange(60)
        for loinc, unit, low, high, least, most, decimals in ANALYTES:
            results.append(
                {
                    "id": f"r{len(results)}",
                    "loinc": loinc,
                    "value": str(Decimal(random.randrange(least, most)).scaleb(-decimals)),
                    "unit": unit,
                    "low": low,
                    "high": high,
                    "collected_at": at(day, 8, minute),
                    "received_at": at(day, 15, minute),
                    "status": "final",
                }
            )
    return results


def assess_document(document: bytes) -> bytes:
    facts = read_course(document)
    return encode_answer(assess(facts, get_protocol(facts.protocol)))


def measure(seconds: float) -> dict[str, Any]:
    """Run through all courses once to warm up, then in rounds for `seconds` of this process's own time.

    The median round counts. On a machine shared with others the same work takes up to twice the processor
    time from one second to the next; the best round is what the neighbors disturbed least.
    """
    documents = [make_course(number) for number in range(COURSES)]
    answers = [assess_document(document) for document in documents]
    rounds, start = [], time.process_time()
    while time.process_time() - start < seconds:
        rounds.append(_each(lambda index: assess_document(documents[index])))
    return {
        "courses_per_second": round(1e6 / median(rounds), 1),
        "best_courses_per_second": round(1e6 / min(rounds), 1),
        "cold_courses_per_second": round(_cold(), 1),
        "microseconds": {"whole": round(median(rounds)), **_parts(documents)},
        "courses": len(rounds) * COURSES,
        "results_per_course": len(DRAWS) * len(ANALYTES),
        "bytes_in": len(documents[0]),
        "bytes_out": len(answers[0]),
    }


def _cold() -> float:
    """Courses never seen before: what a file of thousands meets."""
    documents = [make_course(number) for number in range(COURSES, 2 * COURSES)]
    start = time.process_time()
    for document in documents:
        assess_document(document)
    return COURSES / (time.process_time() - start)


def _parts(documents: list[bytes]) -> dict[str, int]:
    """Where the time goes: reading, the rules, writing."""
    facts = [read_course(document) for document in documents]
    answers = [assess(one, get_protocol(one.protocol)) for one in facts]
    return {
        "read": _each(lambda index: read_course(documents[index])),
        "assess": _each(lambda index: assess(facts[index], get_protocol(facts[index].protocol))),
        "write": _each(lambda index: encode_answer(answers[index])),
    }


def _each(work: Callable[[int], object]) -> int:
    start = time.process_time()
    for index in range(COURSES):
        work(index)
    return round((time.process_time() - start) / COURSES * 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    gc.disable()  # as `manage.py assess` does
    print(json.dumps(measure(parser.parse_args().seconds), indent=2))


if __name__ == "__main__":
    main()
