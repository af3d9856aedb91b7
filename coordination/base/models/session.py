from uuid import uuid4

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from coordination.base import clock
from coordination.base.models.user import User


class UserSession(AbstractBaseSession):
    """A browser that is signed in, or about to be. Ended sessions are deleted; the audit remembers them.

    A trigger deletes every session of an account that is closed or gets a new password.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    address = models.GenericIPAddressField(null=True, blank=True)
    browser = models.CharField(max_length=400, blank=True, help_text="As the browser names itself.")

    @classmethod
    def get_session_store_class(cls) -> "type[object]":  # type: ignore[override]
        from coordination.base.sessions import SessionStore

        return SessionStore

    def __str__(self) -> str:
        return f"session of {self.user or 'nobody'} since {self.began_at:%Y-%m-%d %H:%M}"
