"""One session of measuring: seed, start, ask, count."""

import logging
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.assess import measure as measure_rules
from bench.house import House, resident_mb
from bench.measures import Measure, Request, measures, report_to_decision
from bench.seed import Seeded, open_again, seed
from coordination.base import clock
from coordination.flows.reassess import reassess_if_due
from patients.models import Patient
from scheduling.models import Course

CLIENTS = 2
WARM_UP = 30
DECISIONS_WATCHED = 30
NIGHTLY_AT_MOST = 2_000
SETTLE_SECONDS = 300
IDLE_SECONDS = 8
NIGHT = 100_000  # courses
TO_DECISION, NIGHTLY = "report-15-to-decision", "nightly"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    cpu_ms: float
    median_ms: float
    p95_ms: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to seed and to measure; without `only`, every measure."""

    courses: int
    patients: int
    requests: int
    only: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        return not self.only or name in self.only


def measure_all(house: House, wanted: Wanted, *, is_quiet: bool) -> Document:
    """Return the one document: figures by measure under each kind of figure."""

    def say(text: str) -> None:
        if not is_quiet:
            print(text, flush=True)

    logging.disable(logging.INFO)
    seeded = _seeded(house, wanted, say)
    open_again(seeded.session_key)
    document = _about(seeded)
    document["yardstick"] = {
        "assess_per_second": measure_rules(1.0)["courses_per_second"],
        "how": "the rules alone, one core, as bench.assess: how fast this machine is at the moment",
    }
    house.start("web")
    _wait_for_web(house)
    patients = list(
        Patient.objects.filter(pk__lte=seeded.full).order_by("pk").values_list("public_id", flat=True)
    )
    planned = list(
        measures(
            full=seeded.full,
            session_key=seeded.session_key,
            patients=[str(patient) for patient in patients],
            now=clock.now(),
        )
    )
    for measure in planned:
        if wanted.has(measure.name):
            say(f"{measure.name} ...")
            _measure(house, measure, wanted.requests, document)
    document["memory_mb"]["web"] = _largest(house, "web")
    if wanted.has(TO_DECISION) or wanted.has(NIGHTLY):
        _measure_worker(house, seeded, wanted, document, say)
    return document


def _seeded(house: House, wanted: Wanted, say: Callable[[str], None]) -> Seeded:
    """Seed, or begin from what an earlier session stored."""
    stored = house.store.seeded() if house.store else None
    if stored:
        say(f"{wanted.courses} courses and {wanted.patients} patients were stored.")
        return Seeded(**stored)
    say(f"Seeding {wanted.courses} courses and {wanted.patients} patients ...")
    seeded = seed(wanted.courses, patients=wanted.patients)
    if house.store:
        connection.close()
        house.store.keep(house.cluster, asdict(seeded))
    return seeded


def _measure_worker(
    house: House, seeded: Seeded, wanted: Wanted, document: Document, say: Callable[[str], None]
) -> None:
    say(f"{TO_DECISION} ...")
    _measure_decisions(house, seeded, wanted.requests, document)
    if not wanted.has(NIGHTLY):
        return
    say("nightly re-derivation ...")
    by_worker = _watch_night(seeded)
    document["memory_mb"]["worker"] = _largest(house, "worker")
    house.stop("worker")
    house.stop("beat")
    document[NIGHTLY] = _measure_night(house, seeded) | {"courses_per_second_by_worker": by_worker}


def _about(seeded: Seeded) -> Document:
    return {
        "courses": seeded.courses,
        "patients": seeded.patients,
        "courses_with_120_results": seeded.full,
        "results": seeded.results,
        "seconds_to_seed": round(seeded.seconds, 1),
        "machine": {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)},
        **{name: {} for name in ("cpu_ms", "median_ms", "p95_ms", "statements", "bytes", "how", "missing")},
        "memory_mb": {},
    }


# --- requests --------------------------------------------------------------------------------------


def _measure(house: House, measure: Measure, requests: int, document: Document) -> None:
    name = measure.name
    document["how"][name] = measure.how
    if measure.request is None:
        document["missing"][name] = measure.missing
        for kind in ("cpu_ms", "median_ms", "p95_ms", "statements", "bytes"):
            document[kind][name] = None
        return
    try:
        _enter(document, name, _in_a_loop(house, measure.request, requests, ("web", "postgres", "valkey")))
        document["statements"][name] = _statements(measure.request)
    except UnexpectedAnswer as error:
        document["missing"][name] = str(error)
        for kind in ("cpu_ms", "median_ms", "p95_ms", "statements", "bytes"):
            document[kind].setdefault(name, None)


def _enter(document: Document, name: str, figures: Figures) -> None:
    document["cpu_ms"][name] = figures.cpu_ms
    document["median_ms"][name] = figures.median_ms
    document["p95_ms"][name] = figures.p95_ms
    document["bytes"][name] = figures.bytes


class UnexpectedAnswer(Exception):
    """The product answered with something else than the page."""


def _in_a_loop(
    house: House,
    request: Callable[[int], Request],
    requests: int,
    parts: Sequence[str],
    after: Callable[[], None] | None = None,
) -> Figures:
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda number: _ask(house, request(-1 - number)), range(WARM_UP)))
    if after:
        after()
    before = house.cpu_seconds(*parts)
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda number: _ask(house, request(number)), range(requests)))
    if after:
        after()
    spent = house.cpu_seconds(*parts) - before
    times = sorted(milliseconds for milliseconds, _ in answers)
    return Figures(
        cpu_ms=round(spent / requests * 1000, 2),
        median_ms=round(statistics.median(times), 1),
        p95_ms=round(times[int(len(times) * 0.95)], 1),
        bytes=round(statistics.mean(size for _, size in answers)),
    )


def _ask(house: House, request: Request) -> tuple[float, int]:
    """Milliseconds and bytes of one answer. Raises UnexpectedAnswer where it is not a 200."""
    began = time.perf_counter()
    answer = house.send(request.method, request.path, request.body.encode(), request.headers)
    spent = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise UnexpectedAnswer(f"answered {answer.status}")
    return spent, len(answer.body)


def _statements(make: Callable[[int], Request]) -> int:
    """How many statements one request takes, sign-in and audit included, in this process."""
    warm, request = make(10**6), make(10**6 + 1)
    client = Client()
    for cookie in filter(None, request.headers.get("Cookie", "").split("; ")):
        name, _, value = cookie.partition("=")
        client.cookies[name] = value
    _ask_here(client, warm)
    with CaptureQueriesContext(connection) as asked:
        _ask_here(client, request)
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in asked.captured_queries)


def _ask_here(client: Client, request: Request) -> None:
    headers = dict(request.headers)
    content_type = headers.pop("Content-Type", "application/octet-stream")
    headers.pop("Cookie", None)
    client.generic(request.method, request.path, request.body, content_type, headers=headers)


# --- decisions -------------------------------------------------------------------------------------


def _measure_decisions(house: House, seeded: Seeded, requests: int, document: Document) -> None:
    name = TO_DECISION
    house.start("worker", "beat")
    house.wait_until_ready()
    _settle()
    request = report_to_decision(full=seeded.full, now=clock.now())
    parts = ("web", "postgres", "valkey", "worker", "beat")
    idle = _idle(house, parts)
    began = time.monotonic()
    figures = _in_a_loop(house, request, requests, parts, after=_settle)
    gross, seconds = figures.cpu_ms, time.monotonic() - began
    share = requests / (requests + WARM_UP)
    document["cpu_ms"][name] = round(gross - idle * seconds * share / requests, 2)
    document["with_idle"] = {"cpu_ms": gross, "idle_cpu_ms_per_second": round(idle, 1)}
    document["bytes"][name] = figures.bytes
    document["statements"][name] = None
    waits = sorted(_watch(house, request(10**6 + number)) for number in range(DECISIONS_WATCHED))
    document["median_ms"][name] = round(statistics.median(waits), 1)
    document["p95_ms"][name] = round(waits[int(len(waits) * 0.95)], 1)
    document["how"][name] = (
        "15 values stored by REST until the proposal is stored, worker and beat included, less what the same"
        " processes spend while nothing arrives; wall times from sending to the settled course, one after"
        f" the other, {DECISIONS_WATCHED} times"
    )


def _idle(house: House, parts: Sequence[str]) -> float:
    """Processor milliseconds a second while nothing arrives: the sweep, heartbeats, looking for messages."""
    before = house.cpu_seconds(*parts)
    time.sleep(IDLE_SECONDS)
    return (house.cpu_seconds(*parts) - before) / IDLE_SECONDS * 1000


def _watch(house: House, request: Request) -> float:
    """Milliseconds from sending a report until nothing waits to be assessed."""
    began = time.perf_counter()
    _ask(house, request)
    while Course.objects.exclude(assess_after=None).exists():
        time.sleep(0.005)
    return (time.perf_counter() - began) * 1000


def _settle() -> None:
    until = time.monotonic() + SETTLE_SECONDS
    while Course.objects.exclude(assess_after=None).exists():
        if time.monotonic() > until:
            raise TimeoutError("courses still wait to be assessed; see the log")
        time.sleep(0.05)


# --- night -----------------------------------------------------------------------------------------


def _measure_night(house: House, seeded: Seeded) -> Document:
    """Every full course once, in this process: what a worker does for each of them at night."""
    keys = range(1, min(seeded.full, NIGHTLY_AT_MOST) + 1)
    Course.objects.filter(pk__in=keys).mark_dirty(clock.now())
    own, database = time.process_time(), house.cpu_seconds("postgres")
    for key in keys:
        reassess_if_due(key, now=clock.now())
    spent = time.process_time() - own + house.cpu_seconds("postgres") - database
    for_one = spent / len(keys) * 1000
    return {
        "courses": len(keys),
        "cpu_ms_per_course": round(for_one, 2),
        "minutes_for_100000_on_two_cores": round(for_one * NIGHT / 2 / 60_000, 1),
        "how": "nothing has changed; this process and PostgreSQL; the minutes are reckoned from the figure",
    }


def _watch_night(seeded: Seeded) -> float:
    """How many courses a second the running worker gets through when every full one is marked."""
    count = Course.objects.filter(pk__lte=min(seeded.full, NIGHTLY_AT_MOST)).mark_dirty(clock.now())
    began = time.monotonic()
    _settle()
    return round(count / (time.monotonic() - began), 1)


# --- the parts -------------------------------------------------------------------------------------


def _largest(house: House, name: str) -> float:
    """The largest process of a program, in MB, pages shared with others included."""
    return max(map(resident_mb, house.processes(name)), default=0.0)


def _wait_for_web(house: House) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            house.ask("GET", "/health/live")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the web server does not answer")
