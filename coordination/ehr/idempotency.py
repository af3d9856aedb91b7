"""Doing a call once: the same key with the same body gets the stored answer, and nothing happens twice.

The answer is stored in the transaction of its effect. A process killed in between leaves neither. An answer
that a change of ours can turn (the patient is registered meanwhile) is not stored, only which body had the
key; where nothing could be read (400), not even that.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from rest_framework.request import Request

from coordination.base.models import ApiClient, IdempotencyKey
from coordination.ehr.problems import Problem

LONGEST_KEY = 200
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    body: dict[str, Any]
    is_final: bool = True  # the same call later gets the same answer
    is_replayed: bool = False


def key_of(request: Request) -> str:
    """Return the caller's key. Raises a Problem: 400 without one."""
    key = _sent(request)
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


def key_sent(request: Request) -> str:
    """Return the caller's key, or nothing where there is none that could name a message."""
    key = _sent(request)
    return key if _KEY.fullmatch(key) else ""


def _sent(request: Request) -> str:
    return str(request.META.get("HTTP_IDEMPOTENCY_KEY", "")).strip()


def answer_once(
    client: ApiClient, *, key: str, digest: str, now: datetime, act: Callable[[], StoredAnswer]
) -> StoredAnswer:
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
    client: ApiClient, *, key: str, digest: str, now: datetime, act: Callable[[], StoredAnswer]
) -> StoredAnswer:
    is_ours, digest_before, status, stored = _claim(client, key)
    if not is_ours:
        raise Problem(
            409, "in-progress", "The same call is being answered right now.", headers={"Retry-After": "1"}
        )
    if digest_before not in (None, digest):
        raise Problem(422, "idempotency-key-reused", "This Idempotency-Key came before with another body.")
    if status is not None and stored is not None:
        return StoredAnswer(status, json.loads(stored), is_replayed=True)
    answer = act()
    if answer.status != 400:
        _remember(client, key, digest, answer, is_new=digest_before is None, now=now)
    return answer


def _remember(
    client: ApiClient, key: str, digest: str, answer: StoredAnswer, *, is_new: bool, now: datetime
) -> None:
    told = {"status": answer.status, "response": answer.body} if answer.is_final else {}
    if is_new:
        IdempotencyKey.objects.create(client=client, key=key, body_hash=digest, created_at=now, **told)
    elif told:
        IdempotencyKey.objects.filter(client=client, key=key).update(**told)


_CLAIM = """
    SELECT pg_try_advisory_xact_lock(%s), stored.body_hash, stored.status, stored.response::text
    FROM (SELECT) AS nothing
    LEFT JOIN base_idempotencykey AS stored ON stored.client_id = %s AND stored.key = %s
"""


def _claim(client: ApiClient, key: str) -> tuple[bool, str | None, int | None, str | None]:
    """Hold this key until the transaction ends; tell which body had it before, and what was answered.

    The first is False where somebody else holds it. Who commits an answer between the two halves of this
    one statement is found by the unique key, and the call begun again.
    """
    number = int.from_bytes(hashlib.sha256(f"{client.pk}:{key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [number, client.pk, key])
        found: tuple[bool, str | None, int | None, str | None] = cursor.fetchone()
        return found
