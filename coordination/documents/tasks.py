"""Background work of the documents: one letter a task; a bell that is lost is found by the sweep."""

import time
from collections.abc import Iterable
from datetime import timedelta

import structlog
from celery import shared_task
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from coordination.base import clock
from coordination.base.health import health_check
from coordination.documents import batches
from coordination.models import BatchLetter

SWEEP_BUDGET_SECONDS = 8.0
LONGEST_WAIT = timedelta(minutes=15)

log = structlog.stdlib.get_logger("fourfold.documents")


def queue_letters(letters: Iterable[int]) -> None:
    """Ask the workers to write these letters now. Without a broker nothing is lost: the sweep finds them."""
    try:
        for letter_id in letters:
            write_letter.delay(letter_id)
    except (KombuError, RedisError, OSError):
        log.warning("no broker: the sweep will write the letters")


@shared_task
def write_letter(letter_id: int) -> None:
    batches.write_letter_of_batch(letter_id, now=clock.now())


@shared_task
def write_waiting_letters() -> None:
    """Write what waits, in turn, for as long as the budget lasts."""
    began = time.monotonic()
    for letter_id in batches.waiting_letters(now=clock.now()):
        batches.write_letter_of_batch(letter_id, now=clock.now())
        if time.monotonic() - began > SWEEP_BUDGET_SECONDS:
            return


@health_check("letters")
def letters() -> str | None:
    """No letter of a batch waits long."""
    earliest = clock.now() - LONGEST_WAIT
    waiting = BatchLetter.objects.filter(
        state__in=(BatchLetter.State.WAITING, BatchLetter.State.WRITING), batch__started_at__lt=earliest
    ).count()
    return f"{waiting} letters waiting for more than {LONGEST_WAIT.seconds} s" if waiting else None
