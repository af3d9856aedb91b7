from coordination.base.models.api_client import ApiClient, IdempotencyKey
from coordination.base.models.audit import AuditEvent
from coordination.base.models.heartbeat import Heartbeat
from coordination.base.models.kept_form import KeptForm
from coordination.base.models.practice import Practice
from coordination.base.models.recorded import (
    CancellableFact,
    CancellableQuerySet,
    Fact,
    FactQuerySet,
    Recorded,
    Versioned,
)
from coordination.base.models.seal import AuditSeal
from coordination.base.models.second_factor import AuthenticatorApp, RecoveryCode
from coordination.base.models.session import UserSession
from coordination.base.models.sign_in_tries import SignInTries
from coordination.base.models.site import Site, SiteClosure, SiteSettings
from coordination.base.models.user import User

__all__ = [
    "ApiClient",
    "AuditEvent",
    "AuditSeal",
    "AuthenticatorApp",
    "CancellableFact",
    "CancellableQuerySet",
    "Fact",
    "FactQuerySet",
    "Heartbeat",
    "IdempotencyKey",
    "KeptForm",
    "Practice",
    "Recorded",
    "RecoveryCode",
    "SignInTries",
    "Site",
    "SiteClosure",
    "SiteSettings",
    "User",
    "UserSession",
    "Versioned",
]
