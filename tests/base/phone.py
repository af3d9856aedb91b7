"""The phone of a person, and many things done at the same moment."""

from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connection

from coordination.base import clock, second_factor
from coordination.base.models import User

Answer = TypeVar("Answer")


def code_of(user: User) -> str:
    """What the app of this person shows now."""
    app = second_factor.app_to_set_up(user)
    seed = b32decode(second_factor.seed_of(app))
    return TOTP(seed, 6, SHA1(), 30).generate(int(clock.now().timestamp())).decode()


def at_once(do: Callable[[], Answer], *, times: int) -> list[Answer]:
    """Do it in as many threads, each with a connection of its own, all let go together."""
    start = Barrier(times)

    def run() -> Answer:
        start.wait()
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return [each.result(timeout=30) for each in [pool.submit(run) for _ in range(times)]]
