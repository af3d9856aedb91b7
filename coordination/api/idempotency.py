"""Doing a call once: the same key with the same body gets the stored answer, and nothing happens twice.

The answer is stored in the transaction of its effect. A process killed in between leaves neither.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from rest_framework.request import Request

from coordination.api.problems import Problem
from coordination.base.models import ApiClient, IdempotencyKey

LONGEST_KEY = 200
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    is_replayed: bool = False


def key_of(request: Request) -> str:
    """Return the caller's key. Raises a Problem: 400 without one."""
    key: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if not key:
        raise Problem(
            400, "idempotency-key-missing", "Send a header Idempotency-Key, a new one for each message."
        )
    if not _KEY.fullmatch(key):
        raise Problem(
            400,
            "idempotency-key-invalid",
            f"An Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters and no blanks.",
        )
    return key


def answer_once(
    client: ApiClient, *, key: str, digest: str, now: datetime, act: Callable[[], Answer]
) -> Answer:
    """Return what `act` answers, or what it answered before. Raises a Problem: 409 in progress, 422 reused.

    Two senders may add the same version of a result under two keys at once; the loser starts again and
    finds it stored.
    """
    try:
        return _answer_once(client, key=key, digest=digest, now=now, act=act)
    except IntegrityError:
        return _answer_once(client, key=key, digest=digest, now=now, act=act)


@transaction.atomic
def _answer_once(
    client: ApiClient, *, key: str, digest: str, now: datetime, act: Callable[[], Answer]
) -> Answer:
    if not _claim(client, key):
        raise Problem(
            409, "in-progress", "The same call is being answered right now.", headers={"Retry-After": "1"}
        )
    stored = IdempotencyKey.objects.filter(client=client, key=key)
    before = stored.values_list("body_hash", "status", "response").first()
    if before is None:
        answer = act()
        IdempotencyKey.objects.create(
            client=client,
            key=key,
            body_hash=digest,
            status=answer.status,
            response=answer.body,
            created_at=now,
        )
        return answer
    digest_before, status, body = before
    if digest_before != digest:
        raise Problem(422, "idempotency-key-reused", "This Idempotency-Key came before with another body.")
    return Answer(status or 200, body or {}, is_replayed=True)


def _claim(client: ApiClient, key: str) -> bool:
    """Hold this key until the transaction ends; False where somebody else holds it."""
    number = int.from_bytes(hashlib.sha256(f"{client.pk}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
