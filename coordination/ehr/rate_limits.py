"""How often a client may call: a fixed window of one minute, counted for all web processes in Redis.

Without Redis each process counts for itself: a limit protects the house, and must not close it.
"""

from collections import Counter
from datetime import datetime
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from coordination.base.circuit_breaker import CircuitBreaker
from coordination.base.models import ApiClient
from coordination.ehr.problems import Problem

WINDOW_SECONDS = 60
READS = frozenset({"GET", "HEAD", "OPTIONS"})

_outage = CircuitBreaker(seconds=5)
_here: Counter[str] = Counter()


def check_limit(client: ApiClient, method: str, *, now: datetime) -> dict[str, str]:
    """Count this call; return its `RateLimit-*` headers, or raise a 429. A limit of 0 is none."""
    kind, limit = (
        ("reads", settings.API_READS_PER_MINUTE)
        if method in READS
        else ("writes", settings.API_WRITES_PER_MINUTE)
    )
    if not limit:
        return {}
    window, spent = divmod(int(now.timestamp()), WINDOW_SECONDS)
    count = _count(f"fourfold:limit:{client.pk}:{kind}:{window}")
    headers = {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, limit - count)),
        "RateLimit-Reset": str(WINDOW_SECONDS - spent),
    }
    if count > limit:
        raise Problem(
            429,
            "too-many-requests",
            f"More than {limit} {kind} in a minute.",
            headers=headers | {"Retry-After": headers["RateLimit-Reset"]},
        )
    return headers


@cache
def _redis() -> "redis.Redis":
    return redis.Redis.from_url(
        _address(settings.CELERY_BROKER_URL),
        socket_connect_timeout=0.25,
        socket_timeout=0.25,
        retry=Retry(NoBackoff(), 0),
    )


def _address(url: str) -> str:
    """Celery's word for a Unix socket is not that of the Redis library."""
    return url.replace("redis+socket:", "unix:").replace("virtual_host=", "db=")


def _count(key: str) -> int:
    if not _outage.is_on():
        try:
            return _count_for_all(key)
        except redis.RedisError:
            _outage.begin()
    return _count_here(key)


def _count_for_all(key: str) -> int:
    count = int(_redis().incr(key))
    if count == 1:
        _redis().expire(key, 2 * WINDOW_SECONDS)
    return count


def _count_here(key: str) -> int:
    window = key.rpartition(":")[2]
    for old in [other for other in _here if not other.endswith(f":{window}")]:
        del _here[old]
    _here[key] += 1
    return _here[key]
