"""Sessions in the database: whose each is, when it began, when it was last used, and how each ends.

Read by one plain statement, since every request does. A session ends when nobody used it for the site's idle
time (base/access.py looks), at the latest twelve hours after signing in, when its owner ends it, and when the
account is closed or gets a new password (a trigger).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError, IntegrityError, connection, router, transaction
from django.http import HttpRequest

from coordination.base import clock
from coordination.base.models import User, UserSession

IDLE_MINUTES = 30  # where no site says otherwise
# A use is written down at most every few seconds, and a page counts from its answer: the server waits longer
# than it says, so that what was typed can still be handed in.
USE_IS_NOTED_EVERY = timedelta(seconds=15)
GRACE = timedelta(seconds=60)
ENDED_IS_KNOWN_FOR = timedelta(days=1)
MOST_OF_A_BROWSER_NAME = 400

View = TypeVar("View", bound=Callable[..., Any])

_READ = """
    SELECT session_data, expire_date, began_at, last_seen_at
    FROM base_usersession WHERE session_key = %s AND expire_date > %s
"""


class SessionStore(DatabaseStore):
    began_at: datetime | None = None
    last_seen_at: datetime | None = None

    def _get_session_from_db(self) -> UserSession | None:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.session_key, clock.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        data, expires, self.began_at, self.last_seen_at = found
        return UserSession(session_key=str(self.session_key), session_data=data, expire_date=expires)

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        user_id = data.get("_auth_user_id")
        return UserSession(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            user_id=int(user_id) if user_id else None,
        )

    def save(self, must_create: bool = False) -> None:
        """A new row begins now and has its end; an older one keeps both, whatever is stored in it."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        using = router.db_for_write(UserSession, instance=row)
        try:
            with transaction.atomic(using=using):
                if must_create:
                    self._begin(row, using)
                else:
                    row.save(using=using, force_update=True, update_fields=["session_data", "user"])
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:
                raise UpdateError from None
            raise

    def _begin(self, row: UserSession, using: str) -> None:
        now = clock.now()
        self.began_at = self.last_seen_at = row.began_at = row.last_seen_at = now
        row.expire_date = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        row.save(using=using, force_insert=True)

    def note_use(self, now: datetime) -> None:
        """Somebody is there. Written at most every few seconds."""
        if self.last_seen_at and now - self.last_seen_at > USE_IS_NOTED_EVERY:
            UserSession.objects.filter(session_key=self.session_key).update(last_seen_at=now)
            self.last_seen_at = now

    def was_left(self, minutes: int, now: datetime) -> bool:
        """Whether nobody used it for so long that it has to end."""
        last = self.last_seen_at
        return last is not None and now - last > timedelta(minutes=minutes) + GRACE

    @classmethod
    def clear_expired(cls) -> None:
        """Those that ended are known for a day, so that a form sent late is kept for its account."""
        UserSession.objects.filter(expire_date__lt=clock.now() - ENDED_IS_KNOWN_FOR).delete()


def passive(view: View) -> View:
    """Mark a view that pages ask by themselves: asking it is no sign that somebody is there."""
    view.is_passive = True  # type: ignore[attr-defined]
    return view


def is_passive(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "is_passive", False)


def note_browser(request: HttpRequest, address: str | None) -> None:
    """Note from where a session that just began is used, for the list of one's sessions."""
    browser = request.headers.get("User-Agent", "")[:MOST_OF_A_BROWSER_NAME]
    UserSession.objects.filter(session_key=request.session.session_key).update(
        address=address, browser=browser
    )


def owner_of_ended(request: HttpRequest) -> User | None:
    """Whose session this was that reached its end, as long as that is known."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    row = UserSession.objects.filter(session_key=key).select_related("user").first() if key else None
    return row.user if row and row.expire_date <= clock.now() else None


def end_others(user: User, *, but: str | None = None) -> int:
    """End every session of the account, but the one with this key; how many there were."""
    count, _ = UserSession.objects.filter(user=user).exclude(session_key=but or "").delete()
    return count
