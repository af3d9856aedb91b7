"""Race an act against a report, again and again, and count how it ended."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random
from threading import Barrier
from typing import TypeVar

from django.db import connection, models

from coordination.base.errors import CareError
from scheduling.models import Course
from tests.races.check import stands_wrongly, unflagged
from tests.races.stories import LOW, STORIES, Lane, Story

RACES_OF_A_PATIENT = 25  # then another: a course with a long history is slower to assess
LONGEST_DELAY = 0.03  # of each that takes part, in seconds: as long as an act takes

T = TypeVar("T")


@dataclass
class Count:
    """How the races of some stories ended, by story, and in words what should not be."""

    races: int = 0
    stood: int = 0  # rows that rest on an overtaken decision
    unflagged: int = 0  # orders placed before, that nobody is told of
    endings: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Count") -> "Count":
        self.races += other.races
        self.stood += other.stood
        self.unflagged += other.unflagged
        self.endings += other.endings
        self.errors += other.errors
        return self

    @property
    def is_well(self) -> bool:
        return not (self.stood or self.unflagged or self.errors)


def race_all(races: int, *, seed: int, stories: Iterable[Story] = STORIES) -> Count:
    """Share `races` among the stories, patient by patient."""
    total, random = Count(), Random(seed)
    with _threads(3) as threads:
        for story in islice(cycle(stories), -(-races // RACES_OF_A_PATIENT)):
            lane = story.lane()
            for _ in range(min(RACES_OF_A_PATIENT, races - total.races)):
                lane.undo()
                story.prepare(lane)
                found = _run(story, lane, threads, random)
                total += found
                if found.errors:
                    lane = story.lane()  # nobody knows how far this one went
    return total


@contextmanager
def _threads(number: int) -> Iterator[ThreadPoolExecutor]:
    """A thread for each that takes part, with a connection of its own."""
    with ThreadPoolExecutor(max_workers=number) as threads:
        yield threads
        gate = Barrier(number)
        for closing in [threads.submit(_close, gate) for _ in range(number)]:
            closing.result()


def _close(gate: Barrier) -> None:
    gate.wait()  # so that each thread closes its own
    connection.close()


def _run(story: Story, lane: Lane, threads: ThreadPoolExecutor, random: Random) -> Count:
    """One race: the report and the act begin at once, each after a moment of its own."""
    gate = Barrier(3 if story.with_worker else 2)

    def begin(part: Callable[[], T]) -> Future[T]:
        delay = random.uniform(0, LONGEST_DELAY)

        def run() -> T:
            gate.wait()
            time.sleep(delay)
            return part()

        return threads.submit(run)

    report = begin(lambda: lane.platelets(LOW))
    act = begin(lambda: story.act(lane))
    worker = begin(lane.worker) if story.with_worker else None
    found = Count(races=1)
    facts = _without_error(story, report, found)
    if worker:
        _without_error(story, worker, found)
    done = _without_error(story, act, found)
    found.endings[_ending(story, act)] += 1
    if facts and done and stands_wrongly(done, facts):
        found.stood = 1
    lane.worker()
    if Course.objects.exclude(assess_after=None).filter(pk=lane.here.course.pk).exists():
        found.errors.append(f"{story.name}: the course still waits")
    if story.act is not Lane.infuse:  # what was given used its dose
        found.unflagged = len(unflagged(lane.here))
    return found


def _without_error(story: Story, part: Future[T], found: Count) -> T | None:
    """What came of a part, or None; a refusal is an answer, anything else would have been a 500."""
    error = part.exception()
    if error is None:
        return part.result()
    if not isinstance(error, CareError):
        found.errors.append(f"{story.name}: {error!r}")
    return None


def _ending(story: Story, act: Future[models.Model]) -> str:
    error = act.exception()
    how = "refused" if isinstance(error, CareError) else "failed" if error else "done"
    return f"{story.name}: {how}"
