"""Whom a downtime list names: for the audit, of the list as it is now and of each version that was kept."""

from datetime import timedelta
from uuid import UUID

from coordination.base.models import AuditEvent
from coordination.documents.center_documents import SiteSource
from coordination.models import DocumentVersion

SIGNING_TAKES = timedelta(minutes=10)


def named_on(version: DocumentVersion) -> list[UUID]:
    """The patients named on a kept version of a list, as the audit of its signing has them.

    A version older than that audit names whom the same list of that moment would name.
    """
    signed = AuditEvent.objects.filter(
        at__range=(version.made_at - SIGNING_TAKES, version.made_at + SIGNING_TAKES),
        detail__version=str(version.public_id),
        detail__act="signed",
    ).first()
    if signed:
        return list(signed.patients)
    return [patient.public_id for patient in SiteSource(version.document.site, now=version.made_at).patients]
