from coordination.base.models.api_client import ApiClient, IdempotencyKey
from coordination.base.models.audit import AuditEvent
from coordination.base.models.heartbeat import Heartbeat
from coordination.base.models.practice import Practice
from coordination.base.models.recorded import (
    CancellableFact,
    CancellableQuerySet,
    Fact,
    FactQuerySet,
    Recorded,
    Versioned,
)
from coordination.base.models.site import Site, SiteClosure, SiteSettings
from coordination.base.models.user import User

__all__ = [
    "ApiClient",
    "AuditEvent",
    "CancellableFact",
    "CancellableQuerySet",
    "Fact",
    "FactQuerySet",
    "Heartbeat",
    "IdempotencyKey",
    "Practice",
    "Recorded",
    "Site",
    "SiteClosure",
    "SiteSettings",
    "User",
    "Versioned",
]
