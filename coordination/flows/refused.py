"""What a message that could not be read, or not whole, sets in motion.

keep it as it came -> put it before a person of the sender's first site. Its sender is told by the answer, and
may never look; so a person of ours does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from coordination.base.models import ApiClient, Site
from coordination.flows.lab_result import lock_source
from labs.incoming import RefusedMessage
from labs.models import LabReport, ReviewItem

NAMED = 5


@transaction.atomic
def keep_refused(
    message: RefusedMessage,
    *,
    client: ApiClient,
    sites: Sequence[Site],
    now: datetime,
    kind: str = ReviewItem.Kind.REFUSED,
) -> LabReport:
    """Keep a message of which nothing was stored; the same one is kept and asked about once."""
    lock_source(client)
    report, _ = LabReport.objects.get_or_create(
        source=message.source,
        message_key=message.message_key,
        body_hash=message.body_hash,
        defaults={
            "site": sites[0] if sites else None,
            "client": client,
            "body": message.text,
            "body_raw": None if message.is_text else message.raw,
            "state": LabReport.State.REFUSED,
            "problem": message.detail,
            "received_at": now,
        },
    )
    _ask(report, kind, message.detail, now=now)
    return report


def ask_about_refused(report: LabReport, names: Iterable[str], *, of: int, now: datetime) -> None:
    """Put the results of a report before a person that could not be stored; the others were."""
    refused = list(names)
    named = ", ".join(refused[:NAMED]) + (", …" if len(refused) > NAMED else "")
    verb = "was" if len(refused) == 1 else "were"
    _ask(
        report,
        ReviewItem.Kind.REFUSED,
        f"{len(refused)} of {of} results {verb} not stored: {named}.",
        now=now,
    )


def _ask(report: LabReport, kind: str, detail: str, *, now: datetime) -> None:
    """Once for one message, however often its sender tries again and under whatever number."""
    of_kind = ReviewItem.objects.filter(kind=kind, result=None)
    same = of_kind.open().filter(report__source=report.source, report__body_hash=report.body_hash)
    if not (of_kind.filter(report=report).exists() or same.exists()):
        ReviewItem.objects.create(
            report=report, patient_id=report.patient_id, kind=kind, detail=detail, opened_at=now
        )
